using System.Text.Json.Serialization;
using CxPlatform.Contracts;

namespace CxPlatform.Intake.Channels.Api;

/// <summary>A contact as a program or a member of staff hands it in.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ContactRequest
{
    /// <summary>How the customer made it; <c>api</c> unless stated.</summary>
    public Channel? Channel { get; init; }

    /// <summary>The sender's own id of it, at most 300 characters, unique per channel: sent twice, it is stored once.</summary>
    public string? ProviderId { get; init; }

    public required Party From { get; init; }

    /// <summary>Which of our addresses or numbers was contacted; at most 200 characters.</summary>
    public string? To { get; init; }

    /// <summary>At most 500 characters.</summary>
    public string? Subject { get; init; }

    /// <summary>What the customer said; at most 1,000,000 characters.</summary>
    public required string Text { get; init; }

    /// <summary>BCP 47; guessed from the text when absent.</summary>
    public string? Language { get; init; }

    /// <summary>IANA, e.g. <c>Europe/Berlin</c>.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The case it belongs to, when the sender knows: <c>CX-2026-000123</c>.</summary>
    public string? CaseNumber { get; init; }

    /// <summary>The case it belongs to, when the sender knows.</summary>
    public Guid? CaseId { get; init; }
    public Kind? Kind { get; init; }
    public Priority? Priority { get; init; }

    /// <summary>world for a public post, on the channel social alone; customer unless stated.</summary>
    public Visibility? Visibility { get; init; }

    /// <summary>Things in other systems: at most 20, names up to 50 and values up to 200 characters.</summary>
    public IReadOnlyDictionary<string, string>? References { get; init; }

    /// <summary>At most 20 of up to 50 characters.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>At most 20 of up to 10 MB.</summary>
    public IReadOnlyList<File>? Attachments { get; init; }

    /// <summary>When the customer made it; now unless stated, not in the future.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>Who it is from.</summary>
    /// <param name="Value">An address, a number, a handle or an id of another system.</param>
    /// <param name="Kind">May be left out for addresses and phone numbers.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record Party(string Value, IdentityKind? Kind = null, string? Name = null);

    /// <summary>A file in base64.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record File(string Name, string ContentBase64, string? ContentType = null);
}

/// <summary>202: durable.</summary>
/// <param name="Duplicate">The same contact had been stored before; the id is the first one's.</param>
/// <param name="CustomerId">Absent when it is kept and could not be read yet.</param>
internal sealed record ContactAccepted(Guid ContactId, bool Duplicate, Guid? CustomerId);
