using CxPlatform.Cases.CallBacks;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CxPlatform.Cases.StatusPage;

/// <summary>What stands around a case on its customer's page: when people are there, how to reach them, how far it is from its turn.</summary>
/// <param name="Until">Until when people are there; null when they are not, or always.</param>
/// <param name="Nobody">It is open, and yet nobody is there for this case's queue.</param>
internal sealed record StatusSetting(string Zone, DateTimeOffset Now, bool IsOpen, DateTimeOffset? Until, DateTimeOffset? Opens, bool Nobody)
{
    public string? Phone { get; init; }
    public QueuePlace? Place { get; init; }
    public bool OffersCalls { get; init; }
    public CallBackView.Call? Call { get; init; }
    public IReadOnlyList<Opening> Slots { get; init; } = [];
    public IReadOnlyList<Help> Helps { get; init; } = [];

    internal sealed record Help(string Text, string? Link);

    /// <summary>When people are there, without anything that a database knows.</summary>
    public static StatusSetting Of(string? customersZone, BusinessCalendar calendar, DateTimeOffset now, bool nobody = false)
    {
        var opens = calendar.NextOpening(now);
        var isOpen = opens == now;
        return new(CaseCalendars.ZoneOf(customersZone, calendar), now, isOpen, isOpen ? Closing(calendar, now) : null, opens, isOpen && nobody);
    }

    // Intervals that follow each other without a gap are one, over midnight too; who is there for days on end is always there.
    private static DateTimeOffset? Closing(BusinessCalendar calendar, DateTimeOffset now)
    {
        var until = now;
        foreach (var opening in calendar.Within(now, now.AddDays(3)))
        {
            if (opening.From > until)
                return until;
            until = opening.To;
        }
        return until >= now.AddDays(3) ? null : until;
    }
}

internal sealed class StatusSettings(
    Work<CaseDb> work, CaseCalendars calendars, CasePolicy policy, TimeProvider clock, IOptions<CaseOptions> options)
{
    public async Task<StatusSetting> ForAsync(CaseState s, string language, CancellationToken ct)
    {
        var (now, calendar) = (clock.GetUtcNow(), await calendars.ForAsync(s.CalendarId, ct));
        var queue = s.QueueId ?? policy.QueueId;
        return await work.ReadAsync(
            async (db, token) => StatusSetting.Of(
                s.TimeZone, calendar, now, await db.Availability.AnyAsync(row => row.QueueId == queue && row.Present == 0, token)) with
            {
                Phone = policy.PhoneOf(s),
                Place = await QueuePlace.OfAsync(db, s, token),
                OffersCalls = s.IsOpen && policy.CallBackOf(s) is not null,
                Call = CallBackView.BookedOf(s),
                Slots = await CallBackSlots.FreeAsync(db, s, policy, calendar, now, token),
                Helps = s.IsOpen
                    ? [.. options.Value.Helps.Where(help => help.Fits(s.Category, language))
                        .Select(help => new StatusSetting.Help(help.Text, help.Link?.ToString()))]
                    : [],
            },
            ct);
    }
}
