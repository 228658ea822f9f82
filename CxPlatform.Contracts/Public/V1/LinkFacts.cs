using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Contracts.Public.V1;

/// <summary>Two cases have to do with each other; each of them says so in its own words.</summary>
/// <param name="Kind">What this case is to the other.</param>
/// <param name="OtherCaseId">The other case.</param>
/// <param name="OtherNumber">Its number.</param>
/// <param name="ById">Who linked them; absent for a follow-up, which links itself.</param>
[PublicEvent("cx.case.linked.v1", "Case linked", "an agent, or a customer who came back after the end", Follows = ["cx.case.opened.v1"])]
public sealed record CaseLinkedFacts(LinkKind Kind, Guid OtherCaseId, string OtherNumber, Guid? ById) : CaseEventFacts;

/// <summary>Two cases have not to do with each other, after all.</summary>
/// <param name="Kind">What this case was to the other.</param>
/// <param name="OtherCaseId">The other case.</param>
/// <param name="OtherNumber">Its number.</param>
/// <param name="ById">Who unlinked them.</param>
[PublicEvent("cx.case.unlinked.v1", "Case unlinked", "an agent", Follows = ["cx.case.linked.v1"])]
public sealed record CaseUnlinkedFacts(LinkKind Kind, Guid OtherCaseId, string OtherNumber, Guid? ById) : CaseEventFacts;

/// <summary>Messages of this case have become a case of their own.</summary>
/// <param name="IntoCaseId">The new case.</param>
/// <param name="IntoNumber">Its number.</param>
/// <param name="ContactIds">The messages.</param>
/// <param name="ById">Who split them off.</param>
[PublicEvent("cx.case.split.v1", "Case split", "an agent", Follows = ["cx.case.customer-replied.v1"])]
public sealed record CaseSplitFacts(Guid IntoCaseId, string IntoNumber, IReadOnlyList<Guid> ContactIds, Guid? ById) : CaseEventFacts;

/// <summary>Another case is part of this one from now on.</summary>
/// <param name="FromCaseId">The other case.</param>
/// <param name="FromNumber">Its number.</param>
/// <param name="FromCustomerId">Its customer.</param>
/// <param name="ById">Who merged them.</param>
[PublicEvent("cx.case.merged.v1", "Case merged", "an agent", Follows = ["cx.case.opened.v1"])]
public sealed record CaseMergedFacts(Guid FromCaseId, string FromNumber, Guid FromCustomerId, Guid? ById) : CaseEventFacts;

/// <summary>This case is part of another one from now on, and over: its link, its address and its number lead there.</summary>
/// <param name="CustomerId">Its customer.</param>
/// <param name="IntoCaseId">The case in which it goes on.</param>
/// <param name="IntoNumber">Its number.</param>
/// <param name="SameCustomer">Both are the same customer's.</param>
/// <param name="By">When the customer hears from us.</param>
/// <param name="ById">Who merged them.</param>
[PublicEvent("cx.case.merged-into.v1", "Case merged into another", "an agent", Follows = ["cx.case.opened.v1"])]
public sealed record CaseMergedIntoFacts(
    Guid CustomerId, Guid IntoCaseId, string IntoNumber, bool SameCustomer, DateTimeOffset? By, Guid? ById) : CaseEventFacts;

/// <summary>A merge was undone: each case goes on by itself.</summary>
/// <param name="OtherCaseId">The other case.</param>
/// <param name="OtherNumber">Its number.</param>
/// <param name="Reopens">This is the case that was over because of the merge, and is open again.</param>
/// <param name="ById">Who undid it.</param>
[PublicEvent("cx.case.merge-undone.v1", "Merge undone", "an agent", Follows = ["cx.case.merged.v1", "cx.case.merged-into.v1"])]
public sealed record CaseMergeUndoneFacts(Guid OtherCaseId, string OtherNumber, bool Reopens, Guid? ById) : CaseEventFacts;
