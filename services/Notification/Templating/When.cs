using System.Globalization;
using NodaTime;

namespace CxPlatform.Notifications.Templating;

/// <summary>Times as people say them: in their zone and their language.</summary>
internal sealed class When
{
    private readonly CultureInfo _culture;
    private readonly DateTimeZone _zone;
    private readonly string? _zoneName;
    private readonly DayWords? _words;

    /// <param name="customerZone">The customer's IANA zone, when known: times then need no zone beside them.</param>
    /// <param name="calendarZone">The zone to speak in otherwise; it is named beside the time.</param>
    public When(string language, string? customerZone, string? calendarZone)
    {
        _words = DayWords.Of(language);
        _culture = CultureInfo.GetCultureInfo(language switch { "de" => "de-DE", "en" => "en-GB", _ => language });
        if (Find(customerZone) is { } own)
        {
            _zone = own;
            return;
        }
        _zone = Find(calendarZone) ?? DateTimeZone.Utc;
        var city = _zone.Id[(_zone.Id.LastIndexOf('/') + 1)..].Replace('_', ' ');
        _zoneName = _words is null || _zone == DateTimeZone.Utc || !_zone.Id.Contains('/', StringComparison.Ordinal) || _zone.Id.StartsWith("Etc/", StringComparison.Ordinal)
            ? city
            : string.Format(CultureInfo.InvariantCulture, _words.Zone, city);
    }

    /// <summary><c>Monday, 23 November, 10:00</c>; with the year when it is another one than now's. Today and tomorrow are said as people do, with the
    /// exact time beside them: <c>tomorrow before noon (Tuesday, 24 November, 10:00)</c>.</summary>
    public string Long(DateTimeOffset time, DateTimeOffset now)
    {
        var (local, today) = (Local(time), Local(now));
        var year = local.Year == today.Year ? "" : " yyyy";
        var text = local.ToString(_words?.Long(year) ?? $"dddd, d MMMM{year}, HH:mm", _culture);
        var days = (local.Date - today.Date).Days;
        return _words is not null && time > now && days is 0 or 1
            ? $"{_words!.Near(days == 1, local.TimeOfDay)} ({text}{(_zoneName is null ? "" : ", " + _zoneName)})"
            : _zoneName is null ? text : $"{text} ({_zoneName})";
    }

    /// <summary><c>Mon 23 Nov 10:00</c>: for text messages.</summary>
    public string Short(DateTimeOffset time) => Local(time).ToString(_words?.Short ?? "ddd d MMM HH:mm", _culture);

    public static bool IsZone(string? id) => Find(id) is not null;

    private DateTime Local(DateTimeOffset time) => Instant.FromDateTimeOffset(time).InZone(_zone).ToDateTimeUnspecified();

    private static DateTimeZone? Find(string? id) => string.IsNullOrWhiteSpace(id) ? null : DateTimeZoneProviders.Tzdb.GetZoneOrNull(id);
}

/// <summary>How a language speaks of near days. One that is not here says the date alone, with the names that its culture has.</summary>
internal sealed record DayWords(string Pattern, string Short, string Zone, string Today, string Tomorrow, string Morning, string Noon, string Afternoon, string Evening)
{
    private static readonly DayWords English = new(
        "dddd, d MMMM{0}, HH:mm", "ddd d MMM HH:mm", "{0} time", "today", "tomorrow", "before noon", "at noon", "in the afternoon", "in the evening");

    private static readonly DayWords German = new(
        "dddd, d. MMMM{0}, HH:mm 'Uhr'", "ddd d.M. HH:mm", "Ortszeit {0}", "heute", "morgen", "Vormittag", "Mittag", "Nachmittag", "Abend");

    public static DayWords? Of(string language) => language switch { "en" => English, "de" => German, _ => null };

    public string Long(string year) => string.Format(CultureInfo.InvariantCulture, Pattern, year);

    public string Near(bool tomorrow, TimeSpan time)
    {
        var day = tomorrow ? Tomorrow : Today;
        var part = time.TotalHours switch { < 5 => null, < 12 => Morning, < 13 => Noon, < 18 => Afternoon, _ => Evening };
        return part is null ? day : $"{day} {part}";
    }
}
