using System.Text.Json;
using CxPlatform.Contracts.Public;

namespace CxPlatform.Messaging;

/// <summary>What a filter may ask about a case: what its public events said so far.</summary>
public sealed record CaseFacts
{
    public string? Kind { get; init; }
    public string? Category { get; init; }
    public string? Priority { get; init; }
    public string? Queue { get; init; }
    public string? Channel { get; init; }
    public string? Brand { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Contracts whose events change these facts.</summary>
    public static IReadOnlySet<string> Types { get; } = EventTypes.All
        .Where(type => EventTypes.NameOf(type).StartsWith("case.", StringComparison.Ordinal) && (Says(type, "Tags")
            || (EventCatalogue.Find("cx." + EventTypes.NameOf(type)) is { } told && (Says(told, nameof(Kind)) || Says(told, nameof(Category)) || Says(told, nameof(Priority))
                || Says(told, nameof(Queue)) || Says(told, nameof(Brand))))))
        .Select(EventTypes.NameOf).ToHashSet();

    public static CaseFacts Read(string json) => JsonSerializer.Deserialize<CaseFacts>(json, EventTypes.Json)!;

    public string Write() => JsonSerializer.Serialize(this, EventTypes.Json);

    /// <summary>With what an event says.</summary>
    public CaseFacts After(LoggedEvent e) => After(e.PublicData).WithTagsOf(e.Data);

    /// <summary>With what an event's public data say. Channel and brand are those that the case began with: later events name the channels of
    /// single messages.</summary>
    public CaseFacts After(string? publicData)
    {
        if (publicData is null or "{}")
            return this;
        using var document = JsonDocument.Parse(publicData);
        var data = document.RootElement;
        return this with
        {
            Kind = Text(data, "kind") ?? Kind,
            Category = Text(data, "category") ?? Category,
            Priority = Text(data, "priority") ?? Priority,
            Queue = Text(data, "queue") ?? Queue,
            Channel = Channel ?? Text(data, "channel"),
            Brand = Brand ?? Text(data, "brand"),
        };
    }

    /// <summary>With the tags that an event's own data hold. People write them, so no public data do; a filter may ask for them all the same.</summary>
    public CaseFacts WithTagsOf(string data)
    {
        if (!data.Contains("\"tags\":", StringComparison.Ordinal))
            return this;
        using var document = JsonDocument.Parse(data);
        return document.RootElement.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array
            ? this with { Tags = [.. tags.EnumerateArray().Where(tag => tag.ValueKind == JsonValueKind.String).Select(tag => tag.GetString()!)] }
            : this;
    }

    private static bool Says(Type type, string property) => type.GetProperty(property) is not null;

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
