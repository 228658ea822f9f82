namespace CxPlatform.Client;

/// <summary>Which events to read. Each list that is given must name what is so about the case right after the event; no list, no condition.</summary>
public sealed record EventQuery
{
    /// <summary>Event types, or beginnings with a star: <c>cx.case.promise.*</c>.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Kinds of case: <c>complaint</c>.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Categories.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Priorities: <c>urgent</c>.</summary>
    public IReadOnlyList<string> Priorities { get; init; } = [];

    /// <summary>Queues.</summary>
    public IReadOnlyList<string> Queues { get; init; } = [];

    /// <summary>Channels on which cases began: <c>email</c>.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Brands.</summary>
    public IReadOnlyList<string> Brands { get; init; } = [];

    internal string Write(string path, params IEnumerable<(string Name, string? Value)> more)
    {
        var lists = new (string Name, IReadOnlyList<string> Values)[]
        {
            ("type", Types), ("kind", Kinds), ("category", Categories), ("priority", Priorities), ("queue", Queues), ("channel", Channels), ("tag", Tags), ("brand", Brands),
        };
        var all = more.Concat(lists.SelectMany(list => list.Values.Select(value => (list.Name, (string?)value)))).Where(pair => pair.Item2 is not null)
            .Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2!)}");
        return $"{path}?{string.Join('&', all)}".TrimEnd('?');
    }
}
