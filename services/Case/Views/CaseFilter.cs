using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Views;

/// <summary>Who looks at a list.</summary>
/// <param name="AgentId">Null for an administrator or a machine, who is no agent and so cannot own a case.</param>
/// <param name="Queues">The queues they serve.</param>
/// <param name="Teams">The teams they are of.</param>
internal sealed record Looker(Guid? AgentId, IReadOnlyList<string> Queues, IReadOnlyList<string> Teams)
{
    public static Looker Nobody { get; } = new(null, [], []);
}

/// <summary>What a view is to show, in words that hold for whoever looks and whenever they look: it is what people save. Several values of
/// one field mean any of them, several fields all of them.</summary>
internal sealed record CaseFilter
{
    public const string Me = "me";
    public const string Nobody = "nobody";

    public IReadOnlyList<CaseStatus> Status { get; init; } = [];

    /// <summary>True: neither resolved nor closed.</summary>
    public bool? Open { get; init; }

    /// <summary><c>me</c>, <c>nobody</c> or an agent's id.</summary>
    public string? Owner { get; init; }

    /// <summary>The queues of whoever looks.</summary>
    public bool MyQueues { get; init; }
    public IReadOnlyList<string> Queue { get; init; } = [];
    public IReadOnlyList<string> Category { get; init; } = [];
    public IReadOnlyList<string> Tag { get; init; } = [];
    public IReadOnlyList<Priority> Priority { get; init; } = [];
    public IReadOnlyList<Kind> Kind { get; init; } = [];
    public IReadOnlyList<Channel> Channel { get; init; } = [];

    /// <summary>True: the customer waits for us.</summary>
    public bool? Waiting { get; init; }

    /// <summary>A clock misses its target, or a promise is due, within this time from now on; what is overdue is within.</summary>
    public TimeSpan? DueWithin { get; init; }
    public CaseOrder Order { get; init; } = CaseOrder.Opened;

    public CaseQuery For(Looker me, DateTimeOffset now) => new()
    {
        Status = Status,
        Open = Open,
        OwnerId = Owner switch { null or Nobody => null, Me => me.AgentId ?? Guid.Empty, var id => Guid.Parse(id) },
        Unassigned = Owner == Nobody,
        Queue = MyQueues ? [.. me.Queues.Where(queue => Queue.Count == 0 || Queue.Contains(queue)).DefaultIfEmpty("")] : Queue,
        Category = Category,
        Tag = Tag,
        Priority = Priority,
        Kind = Kind,
        Channel = Channel,
        Waiting = Waiting,
        PromiseDueBefore = Order == CaseOrder.Due ? now + DueWithin : null,
        DueBefore = Order == CaseOrder.Due ? null : now + DueWithin,
        Order = Order,
    };

    /// <summary>What is wrong with it, if anything is.</summary>
    public Refusal? Check() =>
        Owner is not (null or Me or Nobody) && !Guid.TryParse(Owner, out _)
            ? new("owner-invalid", "must be me, nobody or an agent's id.", "filter.owner")
        : DueWithin is { } within && (within <= TimeSpan.Zero || within > TimeSpan.FromDays(366))
            ? new("due-within-invalid", "must be longer than zero and at most 366 days.", "filter.dueWithin")
        : new (string Name, IReadOnlyList<string> Words)[] { ("queue", Queue), ("category", Category), ("tag", Tag) }
            .Where(field => field.Words.Count > 50 || field.Words.Any(word => string.IsNullOrWhiteSpace(word) || word.Length > 100))
            .Select(field => new Refusal(
                field.Name + "-invalid", $"filter.{field.Name}: must be at most 50 words of 1 to 100 characters.", "filter." + field.Name))
            .FirstOrDefault();
}
