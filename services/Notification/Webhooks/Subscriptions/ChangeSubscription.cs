using System.Text.Json.Nodes;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Delivery;
using CxPlatform.Notifications.Webhooks.Egress;
using CxPlatform.Notifications.Webhooks.Events;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Webhooks.Subscriptions;

/// <summary>Who asks: an administrator sees every subscription, anybody else those that they made.</summary>
internal sealed record Caller(string Actor, bool IsAdmin)
{
    public bool Sees(SubscriptionRow row) => IsAdmin || row.CreatedBy == Actor;
}

/// <summary>The subscription that somebody means, and the version of it that they saw; null when they do not mind which.</summary>
/// <param name="IsOrphan">Whoever it belongs to has lost access, so it is anybody's who knows its id.</param>
internal sealed record Meant(Guid Id, Caller Caller, long? Version = null, bool IsOrphan = false)
{
    /// <summary>Null when it is there, is theirs, and is as they saw it.</summary>
    public Refusal? RefusalOf(SubscriptionRow? row) =>
        row is null || !(IsOrphan || Caller.Sees(row)) ? SubscriptionRefusals.NotFound
        : Version is { } seen && seen != row.Version ? SubscriptionRefusals.ChangedSince(row)
        : null;
}

/// <summary>A subscription made or with a new secret. Secrets are protected here: answers to an Idempotency-Key are kept.</summary>
internal sealed record Changed(SubscriptionView Subscription, string ProtectedSecret);

internal static class SubscriptionRefusals
{
    public static Refusal NotFound { get; } = new("subscription-not-found", "There is no subscription of yours with this id.");

    public static Refusal ChangedSince(SubscriptionRow row) => new(
        "subscription-changed-since", $"Somebody has changed the subscription since: its ETag is {Versions.ETag(row.Version)} now. Please read it again.");
}

/// <summary>Everything that people and programs do to a subscription.</summary>
internal sealed class ChangeSubscription(Unit<NotificationDb> unit, Secrets secrets)
{
    /// <summary>For how long a secret that was replaced goes on signing, unless another time is asked for.</summary>
    public static readonly TimeSpan UsualOverlap = TimeSpan.FromHours(24);
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(30);
    private const int MostOldSecrets = 3;

    /// <summary>Why a subscription is paused that somebody has paused.</summary>
    public const string ByHand = "Paused by hand.";

    public async Task<Outcome<Changed>> CreateAsync(SubscriptionRequest request, Caller caller, CancellationToken ct)
    {
        var row = new SubscriptionRow
        {
            Id = Guid.CreateVersion7(unit.Now),
            Secret = secrets.Protect(request.Secret ?? Signature.NewSecret(), Subscription.SecretPurpose),
            CreatedBy = caller.Actor,
            CreatedAt = unit.Now,
            ChangedAt = unit.Now,
            Version = 1,
        };
        request.Write(row);
        unit.Db.Subscriptions.Add(row);
        // From now on, even while it is not active yet: nothing falls between making and activating it.
        var head = await EventStore.HeadAsync(unit.Db, ct);
        unit.Db.Courses.Add(new() { Id = row.Id, SubscriptionId = row.Id, Position = head, CreatedAt = unit.Now });
        return new Changed(SubscriptionView.Of(row, new(null, null, null, null, 0, 0, 0)), row.Secret);
    }

    public Task<Outcome<SubscriptionView>> UpdateAsync(Meant meant, SubscriptionRequest request, CancellationToken ct) =>
        ChangeAsync(meant, row => Update(row, request), ct);

    /// <summary>Changes what is named, and leaves the rest.</summary>
    public Task<Outcome<SubscriptionView>> PatchAsync(Meant meant, JsonObject patch, EgressRules egress, CancellationToken ct) => ChangeAsync(meant, row =>
    {
        var request = SubscriptionRequest.Of(row).With(patch);
        return request.Check(egress).ToRefusal() ?? Update(row, request);
    }, ct);

    private static Refusal? Update(SubscriptionRow row, SubscriptionRequest request)
    {
        if (request.Secret is not null)
            return new Refusal("input-invalid", "is only taken when a subscription is made; rotate it instead.", "secret");
        // Somebody else may be where it points now: they are asked first.
        if (request.Url != row.Url)
            (row.State, row.Reason) = (SubscriptionState.Pending, "The URL has changed: activate the subscription again.");
        request.Write(row);
        return null;
    }

    /// <summary>After a test event was taken; what had failed is tried again at once.</summary>
    public async Task<Outcome<SubscriptionView>> ActivateAsync(Meant meant, string url, CancellationToken ct)
    {
        var orphan = await IsOrphanAsync(meant, ct);
        var outcome = await ChangeAsync(meant, row =>
        {
            if (row.Url != url)
                return new Refusal("subscription-changed-since", "The URL was changed while the test event was on its way.");
            Begin(row, orphan ? meant.Caller : null);
            return null;
        }, ct);
        return await HurryAsync(outcome, ct);
    }

    public Task<Outcome<SubscriptionView>> PauseAsync(Meant meant, CancellationToken ct) => ChangeAsync(meant, row =>
    {
        if (row.State != SubscriptionState.Active)
            return new Refusal("subscription-not-active", $"The subscription is {Word(row.State)}; only an active one can be paused.");
        (row.State, row.Reason) = (SubscriptionState.Paused, ByHand);
        return null;
    }, ct);

    /// <summary>Goes on where it stopped, without a gap; what had failed is tried again at once. When whoever it belonged to has lost access, anybody with the
    /// scope who knows its id takes it over.</summary>
    public async Task<Outcome<SubscriptionView>> ResumeAsync(Meant meant, CancellationToken ct)
    {
        var orphan = await IsOrphanAsync(meant, ct);
        var outcome = await ChangeAsync(meant with { IsOrphan = orphan }, row =>
        {
            if (row.State is SubscriptionState.Active or SubscriptionState.Pending)
                return new Refusal("subscription-not-paused", $"The subscription is {Word(row.State)}; a paused or disabled one can be resumed, a pending one is activated.");
            Begin(row, orphan ? meant.Caller : null);
            return null;
        }, ct);
        return await HurryAsync(outcome, ct);
    }

    public async Task<Outcome<Changed>> RotateAsync(Meant meant, string? secret, TimeSpan? overlap, CancellationToken ct)
    {
        var errors = new InputErrors()
            .Check(secret is null || Signature.KeyOf(secret) is not null, "secret", $"must be {Signature.Prefix} followed by base64 of {Signature.ShortestKey} to {Signature.LongestKey} bytes.")
            .Check(overlap is null || (overlap >= TimeSpan.Zero && overlap <= LongestOverlap), "overlap", $"must be an ISO 8601 duration up to P{LongestOverlap.TotalDays:0}D.");
        if (errors.ToRefusal() is { } wrong)
            return wrong;
        var replacement = secrets.Protect(secret ?? Signature.NewSecret(), Subscription.SecretPurpose);
        var outcome = await ChangeAsync(meant, row =>
        {
            // One that still signs goes on: the endpoint may not have heard of the last rotation yet, or a rotation was asked for twice.
            var before = row.OldSecretUntil > unit.Now ? Subscription.OldSecretsOf(row, secrets) : [];
            var old = before.Prepend(secrets.Unprotect(row.Secret, Subscription.SecretPurpose)).Take(MostOldSecrets);
            (row.OldSecret, row.Secret) = (secrets.Protect(string.Join(' ', old), Subscription.SecretPurpose), replacement);
            row.OldSecretUntil = unit.Now + (overlap ?? UsualOverlap);
            return null;
        }, ct);
        return outcome.Map(view => new Changed(view, replacement));
    }

    public async Task<Outcome<Done>> DeleteAsync(Meant meant, CancellationToken ct)
    {
        var id = meant.Id;
        var row = await unit.Db.Subscriptions.FindAsync([id], ct);
        if (meant.RefusalOf(row) is { } refusal)
            return refusal;
        unit.Db.Subscriptions.Remove(row!);
        // In the order in which results are recorded, so that neither waits for the other in a circle.
        await unit.Db.Lanes.Where(lane => lane.SubscriptionId == id).ExecuteDeleteAsync(ct);
        await unit.Db.Courses.Where(course => course.SubscriptionId == id).ExecuteDeleteAsync(ct);
        await unit.Db.Deliveries.Where(delivery => delivery.SubscriptionId == id).ExecuteDeleteAsync(ct);
        unit.Announce();
        return Done.Value;
    }

    private async Task<bool> IsOrphanAsync(Meant meant, CancellationToken ct) =>
        await unit.Db.Subscriptions.FindAsync([meant.Id], ct) is { } row && await Owners.IsLostAsync(unit.Db, row.CreatedBy, ct);

    private async Task<Outcome<SubscriptionView>> HurryAsync(Outcome<SubscriptionView> begun, CancellationToken ct)
    {
        if (!begun.IsRefused)
            await unit.Db.Lanes.Where(row => row.SubscriptionId == begun.Value.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Due, unit.Now), ct);
        return begun;
    }

    private static void Begin(SubscriptionRow row, Caller? heir)
    {
        (row.State, row.Reason, row.FailingSince, row.Failures) = (SubscriptionState.Active, null, null, 0);
        row.CreatedBy = heir?.Actor ?? row.CreatedBy;
    }

    private async Task<Outcome<SubscriptionView>> ChangeAsync(Meant meant, Func<SubscriptionRow, Refusal?> change, CancellationToken ct)
    {
        var row = await unit.Db.Subscriptions.FindAsync([meant.Id], ct);
        if ((meant.RefusalOf(row) ?? change(row!)) is { } refusal)
            return refusal;
        row!.ChangedAt = unit.Now;
        row.Version++;
        row.Revision++;
        unit.Announce();
        return SubscriptionView.Of(row, (await SubscriptionHealth.ReadAsync(unit.Db, [row.Id], ct))(row));
    }

    private static string Word(SubscriptionState state) => state.ToString().ToLowerInvariant();
}
