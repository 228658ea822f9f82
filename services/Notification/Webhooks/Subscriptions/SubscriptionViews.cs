using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Events;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Webhooks.Subscriptions;

/// <summary>A subscription and how it does.</summary>
/// <param name="Reason">Why it is paused or disabled.</param>
/// <param name="Owner">Whom it belongs to: <c>key:...</c> or <c>agent:...</c>.</param>
/// <param name="Version">Counts changes that were asked for; it is the ETag.</param>
/// <param name="OldSecretUntil">Until when the secret before this one signs as well.</param>
internal sealed record SubscriptionView(
    Guid Id, string Name, string Url, IReadOnlyList<string> Types, EventFilter Filter, EventFormat Format, int? Rate, string? Contact, SubscriptionState State,
    string? Reason, string Owner, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, long Version, DateTimeOffset? OldSecretUntil, SubscriptionHealth Health)
{
    public static SubscriptionView Of(SubscriptionRow row, SubscriptionHealth health) => new(
        row.Id, row.Name, row.Url, JsonSerializer.Deserialize<List<string>>(row.Types, EventTypes.Json)!, EventFilter.Read(row.Filter), EventFormat.Structured,
        row.Rate, row.Contact, row.State, row.Reason, row.CreatedBy, row.CreatedAt, row.ChangedAt, row.Version, row.OldSecretUntil, health);
}

/// <param name="FailingSince">The first failure since the last success.</param>
/// <param name="Behind">Events that were not looked at for it yet, wanted or not.</param>
/// <param name="WaitingCases">Cases whose events wait because one of them failed.</param>
internal sealed record SubscriptionHealth(
    DateTimeOffset? LastSuccessAt, DateTimeOffset? LastFailureAt, string? LastFailure, DateTimeOffset? FailingSince, int FailuresInARow, long Behind, int WaitingCases)
{
    /// <summary>Of several subscriptions at once.</summary>
    public static async Task<Func<SubscriptionRow, SubscriptionHealth>> ReadAsync(NotificationDb db, IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        var head = await EventStore.HeadAsync(db, ct);
        var positions = await db.Courses.Where(course => ids.Contains(course.Id)).ToDictionaryAsync(course => course.Id, course => course.Position, ct);
        var lanes = await db.Lanes.Where(lane => ids.Contains(lane.SubscriptionId)).GroupBy(lane => lane.SubscriptionId)
            .Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, ct);
        return row => new(
            row.LastSuccessAt, row.LastFailureAt, row.LastFailure, row.FailingSince, row.Failures, Math.Max(0, head - positions.GetValueOrDefault(row.Id, head)),
            lanes.GetValueOrDefault(row.Id));
    }
}

/// <summary>The secret is told once; keep it.</summary>
internal sealed record SubscriptionCreated(SubscriptionView Subscription, string Secret);

/// <param name="OldSecretUntil">Until then both secrets sign.</param>
internal sealed record SecretRotated(string Secret, DateTimeOffset OldSecretUntil);

internal sealed record SubscriptionPage(IReadOnlyList<SubscriptionView> Items, string? Next);

/// <summary>One attempt.</summary>
/// <param name="EventId">The event's id, which is the <c>webhook-id</c> of every attempt at it.</param>
/// <param name="Attempt">Its number, from 1.</param>
internal sealed record DeliveryView(
    Guid Id, Guid EventId, string Type, Guid? CaseId, int Attempt, DeliveryOutcome Outcome, DateTimeOffset At, int Milliseconds, int? Status, string? Reason)
{
    public static DeliveryView Of(DeliveryRow row) => new(
        row.Id, row.EventId, row.Type, row.Stream.Length == 0 ? null : OutgoingEvent.CaseOf(row.Stream), row.Attempt, row.Outcome, row.At, row.Milliseconds, row.Status, row.Reason);
}

/// <param name="Url">As the subscription has it now.</param>
/// <param name="Headers">As they were sent, but for the signature.</param>
/// <param name="Body">What was sent; null when it is not kept any more.</param>
/// <param name="Response">How the answer began, up to 1024 bytes.</param>
internal sealed record DeliveryDetail(DeliveryView Delivery, string Url, IReadOnlyDictionary<string, string> Headers, string? Body, string? Response);

internal sealed record DeliveryPage(IReadOnlyList<DeliveryView> Items, string? Next);

/// <summary>A case whose events wait.</summary>
/// <param name="EventId">The event that is tried again.</param>
internal sealed record LaneView(Guid CaseId, Guid? EventId, string? Type, int Attempts, DateTimeOffset NextAttemptAt, DateTimeOffset Since, string? Reason);

internal sealed record LanePage(IReadOnlyList<LaneView> Items);
