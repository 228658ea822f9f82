using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Intake.Channels.Email;
using CxPlatform.Intake.Customers;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Contacts;

/// <summary>A contact with what was made of it, in the shape of a preview.</summary>
internal sealed record ContactReading : Interpretation
{
    public required Guid ContactId { get; init; }
    public required Channel Channel { get; init; }

    /// <summary>Held: it looks like spam and waits to be released. Pending and failed: it is kept and not read yet.</summary>
    public required ContactState State { get; init; }
    public string? ProviderId { get; init; }

    /// <summary>Whose it is now, merges included; absent while it is not read.</summary>
    public Guid? CustomerId { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public required DateTimeOffset StoredAt { get; init; }

    /// <summary>Whom we take the sender to be.</summary>
    public Identity? Identity { get; init; }

    /// <summary>Which of our addresses or numbers it came to.</summary>
    public string? DeliveredTo { get; init; }

    /// <summary>Why it may belong to a case; which of it counted is on the case.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>Things in other systems that it names.</summary>
    public IReadOnlyDictionary<string, string>? ExternalReferences { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public Kind? Kind { get; init; }
    public Priority? Priority { get; init; }

    /// <summary>True when the text that the case heard of was cut; the whole is in the raw contact.</summary>
    public bool Truncated { get; init; }

    /// <summary>Of one that failed: what was in the way, and how often it was tried.</summary>
    public string? Fault { get; init; }
    public int? Attempts { get; init; }

    /// <summary>Address of the contact as it came; absent once it was erased.</summary>
    public string? Raw { get; init; }
    public DateTimeOffset? ErasedAt { get; init; }
}

/// <summary>Reads contacts for people. What was decided about a contact (automatic, bounce, spam, files, warnings) is as it was stored;
/// what a mail says beside that is read from its raw bytes, so that nothing is kept twice.</summary>
internal sealed class ContactReader(Work<IntakeDb> work, MailReader mails, IBlobs blobs)
{
    public async Task<ContactReading?> FindAsync(Guid id, CancellationToken ct)
    {
        var (row, customer, arrival) = await work.ReadAsync(
            async (db, token) =>
            {
                var row = await db.Contacts.FirstOrDefaultAsync(contact => contact.Id == id, token);
                return row is null
                    ? (null, Guid.Empty, await db.Arrivals.FirstOrDefaultAsync(arrival => arrival.Id == id, token))
                    : (row, await Merges.CurrentAsync(db, row.CustomerId, token), (ArrivalRow?)null);
            },
            ct);
        if (row is null)
            return arrival is null ? null : Waiting(arrival);
        var document = ContactView.DocumentOf(row);
        var shown = row is { RawType: MailIntake.RawType, ErasedAt: null }
            ? await ReadMailAsync(row, document, ct)
            : Shown(document);
        return Of(row, customer, document, shown);
    }

    /// <summary>Where a picture within the HTML is served from.</summary>
    public static string PictureAddress(Guid contactId, int n) => $"/v1/contacts/{contactId}/inline/{n}";

    private async Task<Interpretation> ReadMailAsync(ContactRow row, ContactDocument document, CancellationToken ct)
    {
        try
        {
            return await RawContent.UseAsync(
                row.Raw, row.RawBlob, blobs,
                raw => Task.FromResult(mails.Read(raw, document.Envelope ?? new(), n => PictureAddress(row.Id, n)).Shown), ct);
        }
        catch (FileNotFoundException)
        {
            // What was stored of it is still worth showing; that the bytes are gone shows at the raw contact.
            return Shown(document);
        }
    }

    private static Interpretation Shown(ContactDocument document) => new()
    {
        From = new(document.From.Value is "" ? null : document.From.Value, document.Name),
        To = document.To is null ? [] : [new(document.To, null)],
        Cc = [.. (document.Cc ?? []).Select(address => new Mailbox(address, null))],
        ReplyTo = document.AnswerTo is null ? [] : [new(document.AnswerTo, null)],
        InCopy = document.InCopy ?? [],
        Subject = document.Subject,
        MessageId = document.MessageId,
        Text = document.Text,
        ReplyText = document.Text,
    };

    private static ContactReading Of(ContactRow row, Guid customer, ContactDocument document, Interpretation shown) => new()
    {
        From = shown.From,
        To = shown.To,
        Cc = shown.Cc,
        ReplyTo = shown.ReplyTo,
        InCopy = document.InCopy ?? [],
        Subject = shown.Subject,
        Date = shown.Date,
        MessageId = shown.MessageId,
        References = shown.References,
        Text = shown.Text,
        ReplyText = shown.ReplyText,
        Html = shown.Html,
        Attachments = [.. (document.Attachments ?? []).Select((file, n) =>
            new AttachmentView(file.Name, file.ContentType, file.Size, file.Inline, $"/v1/contacts/{row.Id}/attachments/{n}"))],
        Automatic = Words.Read<Automatic>(row.Automatic),
        Bounce = BounceView.Of(document.Bounce),
        Spam = document.Spam ?? SpamScore.None,
        Language = document.Language,
        Warnings = document.Warnings ?? [],
        ContactId = row.Id,
        Channel = Words.Read<Channel>(row.Channel),
        State = Words.Read<ContactState>(row.State),
        ProviderId = row.ProviderId,
        CustomerId = customer,
        ReceivedAt = row.ReceivedAt,
        StoredAt = row.StoredAt,
        Identity = document.From,
        DeliveredTo = document.To,
        Evidence = document.Evidence ?? [],
        ExternalReferences = document.References,
        Tags = document.Tags ?? [],
        Kind = document.Kind,
        Priority = document.Priority,
        Truncated = document.Truncated,
        Raw = row.ErasedAt is null ? $"/v1/contacts/{row.Id}/raw" : null,
        ErasedAt = row.ErasedAt,
    };

    private static ContactReading Waiting(ArrivalRow row) => new()
    {
        ContactId = row.Id,
        Channel = Words.Read<Channel>(row.Channel),
        State = row.Fault is null ? ContactState.Pending : ContactState.Failed,
        ReceivedAt = row.TakenAt,
        StoredAt = row.TakenAt,
        Fault = row.Fault,
        Attempts = row.Attempts,
        Raw = $"/v1/contacts/{row.Id}/raw",
    };
}
