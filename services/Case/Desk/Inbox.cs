using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Views;
using CxPlatform.Contracts;
using Microsoft.AspNetCore.WebUtilities;

namespace CxPlatform.Cases.Desk;

internal sealed record QueueChoice(string Id, string Name);

/// <summary>The inbox's query string: a view, and what narrows it.</summary>
internal sealed class InboxParameters
{
    public string? View { get; init; }
    public string? Q { get; init; }
    public string? Status { get; init; }
    public string? Queue { get; init; }
    public string? Category { get; init; }
    public string? Priority { get; init; }
    public string? Channel { get; init; }
    public string? Tag { get; init; }
    public string? Owner { get; init; }
    public string? Waiting { get; init; }

    /// <summary>Hours.</summary>
    public string? DueWithin { get; init; }
    public string? Order { get; init; }
    public string? Cursor { get; init; }

    /// <summary>A search looks everywhere, not into one view.</summary>
    public bool IsSearch => !string.IsNullOrWhiteSpace(Q);

    public bool IsFilter => Filters.Any(filter => !string.IsNullOrEmpty(filter.Value));

    public IEnumerable<(string Name, string? Value)> Filters =>
    [
        ("status", Status), ("queue", Queue), ("category", Category), ("priority", Priority), ("channel", Channel), ("tag", Tag),
        ("owner", Owner), ("waiting", Waiting), ("dueWithin", DueWithin), ("order", Order),
    ];

    /// <summary>The view, narrowed: what is listed, and what would be saved.</summary>
    public CaseFilter Narrow(CaseFilter view)
    {
        var filter = view with
        {
            Status = One(Status, view.Status),
            Priority = One(Priority, view.Priority),
            Channel = One(Channel, view.Channel),
            Queue = Word(Queue, view.Queue),
            Category = Word(Category, view.Category),
            Tag = Word(Tag, view.Tag),
            Owner = string.IsNullOrEmpty(Owner) ? view.Owner : Owner,
            Waiting = string.IsNullOrEmpty(Waiting) ? view.Waiting : true,
            DueWithin = int.TryParse(DueWithin, out var hours) && hours is > 0 and <= 24 * 366 ? TimeSpan.FromHours(hours) : view.DueWithin,
            Order = One<CaseOrder>(Order, []) is [var order] ? order : view.Order,
        };
        return filter.Check() is null ? filter : view;
    }

    public CaseQuery Ask(InboxView view, Looker me, DateTimeOffset now)
    {
        var query = Narrow(IsSearch ? new() : view.Filter).For(me, now);
        return query with
        {
            Limit = InboxReader.PageSize,
            Cursor = string.IsNullOrEmpty(Cursor) ? null : Cursor,
            Number = IsSearch ? Q : null,
        };
    }

    // Whoever types an unknown word into the address gets the whole view: a select never sends one.
    private static IReadOnlyList<T> One<T>(string? name, IReadOnlyList<T> otherwise) where T : struct, Enum =>
        Enum.TryParse<T>(name, ignoreCase: true, out var value) && Enum.IsDefined(value) ? [value] : otherwise;

    private static IReadOnlyList<string> Word(string? word, IReadOnlyList<string> otherwise) =>
        string.IsNullOrWhiteSpace(word) ? otherwise : [word.Trim()];
}

/// <summary>What the inbox shows. Public because components and their parameters are; what it holds is not.</summary>
public sealed record InboxModel
{
    internal InboxModel(InboxParameters asked, InboxView view, Looker me, string zone, DateTimeOffset now) =>
        (Asked, View, Me, Zone, Now) = (asked, view, me, zone, now);

    internal InboxParameters Asked { get; }

    internal InboxView View { get; }

    internal Looker Me { get; }

    /// <summary>IANA zone in which all dates are told.</summary>
    internal string Zone { get; }

    internal DateTimeOffset Now { get; }

    internal IReadOnlyList<CaseSummary> Items { get; init; } = [];

    /// <summary>The cursor of the next page; null on the last one.</summary>
    internal string? Next { get; init; }

    internal IReadOnlyList<ViewCount> Views { get; init; } = [];

    internal IReadOnlyList<QueueChoice> Queues { get; init; } = [];

    internal IReadOnlyList<AgentChoice> Agents { get; init; } = [];

    internal static string AddressOf(InboxView view) => QueryHelpers.AddQueryString(DeskEndpoints.Path, "view", view.Key);

    internal string AddressOfNext() => AddressOf(Next);

    /// <summary>This very page, or the one at a cursor.</summary>
    internal string AddressOf(string? cursor) => QueryHelpers.AddQueryString(
        DeskEndpoints.Path,
        new[] { ("view", View.Key), ("q", Asked.Q), ("cursor", cursor) }.Concat(Asked.Filters)
            .Where(field => !string.IsNullOrEmpty(field.Item2)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
}
