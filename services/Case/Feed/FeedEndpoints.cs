using System.Text.Json;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Feed;

/// <summary>Everything that happens to cases, for integrators: complete, in order, replayable.</summary>
internal static class FeedEndpoints
{
    private const int MostEvents = 1000;
    private const string LastEventId = "Last-Event-ID";

    private const string Filters = "type takes beginnings with a star for the rest, such as cx.case.promise.*; each of the others that is given must name what was so "
        + "about the case right after the event.";

    public static void MapFeed(this IEndpointRouteBuilder events)
    {
        events.MapGet("", ReadAsync)
            .WithName("ReadEvents")
            .WithSummary("Case events after a cursor or a checkpoint of yours, oldest first, as CloudEvents 1.0. Without either, from the beginning")
            .WithDescription(Filters)
            .Produces(200, contentType: "application/json").ProducesProblem(400).ProducesProblem(410);
        events.MapGet("/stream", StreamAsync)
            .WithName("StreamEvents")
            .WithSummary("Case events as they happen, as server-sent events, from Last-Event-ID, after or a checkpoint of yours on; without, from now on")
            .WithDescription(Filters)
            .Produces(200, contentType: "text/event-stream").ProducesProblem(400).ProducesProblem(410);
        events.MapCheckpoints();
    }

    /// <summary>Documents hold no events: everybody may read them, as the API's own.</summary>
    public static void MapEventDocuments(this IEndpointRouteBuilder app)
    {
        app.MapGet("/asyncapi.json", (HttpContext context, EventDocuments documents) => documents.AsyncApi(context)).AllowAnonymous().ExcludeFromDescription();
        var schemas = app.MapGroup("/v1/events/schemas").WithTags("Events").AllowAnonymous();
        schemas.MapGet("", (HttpContext context, EventDocuments documents) => documents.List(context))
            .WithName("ListEventSchemas").WithSummary("Every type of event that is told of, and where its schema is")
            .Produces(200, contentType: "application/json");
        schemas.MapGet("/{type}", (HttpContext context, EventDocuments documents, string type) => documents.Schema(context, type))
            .WithName("GetEventSchema").WithSummary("The JSON Schema (2020-12) of an event's data")
            .Produces(200, contentType: "application/schema+json").ProducesProblem(404);
    }

    private static async Task<IResult> ReadAsync(
        EventLog<CaseDb> log, CaseEvents events, Checkpoints checkpoints, HttpContext context, [AsParameters] EventSelection selection, string? after = null,
        string? checkpoint = null, int limit = 100, CancellationToken ct = default)
    {
        if (limit is < 1 or > MostEvents)
            return Problems.Invalid("limit", $"must be 1 to {MostEvents}.");
        if (selection.Check() is { Any: true } errors)
            return errors.ToHttp();
        var (start, problem) = await StartAsync(log, checkpoints, context, after, checkpoint, fromNow: false, ct);
        if (problem is not null)
            return problem;
        var page = await events.ReadAsync(start.Position, limit, selection, ct);

        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteStartArray("events");
        foreach (var e in page.Events)
            json.WriteRawValue(CloudEvent.Write(e), skipInputValidation: true);
        json.WriteEndArray();
        json.WriteString("next", (start with { Position = page.Position }).ToString());
        json.WriteBoolean("more", page.More);
        json.WriteEndObject();
        await json.FlushAsync(ct);
        return TypedResults.Empty;
    }

    private static async Task<IResult> StreamAsync(
        EventLog<CaseDb> log, Checkpoints checkpoints, LogStream stream, HttpContext context, [AsParameters] EventSelection selection, string? after = null,
        string? checkpoint = null, CancellationToken ct = default)
    {
        if (selection.Check() is { Any: true } errors)
            return errors.ToHttp();
        // A browser's EventSource keeps the address and adds the header when it comes again.
        var field = "after";
        if (context.Request.Headers[LastEventId].ToString() is { Length: > 0 } last)
            (after, checkpoint, field) = (last, null, LastEventId);
        var (start, problem) = await StartAsync(log, checkpoints, context, after, checkpoint, fromNow: true, ct, field);
        return problem ?? await stream.EventsAsync(context, start, selection);
    }

    private static async Task<(Cursor From, IResult? Problem)> StartAsync(
        EventLog<CaseDb> log, Checkpoints checkpoints, HttpContext context, string? after, string? checkpoint, bool fromNow, CancellationToken ct,
        string field = "after")
    {
        var info = await log.InfoAsync(ct);
        if (!string.IsNullOrEmpty(checkpoint))
        {
            if (!string.IsNullOrEmpty(after))
                return (default, Problems.Invalid("checkpoint", "must not be given together with after."));
            if (!Checkpoints.IsName(checkpoint))
                return (default, Problems.Invalid("checkpoint", "is no name of a checkpoint."));
            // One that was never saved has read nothing.
            fromNow = false;
            after = (await checkpoints.FindAsync(context.User.ActorId(), checkpoint, ct))?.Cursor;
        }
        if (string.IsNullOrEmpty(after))
            return (new(info.Epoch, fromNow ? await log.HeadAsync(ct) : 0), null);
        if (!Cursor.TryParse(after, out var cursor))
            return (default, Problems.Invalid(field, "is no cursor of this feed: it must be next of a page, or the id of an event of this stream (not the id in the event)."));
        var oldest = new Cursor(info.Epoch, Math.Max(0, await log.OldestAsync(ct) - 1));
        // After a restore, positions name other events than before: a cursor of the history that was lost cannot be gone on from.
        if (cursor.Epoch != info.Epoch || cursor.Position > await log.HeadAsync(ct))
            return (default, Gone("The log was put back to an older state; what this cursor stands for may not be part of it.", oldest));
        // A cursor stands for an event that was read, or for the beginning.
        if (cursor.Position > 0 && cursor.Position < oldest.Position)
            return (default, Gone("Events that follow this cursor are not kept any longer.", oldest));
        return (cursor, null);
    }

    private static IResult Gone(string why, Cursor oldest)
    {
        var gone = Problems.Of(410, "cursor-gone", $"{why} Read on from the oldest cursor, {oldest}, and pass over the ids you know.");
        gone.ProblemDetails.Extensions["oldest"] = oldest.ToString();
        return gone;
    }
}
