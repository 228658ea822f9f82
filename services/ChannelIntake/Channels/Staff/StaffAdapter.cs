using System.Security.Claims;
using System.Text.Json.Serialization;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Staff;

/// <summary>What a member of staff writes down for a customer: a call, a visit, a letter.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StaffEntry
{
    /// <summary>The filled form's own id: sent twice, it is stored once. At most 100 characters.</summary>
    public string? Id { get; init; }

    /// <summary><c>voice</c>, <c>kiosk</c> (who came in person) or <c>letter</c>.</summary>
    public string? Channel { get; init; }

    /// <summary>The customer's address or number; without one, the name is needed.</summary>
    public string? From { get; init; }

    /// <summary>At most 200 characters.</summary>
    public string? Name { get; init; }

    /// <summary>At most 500 characters.</summary>
    public string? Subject { get; init; }

    /// <summary>What the customer said; at most 100,000 characters. May be empty where a file says it.</summary>
    public string? Text { get; init; }

    /// <summary>The case it belongs to: <c>CX-2026-000123</c>.</summary>
    public string? CaseNumber { get; init; }

    /// <summary>BCP 47; guessed from the text when absent.</summary>
    public string? Language { get; init; }

    public static StaffEntry Of(IFormCollection form) => new()
    {
        Id = form["id"],
        Channel = form["channel"],
        From = form["from"],
        Name = form["name"],
        Subject = form["subject"],
        Text = form["text"],
        CaseNumber = form["caseNumber"],
        Language = form["language"] is { Count: > 0 } language ? language : default(string),
    };
}

/// <summary>Checks an entry and makes it an arrival that says who wrote it down.</summary>
internal sealed class StaffAdapter(ContactIntake intake, IOptions<IntakeOptions> options)
{
    public const int MostText = 100_000;
    private const int MostId = 100;

    public static IReadOnlyList<(Channel Channel, string Label)> Channels { get; } =
        [(Channel.Voice, "Phone call"), (Channel.Kiosk, "In person"), (Channel.Letter, "Letter")];

    public string NewId() => intake.NewId().ToString("n");

    public Outcome<Arrival> Read(
        StaffEntry entry, IReadOnlyList<IFormFile> files, ReadOnlyMemory<byte> raw, string rawType, ClaimsPrincipal by)
    {
        var channel = Channels.Select(known => known.Channel).FirstOrDefault(known => Words.Of(known) == entry.Channel?.Trim());
        var number = string.IsNullOrWhiteSpace(entry.CaseNumber) ? null : CaseNumber.Read(entry.CaseNumber);
        var errors = new InputErrors()
            .Check(channel != Channel.Unknown, "channel", "must be voice, kiosk or letter.")
            .Check(!string.IsNullOrWhiteSpace(entry.From) || !string.IsNullOrWhiteSpace(entry.Name), "from",
                "is required, or the name: an address or number to answer, or at least who it was.")
            .MaxLength("id", entry.Id, MostId).MaxLength("name", entry.Name, Limits.Name).MaxLength("subject", entry.Subject, Limits.Subject)
            .MaxLength("text", entry.Text, MostText)
            .Check(!string.IsNullOrWhiteSpace(entry.Text) || files.Count > 0, "text", "is required, unless a file says it.")
            .Check(number is not null || string.IsNullOrWhiteSpace(entry.CaseNumber), "caseNumber",
                "must be a case number such as CX-2026-000123.")
            .Check(entry.Language is null || Language.IsTag(entry.Language), "language", "must be a language tag (BCP 47), such as de.")
            .Check(files.Count <= Limits.Attachments, "files", $"must be at most {Limits.Attachments}.")
            .Check(files.All(file => file.Length <= Limits.Attachment), "files", $"must be at most {Limits.Attachment} bytes each.");
        if (errors.ToRefusal() is { } refusal)
            return refusal;
        var id = intake.NewId();
        // Somebody without an address is nobody else's namesake.
        var from = string.IsNullOrWhiteSpace(entry.From)
            ? new Identity(IdentityKind.ExternalId, $"staff:{id:n}")
            : Identities.Read(null, entry.From, options.Value.DefaultCountryCode, "from");
        if (from.IsRefused)
            return from.Refusal;
        return new Arrival
        {
            ContactId = id,
            Channel = channel,
            ProviderId = $"staff:{Clean.Line(entry.Id, MostId) ?? id.ToString("n")}",
            ReceivedAt = intake.Now,
            From = from.Value,
            Name = Clean.Line(entry.Name, Limits.Name),
            Subject = Clean.Line(entry.Subject, Limits.Subject),
            Text = Clean.Text(entry.Text),
            Language = entry.Language,
            // Staff knows which case it is about.
            Evidence = number is null ? [] : [new Evidence(EvidenceKind.Explicit, number)],
            References = new Dictionary<string, string> { ["recordedBy"] = Clean.Line(by.DisplayName(), Limits.ReferenceValue) ?? by.ActorId() },
            Raw = raw,
            RawType = rawType,
        };
    }
}
