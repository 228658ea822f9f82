using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts;
using Microsoft.AspNetCore.WebUtilities;

namespace CxPlatform.Cases.Desk;

/// <summary>Who looks at the inbox.</summary>
/// <param name="AgentId">Null for an administrator who is no agent, and so cannot own a case.</param>
/// <param name="Queues">The queues they serve.</param>
internal sealed record Looker(Guid? AgentId, IReadOnlyList<string> Queues);

/// <summary>A view of the inbox: a name for a question.</summary>
/// <param name="Empty">What is said when there is none.</param>
internal sealed record InboxView(
    string Key, string Title, string Empty, Func<CaseQuery, Looker, CaseQuery> Ask, Func<InboxCounts, int?> Count)
{
    public static IReadOnlyList<InboxView> All { get; } =
    [
        new("mine", "Mine", "You have no open case.", (q, me) => q with { Open = true, OwnerId = me.AgentId }, n => n.Mine)
        {
            IsFor = me => me.AgentId is not null,
        },
        new("queues", "My queues", "No case is open in your queues.", (q, me) => q with { Open = true, Queue = me.Queues }, n => n.InQueues)
        {
            IsFor = me => me.Queues.Count > 0,
        },
        new("unassigned", "Unassigned", "Every open case has an owner.", (q, _) => q with { Open = true, Unassigned = true }, n => n.Free),
        new("waiting", "Waiting longest", "Nobody waits.", (q, _) => q with { Open = true, Order = CaseOrder.Waiting }, n => n.Waiting),
        new("due", "Promise due", "No promise is open.", (q, _) => q with { Order = CaseOrder.Due }, n => n.Promised),
        new("open", "All open", "No case is open.", (q, _) => q with { Open = true }, n => n.Open),
        new("ended", "Resolved", "No case was resolved yet.", (q, _) => q with { Open = false }, _ => null),
    ];

    /// <summary>Who has any use for it.</summary>
    public Func<Looker, bool> IsFor { get; init; } = _ => true;

    public static InboxView Of(string? key, Looker me) =>
        All.FirstOrDefault(view => view.Key == key && view.IsFor(me)) ?? All.First(view => view.IsFor(me));
}

/// <summary>How many cases the views hold.</summary>
/// <param name="Free">Nobody's.</param>
internal sealed record InboxCounts(int Open, int Mine, int InQueues, int Free, int Waiting, int Promised);

internal sealed record QueueChoice(string Id, string Name);

/// <summary>The inbox's query string.</summary>
internal sealed class InboxParameters
{
    public string? View { get; init; }
    public string? Q { get; init; }
    public string? Status { get; init; }
    public string? Queue { get; init; }
    public string? Priority { get; init; }
    public string? Channel { get; init; }
    public string? Cursor { get; init; }

    /// <summary>A search looks everywhere, not into one view.</summary>
    public bool IsSearch => !string.IsNullOrWhiteSpace(Q);

    public bool IsFilter => Filters.Any(filter => !string.IsNullOrEmpty(filter.Value));

    public IEnumerable<(string Name, string? Value)> Filters =>
        [("status", Status), ("queue", Queue), ("priority", Priority), ("channel", Channel)];

    public CaseQuery Ask(InboxView view, Looker me)
    {
        var query = new CaseQuery { Limit = InboxReader.PageSize, Cursor = string.IsNullOrEmpty(Cursor) ? null : Cursor };
        query = IsSearch ? query with { Number = Q } : view.Ask(query, me);
        return query with
        {
            Status = One<CaseStatus>(Status),
            Priority = One<Priority>(Priority),
            Channel = One<Channel>(Channel),
            Queue = string.IsNullOrEmpty(Queue) ? query.Queue : [Queue],
        };
    }

    // Whoever types an unknown word into the address gets the whole view: a select never sends one.
    private static T[] One<T>(string? name) where T : struct, Enum =>
        Enum.TryParse<T>(name, ignoreCase: true, out var value) && Enum.IsDefined(value) ? [value] : [];
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

    internal InboxCounts Counts { get; init; } = new(0, 0, 0, 0, 0, 0);

    internal IReadOnlyList<QueueChoice> Queues { get; init; } = [];

    internal static string AddressOf(InboxView view) => QueryHelpers.AddQueryString(DeskEndpoints.Path, "view", view.Key);

    internal string AddressOfNext() => QueryHelpers.AddQueryString(
        DeskEndpoints.Path,
        new[] { ("view", View.Key), ("q", Asked.Q), ("cursor", Next) }.Concat(Asked.Filters)
            .Where(field => !string.IsNullOrEmpty(field.Item2)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
}
