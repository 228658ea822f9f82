using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;

namespace CxPlatform.Intake.Reconciliation;

/// <summary>Whether what arrived is what is there.</summary>
/// <param name="Since">From the start of this hour.</param>
/// <param name="Balanced">Every channel's sum adds up in every hour.</param>
/// <param name="ThisProcess">What came in to the process that answers, since it started.</param>
internal sealed record ReconciliationView(
    DateTimeOffset Since,
    bool Balanced,
    IReadOnlyList<ChannelTally> Channels,
    IReadOnlyList<HourOfChannel> Hours,
    IReadOnlyList<ProcessTally> ThisProcess);

/// <summary>The sums of a channel's hours; the words are those of <see cref="HourOfChannel"/>.</summary>
internal sealed record ChannelTally(
    string Channel, long Received, long Stored, long Duplicates, long Refused, long Ignored, long Contacts, long Automatic, long Held, long Pending,
    long Failed, long Missing, bool Balanced)
{
    public static ChannelTally Of(string channel, IReadOnlyCollection<HourOfChannel> hours) => new(
        channel, hours.Sum(hour => hour.Received), hours.Sum(hour => hour.Stored), hours.Sum(hour => hour.Duplicates),
        hours.Sum(hour => hour.Refused), hours.Sum(hour => hour.Ignored), hours.Sum(hour => hour.Contacts), hours.Sum(hour => hour.Automatic), hours.Sum(hour => hour.Held),
        hours.Sum(hour => hour.Pending), hours.Sum(hour => hour.Failed), hours.Sum(hour => hour.Missing), hours.All(hour => hour.Balanced));
}

/// <param name="Kept">Durable, and left to be read later.</param>
/// <param name="InFlight">Received and not yet answered: received less the six outcomes.</param>
internal sealed record ProcessTally(
    string Channel, long Received, long Stored, long Duplicates, long Kept, long Ignored, long Refused, long Failed, long InFlight);

internal static class ReconciliationEndpoint
{
    public static void MapReconciliation(this IEndpointRouteBuilder app) => app.MapGet("/v1/intake/admin/reconciliation", GetAsync)
        .RequireAuthorization(Policies.Admin).Produces<ReconciliationView>().ProducesProblem(StatusCodes.Status400BadRequest)
        .WithName("GetReconciliation").WithTags("Operations")
        .WithSummary("Arrivals against what is there, per channel and hour: contacts, duplicates, refused, ignored, pending and failed add up to received.");

    private static async Task<IResult> GetAsync(
        [FromQuery] int? hours, Reconciler reconciler, Module<IntakeDb> module, Metrics metrics, CancellationToken ct)
    {
        if (hours is < 1 or > 24 * 90)
            return Problems.Invalid("hours", "must be 1 to 2160.");
        var since = Tallies.HourOf(module.Store.Now).AddHours(1 - (hours ?? 24));
        var all = await reconciler.ReadAsync(since, ct);
        return TypedResults.Ok(new ReconciliationView(
            since,
            all.All(hour => hour.Balanced),
            [.. all.GroupBy(hour => hour.Channel).OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => ChannelTally.Of(group.Key, [.. group]))],
            all,
            [.. metrics.Tallies.OrderBy(pair => pair.Key).Select(pair => Of(Words.Of(pair.Key), pair.Value))]));
    }

    private static ProcessTally Of(string channel, Metrics.Tally tally)
    {
        var (stored, duplicates, kept, ignored, refused, failed) = (
            Interlocked.Read(ref tally.Stored),
            Interlocked.Read(ref tally.Duplicates),
            Interlocked.Read(ref tally.Kept),
            Interlocked.Read(ref tally.Ignored),
            Interlocked.Read(ref tally.Refused),
            Interlocked.Read(ref tally.Failed));
        // Read last, so that it is never less than its parts.
        var received = Interlocked.Read(ref tally.Received);
        return new(
            channel, received, stored, duplicates, kept, ignored, refused, failed,
            received - stored - duplicates - kept - ignored - refused - failed);
    }
}
