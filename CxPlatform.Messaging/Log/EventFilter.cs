using System.Text.Json;
using System.Text.Json.Serialization;

namespace CxPlatform.Messaging;

/// <summary>Which cases a subscription is about: each list that is given must name what is so about the case.</summary>
public sealed record EventFilter
{
    public IReadOnlyList<string>? Kind { get; init; }
    public IReadOnlyList<string>? Category { get; init; }
    public IReadOnlyList<string>? Priority { get; init; }
    public IReadOnlyList<string>? Queue { get; init; }
    public IReadOnlyList<string>? Channel { get; init; }
    public IReadOnlyList<string>? Tag { get; init; }
    public IReadOnlyList<string>? Brand { get; init; }

    /// <summary>What nobody knows: a misspelt filter must not pass for none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; init; }

    public static EventFilter Read(string json) => JsonSerializer.Deserialize<EventFilter>(json, EventTypes.Json)!;

    public string Write() => JsonSerializer.Serialize(this, EventTypes.Json);

    public bool Matches(CaseFacts facts) =>
        Has(Kind, facts.Kind) && Has(Category, facts.Category) && Has(Priority, facts.Priority) && Has(Queue, facts.Queue)
        && Has(Channel, facts.Channel) && Has(Brand, facts.Brand)
        && (Tag is not { Count: > 0 } || facts.Tags.Any(tag => Tag.Contains(tag, StringComparer.OrdinalIgnoreCase)));

    private static bool Has(IReadOnlyList<string>? wanted, string? fact)
    {
        if (wanted is not { Count: > 0 })
            return true;
        if (fact is not null)
            foreach (var value in wanted)
                if (value.Equals(fact, StringComparison.OrdinalIgnoreCase))
                    return true;
        return false;
    }
}
