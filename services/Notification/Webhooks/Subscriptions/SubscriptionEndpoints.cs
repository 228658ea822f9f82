using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Delivery;
using CxPlatform.Notifications.Webhooks.Egress;
using CxPlatform.Notifications.Webhooks.Replays;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Notifications.Webhooks.Subscriptions;

/// <param name="Secret">Made for you when absent.</param>
/// <param name="Overlap">For how long the old secret signs as well: a day when absent.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RotateRequest(string? Secret = null, TimeSpan? Overlap = null);

/// <summary>Subscriptions of those who asked for them; an administrator's are all.</summary>
internal static class SubscriptionEndpoints
{
    public static void MapSubscriptions(this IEndpointRouteBuilder app)
    {
        var all = app.MapGroup("/v1/subscriptions").WithTags("Subscriptions").WithGroupName(NotificationModule.Name).RequireAuthorization(Policies.EventsRead);
        all.MapPost("", CreateAsync).WithName("CreateSubscription")
            .WithSummary("Makes a subscription. It gets events once a test event was answered: activate it.").Produces<SubscriptionCreated>(StatusCodes.Status201Created);
        all.MapGet("", ListAsync).WithName("ListSubscriptions").WithSummary("Subscriptions with their health, oldest first.").Produces<SubscriptionPage>();
        var one = all.MapGroup("/{id:guid}");
        one.MapGet("", GetAsync).WithName("GetSubscription").WithSummary("A subscription with its health, and its ETag.").Produces<SubscriptionView>();
        one.MapPut("", UpdateAsync).WithIfMatch().WithName("ChangeSubscription").WithSummary("Changes what is delivered. With another URL it must be activated again; events wait.")
            .Produces<SubscriptionView>();
        one.MapPatch("", PatchAsync).WithIfMatch().WithName("PatchSubscription").WithSummary("Changes what is named and leaves the rest (JSON Merge Patch, RFC 7396): null removes.")
            .Accepts<SubscriptionRequest>("application/merge-patch+json", "application/json").Produces<SubscriptionView>();
        one.MapDelete("", DeleteAsync).WithIfMatch().WithName("DeleteSubscription").WithSummary("Ends a subscription and forgets its log.").Produces(StatusCodes.Status204NoContent);
        one.MapPost("/activate", ActivateAsync).WithIfMatch().WithName("ActivateSubscription").WithSummary("Sends a signed test event; when it is answered 2xx, deliveries begin.")
            .Produces<SubscriptionView>();
        one.MapPost("/test", TestAsync).WithName("TestSubscription").WithSummary("Sends a signed test event and tells how it went.").Produces<DeliveryView>();
        one.MapPost("/pause", PauseAsync).WithIfMatch().WithName("PauseSubscription").WithSummary("Stops deliveries; events are kept.").Produces<SubscriptionView>();
        one.MapPost("/resume", ResumeAsync).WithIfMatch().WithName("ResumeSubscription").WithSummary("Goes on where deliveries stopped, without a gap.").Produces<SubscriptionView>();
        one.MapPost("/secret", RotateAsync).WithIfMatch().WithName("RotateSecret").WithSummary("Replaces the secret; for a while both sign.").Produces<SecretRotated>();
        one.MapGet("/deliveries", DeliveriesAsync).WithName("ListDeliveries").WithSummary("Attempts, newest first, of the last 30 days.").Produces<DeliveryPage>();
        one.MapGet("/deliveries/{delivery:guid}", DeliveryAsync).WithName("GetDelivery").WithSummary("One attempt with what was sent and answered.").Produces<DeliveryDetail>();
        one.MapGet("/lanes", LanesAsync).WithName("ListLanes").WithSummary("Cases whose events wait because one of them failed.").Produces<LanePage>();
        one.MapPost("/lanes/{caseId:guid}/retry", (Guid id, Guid caseId, HttpContext context, Work<NotificationDb> work, CancellationToken ct) => LaneAsync(id, caseId, false, null, context, work, ct))
            .WithName("RetryLane").WithSummary("Tries a waiting case now.").Produces(StatusCodes.Status204NoContent);
        one.MapPost("/lanes/{caseId:guid}/skip", (Guid id, Guid caseId, HttpContext context, Work<NotificationDb> work, CancellationToken ct, Guid? eventId = null) =>
                LaneAsync(id, caseId, true, eventId, context, work, ct))
            .WithName("SkipEvent").WithSummary("Gives up on the event that a case waits for; the events after it follow. With eventId only if it is that one still.").Produces(StatusCodes.Status204NoContent);
        one.MapPost("/replays", ReplayAsync).WithName("Replay").WithSummary("Sends events once more: single ones, a range, a time, or all that failed.")
            .Produces<ReplayView>(StatusCodes.Status202Accepted);
        one.MapGet("/replays", ReplaysAsync).WithName("ListReplays").WithSummary("Replays that are under way.").Produces<ReplayPage>();
        one.MapDelete("/replays/{replay:guid}", CancelReplayAsync).WithName("CancelReplay").WithSummary("Ends a replay.").Produces(StatusCodes.Status204NoContent);
    }

    public static Caller Caller(this HttpContext context) =>
        new(context.User.ActorId(), context.User.HasScope(Scopes.Admin) || context.User.HasRole(Roles.Admin));

    private static async Task<IResult> CreateAsync(
        SubscriptionRequest request, HttpContext context, EgressRules egress, Work<NotificationDb> work, Secrets secrets, CancellationToken ct)
    {
        var errors = request.Check(egress);
        return errors.Any
            ? errors.ToHttp()
            : await work.RunAsync<ChangeSubscription, Outcome<Changed>>((handler, token) => handler.CreateAsync(request, context.Caller(), token), ct).ToHttp(
                made =>
                {
                    context.SetVersion(made.Subscription.Version);
                    return TypedResults.Created($"/v1/subscriptions/{made.Subscription.Id}", new SubscriptionCreated(made.Subscription, Plain(secrets, made)));
                });
    }

    private static async Task<IResult> UpdateAsync(
        Guid id, SubscriptionRequest request, HttpContext context, EgressRules egress, Work<NotificationDb> work, CancellationToken ct)
    {
        var errors = request.Check(egress);
        return errors.Any
            ? errors.ToHttp()
            : await ChangeAsync(id, context, work, (handler, meant, token) => handler.UpdateAsync(meant, request, token), ct);
    }

    private static Task<IResult> PatchAsync(Guid id, JsonObject patch, HttpContext context, EgressRules egress, Work<NotificationDb> work, CancellationToken ct) =>
        ChangeAsync(id, context, work, (handler, meant, token) => handler.PatchAsync(meant, patch, egress, token), ct);

    private static Task<IResult> ActivateAsync(Guid id, HttpContext context, TestSubscription test, Work<NotificationDb> work, CancellationToken ct) =>
        MeantAsync(id, context, async meant => Show(context, await ActivateSubscription.RunAsync(meant, test, work, ct)));

    private static async Task<IResult> TestAsync(Guid id, HttpContext context, TestSubscription test, CancellationToken ct) =>
        (await test.SendAsync(new(id, context.Caller()), ct)).ToHttp(sent => TypedResults.Ok(DeliveryView.Of(sent.Row)));

    private static Task<IResult> PauseAsync(Guid id, HttpContext context, Work<NotificationDb> work, CancellationToken ct) =>
        ChangeAsync(id, context, work, (handler, meant, token) => handler.PauseAsync(meant, token), ct);

    private static Task<IResult> ResumeAsync(Guid id, HttpContext context, Work<NotificationDb> work, CancellationToken ct) =>
        ChangeAsync(id, context, work, (handler, meant, token) => handler.ResumeAsync(meant, token), ct);

    private static Task<IResult> RotateAsync(Guid id, RotateRequest request, HttpContext context, Work<NotificationDb> work, Secrets secrets, CancellationToken ct) =>
        MeantAsync(id, context, meant => work
            .RunAsync<ChangeSubscription, Outcome<Changed>>((handler, token) => handler.RotateAsync(meant, request.Secret, request.Overlap, token), ct)
            .ToHttp(changed =>
            {
                context.SetVersion(changed.Subscription.Version);
                return TypedResults.Ok(new SecretRotated(Plain(secrets, changed), changed.Subscription.OldSecretUntil!.Value));
            }));

    private static Task<IResult> DeleteAsync(Guid id, HttpContext context, Work<NotificationDb> work, CancellationToken ct) =>
        MeantAsync(id, context, meant => work.RunAsync<ChangeSubscription, Outcome<Done>>((handler, token) => handler.DeleteAsync(meant, token), ct).ToHttp());

    private static Task<IResult> LaneAsync(Guid id, Guid caseId, bool skip, Guid? eventId, HttpContext context, Work<NotificationDb> work, CancellationToken ct) =>
        work.RunAsync<ChangeLane, Outcome<Done>>((handler, token) => handler.HandleAsync(id, caseId, skip, eventId, context.Caller(), token), ct).ToHttp();

    private static Task<IResult> ReplayAsync(Guid id, ReplayRequest request, HttpContext context, Work<NotificationDb> work, CancellationToken ct) =>
        work.RunAsync<Replay, Outcome<ReplayView>>((handler, token) => handler.BeginAsync(id, request, context.Caller(), token), ct)
            .ToHttp(replay => TypedResults.Accepted($"/v1/subscriptions/{id}/replays", replay));

    private static Task<IResult> CancelReplayAsync(Guid id, Guid replay, HttpContext context, Work<NotificationDb> work, CancellationToken ct) =>
        work.RunAsync<Replay, Outcome<Done>>((handler, token) => handler.CancelAsync(id, replay, context.Caller(), token), ct).ToHttp();

    private static async Task<IResult> ListAsync(HttpContext context, SubscriptionReader reader, CancellationToken ct, string? after = null, int limit = 50)
    {
        var errors = SubscriptionReader.CheckPage(after, limit);
        return errors.Any ? errors.ToHttp() : TypedResults.Ok(await reader.ListAsync(context.Caller(), after, limit, ct));
    }

    private static async Task<IResult> GetAsync(Guid id, HttpContext context, SubscriptionReader reader, CancellationToken ct) =>
        Show(context, await reader.GetAsync(id, context.Caller(), ct));

    private static async Task<IResult> DeliveriesAsync(
        Guid id, HttpContext context, SubscriptionReader reader, CancellationToken ct, string? outcome = null, Guid? eventId = null, Guid? caseId = null,
        string? after = null, int limit = 50)
    {
        DeliveryOutcome wanted = default;
        var errors = SubscriptionReader.CheckPage(after, limit).Check(
            outcome is null || (Enum.TryParse(outcome, ignoreCase: true, out wanted) && Enum.IsDefined(wanted)), "outcome", "must be one of delivered, failed, skipped.");
        return errors.Any
            ? errors.ToHttp()
            : (await reader.DeliveriesAsync(id, context.Caller(), new(outcome is null ? null : wanted, eventId, caseId), after, limit, ct)).ToHttp(page => TypedResults.Ok(page));
    }

    private static async Task<IResult> DeliveryAsync(Guid id, Guid delivery, HttpContext context, SubscriptionReader reader, CancellationToken ct) =>
        (await reader.DeliveryAsync(id, delivery, context.Caller(), ct)).ToHttp(detail => TypedResults.Ok(detail));

    private static async Task<IResult> LanesAsync(Guid id, HttpContext context, SubscriptionReader reader, CancellationToken ct, int limit = 100) =>
        limit is < 1 or > 1000
            ? Problems.Invalid("limit", "must be 1 to 1000.")
            : (await reader.LanesAsync(id, context.Caller(), limit, ct)).ToHttp(lanes => TypedResults.Ok(new LanePage(lanes)));

    private static async Task<IResult> ReplaysAsync(Guid id, HttpContext context, SubscriptionReader reader, CancellationToken ct) =>
        (await reader.ReplaysAsync(id, context.Caller(), ct)).ToHttp(replays => TypedResults.Ok(new ReplayPage(replays)));

    private static Task<IResult> ChangeAsync(
        Guid id, HttpContext context, Work<NotificationDb> work, Func<ChangeSubscription, Meant, CancellationToken, Task<Outcome<SubscriptionView>>> change, CancellationToken ct) =>
        MeantAsync(id, context, async meant => Show(context, await work.RunAsync<ChangeSubscription, Outcome<SubscriptionView>>((handler, token) => change(handler, meant, token), ct)));

    private static async Task<IResult> MeantAsync(Guid id, HttpContext context, Func<Meant, Task<IResult>> act) =>
        context.Request.TryIfMatch(out var version)
            ? await act(new(id, context.Caller(), version))
            : Problems.Of(new("if-match-invalid", "must be the ETag of the subscription, such as \"7\".", "If-Match"));

    private static IResult Show(HttpContext context, Outcome<SubscriptionView> outcome) => outcome.ToHttp(view =>
    {
        context.SetVersion(view.Version);
        return TypedResults.Ok(view);
    });

    private static string Plain(Secrets secrets, Changed changed) => secrets.Unprotect(changed.ProtectedSecret, Subscription.SecretPurpose);
}
