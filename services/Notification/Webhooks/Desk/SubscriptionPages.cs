using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Delivery;
using CxPlatform.Notifications.Webhooks.Egress;
using CxPlatform.Notifications.Webhooks.Events;
using CxPlatform.Notifications.Webhooks.Replays;
using CxPlatform.Notifications.Webhooks.Subscriptions;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Mvc;

namespace CxPlatform.Notifications.Webhooks.Desk;

/// <summary>Subscriptions for administrators: a list with their health, and a page for each. GET shows, POST does what the API does, through the same
/// handlers.</summary>
internal static class SubscriptionPages
{
    public const string Path = "/desk/subscriptions";
    private const int MaxForm = 64 * 1024;

    public static string AddressOf(Guid id) => $"{Path}/{id}";

    public static void MapSubscriptionPages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).RequireAuthorization(Policies.Admin).ExcludeFromDescription();
        pages.MapGet("", ListAsync);
        pages.MapPost("", CreateAsync).RequireAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MaxForm));
        pages.MapGet("/{id:guid}", ShowAsync);
        pages.MapPost("/{id:guid}", ActAsync).RequireAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MaxForm));
    }

    private static async Task<IResult> ListAsync(HttpContext context, SubscriptionReader reader, CancellationToken ct) =>
        Page.Of<SubscriptionsPage>(new { Model = await ListModelAsync(context, reader, ct) });

    private static async Task<SubscriptionsModel> ListModelAsync(HttpContext context, SubscriptionReader reader, CancellationToken ct) =>
        new(await reader.ListAsync(context.Caller(), null, 200, ct));

    private static async Task<IResult> CreateAsync(
        HttpContext context, SubscriptionReader reader, EgressRules egress, Work<NotificationDb> work, Secrets secrets, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        var request = RequestOf(form);
        var refusal = request.Check(egress).ToRefusal();
        if (refusal is not null)
            return Page.Of<SubscriptionsPage>(new { Model = await ListModelAsync(context, reader, ct) with { Form = form, Refused = refusal } }, StatusCodes.Status400BadRequest);
        var made = await work.RunAsync<ChangeSubscription, Outcome<Changed>>((handler, token) => handler.CreateAsync(request, context.Caller(), token), ct);
        return made.IsRefused
            ? Problems.Of(made.Refusal)
            : await PageAsync(made.Value.Subscription.Id, context, reader, ct, secret: Plain(secrets, made.Value));
    }

    private static Task<IResult> ShowAsync(Guid id, string? done, HttpContext context, SubscriptionReader reader, CancellationToken ct) =>
        PageAsync(id, context, reader, ct, done: done is null ? null : "Done. It takes effect within a second.");

    private static async Task<IResult> ActAsync(
        Guid id, HttpContext context, SubscriptionReader reader, TestSubscription test, Work<NotificationDb> work, Secrets secrets, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        var caller = context.Caller();
        var meant = new Meant(id, caller);
        Task<Outcome<SubscriptionView>> Change(Func<ChangeSubscription, CancellationToken, Task<Outcome<SubscriptionView>>> change) => work.RunAsync(change, ct);
        Task<Outcome<Done>> Lane(bool skip) => Guid.TryParse(form["case"], out var caseId)
            ? work.RunAsync<ChangeLane, Outcome<Done>>((handler, token) => handler.HandleAsync(id, caseId, skip, Guid.TryParse(form["event"], out var waiting) ? waiting : null, caller, token), ct)
            : Task.FromResult<Outcome<Done>>(new Refusal("input-invalid", "must be the id of a case.", "case"));
        switch (form["do"].ToString())
        {
            case "test":
                var sent = await test.SendAsync(meant, ct);
                return sent.IsRefused
                    ? Problems.Of(sent.Refusal)
                    : await PageAsync(id, context, reader, ct, done: sent.Value.Row.Reason is { } reason ? null : $"The test event was taken: {sent.Value.Row.Status}.",
                        error: sent.Value.Row.Reason is null ? null : $"The test event was not taken: {sent.Value.Row.Reason}");
            case "rotate":
                var rotated = await work.RunAsync<ChangeSubscription, Outcome<Changed>>((handler, token) => handler.RotateAsync(meant, null, null, token), ct);
                return rotated.IsRefused ? Problems.Of(rotated.Refusal) : await PageAsync(id, context, reader, ct, secret: Plain(secrets, rotated.Value));
            case "delete" when form["sure"].Count > 0:
                var deleted = await work.RunAsync<ChangeSubscription, Outcome<Done>>((handler, token) => handler.DeleteAsync(meant, token), ct);
                return deleted.IsRefused ? Problems.Of(deleted.Refusal) : Page.SeeOther(Path);
            case var wish:
                var refusal = wish switch
                {
                    "activate" => (await ActivateSubscription.RunAsync(meant, test, work, ct)).Refusal,
                    "pause" => (await Change((handler, token) => handler.PauseAsync(meant, token))).Refusal,
                    "resume" => (await Change((handler, token) => handler.ResumeAsync(meant, token))).Refusal,
                    "retry" => (await Lane(skip: false)).Refusal,
                    "skip" => (await Lane(skip: true)).Refusal,
                    "replay" => (await work.RunAsync<Replay, Outcome<ReplayView>>((handler, token) => handler.BeginAsync(id, new(Failed: true), caller, token), ct)).Refusal,
                    "again" when Guid.TryParse(form["event"], out var e) =>
                        (await work.RunAsync<Replay, Outcome<ReplayView>>((handler, token) => handler.BeginAsync(id, new([e]), caller, token), ct)).Refusal,
                    "delete" => new("input-invalid", "Please confirm that the subscription and its log are to be forgotten.", "sure"),
                    _ => new Refusal("input-invalid", "must be one of activate, test, pause, resume, rotate, retry, skip, replay, again, delete.", "do"),
                };
                return refusal is null
                    ? Page.SeeOther(AddressOf(id) + "?done=1")
                    : await PageAsync(id, context, reader, ct, error: refusal.Text, status: Outcomes.StatusOf(refusal));
        }
    }

    private static async Task<IResult> PageAsync(
        Guid id, HttpContext context, SubscriptionReader reader, CancellationToken ct, string? secret = null, string? done = null, string? error = null,
        int status = StatusCodes.Status200OK)
    {
        var caller = context.Caller();
        var view = await reader.GetAsync(id, caller, ct);
        if (view.IsRefused)
            return Problems.Of(view.Refusal);
        var lanes = await reader.LanesAsync(id, caller, 50, ct);
        var log = await reader.DeliveriesAsync(id, caller, new(null, null, null), null, 50, ct);
        return Page.Of<SubscriptionDetailPage>(
            new { Model = new SubscriptionModel(view.Value, lanes.Value!, log.Value!.Items) { Secret = secret, Done = done, Error = error } }, status);
    }

    private static SubscriptionRequest RequestOf(IFormCollection form)
    {
        string? Text(string name) => form[name].ToString().Trim() is { Length: > 0 } text ? text : null;
        IReadOnlyList<string>? List(string name) => Text(name)?.Split([',', '\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var filter = new EventFilter
        {
            Kind = List("kind"),
            Category = List("category"),
            Priority = List("priority"),
            Queue = List("queue"),
            Channel = List("channel"),
            Tag = List("tag"),
            Brand = List("brand"),
        };
        // What is no number is refused like one out of range.
        var rate = Text("rate") is { } number ? int.TryParse(number, out var perSecond) ? perSecond : 0 : (int?)null;
        return new(Text("url") ?? "", List("types") ?? [], Text("name"), filter, Rate: rate, Contact: Text("contact"), Secret: Text("secret"));
    }

    private static string Plain(Secrets secrets, Changed changed) => secrets.Unprotect(changed.ProtectedSecret, Subscription.SecretPurpose);
}

/// <summary>What the list shows. Public because components and their parameters are; what it holds is not.</summary>
public sealed record SubscriptionsModel
{
    internal SubscriptionsModel(SubscriptionPage page) => Subscriptions = page.Items;

    internal IReadOnlyList<SubscriptionView> Subscriptions { get; }

    /// <summary>What was filled in and refused.</summary>
    internal IFormCollection? Form { get; init; }

    internal Refusal? Refused { get; init; }

    public string? ErrorOf(string field) => Refused?.Field?.Split('[')[0].Replace("filter.", "", StringComparison.Ordinal) == field ? Refused.AtField : null;
}

/// <summary>What a subscription's page shows.</summary>
public sealed record SubscriptionModel
{
    internal SubscriptionModel(SubscriptionView view, IReadOnlyList<LaneView> lanes, IReadOnlyList<DeliveryView> log) => (View, Lanes, Log) = (view, lanes, log);

    internal SubscriptionView View { get; }

    internal IReadOnlyList<LaneView> Lanes { get; }

    internal IReadOnlyList<DeliveryView> Log { get; }

    /// <summary>Told once.</summary>
    public string? Secret { get; init; }

    public string? Done { get; init; }

    public string? Error { get; init; }

    internal static string ToneOf(SubscriptionState state) => state switch
    {
        SubscriptionState.Active => "success",
        SubscriptionState.Pending => "info",
        SubscriptionState.Paused => "warning",
        _ => "error",
    };
}
