using System.Security.Cryptography;
using System.Text.Json;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Clocks;

/// <summary>A policy or a calendar has changed: the timers of all open cases are set anew, from <paramref name="After"/> on.</summary>
[TimerType("case.clocks-recalculate")]
internal sealed record Recalculate(Guid? After = null)
{
    public const string Key = "clocks/recalculate";

    public static void Begin(Unit<CaseDb> unit) => unit.Schedule(Key, Key, new Recalculate(), unit.Now);
}

/// <summary>Goes through the open cases, some at a time, however many there are. What a clock has counted comes from the case's events
/// and needs no correction: only the timers have to follow.</summary>
internal sealed class RecalculateClocks(Unit<CaseDb> unit, ClockTimer timer, EventLog<CaseDb> log) : IHandleTimer<Recalculate>
{
    private const int Batch = 200;

    public async Task HandleAsync(Recalculate command, TimerContext context, CancellationToken ct)
    {
        var open = unit.Db.Cases.AsTracking().Where(row => row.IsOpen);
        if (command.After is { } after)
            open = open.Where(row => row.Id > after);
        var rows = await open.OrderBy(row => row.Id).Take(Batch).ToListAsync(ct);
        foreach (var row in rows)
        {
            if (row.Case.Marks.Count == 0)
                row.Case = await ReplayAsync(log, row.Case, ct);
            await timer.SetAsync(row, ct);
            // Written although it is the same, so that a case that somebody changes meanwhile is looked at again: the timer of an older
            // state must not replace the newer one.
            unit.Db.Entry(row).State = EntityState.Modified;
        }
        if (rows.Count == Batch)
            unit.Schedule(Recalculate.Key, Recalculate.Key, new Recalculate(rows[^1].Id), unit.Now);
    }

    /// <summary>A case of a version that kept no marks.</summary>
    public static async Task<CaseState> ReplayAsync(EventLog<CaseDb> log, CaseState state, CancellationToken ct)
    {
        var events = await log.ReadStreamAsync(CaseState.StreamOf(state.Id), ct);
        CaseState? replayed = null;
        foreach (var e in events)
            replayed = Evolution.Evolve(replayed, EventTypes.Read(e.Type, e.Data), e.Time);
        return replayed ?? state;
    }
}

/// <summary>Notices, at the start, that the targets are others than they were.</summary>
internal sealed class FollowPolicy(Unit<CaseDb> unit, PolicyBook policies)
{
    private const string Name = "clock-policy";

    public async Task<Outcome<Done>> HandleAsync(CancellationToken ct) => await HandleAsync(await policies.NowAsync(ct), ct);

    public async Task<Outcome<Done>> HandleAsync(CasePolicy policy, CancellationToken ct)
    {
        // Kept counts what is kept of clocks beside the timers: 1, the column clock_due. Whoever adds to it raises it.
        var measured = JsonSerializer.SerializeToUtf8Bytes(
            new { Kept = 1, policy.Targets, policy.Acknowledgement, policy.FirstResponse, policy.WarnAt, policy.CalendarId },
            EventTypes.Json);
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(measured));
        var row = await unit.Db.Settings.FindAsync([Name], ct);
        if (row?.Value == fingerprint)
            return Done.Value;
        if (row is null)
            unit.Db.Settings.Add(row = new() { Name = Name });
        row.Value = fingerprint;
        Recalculate.Begin(unit);
        return Done.Value;
    }
}
