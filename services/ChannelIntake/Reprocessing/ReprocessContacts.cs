using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Intake.Channels.Email;
using CxPlatform.Intake.Contacts;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Reprocessing;

/// <summary>How far reading again has come.</summary>
/// <param name="Everything">False: only what was not understood.</param>
/// <param name="Since">Stored at or after this instant.</param>
/// <param name="After">The last contact that was looked at.</param>
[TimerType("intake.reprocess")]
internal sealed record Reprocess(bool Everything, DateTimeOffset Since, Guid After);

internal sealed record Reprocessed(int Looked, int Changed, Reprocess? Next);

/// <summary>Reads stored mails again with today's code. A contact keeps its id, its customer and its case; what is known of it gets better.
/// A bounce that was not seen before is told now.</summary>
internal sealed class ReprocessContacts(Unit<IntakeDb> unit, MailReader reader, MailArrivals mails, IBlobs blobs)
{
    private const int Batch = 10;

    public async Task<Reprocessed> HandleAsync(Reprocess asked, CancellationToken ct)
    {
        var query = unit.Db.Contacts.AsTracking().Where(contact => contact.RawType == MailIntake.RawType && contact.ErasedAt == null
            && contact.StoredAt >= asked.Since && contact.Id.CompareTo(asked.After) > 0);
        if (!asked.Everything)
            query = query.Where(contact => contact.Document.Contains(MailReader.NotUnderstood));
        var rows = await query.OrderBy(contact => contact.Id).Take(Batch).ToListAsync(ct);
        var changed = 0;
        foreach (var row in rows)
            if (await ReadAgainAsync(row, ct))
                changed++;
        return new(rows.Count, changed, rows.Count < Batch ? null : asked with { After = rows[^1].Id });
    }

    private async Task<bool> ReadAgainAsync(ContactRow row, CancellationToken ct)
    {
        var before = ContactView.DocumentOf(row);
        var (reading, attachments) = await RawContent.UseAsync(
            row.Raw, row.RawBlob, blobs,
            async raw =>
            {
                var read = reader.Read(raw, before.Envelope ?? new());
                return (read, await mails.StoreAsync(read, ct));
            },
            ct);
        var shown = reading.Shown;
        var text = Limits.CutBytes(shown.ReplyText, Limits.EventText);
        var document = before with
        {
            Name = before.Name ?? reading.Name,
            To = reading.DeliveredTo,
            AnswerTo = reading.AnswerTo,
            InCopy = shown.InCopy.Count > 0 ? shown.InCopy : null,
            Subject = shown.Subject,
            Text = text,
            Truncated = text.Length < shown.ReplyText.Length,
            Language = shown.Language ?? before.Language,
            Attachments = attachments.Count > 0 ? attachments : null,
            Evidence = reading.Evidence.Count > 0 ? reading.Evidence : null,
            Bounce = reading.Bounce,
            MessageId = shown.MessageId,
            Warnings = shown.Warnings.Count > 0 ? shown.Warnings : null,
        };
        var (json, automatic) = (JsonSerializer.Serialize(document, EventTypes.Json), Words.Of(shown.Automatic));
        if (json == row.Document && automatic == row.Automatic)
            return false;
        (row.Document, row.Automatic) = (json, automatic);
        var known = await unit.Db.ContactBlobs.Where(blob => blob.ContactId == row.Id).Select(blob => blob.Hash).ToListAsync(ct);
        unit.Db.ContactBlobs.AddRange(attachments.Select(file => file.Blob).Distinct().Except(known)
            .Select(hash => new ContactBlobRow { ContactId = row.Id, Hash = hash }));
        if (before.Bounce is null && reading.Bounce is { } bounce && row.State == Words.Of(ContactState.Accepted))
            unit.AppendNext("contact/" + row.Id, ContactEvents.OfBounce(row.Id, bounce));
        return true;
    }
}

/// <summary>Goes on where the last batch ended, each in a transaction of its own.</summary>
internal sealed class OnReprocess(Unit<IntakeDb> unit, ReprocessContacts contacts) : IHandleTimer<Reprocess>
{
    public async Task HandleAsync(Reprocess timer, TimerContext context, CancellationToken ct)
    {
        if ((await contacts.HandleAsync(timer, ct)).Next is { } next)
            unit.Schedule(context.Key, "reprocess", next, unit.Now);
    }
}
