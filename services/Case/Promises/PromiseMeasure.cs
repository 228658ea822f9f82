using CxPlatform.Cases.Domain;

namespace CxPlatform.Cases.Promises;

/// <summary>How promises came out: each is in exactly one of open, kept, kept late, broken, withdrawn.</summary>
/// <param name="Made">All of them.</param>
/// <param name="Broken">Not kept when due, and not since.</param>
/// <param name="Renegotiated">Those, whatever became of them, whose date was moved before it had passed.</param>
/// <param name="KeptRate">Kept, of what was due: kept, kept late and broken. Null when nothing was.</param>
internal sealed record PromiseCounts(
    long Made, long Open, long Kept, long KeptLate, long Broken, long Withdrawn, long Renegotiated, double? KeptRate, double? KeptLateRate,
    double? BrokenRate, double? RenegotiatedRate)
{
    public static PromiseCounts Of(IReadOnlyCollection<PromiseTally> tallies)
    {
        long Count(PromiseState state) => tallies.Where(tally => tally.State == state).Sum(tally => tally.Count);
        var (kept, late, broken) = (Count(PromiseState.Kept), Count(PromiseState.KeptLate), Count(PromiseState.Broken));
        var (made, moved) = (tallies.Sum(tally => tally.Count), tallies.Where(tally => tally.Moved).Sum(tally => tally.Count));
        var due = kept + late + broken;
        return new(
            made, Count(PromiseState.Open), kept, late, broken, Count(PromiseState.Withdrawn), moved,
            Rate(kept, due), Rate(late, due), Rate(broken, due), Rate(moved, made));
    }

    private static double? Rate(long part, long all) => all == 0 ? null : Math.Round((double)part / all, 4);
}

/// <summary>So many promises of one day that stand alike.</summary>
internal sealed record PromiseTally(string Key, DateOnly Day, PromiseState State, bool Moved, long Count);

/// <param name="Key">The queue, category, channel or source; null when all are counted together.</param>
/// <param name="Period">Its first day; null when the whole time is one.</param>
internal sealed record PromiseGroup(string? Key, DateOnly? Period, PromiseCounts Counts);

/// <param name="Owner">Whose promises these are; null for everybody's.</param>
internal sealed record PromiseMeasures(
    DateOnly From, DateOnly To, Guid? Owner, PromiseCounts Total, IReadOnlyList<PromiseGroup> Groups);
