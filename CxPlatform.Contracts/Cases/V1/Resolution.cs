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

/// <summary>We think that this solves it, and ask the customer.</summary>
[EventType("case.solution-proposed.v1")]
public sealed record SolutionProposed(
    Guid CaseId, string Number, Guid ProposalId, Guid MessageId, Guid CustomerId, Guid? AgentId, string AgentName, [property: Personal] string Text, DateTimeOffset AnswerBy);

/// <summary>The customer accepted the proposal.</summary>
[EventType("case.solution-accepted.v1")]
public sealed record SolutionAccepted(Guid CaseId, Guid ProposalId);

/// <summary>The customer declined and may have said what would make it right.</summary>
[EventType("case.solution-declined.v1")]
public sealed record SolutionDeclined(Guid CaseId, Guid ProposalId, [property: Personal] string? WouldMakeItRight);

/// <summary>The case came to its agreed end.</summary>
/// <param name="Synthetic">A contact of our own making, to test the service: nobody is asked how it went.</param>
[EventType("case.resolved.v1")]
public sealed record CaseResolved(
    Guid CaseId, string Number, Guid CustomerId, CaseResult Result, Agreement Agreement, Kind Kind, Automatic Automatic, [property: Personal] string? Reason = null,
    bool Synthetic = false);

/// <summary>It was not over after all.</summary>
[EventType("case.reopened.v1")]
public sealed record CaseReopened(Guid CaseId, [property: Personal] string Reason);

/// <summary>The window for reopening has passed: a later contact opens a linked case.</summary>
[EventType("case.closed.v1")]
public sealed record CaseClosed(Guid CaseId);
