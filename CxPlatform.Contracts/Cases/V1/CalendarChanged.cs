namespace CxPlatform.Contracts.Cases.V1;

/// <summary>A weekly interval in local time; <paramref name="To"/> before <paramref name="From"/> runs over midnight.</summary>
public sealed record OpeningHours(DayOfWeek Day, TimeOnly From, TimeOnly To);

/// <summary>When people are there: the whole calendar. Stream: <c>calendar/{CalendarId}</c>.</summary>
/// <param name="TimeZone">IANA zone.</param>
[EventType("calendar.changed.v1")]
public sealed record CalendarChanged(
    string CalendarId, string Name, string TimeZone, IReadOnlyList<OpeningHours> Hours, IReadOnlyList<DateOnly> Holidays);
