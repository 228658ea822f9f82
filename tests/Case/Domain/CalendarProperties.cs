using CxPlatform.Cases.Domain;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>Calendars that nobody thought of, against a model that looks at every single quarter of an hour.</summary>
public sealed class CalendarProperties
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);
    private static readonly DateTimeOffset Start = new(2027, 12, 20, 0, 0, 0, TimeSpan.Zero);
    private const int Quarters = 24 * 4 * 75; // over a turn of the year and a 29 February

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_calendar_is_open_when_each_quarter_of_an_hour_by_itself_is(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 25; i++)
        {
            var definition = Calendar(random, "UTC");
            var calendar = new BusinessCalendar(definition);
            var open = Enumerable.Range(0, Quarters).Select(q => IsOpen(definition, Start + (q * Quarter))).ToArray();
            var text = $"seed {seed}, calendar {i}";
            for (var q = 0; q < Quarters; q += 7)
                Assert.True(open[q] == calendar.IsOpen(Start + (q * Quarter)), $"{text}: open at quarter {q}");
            for (var n = 0; n < 60; n++)
            {
                var (from, to) = (random.Next(Quarters / 2), random.Next(Quarters));
                var counted = open[Math.Min(from, to)..Math.Max(from, to)].Count(o => o) * Quarter * Math.Sign(to - from);
                Assert.True(
                    counted == calendar.Between(Start + (from * Quarter), Start + (to * Quarter)), $"{text}: between {from} and {to}");
                if (counted != TimeSpan.Zero)
                    Assert.True(
                        Reached(open, from, counted) is not { } due || due == calendar.Add(Start + (from * Quarter), counted),
                        $"{text}: {from} and {counted}");
                var next = Array.IndexOf(open, true, from);
                Assert.True(
                    next < 0 || Start + (next * Quarter) == calendar.NextOpening(Start + (from * Quarter)), $"{text}: next after {from}");
            }
        }
    }

    [Theory]
    [InlineData("Europe/Berlin", 11)]
    [InlineData("America/New_York", 12)]
    [InlineData("Australia/Lord_Howe", 13)] // half an hour
    [InlineData("America/Sao_Paulo", 14)]
    [InlineData("Asia/Kathmandu", 15)]
    [InlineData("Asia/Beirut", 16)] // the clocks change at midnight
    public void Whatever_the_clocks_do_business_time_adds_up(string zone, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 40; i++)
        {
            var definition = Calendar(random, zone);
            var calendar = new BusinessCalendar(definition);
            var halves = new BusinessCalendar(Halved(definition));
            for (var n = 0; n < 20; n++)
            {
                var a = new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(60 * 24 * 365 * 3));
                var (b, c) = (a.AddMinutes(random.Next(60 * 24 * 30)), a.AddMinutes(random.Next(60 * 24 * 60)));
                var text = $"{zone}, seed {seed}, calendar {i}, {a:O}";
                Assert.True(calendar.Between(a, c) == calendar.Between(a, b) + calendar.Between(b, c), text);
                Assert.True(calendar.Between(a, b) == -calendar.Between(b, a), text);
                Assert.True(calendar.Between(a, b) == halves.Between(a, b), text + ": halved at midnight");
                var duration = TimeSpan.FromMinutes(random.Next(1, 60 * 200));
                if (calendar.Add(a, duration) is { } due)
                    Assert.True(calendar.Between(a, due) == duration && calendar.Add(due, -duration) <= calendar.NextOpening(a), text);
                Assert.True(
                    calendar.NextOpening(a) is not { } next || (calendar.IsOpen(next) && calendar.Between(a, next) == default), text);
            }
        }
    }

    private static CalendarChanged Calendar(Random random, string zone)
    {
        TimeOnly Time() => TimeOnly.MinValue.Add(random.Next(96) * Quarter);
        DateOnly Date() => DateOnly.FromDateTime(Start.AddDays(random.Next(75)).UtcDateTime);
        HoursOfDay Hours() => new(Time(), Time());
        var off = Enumerable.Range(0, random.Next(5)).Select(_ =>
        {
            var (from, to) = (Time(), Time());
            return random.Next(2) == 0 ? new DayOff(Date(), Yearly: random.Next(2) == 0)
                : new DayOff(Date(), null, random.Next(2) == 0, from < to ? from : to, from < to ? to : null);
        });
        return new("c", "C", zone,
            [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => new OpeningHours((DayOfWeek)random.Next(7), Time(), Time()))],
            [.. Enumerable.Range(0, random.Next(4)).Select(_ => Date())])
        {
            AlwaysOpen = random.Next(10) == 0,
            DaysOff = [.. off],
            OtherHours = [.. Enumerable.Range(0, random.Next(4))
                .Select(_ => new OtherHours(Date(), [.. Enumerable.Range(0, random.Next(3)).Select(_ => Hours())]))
                .DistinctBy(o => o.Date)],
        };
    }

    // Each quarter of an hour asks what it is itself part of: no intervals, no order, no arithmetic.
    private static bool IsOpen(CalendarChanged c, DateTimeOffset at)
    {
        var (today, time) = (DateOnly.FromDateTime(at.UtcDateTime), TimeOnly.FromDateTime(at.UtcDateTime));
        IEnumerable<HoursOfDay> On(DateOnly day) => c.OtherHours.FirstOrDefault(o => o.Date == day)?.Hours
            ?? (c.AlwaysOpen ? [new(default, default)]
                : c.Hours.Where(h => h.Day == day.DayOfWeek).Select(h => new HoursOfDay(h.From, h.To)));
        var open = On(today).Any(h => time >= h.From && (time < h.To || h.To <= h.From))
            || (c.OtherHours.All(o => o.Date != today) && On(today.AddDays(-1)).Any(h => h.To <= h.From && time < h.To));
        if (!open || c.OtherHours.Any(o => o.Date == today))
            return open;
        return !c.Holidays.Contains(today) && !c.DaysOff.Any(off =>
            (off.Yearly ? (off.Date.Month, off.Date.Day) == (today.Month, today.Day) : off.Date == today)
            && time >= (off.From ?? default) && (off.To is null || off.To == default(TimeOnly) || time < off.To));
    }

    private static DateTimeOffset? Reached(bool[] open, int from, TimeSpan duration)
    {
        var left = (int)(duration.Duration() / Quarter);
        if (duration > TimeSpan.Zero)
        {
            for (var q = from; q < open.Length; q++)
                if (open[q] && --left == 0)
                    return Start + ((q + 1) * Quarter);
        }
        else
        {
            for (var q = from - 1; q >= 0; q--)
                if (open[q] && --left == 0)
                    return Start + (q * Quarter);
        }
        return null;
    }

    // The same calendar with every overnight interval written in two.
    private static CalendarChanged Halved(CalendarChanged c)
    {
        var hours = c.Hours.SelectMany(h => h.To > h.From || h.To == default ? [h] : new OpeningHours[]
        {
            h with { To = default }, new((DayOfWeek)(((int)h.Day + 1) % 7), default, h.To),
        });
        return c with { Hours = [.. hours] };
    }
}
