using CxPlatform.Cases.Absence;
using CxPlatform.Cases.Calendars;
using CxPlatform.Cases.CallBacks;
using CxPlatform.Cases.Clocks;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Participants;
using CxPlatform.Cases.Plans;
using CxPlatform.Cases.Praises;
using CxPlatform.Cases.Promises;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Storage;

/// <summary>Where a case stands after something was done.</summary>
/// <param name="Id">The id of what was made: a message, a note, a promise, a proposal.</param>
/// <param name="Suggestions">What the reply seems to have promised; null when it does not sound like it.</param>
internal sealed record CaseChanged(
    Guid CaseId, string Number, long Version, CaseStatus Status, Guid? Id = null, IReadOnlyList<PromiseSuggestion>? Suggestions = null);

/// <summary>Loads a case, has a command decided, saves what follows: events with their public face, timers, the row. The one way
/// to change a case.</summary>
internal sealed class CaseStore(
    Unit<CaseDb> unit, CaseNumbers numbers, CalendarBook calendars, CasePolicy configured, EventLog<CaseDb> log, CaseMetrics metrics,
    ClockTimer clocks, PromiseIndex promises, ParticipantIndex participants, PolicyBook policies, Covers covers, PlanBook plans)
{
    public DateTimeOffset Now => unit.Now;

    public CasePolicy Policy => configured;

    public CaseDb Db => unit.Db;

    public async Task<CaseRow?> FindAsync(Guid id, CancellationToken ct) => await unit.Db.Cases.FindAsync([id], ct);

    /// <param name="number">As people write it: <c>cx-2026-000123</c> too.</param>
    public async Task<CaseRow?> FindAsync(string number, CancellationToken ct)
    {
        number = number.ToUpperInvariant();
        return unit.Db.Cases.Local.FirstOrDefault(row => row.Number == number)
            ?? await unit.Db.Cases.AsTracking().FirstOrDefaultAsync(row => row.Number == number, ct);
    }

    /// <summary>Where a case goes on: the one that it was merged into, or itself.</summary>
    public async Task<CaseRow> LeadAsync(CaseRow row, CancellationToken ct)
    {
        // What takes another case in is open, and what is part of one is not: there is no circle.
        while (row.Case.MergedInto is { } into && await FindAsync(into.CaseId, ct) is { } next)
            row = next;
        return row;
    }

    /// <summary>The case and those that are part of it.</summary>
    public async Task<IReadOnlyList<CaseRow>> WholeAsync(CaseRow row, CancellationToken ct)
    {
        var all = new List<CaseRow> { row };
        for (var i = 0; i < all.Count; i++)
            foreach (var merged in all[i].Case.Merged)
                if (await FindAsync(merged.CaseId, ct) is { } part)
                    all.Add(part);
        return all;
    }

    /// <summary>The cases that a customer has or takes part in, those of this very transaction too.</summary>
    public async Task<IReadOnlyList<CaseRow>> ConcerningAsync(Guid customerId, CancellationToken ct)
    {
        var others = unit.Db.Participants.Where(p => p.CustomerId == customerId).Select(p => p.CaseId);
        await unit.Db.Cases.AsTracking().Where(row => row.CustomerId == customerId || others.Contains(row.Id)).LoadAsync(ct);
        return [.. unit.Db.Cases.Local.Where(row => row.Case.Concerns(customerId))];
    }

    /// <summary>The cases on which one of these addresses is kept, whoever it belongs to.</summary>
    public async Task<IReadOnlyList<CaseRow>> KeepingAsync(IReadOnlyList<string> marks, CancellationToken ct)
    {
        if (marks.Count == 0)
            return [];
        var ids = unit.Db.ParticipantAddresses.Where(row => marks.Contains(row.Mark)).Select(row => row.CaseId);
        var added = unit.Db.ParticipantAddresses.Local.Where(row => marks.Contains(row.Mark)).Select(row => row.CaseId).ToHashSet();
        await unit.Db.Cases.AsTracking().Where(row => ids.Contains(row.Id)).LoadAsync(ct);
        foreach (var id in await ids.ToListAsync(ct))
            added.Add(id);
        return [.. unit.Db.Cases.Local.Where(row => added.Contains(row.Id))];
    }

    /// <summary>Opens a case; the command's number is given here.</summary>
    public async Task<Outcome<CaseChanged>> OpenAsync(OpenCase command, CancellationToken ct) =>
        await SaveAsync(null, command with { Number = await numbers.NextAsync(ct) }, ct);

    /// <param name="expected">The version that the caller has seen. When a person has changed the case since, the command is
    /// refused; what the platform did by itself meanwhile does not matter.</param>
    public async Task<Outcome<CaseChanged>> ActAsync(Guid id, CaseCommand command, CancellationToken ct, long? expected = null)
    {
        if (await FindAsync(id, ct) is not { } row)
            return new Refusal("case-not-found", "There is no such case.");
        return await ChangedSinceAsync(row, expected, ct) ?? await SaveAsync(row, command, ct);
    }

    /// <summary>Null when nobody has changed the case since the caller saw it.</summary>
    public async Task<Refusal?> ChangedSinceAsync(CaseRow row, long? expected, CancellationToken ct) =>
        expected is { } seen && seen != row.Version && await PersonChangedAsync(row.Case, seen, ct)
            ? new("case-changed-since", $"Somebody has changed case {row.Number} since version {seen}; it is at version {row.Version}. Please look again.")
            : null;

    private async Task<Outcome<CaseChanged>> SaveAsync(CaseRow? row, CaseCommand command, CancellationToken ct)
    {
        var policy = await policies.NowAsync(ct);
        var before = row?.Case;
        var calendar = await calendars.ForAsync((command as Triage)?.Decision.CalendarId ?? before?.CalendarId ?? policy.CalendarId, ct);
        var given = new Given(unit.Now, calendar, policy, () => Guid.CreateVersion7(unit.Now));
        if (command is ClockDue)
            given = given with { Clocks = await calendars.ForClocksAsync(calendar, policy, ct) };
        if (command is Triage or AcknowledgeByDefault && before is { IsTriaged: false } && policy.AsksForTier)
            given = given with { Tier = (await unit.Db.Tiers.FindAsync([before.CustomerId], ct))?.Tier };
        if (command is Triage or AcknowledgeByDefault && before is { Plan.Count: 0 })
            given = given with { Plan = await plans.ForAsync((command as Triage)?.Decision.Category ?? Decider.DefaultCategory, ct) };
        if (command is PromiseNear near && before?.OpenPromises.FirstOrDefault(p => p.Id == near.PromiseId)?.OwnerId is { } owner)
            given = given with { Cover = await covers.ForAsync(owner, before, ct) };
        var outcome = Decider.Decide(before, command, given);
        if (outcome.IsRefused)
            return outcome.Refusal;
        var (after, events) = (outcome.Value.Case, outcome.Value.Events);
        if (events.Count > 0)
        {
            if (row is null)
                unit.Db.Cases.Add(row = new() { Id = after.Id });
            Append(before, after, events, given);
            await participants.WriteAsync(before, after, ct);
            await CallBackSlots.ReleaseAsync(unit.Db, before, after, ct);
            await IndexTagsAsync(before, after, ct);
            await promises.WriteAsync(before, after, calendar.TimeZone, ct);
            PraiseIndex.Write(unit.Db, events, after, LocalTime.DayOf(unit.Now, calendar.TimeZone));
            row.Case = after;
        }
        if (command is ClockDue || ClocksChanged(before, after))
            await clocks.SetAsync(row!, ct);
        var suggested = events.OfType<PromiseSuggested>().Select(e => after.Suggestions.First(suggestion => suggestion.Id == e.SuggestionId)).ToList();
        return new CaseChanged(after.Id, after.Number, after.Version, after.Status, command.Makes, suggested.Count > 0 ? suggested : null);
    }

    private static bool ClocksChanged(CaseState? before, CaseState after) => before is null
        || !ReferenceEquals(before.Marks, after.Marks) || !ReferenceEquals(before.ClocksTold, after.ClocksTold)
        || (before.Priority, before.Category, before.Tier) != (after.Priority, after.Category, after.Tier)
        || before.CalendarId != after.CalendarId
        || (before.FirstResponseTarget, before.ResolutionTarget) != (after.FirstResponseTarget, after.ResolutionTarget)
        || before.AcknowledgedAt != after.AcknowledgedAt;

    private void Append(CaseState? before, CaseState after, IReadOnlyList<object> events, Given given)
    {
        var stream = CaseState.StreamOf(after.Id);
        unit.Append(stream, before?.Version ?? 0, events.Select(e => new NewEvent(e, PublicFacts.Of(e, after))));
        foreach (var e in events)
        {
            foreach (var timer in CaseTimers.For(e, after, unit.Now, given.Policy, given.Calendar))
            {
                if (timer.Command is null)
                    unit.Cancel(timer.Key);
                else
                    unit.Schedule(timer.Key, stream, timer.Command, timer.Due);
            }
        }
        var now = unit.Now;
        unit.OnCommitted(() => metrics.Observe(before, after, events, now, given.Calendar));
    }

    private async Task IndexTagsAsync(CaseState? before, CaseState after, CancellationToken ct)
    {
        var was = before?.Tags ?? [];
        if (ReferenceEquals(was, after.Tags) && before?.IsOpen == after.IsOpen)
            return;
        foreach (var tag in after.Tags.Except(was))
            unit.Db.Tags.Add(new() { Tag = tag, CaseId = after.Id, IsOpen = after.IsOpen });
        foreach (var tag in was.Distinct())
        {
            if (await unit.Db.Tags.FindAsync([tag, after.Id], ct) is not { } row)
                continue;
            if (after.Tags.Contains(tag))
                row.IsOpen = after.IsOpen;
            else
                unit.Db.Tags.Remove(row);
        }
    }

    private async Task<bool> PersonChangedAsync(CaseState now, long seen, CancellationToken ct)
    {
        if (seen > now.Version)
            return true;
        var since = await log.ReadStreamAsync(CaseState.StreamOf(now.Id), ct, seen);
        return since.Any(e => e.Actor != RequestInfo.System.Actor);
    }
}
