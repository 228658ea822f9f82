using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

/// <summary>A holiday of several days, day by day.</summary>
internal static class DaysOff
{
    /// <summary>So long one is at most.</summary>
    public const int Longest = 366;

    private static readonly DateOnly LeapDay = new(2000, 2, 29);

    public static int Length(DateOnly first, DateOnly last) => last.DayNumber - first.DayNumber + 1;

    public static IEnumerable<DayOff> Each(this DayOff off)
    {
        if (off.Until is not { } last)
        {
            yield return off;
            yield break;
        }
        for (var number = off.Date.DayNumber; number <= last.DayNumber; number++)
        {
            var day = DateOnly.FromDayNumber(number);
            yield return off with { Date = day, Until = null };
            // What goes from February into March every year has a day more in a leap year.
            if (off.Yearly && day is { Month: 2, Day: 28 } && number < last.DayNumber && !DateTime.IsLeapYear(day.Year))
                yield return off with { Date = LeapDay, Until = null };
        }
    }
}
