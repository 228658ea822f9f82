namespace CxPlatform.Contracts.Cases.V1;

/// <summary>How a case came out.</summary>
public enum CaseResult
{
    Unknown,
    Solved,
    Partly,
    NotPossible,
    Referred,
}

/// <summary>How the end was agreed.</summary>
public enum Agreement
{
    Unknown,

    /// <summary>The customer accepted.</summary>
    Customer,

    /// <summary>The customer said nothing within the announced time; counted apart.</summary>
    Silence,

    /// <summary>An agent ended it, with a reason, without asking.</summary>
    Agent,

    /// <summary>Praise: there is nothing to solve.</summary>
    NothingAsked,
}

/// <summary>What the customer is told with an end that is not simply "solved".</summary>
/// <param name="Policy">Not possible: why, as the rule says it, in plain words.</param>
/// <param name="Alternative">Not possible: what is possible instead.</param>
/// <param name="ReferredTo">Referred: who helps from here on.</param>
/// <param name="Reach">Referred: how the customer reaches them.</param>
public sealed record Ending(
    [property: Personal] string? Policy = null, [property: Personal] string? Alternative = null,
    [property: Personal] string? ReferredTo = null, [property: Personal] string? Reach = null);

/// <summary>We propose an end and ask the customer.</summary>
/// <param name="Result">What it would be if the customer agrees; null: solved.</param>
[EventType("case.solution-proposed.v1")]
public sealed record SolutionProposed(
    Guid CaseId, string Number, Guid ProposalId, Guid MessageId, Guid CustomerId, Guid? AgentId, string AgentName, [property: Personal] string Text, DateTimeOffset AnswerBy,
    CaseResult? Result = null, Ending? Ending = null)
{
    /// <summary>Of the message that tells the customer: as long as it has not reached them, their silence says nothing.</summary>
    public const string Template = "proposal";
}

/// <summary>The customer accepted the proposal.</summary>
[EventType("case.solution-accepted.v1")]
public sealed record SolutionAccepted(Guid CaseId, Guid ProposalId);

/// <summary>The customer declined and may have said what would make it right.</summary>
/// <param name="By">When we answer: the date of an open promise.</param>
/// <param name="TimeZone">IANA zone of the calendar that <paramref name="By"/> follows.</param>
[EventType("case.solution-declined.v1")]
public sealed record SolutionDeclined(
    Guid CaseId, Guid ProposalId, [property: Personal] string? WouldMakeItRight, DateTimeOffset? By = null, string? TimeZone = null);

/// <summary>The customer was told that it is not possible, and wants somebody else to look at it. Once for each case.</summary>
/// <param name="AgentId">Who had said so, and so is not the one to look again.</param>
/// <param name="By">When somebody else answers: a promise.</param>
/// <param name="TimeZone">IANA zone of the calendar that <paramref name="By"/> follows.</param>
[EventType("case.second-opinion-asked.v1")]
public sealed record SecondOpinionAsked(
    Guid CaseId, string Number, Guid CustomerId, bool ByCustomer, Guid? AgentId, string? AgentName, [property: Personal] string? Reason,
    DateTimeOffset? By, string? TimeZone);

/// <summary>The case came to its agreed end.</summary>
/// <param name="Synthetic">A contact of our own making, to test the service: nobody is asked how it went.</param>
[EventType("case.resolved.v1")]
public sealed record CaseResolved(
    Guid CaseId, string Number, Guid CustomerId, CaseResult Result, Agreement Agreement, Kind Kind, Automatic Automatic, [property: Personal] string? Reason = null,
    bool Synthetic = false, Ending? Ending = null);

/// <summary>It was not over after all.</summary>
[EventType("case.reopened.v1")]
public sealed record CaseReopened(Guid CaseId, [property: Personal] string Reason);

/// <summary>The window for reopening has passed: a later contact opens a linked case.</summary>
[EventType("case.closed.v1")]
public sealed record CaseClosed(Guid CaseId);
