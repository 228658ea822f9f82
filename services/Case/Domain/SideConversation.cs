using CxPlatform.Contracts;

namespace CxPlatform.Cases.Domain;

/// <summary>What we asked somebody beside the conversation with the customer. What was said stays in the event log.</summary>
/// <param name="Ordinal">Which of the case's it is, from 1.</param>
internal sealed record SideConversation(
    Guid Id, int Ordinal, string Subject, Identity To, string? Name, string AgentName, DateTimeOffset OpenedAt)
{
    public bool IsOpen { get; init; } = true;

    /// <summary>Whom it was sent to, and whoever has answered in it.</summary>
    public IReadOnlyList<Identity> Parties { get; init; } = [];

    /// <summary>Our mails.</summary>
    public IReadOnlyList<Guid> Messages { get; init; } = [];
    public DateTimeOffset LastAt { get; init; }

    /// <summary>The last word is theirs, and nobody of ours has written since.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>Why our last mail did not arrive; null when it did.</summary>
    public string? Undelivered { get; init; }

    public bool IsWith(Identity from) =>
        from.Value.Length > 0 && Parties.Any(party => party.Kind == from.Kind && party.Value == from.Value);
}
