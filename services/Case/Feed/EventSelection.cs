using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Feed;

/// <summary>Which events a reader wants, in the words of webhook subscriptions: <c>type</c>, <c>kind</c>, <c>category</c>, <c>priority</c>,
/// <c>queue</c>, <c>channel</c>, <c>tag</c>, <c>brand</c>, each as often as there are values.</summary>
internal sealed record EventSelection(IReadOnlyList<string> Types, EventFilter Filter)
{
    public static EventSelection Of(IQueryCollection query)
    {
        IReadOnlyList<string>? Values(string name) => query.TryGetValue(name, out var values) ? [.. values.Select(value => value ?? "")] : null;
        return new(
            Values("type") ?? [],
            new()
            {
                Kind = Values("kind"),
                Category = Values("category"),
                Priority = Values("priority"),
                Queue = Values("queue"),
                Channel = Values("channel"),
                Tag = Values("tag"),
                Brand = Values("brand"),
            });
    }

    /// <summary>No need to ask what was so about cases.</summary>
    public bool IsOfTypesAlone { get; } = Filter == new EventFilter();

    public bool IsAll => IsOfTypesAlone && Types.Count == 0;

    public InputErrors Check() => new InputErrors().CheckTypes("type", Types).CheckFilter(Filter);

    public bool HasType(LoggedEvent e)
    {
        if (Types.Count == 0)
            return true;
        var type = CloudEvent.TypeOf(e);
        foreach (var pattern in Types)
            if (TypePattern.Matches(pattern, type))
                return true;
        return false;
    }
}
