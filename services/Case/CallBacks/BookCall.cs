using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.CallBacks;

/// <summary>Books calls and moves them: a slot's room is taken in the transaction that makes the promise.</summary>
internal sealed class BookCall(CaseStore store)
{
    public async Task<Outcome<CaseChanged>> HandleAsync(Guid caseId, BookCallBack command, long? expected, CancellationToken ct)
    {
        var done = await store.ActAsync(caseId, command, ct, expected);
        if (done.IsRefused || await store.FindAsync(caseId, ct) is not { Case: var s })
            return done;
        if (s.Promises.FirstOrDefault(p => p.Id == command.PromiseId) is not { From: { } from } promise)
            return done; // It was booked so already.
        var (queue, capacity) = (s.QueueId ?? store.Policy.QueueId, store.Policy.CallBackOf(s)!.Capacity);
        var taken = await store.Db.CallBacks.Where(row => row.QueueId == queue && row.StartsAt == from && row.CaseId != caseId)
            .Select(row => row.Seat).ToListAsync(ct);
        var seat = Enumerable.Range(0, capacity).Except(taken).DefaultIfEmpty(-1).First();
        if (seat < 0)
            return new Refusal("slot-taken", "is booked up by now.", "from");
        // Who takes the same seat at the same instant meets the key, and tries again with the next one.
        store.Db.CallBacks.Add(new()
        {
            QueueId = queue,
            StartsAt = from,
            Seat = seat,
            EndsAt = promise.Due,
            CaseId = caseId,
            PromiseId = promise.Id,
        });
        return done;
    }
}

/// <summary>Which slots have room.</summary>
internal static class CallBackSlots
{
    /// <summary>Those that the case's customer may book now, in order.</summary>
    public static async Task<IReadOnlyList<Opening>> FreeAsync(
        CaseDb db, CaseState s, CasePolicy policy, BusinessCalendar calendar, DateTimeOffset now, CancellationToken ct)
    {
        if (!s.IsOpen || policy.CallBackOf(s) is not { } rule || rule.Slots(calendar, now).ToList() is not [var first, ..] slots)
            return [];
        var (queue, from, to) = (s.QueueId ?? policy.QueueId, first.From, slots[^1].From);
        var taken = await db.CallBacks.Where(row => row.QueueId == queue && row.StartsAt >= from && row.StartsAt <= to)
            .GroupBy(row => row.StartsAt).Select(group => new { group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.Key, group => group.Count, ct);
        return slots.FindAll(slot => taken.GetValueOrDefault(slot.From) < rule.Capacity);
    }

    /// <summary>Gives back what is not needed any more: a call is booked only as long as its promise is open at that time.</summary>
    public static async Task ReleaseAsync(CaseDb db, CaseState? before, CaseState after, CancellationToken ct)
    {
        if (before is null || ReferenceEquals(before.Promises, after.Promises))
            return;
        foreach (var was in before.Promises.Where(p => p is { Source: PromiseSource.CallBack, State: PromiseState.Open }))
            if (after.Promises.FirstOrDefault(p => p.Id == was.Id) is not { State: PromiseState.Open } now || now.Due != was.Due)
                await db.CallBacks.Where(row => row.PromiseId == was.Id).ExecuteDeleteAsync(ct);
    }
}
