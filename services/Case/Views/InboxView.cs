using CxPlatform.Cases.Reading;

namespace CxPlatform.Cases.Views;

/// <summary>A view of the inbox: a name for a question.</summary>
/// <param name="Key">A word for what everybody has, an id for what somebody saved.</param>
/// <param name="Empty">What is said when there is none.</param>
internal sealed record InboxView(string Key, string Title, string Empty, CaseFilter Filter)
{
    /// <summary>What everybody has.</summary>
    public static IReadOnlyList<InboxView> All { get; } =
    [
        new("mine", "Mine", "You have no open case.", new() { Open = true, Owner = CaseFilter.Me }) { IsFor = me => me.AgentId is not null },
        new("team", "My team's", "No case is open in your queues.", new() { Open = true, MyQueues = true })
        {
            IsFor = me => me.Queues.Count > 0,
        },
        new("unassigned", "Unassigned", "Every open case has an owner.", new() { Open = true, Owner = CaseFilter.Nobody }),
        new("breaching", "Breaching soon", "No clock runs.", new() { Order = CaseOrder.Breaching }),
        new("due", "Promise due", "No promise is open.", new() { Order = CaseOrder.Due }),
        new("waiting", "Waiting longest", "Nobody waits.", new() { Order = CaseOrder.Waiting }),
        new("open", "All open", "No case is open.", new() { Open = true }),
        new("ended", "Ended", "No case has ended yet.", new() { Open = false }) { IsCounted = false },
        new("all", "All", "There is no case yet.", new()) { IsCounted = false },
    ];

    /// <summary>Who has any use for it.</summary>
    public Func<Looker, bool> IsFor { get; init; } = _ => true;

    /// <summary>Whether anybody wants to know how many there are.</summary>
    public bool IsCounted { get; init; } = true;

    public string? Author { get; init; }

    /// <summary>The team that shares it.</summary>
    public string? Team { get; init; }

    public bool IsSaved => Author is not null;
}
