using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Reading;

/// <summary>What the customer sees of their case, and nothing else: no notes, no reasons of routing, no colleague's id. Whatever is
/// public is copied here by name, so that a new field of a case stays internal until somebody decides.</summary>
internal sealed record PublicView
{
    public required Guid CaseId { get; init; }
    public required string Number { get; init; }
    public required Guid CustomerId { get; init; }
    public required long Version { get; init; }
    public required CaseStatus Status { get; init; }
    public required string Brand { get; init; }
    public string? Language { get; init; }

    /// <summary>The customer's own zone, when we know it.</summary>
    public string? TimeZone { get; init; }
    public required int LinkGeneration { get; init; }
    public required string Need { get; init; }

    /// <summary>"That's not it" is possible.</summary>
    public required bool CanCorrect { get; init; }
    public required bool CanReply { get; init; }

    /// <summary>Who has it: the owner's or the team's name.</summary>
    public required string Who { get; init; }
    public required bool HasOwner { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public required IReadOnlyList<PublicStep> Steps { get; init; }
    public required IReadOnlyList<PublicPromise> Promises { get; init; }

    /// <summary>The nearest thing that is promised, and by when; null when it is not our turn.</summary>
    public PublicPromise? Next { get; init; }
    public PublicProposal? Proposal { get; init; }
    public required IReadOnlyList<PublicMessage> Messages { get; init; }
    public CaseResult? Result { get; init; }
    public Agreement? Agreement { get; init; }

    /// <summary>Why it ended so, when we ended it: what the customer was told.</summary>
    public string? Reason { get; init; }

    /// <summary>The rule and the alternative, or who helps from here on.</summary>
    public Ending? Ending { get; init; }

    /// <summary>"I want somebody else to look at it" is possible.</summary>
    public required bool CanAskSecondOpinion { get; init; }

    /// <summary>Whom we wait for, in the customer's words.</summary>
    public string? WaitingOn { get; init; }
    public DateTimeOffset? WaitingOnSince { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }

    public static PublicView Of(CaseState s, IReadOnlyList<TimelineEntry> timeline)
    {
        var messages = timeline.Where(entry => IsOfThis(s, entry)).Select(PublicMessage.Of).OfType<PublicMessage>().ToList();
        string TextOf(Guid proposal) => messages.LastOrDefault(m => m.ProposalId == proposal)?.Text ?? "";
        var promises = s.Promises.Where(PublicPromise.IsShown).Select(PublicPromise.Of).ToList();
        return new()
        {
            CaseId = s.Id,
            Number = s.Number,
            CustomerId = s.CustomerId,
            Version = s.Version,
            Status = s.Status,
            Brand = s.Brand,
            Language = s.Language,
            TimeZone = s.TimeZone,
            LinkGeneration = s.LinkGeneration,
            Need = s.Need,
            CanCorrect = s.IsOpen,
            CanReply = s.Status != CaseStatus.Closed,
            Who = s.Who,
            HasOwner = s.OwnerId is not null,
            OpenedAt = s.OpenedAt,
            Steps = [.. s.Plan.Select(PublicStep.Of)],
            Promises = promises,
            Next = promises.Where(p => p.State == PromiseState.Open).MinBy(p => p.Due),
            Proposal = s is { IsOpen: true, Proposal: { } open }
                ? new(open.Id, TextOf(open.Id), open.AgentName, open.AnswerBy, open.Result, open.Ending)
                : null,
            Messages = messages,
            Result = s.Resolution?.Result,
            Agreement = s.Resolution?.Agreement,
            Reason = s.Resolution is { Agreement: Contracts.Cases.V1.Agreement.Agent } ended ? ended.Reason : null,
            Ending = s.Resolution?.Ending,
            CanAskSecondOpinion = s.CanAskSecondOpinion,
            WaitingOn = s.WaitingOn?.Who,
            WaitingOnSince = s.WaitingOn?.Since,
            ResolvedAt = s.ResolvedAt,
        };
    }

    // What another customer wrote on a case that became part of this one is not for this one's eyes.
    private static bool IsOfThis(CaseState s, TimelineEntry entry) => (entry.Case is null || entry.Case.CustomerId == s.CustomerId) && StandsIn(s, entry);

    /// <summary>Whether it is told here: a message that became a case of its own, here or before, is told there.</summary>
    public static bool StandsIn(CaseState s, TimelineEntry entry) =>
        entry.Case is not { } part ? !IsSplitOff(s, entry) : !IsSplitOff(part, entry) && (part.WasSplitFrom(s.Id) || !IsSplitOff(s, entry));

    private static bool IsSplitOff(CaseState s, TimelineEntry entry) => s.SplitOff.Count > 0 && entry.Event switch
    {
        CaseOpened e => s.SplitOff.Contains(e.ContactId),
        CustomerReplied e => s.SplitOff.Contains(e.ContactId),
        _ => false,
    };
}

/// <param name="Owner">Who does it: a person's or the team's name, or the customer.</param>
internal sealed record PublicStep(string Title, string? Owner, DateTimeOffset? Due, StepState State, string? ForCustomer)
{
    public static PublicStep Of(Step step) => new(step.Title, step.Owner, step.Due, step.State, step.ForCustomer);
}

/// <param name="FirstDue">The date that was given first; differs when it was renegotiated.</param>
/// <param name="Reason">Why the date was moved, as the customer was told.</param>
/// <param name="IsCallBack">We call the customer: it can be moved and cancelled.</param>
internal sealed record PublicPromise(
    Guid Id, string Text, DateTimeOffset Due, DateTimeOffset FirstDue, string Owner, PromiseState State, string? Reason, bool IsCallBack)
{
    // What the policy promised and then had no need to keep says nothing to anybody.
    public static bool IsShown(Promise p) => p is not { State: PromiseState.Withdrawn, Source: PromiseSource.Policy };

    // Why a promise was withdrawn is said among colleagues; why its date moved is said to the customer.
    public static PublicPromise Of(Promise p) => new(
        p.Id, p.Text, p.Due, p.FirstDue, p.Owner, p.State, p.Due != p.FirstDue && p.State != PromiseState.Withdrawn ? p.Reason : null,
        p.Source == PromiseSource.CallBack);
}

internal sealed record PublicProposal(
    Guid Id, string Text, string AgentName, DateTimeOffset AnswerBy, CaseResult Result, Ending? Ending);

/// <param name="FromCustomer">True for what the customer's side wrote.</param>
/// <param name="Name">Who wrote it; null when the customer's name is not known.</param>
/// <param name="IsPublic">Everybody can read it where it was written.</param>
internal sealed record PublicMessage(
    DateTimeOffset At, bool FromCustomer, string? Name, string Text, IReadOnlyList<Attachment> Attachments, Guid? ProposalId = null,
    bool IsPublic = false)
{
    public static PublicMessage? Of(TimelineEntry entry) => entry.Visibility switch
    {
        Visibility.World => Read(entry) is { } message ? message with { IsPublic = true } : null,
        Visibility.Customer => Read(entry),
        _ => null,
    };

    private static PublicMessage? Read(TimelineEntry entry) => entry.Event switch
    {
        CaseOpened e => new(e.ReceivedAt, true, e.CustomerName, e.Text, e.Attachments),
        CustomerReplied { Automatic: Automatic.None } e => new(e.ReceivedAt, true, e.CustomerName, e.Text, e.Attachments),
        ReplySent e => new(entry.At, false, e.AgentName, e.Text, e.Attachments),
        SolutionProposed e => new(entry.At, false, e.AgentName, e.Text, [], e.ProposalId),
        SolutionDeclined { WouldMakeItRight: { } text } => new(entry.At, true, null, text, []),
        _ => null,
    };
}
