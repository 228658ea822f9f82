namespace CxPlatform.Contracts.Cases.V1;

/// <summary>Another case is part of this one from now on: what was said on it, who takes part, what was promised.</summary>
/// <param name="FromCustomerId">The other case's customer.</param>
/// <param name="WaitingSince">Since when the other case's customer has been waiting for us; null when it was not our turn.</param>
[EventType("case.merged.v1")]
public sealed record CaseMerged(
    Guid CaseId, Guid FromCaseId, string FromNumber, Guid FromCustomerId, DateTimeOffset? WaitingSince, Guid? ById = null, string? ByName = null);

/// <summary>This case is part of another one from now on, and over: its link, its address and its number lead there.</summary>
/// <param name="SameCustomer">Both are the same customer's, who so sees all of it in one place.</param>
/// <param name="By">When the customer hears from us: the nearest date that is promised there.</param>
/// <param name="TimeZone">IANA zone of the calendar that <paramref name="By"/> follows.</param>
[EventType("case.merged-into.v1")]
public sealed record CaseMergedInto(
    Guid CaseId, string Number, Guid CustomerId, Guid IntoCaseId, string IntoNumber, bool SameCustomer, DateTimeOffset? By = null,
    string? TimeZone = null, Guid? ById = null, string? ByName = null);

/// <summary>A merge was undone: both cases are told, and each goes on by itself. What came in meanwhile stays where it came in.</summary>
/// <param name="Reopens">This is the case that was over because of the merge, and is open again.</param>
[EventType("case.merge-undone.v1")]
public sealed record CaseMergeUndone(Guid CaseId, Guid OtherCaseId, string OtherNumber, bool Reopens, Guid? ById = null, string? ByName = null);
