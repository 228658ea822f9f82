using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

/// <summary>One side of a link; the other case gets the other one.</summary>
internal sealed record LinkCase(LinkKind Kind, Guid OtherId, string OtherNumber, Person? By) : CaseCommand;

internal sealed record UnlinkCase(LinkKind Kind, Guid OtherId, Person By) : CaseCommand;

/// <summary>Another case becomes part of this one.</summary>
/// <param name="OtherCustomer">That it is another customer's is meant so.</param>
/// <param name="Promises">What is promised there is promised here from now on; otherwise it is withdrawn.</param>
internal sealed record TakeIn(CaseState From, bool OtherCustomer, bool Promises, Person By) : CaseCommand;

/// <summary>This case becomes part of another one, which has taken it in.</summary>
/// <param name="Reason">Why its promises are withdrawn; null when they have moved.</param>
internal sealed record MergeInto(CaseState Into, string? Reason, Person By) : CaseCommand;

/// <summary>A case that was taken in goes on by itself.</summary>
/// <param name="Beside">The side conversations that go with it.</param>
internal sealed record GiveBack(CaseState Merged, IReadOnlyList<Guid> Beside, Person By) : CaseCommand;

/// <summary>This case, which was part of another one, goes on by itself.</summary>
/// <param name="Back">The promises that came back with it.</param>
internal sealed record UndoMerge(IReadOnlyList<Promise> Back, Person By) : CaseCommand;

/// <summary>Messages have become a case of their own.</summary>
/// <param name="Stays">What the first of the customer's own messages that stay says; null when none would stay.</param>
internal sealed record SplitOff(Guid IntoId, string IntoNumber, IReadOnlyList<Guid> ContactIds, string? Stays, Person By) : CaseCommand
{
    public override Guid? Makes => IntoId;
}
