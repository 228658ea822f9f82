using System.Text.Json.Serialization;

namespace CxPlatform.Contracts.Public;

/// <summary>What an event tells the world: the <c>data</c> of its CloudEvent. Facts and ids; never what anybody wrote, a name or an address.
/// Absent when null; fields may be added within a version, and are then absent in older events.</summary>
public abstract record EventFacts;

/// <summary>What an event says about its case.</summary>
public abstract record CaseEventFacts : EventFacts
{
    /// <summary>The case.</summary>
    [JsonPropertyOrder(-2)]
    public Guid CaseId { get; init; }

    /// <summary>The case's number, for people.</summary>
    [JsonPropertyOrder(-1)]
    public string Number { get; init; } = "";
}
