namespace CxPlatform.Contracts.Cases.V1;

/// <summary>A weekly interval in local time; <paramref name="To"/> that is not after <paramref name="From"/> lies on the next day.</summary>
public sealed record OpeningHours(DayOfWeek Day, TimeOnly From, TimeOnly To);

/// <summary>An interval of one day in local time; <paramref name="To"/> that is not after <paramref name="From"/> lies on the next day.</summary>
public sealed record HoursOfDay(TimeOnly From, TimeOnly To);

/// <summary>A day, a part of one or several days on which nobody is there.</summary>
/// <param name="Yearly">That day and month of every year.</param>
/// <param name="From">Null: from the day's beginning.</param>
/// <param name="To">Null or midnight: to the day's end.</param>
/// <param name="Until">The last of several whole days; null: it is one.</param>
public sealed record DayOff(
    DateOnly Date, string? Name = null, bool Yearly = false, TimeOnly? From = null, TimeOnly? To = null, DateOnly? Until = null);

/// <summary>A day with hours of its own, in place of the week's and whatever holiday it is.</summary>
/// <param name="Hours">The intervals that begin on that day; none: closed.</param>
/// <param name="Yearly">That day and month of every year.</param>
public sealed record OtherHours(DateOnly Date, IReadOnlyList<HoursOfDay> Hours, string? Name = null, bool Yearly = false);

/// <summary>When people are there: the whole calendar. Stream: <c>calendar/{CalendarId}</c>.</summary>
/// <param name="TimeZone">IANA zone.</param>
/// <param name="Holidays">Whole days off of one year; what else is to be said of a day off is in <see cref="DaysOff"/>.</param>
[EventType("calendar.changed.v1")]
public sealed record CalendarChanged(
    string CalendarId, string Name, string TimeZone, IReadOnlyList<OpeningHours> Hours, IReadOnlyList<DateOnly> Holidays)
{
    /// <summary>Open day and night, but for days off and other hours; <see cref="Hours"/> says nothing then.</summary>
    public bool AlwaysOpen { get; init; }

    public IReadOnlyList<DayOff> DaysOff { get; init; } = [];

    public IReadOnlyList<OtherHours> OtherHours { get; init; } = [];
}
