using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Notifications.Domain;

namespace CxPlatform.Notifications.Agents;

/// <summary>Something that an agent, or else the leads, are to hear of.</summary>
/// <param name="AgentId">Whom it concerns; null: the leads of the case's queue.</param>
internal sealed record Happening(NoticeKind Kind, Guid? AgentId)
{
    /// <summary>Who did it, has it now, or is away; by the kind.</summary>
    public string? Who { get; init; }
    public DateTimeOffset? Due { get; init; }

    /// <summary>What colleagues wrote about it, or a provider said. Never what the customer wrote: that is read on the desk.</summary>
    public string? Detail { get; init; }
}

/// <summary>Which event concerns whom: the one table. The first line that names somebody counts for them.</summary>
internal static class Happenings
{
    public static IEnumerable<Happening> Of(object happened, Conversation c) => happened switch
    {
        CaseAssigned e =>
        [
            new(NoticeKind.Assigned, e.AgentId) { Detail = e.Reason },
            .. To(e.FormerAgentId, NoticeKind.Unassigned, former => former with { Who = e.AgentName, Detail = e.Reason }),
        ],
        CaseUnassigned e => [new(NoticeKind.Unassigned, e.AgentId) { Detail = e.Reason }],
        NoteAdded { Mentions: { } mentions } e => mentions.Select(id => new Happening(NoticeKind.Mentioned, id) { Who = e.AgentName, Detail = e.Text }),
        CustomerReplied { Automatic: Automatic.None } => To(c.OwnerId, NoticeKind.CustomerReplied),
        NeedCorrected => To(c.OwnerId, NoticeKind.NeedCorrected),
        SolutionDeclined => To(c.OwnerId, NoticeKind.Declined),
        SecondOpinionAsked e => [.. To(e.AgentId, NoticeKind.SecondOpinion), new(NoticeKind.SecondOpinion, null) { Who = e.AgentName }],
        PromiseWarned e => [new(NoticeKind.PromiseDueSoon, e.OwnerId ?? c.OwnerId) { Due = e.Due }],
        PromiseEscalated e =>
        [
            .. To(e.OwnerId ?? c.OwnerId, NoticeKind.PromiseBroken, broken => broken with { Due = e.Due }),
            new(NoticeKind.PromiseEscalated, null) { Who = c.OwnerName, Due = e.Due },
        ],
        CaseClockWarned e => [new(NoticeKind.ClockWarned, c.OwnerId) { Due = e.Due }],
        CaseClockBreached e => [.. To(c.OwnerId, NoticeKind.ClockBreached, breach => breach with { Due = e.Due }), new(NoticeKind.ClockBreached, null) { Who = c.OwnerName, Due = e.Due }],
        ReminderDue e => To(e.AgentId, NoticeKind.Reminder, reminder => reminder with { Due = e.At, Detail = e.Text }),
        CaseCovered e => To(e.AgentId, NoticeKind.Covering, covering => covering with { Who = e.AbsentName, Due = e.By }),
        MessageOutcome { Sent: false } e => To(c.OwnerId, NoticeKind.Undelivered, failed => failed with { Detail = e.Reason }),
        RecoveryStarted => [.. To(c.OwnerId, NoticeKind.Recovery), new(NoticeKind.Recovery, null) { Who = c.OwnerName }],
        _ => [],
    };

    private static IEnumerable<Happening> To(Guid? agentId, NoticeKind kind, Func<Happening, Happening>? with = null) =>
        agentId is null ? [] : [(with ?? (it => it))(new(kind, agentId))];
}
