using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

// Cases among each other.
internal static partial class Evolution
{
    private static CaseState Among(CaseState s, object e, DateTimeOffset at) => e switch
    {
        CaseLinked x => s with { Links = [.. s.Links, new(x.Kind, x.OtherCaseId, x.OtherNumber)] },
        CaseUnlinked x => s with { Links = [.. s.Links.Where(link => link.Kind != x.Kind || link.CaseId != x.OtherCaseId)] },
        CaseSplit x => s with
        {
            SplitOff = [.. s.SplitOff, .. x.ContactIds],
            Links = [.. s.Links, new(LinkKind.SplitInto, x.IntoCaseId, x.IntoNumber)],
            // What is said under a public post is said where the post's case is.
            PublicPost = s.PublicPost is { } post && x.ContactIds.Contains(post.ContactId) ? null : s.PublicPost,
        },
        CaseMerged x => TookIn(s, x, at),
        CaseMergedInto x => s with
        {
            Status = CaseStatus.Closed,
            MergedInto = new(x.IntoCaseId, x.IntoNumber, at, s.Status, s.WaitingSince),
            WaitingSince = null,
            Proposal = null,
            Suggestions = [],
        },
        CaseMergeUndone x when s.MergedInto is { } into => s with
        {
            // Whom it waited for and what was proposed is not taken up again: somebody looks.
            Status = into.Before is CaseStatus.WaitingOnThirdParty or CaseStatus.Proposed ? CaseStatus.InProgress : into.Before,
            WaitingSince = into.WaitingSince,
            MergedInto = null,
        },
        CaseMergeUndone x => s with { Merged = [.. s.Merged.Where(merged => merged.CaseId != x.OtherCaseId)] },
        _ => throw new InvalidOperationException($"{e.GetType().Name} is about no other case."),
    };

    // Whoever waited there waits here. Who waited here longer goes on waiting: no clock begins anew.
    private static CaseState TookIn(CaseState s, CaseMerged e, DateTimeOffset at)
    {
        s = s with { Merged = [.. s.Merged, new(e.FromCaseId, e.FromNumber, e.FromCustomerId, at)] };
        return e.WaitingSince is null ? s : s with
        {
            Status = s.Status is CaseStatus.WaitingOnCustomer or CaseStatus.Proposed ? CaseStatus.InProgress : s.Status,
            WaitingSince = s.WaitingSince ?? e.WaitingSince,
            Proposal = s.Proposal is null ? null : s.Proposal with { Discussed = true },
        };
    }
}
