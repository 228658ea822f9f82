using System.Globalization;
using CxPlatform.ServiceDefaults.Pages;
using NodaTime;

namespace CxPlatform.Cases.StatusPage;

/// <summary>Dates that are near, as people say them: <c>tomorrow before noon</c>.</summary>
internal static class Near
{
    /// <summary>Null for a date that is too far to be said so.</summary>
    public static string? Words(DateTimeOffset at, DateTimeOffset now, string zone, StatusWords words)
    {
        var (then, today) = (Local(at, zone), Local(now, zone).Date);
        var day = (then.Date - today).Days switch
        {
            -1 => words.Yesterday,
            0 => words.Today,
            1 => words.Tomorrow,
            > 1 and < 7 => CultureInfo.GetCultureInfo(words.Lang).DateTimeFormat.GetDayName(then.DayOfWeek),
            _ => null,
        };
        if (day is null)
            return null;
        var part = then.TimeOfDay.TotalHours switch
        {
            < 12 => words.Morning,
            12 => words.Noon,
            < 18 => words.Afternoon,
            _ => words.Evening,
        };
        return $"{day} {part}";
    }

    /// <summary>With the exact date and time.</summary>
    public static string Say(DateTimeOffset at, DateTimeOffset now, string zone, StatusWords words)
    {
        var exact = Dates.Format(at, zone, words.Lang);
        return Words(at, now, zone, words) is { } near ? $"{near}, {exact}" : exact;
    }

    /// <summary>The time alone on the same day, else the date as well.</summary>
    public static string Time(DateTimeOffset at, DateTimeOffset now, string zone, StatusWords words)
    {
        var then = Local(at, zone);
        return then.Date == Local(now, zone).Date ? then.ToString("HH:mm", CultureInfo.InvariantCulture) : Say(at, now, zone, words);
    }

    private static DateTime Local(DateTimeOffset at, string zone) =>
        Instant.FromDateTimeOffset(at).InZone(DateTimeZoneProviders.Tzdb[zone]).ToDateTimeUnspecified();
}
