using System.Globalization;
using NodaTime;

namespace CxPlatform.Notifications.Templating;

/// <summary>Times as people say them: in their zone and their language.</summary>
internal sealed class When
{
    private readonly CultureInfo _culture;
    private readonly DateTimeZone _zone;
    private readonly string? _zoneName;
    private readonly bool _german;

    /// <param name="customerZone">The customer's IANA zone, when known: times then need no zone beside them.</param>
    /// <param name="calendarZone">The zone to speak in otherwise; it is named beside the time.</param>
    public When(string language, string? customerZone, string? calendarZone)
    {
        _german = language == "de";
        _culture = CultureInfo.GetCultureInfo(_german ? "de-DE" : "en-GB");
        if (Find(customerZone) is { } own)
        {
            _zone = own;
            return;
        }
        _zone = Find(calendarZone) ?? DateTimeZone.Utc;
        var city = _zone.Id[(_zone.Id.LastIndexOf('/') + 1)..].Replace('_', ' ');
        _zoneName = _zone == DateTimeZone.Utc || !_zone.Id.Contains('/', StringComparison.Ordinal) || _zone.Id.StartsWith("Etc/", StringComparison.Ordinal)
            ? city
            : _german ? $"Ortszeit {city}" : $"{city} time";
    }

    /// <summary><c>Monday, 23 November, 10:00</c>; with the year when it is another one than now's.</summary>
    public string Long(DateTimeOffset time, DateTimeOffset now)
    {
        var local = Local(time);
        var year = local.Year == Local(now).Year ? "" : " yyyy";
        var text = local.ToString(_german ? $"dddd, d. MMMM{year}, HH:mm 'Uhr'" : $"dddd, d MMMM{year}, HH:mm", _culture);
        return _zoneName is null ? text : $"{text} ({_zoneName})";
    }

    /// <summary><c>Mon 23 Nov 10:00</c>: for text messages.</summary>
    public string Short(DateTimeOffset time) => Local(time).ToString(_german ? "ddd d.M. HH:mm" : "ddd d MMM HH:mm", _culture);

    public static bool IsZone(string? id) => Find(id) is not null;

    private DateTime Local(DateTimeOffset time) => Instant.FromDateTimeOffset(time).InZone(_zone).ToDateTimeUnspecified();

    private static DateTimeZone? Find(string? id) => string.IsNullOrWhiteSpace(id) ? null : DateTimeZoneProviders.Tzdb.GetZoneOrNull(id);
}
