using NodaTime;
using NodaTime.TimeZones;

namespace CxPlatform.Cases.Domain;

/// <summary>Time zones by the names under which people know them.</summary>
internal static class TimeZones
{
    private static readonly Dictionary<string, string> AnyCase =
        DateTimeZoneProviders.Tzdb.Ids.ToDictionary(id => id, StringComparer.OrdinalIgnoreCase);

    /// <summary>By IANA name, in any case, or by Windows' name for it; null when there is none.</summary>
    public static DateTimeZone? Find(string? name) =>
        name is null ? null
        : DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is { } zone ? zone
        : AnyCase.TryGetValue(name, out var id) || TzdbDateTimeZoneSource.Default.WindowsMapping.PrimaryMapping.TryGetValue(name, out id)
            ? DateTimeZoneProviders.Tzdb[id]
        : null;
}
