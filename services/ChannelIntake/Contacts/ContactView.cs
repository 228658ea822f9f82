using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Intake.Contacts;

/// <summary>A contact as it was understood.</summary>
internal sealed record ContactView
{
    public required Guid ContactId { get; init; }
    public required Channel Channel { get; init; }
    public required string ProviderId { get; init; }

    /// <summary>Whose it is now, merges included.</summary>
    public required Guid CustomerId { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public required DateTimeOffset StoredAt { get; init; }
    public required Automatic Automatic { get; init; }
    public required Identity From { get; init; }
    public string? Name { get; init; }
    public string? To { get; init; }
    public string? AnswerTo { get; init; }
    public IReadOnlyList<string>? Cc { get; init; }

    /// <summary>Whom it was sent to beside us, as far as these are people.</summary>
    public IReadOnlyList<PersonInCopy>? InCopy { get; init; }
    public string? Subject { get; init; }

    /// <summary>Without quoted history and signature, at most 64 KB.</summary>
    public required string Text { get; init; }

    /// <summary>True when the text goes on in the raw contact.</summary>
    public bool Truncated { get; init; }
    public string? Language { get; init; }
    public string? TimeZone { get; init; }
    public IReadOnlyList<AttachmentView> Attachments { get; init; } = [];
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];
    public Bounce? Bounce { get; init; }
    public string? MessageId { get; init; }
    public IReadOnlyDictionary<string, string>? References { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public Kind? Kind { get; init; }
    public Priority? Priority { get; init; }

    /// <summary>world for a public post.</summary>
    public Visibility? Visibility { get; init; }

    /// <summary>What was broken in it, and how it was read all the same.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Address of the contact as it came; null once it was erased.</summary>
    public string? Raw { get; init; }
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>The case it opened or joined, once that is known here.</summary>
    public string? CaseNumber { get; init; }

    public static ContactDocument DocumentOf(ContactRow row) => DocumentOf(row.Document);

    public static ContactDocument DocumentOf(string document) => JsonSerializer.Deserialize<ContactDocument>(document, EventTypes.Json)!;

    public static ContactView Of(ContactRow row, Guid customerId)
    {
        var document = DocumentOf(row);
        return new()
        {
            ContactId = row.Id,
            Channel = Words.Read<Channel>(row.Channel),
            ProviderId = row.ProviderId,
            CustomerId = customerId,
            ReceivedAt = row.ReceivedAt,
            StoredAt = row.StoredAt,
            Automatic = Words.Read<Automatic>(row.Automatic),
            From = document.From,
            Name = document.Name,
            To = document.To,
            AnswerTo = document.AnswerTo,
            Cc = document.Cc,
            InCopy = document.InCopy,
            Subject = document.Subject,
            Text = document.Text,
            Truncated = document.Truncated,
            Language = document.Language,
            TimeZone = document.TimeZone,
            Attachments = [.. (document.Attachments ?? []).Select((file, n) =>
                new AttachmentView(file.Name, file.ContentType, file.Size, file.Inline, $"/v1/contacts/{row.Id}/attachments/{n}"))],
            Evidence = document.Evidence ?? [],
            Bounce = document.Bounce,
            MessageId = document.MessageId,
            References = document.References,
            Tags = document.Tags ?? [],
            Kind = document.Kind,
            Priority = document.Priority,
            Visibility = document.Visibility,
            Warnings = document.Warnings ?? [],
            Raw = row.ErasedAt is null ? $"/v1/contacts/{row.Id}/raw" : null,
            ErasedAt = row.ErasedAt,
            CaseNumber = row.CaseNumber,
        };
    }
}

/// <param name="Next">Cursor of the next page; null on the last.</param>
internal sealed record ContactPageView(IReadOnlyList<ContactView> Items, string? Next);
