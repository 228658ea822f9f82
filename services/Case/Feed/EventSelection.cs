using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;

namespace CxPlatform.Cases.Feed;

/// <summary>Which events a reader wants, in the words of webhook subscriptions, each as often as there are values.</summary>
/// <param name="Types">Event types, or beginnings with a star for the rest.</param>
internal sealed record EventSelection(
    [FromQuery(Name = "type")] string[] Types,
    [FromQuery(Name = "kind")] string[] Kind,
    [FromQuery(Name = "category")] string[] Category,
    [FromQuery(Name = "priority")] string[] Priority,
    [FromQuery(Name = "queue")] string[] Queue,
    [FromQuery(Name = "channel")] string[] Channel,
    [FromQuery(Name = "tag")] string[] Tag,
    [FromQuery(Name = "brand")] string[] Brand)
{
    public EventFilter Filter { get; } = new()
    {
        Kind = Kind,
        Category = Category,
        Priority = Priority,
        Queue = Queue,
        Channel = Channel,
        Tag = Tag,
        Brand = Brand,
    };

    /// <summary>No need to ask what was so about cases.</summary>
    public bool IsOfTypesAlone => Kind.Length + Category.Length + Priority.Length + Queue.Length + Channel.Length + Tag.Length + Brand.Length == 0;

    public bool IsAll => IsOfTypesAlone && Types.Length == 0;

    public InputErrors Check() => new InputErrors().CheckTypes("type", Types).CheckFilter(Filter);

    public bool HasType(LoggedEvent e)
    {
        if (Types.Length == 0)
            return true;
        var type = CloudEvent.TypeOf(e);
        foreach (var pattern in Types)
            if (TypePattern.Matches(pattern, type))
                return true;
        return false;
    }
}
