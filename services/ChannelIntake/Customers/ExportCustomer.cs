using System.IO.Compression;
using System.Text;
using System.Text.Json;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake.Channels.Email;
using CxPlatform.Intake.Contacts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Customers;

/// <summary>All that is known of a customer and of those merged into it, written as a ZIP file while it is read: one contact in memory at a
/// time, files not at all.</summary>
internal sealed class CustomerExport(Work<IntakeDb> work, IBlobs blobs)
{
    private static readonly JsonSerializerOptions Indented = new(CxJson.Options) { WriteIndented = true };

    public async Task WriteAsync(Stream output, Guid id, CancellationToken ct)
    {
        await using var unhurried = new UnhurriedStream(output);
        await using var zip = await ZipArchive.CreateAsync(unhurried, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, ct);
        var family = await work.ReadAsync((db, token) => Merges.FamilyAsync(db, id, token), ct);
        var customers = await work.ReadAsync(
            async (db, token) => await CustomerView.OfAsync(db, await db.Customers.Where(row => family.Contains(row.Id)).ToListAsync(token), token), ct);
        await AddJsonAsync(zip, "customer.json", customers.OrderBy(customer => family.IndexOf(customer.CustomerId)), ct);
        string? cursor = null;
        do
        {
            var page = await work.ReadAsync((db, token) => ContactHistory.ReadAsync(db, id, null, cursor, ContactHistory.MostPerPage, token), ct);
            foreach (var contact in page!.Items)
                await AddContactAsync(zip, contact, ct);
            cursor = page.Next;
        }
        while (cursor is not null);
    }

    private async Task AddContactAsync(ZipArchive zip, ContactView contact, CancellationToken ct)
    {
        var folder = $"contacts/{contact.ReceivedAt:yyyy-MM-dd}-{contact.ContactId:n}/";
        await AddJsonAsync(zip, folder + "contact.json", contact, ct);
        if (await work.ReadAsync((db, token) => db.Contacts.FirstOrDefaultAsync(row => row.Id == contact.ContactId, token), ct) is not
            { ErasedAt: null } row)
            return;
        var raw = row.Raw is { } inline ? new MemoryStream(inline) : row.RawBlob is { } hash ? await blobs.OpenAsync(hash, ct) : null;
        await AddAsync(zip, folder + (row.RawType == MailIntake.RawType ? "raw.eml" : "raw.txt"), raw, ct);
        var attachments = ContactView.DocumentOf(row).Attachments ?? [];
        for (var n = 0; n < attachments.Count; n++)
            await AddAsync(zip, $"{folder}{n}-{FileName(attachments[n].Name)}", await blobs.OpenAsync(attachments[n].Blob, ct), ct);
    }

    private static async Task AddAsync(ZipArchive zip, string name, Stream? content, CancellationToken ct)
    {
        if (content is null)
            return;
        await using (content)
        await using (var entry = await zip.CreateEntry(name).OpenAsync(ct))
            await content.CopyToAsync(entry, ct);
    }

    private static async Task AddJsonAsync<T>(ZipArchive zip, string name, T value, CancellationToken ct)
    {
        await using var entry = await zip.CreateEntry(name).OpenAsync(ct);
        await JsonSerializer.SerializeAsync(entry, value, Indented, ct);
    }

    // A stranger's file name must not choose where a file is unpacked.
    private static string FileName(string name)
    {
        var safe = string.Concat(name.Select(c => char.IsControl(c) || "/\\:*?\"<>|".Contains(c, StringComparison.Ordinal) ? '_' : c)).Trim(' ', '.');
        return safe.Length == 0 ? "file" : Limits.Cut(safe, 100);
    }
}

/// <summary>Closing an entry of a ZIP file writes its last few bytes synchronously, which a response refuses: they wait for what
/// is written next.</summary>
internal sealed class UnhurriedStream(Stream output) : Stream
{
    private readonly MemoryStream _waiting = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => _waiting.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => _waiting.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await DrainAsync(cancellationToken);
        await output.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush()
    {
        // What waits is written with what comes next, at the latest at the end.
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await DrainAsync(cancellationToken);
        await output.FlushAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await DrainAsync(CancellationToken.None);
        await _waiting.DisposeAsync();
        await base.DisposeAsync();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task DrainAsync(CancellationToken ct)
    {
        if (_waiting.Length == 0)
            return;
        await output.WriteAsync(_waiting.GetBuffer().AsMemory(0, (int)_waiting.Length), ct);
        _waiting.SetLength(0);
    }
}

/// <summary>Writes into the customer's stream who took a copy.</summary>
internal sealed class NoteExport(Unit<IntakeDb> unit)
{
    public async Task<Outcome<Done>> HandleAsync(Guid id, CancellationToken ct)
    {
        if (await unit.Db.Customers.FirstOrDefaultAsync(row => row.Id == id, ct) is not { } customer)
            return CustomerRefusals.NotFound;
        if (CustomerRefusals.UnlessCurrent(customer) is { } refusal)
            return refusal;
        unit.AppendNext("customer/" + id, new NewEvent(new CustomerExported(id)));
        return Done.Value;
    }
}
