using System.Collections.Frozen;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

/// <summary>What may be done with a case in which state: the one table, which refusals and documents are read from.</summary>
internal static class Moves
{
    /// <param name="Doing">For people: "assigning". Null for what happens to a case rather than being asked of it: it is possible in
    /// every state, and does nothing where nothing is to be done.</param>
    /// <param name="When">To which of these commands the row applies; null: to all.</param>
    /// <param name="Needs">What the case must have, beside its state, for it to make sense.</param>
    internal sealed record Move(
        Type Command, string? Doing, IReadOnlyList<CaseStatus> In, Func<CaseCommand, bool>? When = null, Func<CaseState, bool>? Needs = null);

    public static IReadOnlyList<CaseStatus> Open { get; } =
    [
        CaseStatus.New, CaseStatus.Acknowledged, CaseStatus.InProgress, CaseStatus.WaitingOnCustomer, CaseStatus.WaitingOnThirdParty,
        CaseStatus.Proposed,
    ];

    private static readonly CaseStatus[] NotClosed = [.. Open, CaseStatus.Resolved];
    private static readonly CaseStatus[] Any = [.. NotClosed, CaseStatus.Closed];

    /// <summary>Of several rows for a command the first that applies counts.</summary>
    public static IReadOnlyList<Move> Table { get; } =
    [
        Asked<Assign>("assigning", Open),
        Asked<AcknowledgeHandover>("acknowledging a handover", Any),
        Asked<Unassign>("unassigning", Open),
        Asked<CorrectNeed>("putting the need right", Open),
        new(typeof(SendReply), "asking the customer", Open, c => ((SendReply)c).AsksCustomer),
        Asked<SendReply>("answering", NotClosed),
        Asked<AddNote>("writing a note", Any),
        Asked<DraftPlan>("planning", Open),
        Asked<ChangeStep>("changing a step", Open),
        Asked<MakePromise>("promising", Open),
        Asked<KeepPromise>("keeping a promise", Any),
        Asked<RenegotiatePromise>("renegotiating a promise", Any),
        Asked<WithdrawPromise>("withdrawing a promise", Any),
        Asked<AwaitThirdParty>("waiting on a third party", Open),
        Asked<EndWaiting>("ending the wait", [CaseStatus.WaitingOnThirdParty]),
        Asked<Propose>("proposing a solution", Open),
        Asked<AcceptSolution>("accepting a proposal", Open) with { Needs = s => s.Proposal is not null },
        Asked<DeclineSolution>("declining a proposal", Open) with { Needs = s => s.Proposal is not null },
        Asked<AskSecondOpinion>("asking for a second opinion", NotClosed),
        Asked<ResolveCase>("resolving", Open),
        Asked<ReopenCase>("reopening", [CaseStatus.Resolved]),
        Asked<LinkCase>("linking", Any),
        Asked<UnlinkCase>("unlinking", Any),
        Asked<TakeIn>("merging another case into it", Open),
        Asked<MergeInto>("merging", NotClosed),
        Happens<GiveBack>(),
        Happens<UndoMerge>(),
        Asked<SplitOff>("splitting", NotClosed),
        Asked<CopyParticipant>("adding a participant", NotClosed),
        Asked<FollowCase>("following", Any),
        Asked<ChangeParticipant>("changing a participant", NotClosed),
        Asked<RemoveParticipant>("removing a participant", Any),
        Asked<ChangePriority>("changing the priority", Open),
        Asked<ChangeTags>("changing tags", Any),
        Asked<ScheduleReply>("scheduling an answer", NotClosed),
        Asked<ChangeScheduledReply>("changing a scheduled answer", Any),
        Asked<CancelReply>("taking a scheduled answer back", Any),
        Asked<SendScheduledNow>("sending a scheduled answer", Any),
        Asked<BookCallBack>("booking a call", Open),
        Asked<CancelCallBack>("cancelling a call", Any),
        Asked<ConfirmSuggestion>("confirming a suggested promise", Open),
        Asked<DismissSuggestion>("dismissing a suggested promise", Any),
        Asked<SetReminder>("setting a reminder", NotClosed),
        Asked<CancelReminder>("cancelling a reminder", Any),
        new(typeof(AskAside), "waiting on a third party", Open, c => ((AskAside)c).Awaited is not null),
        Asked<AskAside>("asking somebody beside", NotClosed),
        new(typeof(WriteAside), "waiting on a third party", Open, c => ((WriteAside)c).Awaited is not null),
        Asked<WriteAside>("writing in a side conversation", Any),
        Asked<CloseAside>("closing a side conversation", Any),
        Happens<HearAside>(),
        Happens<AsideOver>(),
        Happens<ReminderTime>(),
        Happens<Cover>(),
        Happens<ReplyDue>(),
        Happens<PromiseNear>(),
        Happens<JoinContact>(),
        Happens<ReplyAsCustomer>(),
        Happens<Triage>(),
        Happens<RecordMessageOutcome>(),
        Happens<RecordFeedback>(),
        Happens<StartRecovery>(),
        Happens<ChangeCustomer>(),
        Happens<ChangeTier>(),
        Happens<AcknowledgeByDefault>(),
        Happens<PromiseDue>(),
        Happens<ProposalSilence>(),
        Happens<ClockDue>(),
        Happens<CloseDue>(),
    ];

    private static readonly FrozenDictionary<Type, Move[]> ByCommand =
        Table.GroupBy(move => move.Command).ToFrozenDictionary(rows => rows.Key, rows => rows.ToArray());

    /// <summary>The state in words.</summary>
    public static string Word(CaseStatus status) => status switch
    {
        CaseStatus.New => "new",
        CaseStatus.Acknowledged => "acknowledged",
        CaseStatus.InProgress => "in progress",
        CaseStatus.WaitingOnCustomer => "waiting on the customer",
        CaseStatus.WaitingOnThirdParty => "waiting on a third party",
        CaseStatus.Proposed => "proposed",
        CaseStatus.Resolved => "resolved",
        CaseStatus.Closed => "closed",
        _ => status.ToString(),
    };

    /// <summary>Null when the state allows it; else a refusal that names the state and what it allows.</summary>
    /// <exception cref="InvalidOperationException">The command has no row.</exception>
    public static Refusal? Refuse(CaseState s, CaseCommand command)
    {
        if (!ByCommand.TryGetValue(command.GetType(), out var rows))
            throw new InvalidOperationException($"{command.GetType().Name} has no row in {nameof(Moves)}: in which states is it possible?");
        var move = rows.First(row => row.When?.Invoke(command) ?? true);
        return move.Doing is null ? null
            : s.MergedInto is { } into ? (command is MergeInto or AsideCommand { OnPart: true } ? null : Elsewhere(s, into, move.Doing))
            : move.In.Contains(s.Status) ? null
            : Impossible(s, move.Doing);
    }

    /// <summary>What is asked of a case that is part of another one is to be done there.</summary>
    public static Refusal Elsewhere(CaseState s, MergedInto into, string doing) =>
        new("case-merged", $"Case {s.Number} was merged into {into.Number}: {doing} is done there.");

    public static Refusal Impossible(CaseState s, string doing) => new(
        s.IsOpen ? "case-open" : s.Status == CaseStatus.Resolved ? "case-resolved" : "case-closed",
        $"Case {s.Number} is {Word(s.Status)}: {doing} is not possible. {PossibleNow(s)}"
        + (s.Status == CaseStatus.Closed ? " What is new opens a new case." : ""));

    public static string PossibleNow(CaseState s)
    {
        var possible = Table.Where(move => move.Doing is not null && move.In.Contains(s.Status) && move.Needs?.Invoke(s) != false);
        return $"Possible now: {string.Join(", ", possible.Select(move => move.Doing).Distinct())}.";
    }

    private static Move Asked<T>(string doing, IReadOnlyList<CaseStatus> states)
        where T : CaseCommand => new(typeof(T), doing, states);

    private static Move Happens<T>()
        where T : CaseCommand => new(typeof(T), null, Any);
}
