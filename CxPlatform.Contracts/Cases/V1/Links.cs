namespace CxPlatform.Contracts.Cases.V1;

/// <summary>What this case is to another one.</summary>
public enum LinkKind
{
    Unknown,
    Related,
    DuplicateOf,
    DuplicatedBy,
    CausedBy,
    Causes,
    Follows,
    FollowedBy,

    /// <summary>It began with messages that had come in on the other.</summary>
    SplitFrom,
    SplitInto,
}

/// <summary>Two cases have to do with each other; each of them says so in its own words.</summary>
[EventType("case.linked.v1")]
public sealed record CaseLinked(Guid CaseId, LinkKind Kind, Guid OtherCaseId, string OtherNumber, Guid? ById = null, string? ByName = null);

/// <summary>They have not, after all.</summary>
[EventType("case.unlinked.v1")]
public sealed record CaseUnlinked(Guid CaseId, LinkKind Kind, Guid OtherCaseId, string OtherNumber, Guid? ById = null, string? ByName = null);

/// <summary>Messages of this case have become a case of their own.</summary>
[EventType("case.split.v1")]
public sealed record CaseSplit(
    Guid CaseId, Guid IntoCaseId, string IntoNumber, IReadOnlyList<Guid> ContactIds, Guid? ById = null, string? ByName = null);
