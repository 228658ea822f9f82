using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Reconciliation;

/// <summary>Whether what arrived is what is stored.</summary>
/// <param name="Since">From the start of this hour.</param>
/// <param name="Balanced">Every channel's rows are as many as the transactions counted that stored them.</param>
/// <param name="ThisProcess">What came in to the process that answers, since it started.</param>
internal sealed record ReconciliationView(
    DateTimeOffset Since,
    bool Balanced,
    IReadOnlyList<ChannelTally> Channels,
    IReadOnlyList<HourTally> Hours,
    IReadOnlyList<ProcessTally> ThisProcess);

/// <param name="Stored">Counted in the transactions that stored them.</param>
/// <param name="Duplicates">Arrivals that were stored before.</param>
/// <param name="Automatic">Those of <paramref name="Stored"/> that a program wrote.</param>
/// <param name="Contacts">Rows that are there.</param>
internal sealed record ChannelTally(string Channel, long Stored, long Duplicates, long Automatic, long Contacts, bool Balanced);

internal sealed record HourTally(DateTimeOffset Hour, string Channel, long Stored, long Duplicates, long Automatic);

/// <param name="InFlight">Received and not yet answered: received less the four outcomes.</param>
internal sealed record ProcessTally(string Channel, long Received, long Stored, long Duplicates, long Refused, long Failed, long InFlight);

internal static class ReconciliationEndpoint
{
    public static void MapReconciliation(this IEndpointRouteBuilder app) => app.MapGet("/v1/intake/admin/reconciliation", GetAsync)
        .RequireAuthorization(Policies.Admin).Produces<ReconciliationView>().ProducesProblem(StatusCodes.Status400BadRequest)
        .WithName("GetReconciliation").WithTags("Operations")
        .WithSummary("Arrivals against contacts, per channel and hour: what was received is stored, a duplicate, refused or failed.");

    private static async Task<IResult> GetAsync(
        [FromQuery] int? hours, Work<IntakeDb> work, Module<IntakeDb> module, Metrics metrics, CancellationToken ct)
    {
        if (hours is < 1 or > 24 * 90)
            return Problems.Invalid("hours", "must be 1 to 2160.");
        var now = module.Store.Now;
        var since = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerHour)).AddHours(1 - (hours ?? 24));
        var (tallies, contacts) = await work.ReadAsync(
            async (db, token) =>
            {
                // One snapshot for both, or a contact stored in between would look lost.
                await using var transaction = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, token);
                return (
                    await db.Tallies.Where(tally => tally.Hour >= since).OrderBy(tally => tally.Hour).ThenBy(tally => tally.Channel)
                        .ToListAsync(token),
                    await db.Contacts.Where(contact => contact.StoredAt >= since).GroupBy(contact => contact.Channel)
                        .Select(group => new { Channel = group.Key, Count = group.LongCount() })
                        .ToDictionaryAsync(group => group.Channel, group => group.Count, token));
            },
            ct);
        var channels = tallies.Select(tally => tally.Channel).Union(contacts.Keys).Order(StringComparer.Ordinal).Select(channel =>
        {
            var own = tallies.Where(tally => tally.Channel == channel).ToList();
            var (stored, rows) = (own.Sum(tally => tally.Stored), contacts.GetValueOrDefault(channel));
            return new ChannelTally(
                channel, stored, own.Sum(tally => tally.Duplicates), own.Sum(tally => tally.Automatic), rows, stored == rows);
        }).ToList();
        return TypedResults.Ok(new ReconciliationView(
            since, channels.All(channel => channel.Balanced), channels,
            [.. tallies.Select(tally => new HourTally(tally.Hour, tally.Channel, tally.Stored, tally.Duplicates, tally.Automatic))],
            [.. metrics.Tallies.OrderBy(pair => pair.Key).Select(pair => Of(Words.Of(pair.Key), pair.Value))]));
    }

    private static ProcessTally Of(string channel, Metrics.Tally tally)
    {
        var (stored, duplicates, refused, failed) = (
            Interlocked.Read(ref tally.Stored),
            Interlocked.Read(ref tally.Duplicates),
            Interlocked.Read(ref tally.Refused),
            Interlocked.Read(ref tally.Failed));
        // Read last, so that it is never less than its parts.
        var received = Interlocked.Read(ref tally.Received);
        return new(channel, received, stored, duplicates, refused, failed, received - stored - duplicates - refused - failed);
    }
}
