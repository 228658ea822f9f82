using System.Globalization;
using NodaTime;

namespace CxPlatform.ServiceDefaults.Pages;

/// <summary>Instants as people read them on pages: <c>Mon 23 Nov 2026, 09:30</c>.</summary>
public static class Dates
{
    /// <param name="at">The instant.</param>
    /// <param name="zone">IANA time zone. When null or unknown the time is UTC's, and says so.</param>
    /// <param name="language">BCP 47; names of days and months, and where a language sets points.</param>
    public static string Format(DateTimeOffset at, string? zone, string language)
    {
        // NodaTime brings its own zones: slim machines and containers have none.
        var known = zone is null ? null : DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone);
        var local = Instant.FromDateTimeOffset(at).InZone(known ?? DateTimeZone.Utc).ToDateTimeUnspecified();
        var pattern = language.StartsWith("de", StringComparison.OrdinalIgnoreCase) ? "ddd d. MMM yyyy, HH:mm" : "ddd d MMM yyyy, HH:mm";
        return local.ToString(pattern, CultureInfo.GetCultureInfo(language)) + (known is null ? " UTC" : "");
    }
}
