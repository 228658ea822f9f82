using System.Globalization;
using NodaTime;

namespace CxPlatform.Cases.Reading;

/// <summary>Instants as people in a time zone enter them. Zones are NodaTime's own: slim machines have none.</summary>
internal static class LocalTime
{
    // As input type=datetime-local has it.
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm"];

    public static bool IsZone(string? zone) => zone is not null && DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not null;

    public static string Write(DateTimeOffset at, string zone) => Instant.FromDateTimeOffset(at)
        .InZone(DateTimeZoneProviders.Tzdb[zone]).ToDateTimeUnspecified().ToString(Formats[0], CultureInfo.InvariantCulture);

    /// <summary>The instant, or null when it is no date. A time that the clocks skip is the one after the gap, one that comes twice
    /// is the first.</summary>
    public static DateTimeOffset? Read(string? text, string zone) =>
        DateTime.TryParseExact(text?.Trim(), Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            ? LocalDateTime.FromDateTime(local).InZoneLeniently(DateTimeZoneProviders.Tzdb[zone]).ToInstant().ToDateTimeOffset()
            : null;

    public static DateOnly DayOf(DateTimeOffset at, string zone) =>
        Instant.FromDateTimeOffset(at).InZone(DateTimeZoneProviders.Tzdb[zone]).Date.ToDateOnly();

    public static DateTimeOffset ToHalfHour(DateTimeOffset at)
    {
        var over = at.Ticks % TimeSpan.FromMinutes(30).Ticks;
        return over == 0 ? at : at.AddTicks(TimeSpan.FromMinutes(30).Ticks - over);
    }
}
