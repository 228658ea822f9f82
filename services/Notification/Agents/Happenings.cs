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

    /// <summary>What happened on the case that they follow.</summary>
    public NoticeKind? Of { get; init; }

    /// <summary>What colleagues wrote about it, or a provider said. Never what the customer wrote: that is read on the desk.</summary>
    public string? Detail { get; init; }

    /// <summary>Nobody stands in for them: while they are away, or have left, it is nobody's business.</summary>
    public bool IsForThemAlone => Kind is NoticeKind.Unassigned or NoticeKind.HandoverAcknowledged or NoticeKind.Resolved or NoticeKind.Followed;
}

/// <summary>Which event concerns whom: the one table. The first line that names somebody counts for them.</summary>
internal static class Happenings
{
    public static IEnumerable<Happening> Of(object happened, Conversation c) => happened switch
    {
        CaseAssigned e =>
        [
            // Who got it with a note has heard of it with that.
            .. c.Handover?.ToId == e.AgentId ? [] : To(e.AgentId, NoticeKind.Assigned, assigned => assigned with { Detail = e.Reason }),
            .. To(e.FormerAgentId, NoticeKind.Unassigned, former => former with { Who = e.AgentName, Detail = e.Reason }),
        ],
        CaseUnassigned e => [new(NoticeKind.Unassigned, e.AgentId) { Detail = e.Reason }],
        CaseHandedOver e => To(e.AgentId, NoticeKind.HandedOver, given => given with { Who = e.ByName ?? e.FromName, Detail = NoteOf(e) }),
        HandoverAcknowledged e => To(c.Handover?.ById, NoticeKind.HandoverAcknowledged, read => read with { Who = e.AgentName }),
        NoteAdded { Mentions: { } mentions } e => mentions.Select(id => new Happening(NoticeKind.Mentioned, id) { Who = e.AgentName, Detail = e.Text }),
        CustomerReplied { Automatic: Automatic.None } => [.. To(c.OwnerId, NoticeKind.CustomerReplied), .. Followers(c, new(NoticeKind.CustomerReplied, null))],
        NeedCorrected => To(c.OwnerId, NoticeKind.NeedCorrected),
        SolutionDeclined => To(c.OwnerId, NoticeKind.Declined),
        SecondOpinionAsked e => [.. To(e.AgentId, NoticeKind.SecondOpinion), new(NoticeKind.SecondOpinion, null) { Who = e.AgentName }],
        PromiseWarned e => [new(NoticeKind.PromiseDueSoon, e.OwnerId ?? c.OwnerId) { Due = e.Due }],
        PromiseEscalated e =>
        [
            .. To(e.OwnerId ?? c.OwnerId, NoticeKind.PromiseBroken, broken => broken with { Due = e.Due }),
            .. LeadsAndFollowers(c, new(NoticeKind.PromiseEscalated, null) { Who = c.OwnerName, Due = e.Due }),
        ],
        CaseClockWarned e => [new(NoticeKind.ClockWarned, c.OwnerId) { Due = e.Due }],
        CaseClockBreached e =>
        [
            .. To(c.OwnerId, NoticeKind.ClockBreached, breach => breach with { Due = e.Due }),
            .. LeadsAndFollowers(c, new(NoticeKind.ClockBreached, null) { Who = c.OwnerName, Due = e.Due }),
        ],
        CaseResolved { Agreement: not Agreement.NothingAsked } => [.. To(c.OwnerId, NoticeKind.Resolved), .. Followers(c, new(NoticeKind.Resolved, null))],
        SideMessageReceived { Automatic: Automatic.None } e => To(c.Beside.GetValueOrDefault(e.SideConversationId)?.AgentId ?? c.OwnerId, NoticeKind.SideAnswered),
        ReminderDue e => To(e.AgentId, NoticeKind.Reminder, reminder => reminder with { Due = e.At, Detail = e.Text }),
        CaseCovered e => To(e.AgentId, NoticeKind.Covering, covering => covering with { Who = e.AbsentName, Due = e.By }),
        MessageOutcome { Sent: false } e => To(c.OwnerId, NoticeKind.Undelivered, failed => failed with { Detail = e.Reason }),
        RecoveryStarted => [.. To(c.OwnerId, NoticeKind.Recovery), new(NoticeKind.Recovery, null) { Who = c.OwnerName }],
        _ => [],
    };

    private static IEnumerable<Happening> LeadsAndFollowers(Conversation c, Happening what) => Followers(c, what).Prepend(what);

    private static IEnumerable<Happening> Followers(Conversation c, Happening what) =>
        c.Followers.Values.Distinct().Select(agent => what with { Kind = NoticeKind.Followed, AgentId = agent, Of = what.Kind });

    private static string NoteOf(CaseHandedOver e) => string.Join("\n\n", new[] { e.Done, e.Next, e.Promised, e.Beware }.Where(said => !string.IsNullOrEmpty(said)));

    private static IEnumerable<Happening> To(Guid? agentId, NoticeKind kind, Func<Happening, Happening>? with = null) =>
        agentId is null ? [] : [(with ?? (it => it))(new(kind, agentId))];
}
