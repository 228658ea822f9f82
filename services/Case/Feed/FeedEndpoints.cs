using System.Text.Json;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Feed;

/// <summary>Everything that happens to cases, for integrators: complete, in order, replayable.</summary>
internal static class FeedEndpoints
{
    private const int MostEvents = 1000;

    public static void MapFeed(this IEndpointRouteBuilder events)
    {
        events.MapGet("", ReadAsync)
            .WithName("ReadEvents")
            .WithSummary("Case events after a cursor, oldest first, as CloudEvents 1.0. Without a cursor, from the beginning")
            .Produces(200, contentType: "application/json").ProducesProblem(400).ProducesProblem(410);
        events.MapGet("/stream", StreamAsync)
            .WithName("StreamEvents")
            .WithSummary("Case events as they happen, as server-sent events, from Last-Event-ID or after on; without, from now on")
            .Produces(200, contentType: "text/event-stream").ProducesProblem(400).ProducesProblem(410);
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

    // The log holds calendars too: they are no case events.
    public static bool IsCaseEvent(LoggedEvent e) => e.Stream.StartsWith("case/", StringComparison.Ordinal);

    private static async Task<IResult> ReadAsync(
        EventLog<CaseDb> log, HttpContext context, string? after = null, int limit = 100, CancellationToken ct = default)
    {
        if (limit is < 1 or > MostEvents)
            return Problems.Invalid("limit", $"must be 1 to {MostEvents}.");
        var (start, problem) = await StartAsync(log, after, fromNow: false, ct);
        if (problem is not null)
            return problem;
        var events = await log.ReadAsync(start.Position, limit, ct);
        var next = start with { Position = events.Count > 0 ? events[^1].Position : start.Position };

        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteStartArray("events");
        foreach (var e in events.Where(IsCaseEvent))
            json.WriteRawValue(CloudEvent.Write(e), skipInputValidation: true);
        json.WriteEndArray();
        json.WriteString("next", next.ToString());
        json.WriteBoolean("more", events.Count == limit);
        json.WriteEndObject();
        await json.FlushAsync(ct);
        return TypedResults.Empty;
    }

    private static async Task<IResult> StreamAsync(
        EventLog<CaseDb> log, LogStream stream, HttpContext context, string? after = null, CancellationToken ct = default)
    {
        var last = context.Request.Headers["Last-Event-ID"].ToString();
        var (start, problem) = await StartAsync(log, last.Length > 0 ? last : after, fromNow: true, ct);
        return problem ?? await stream.EventsAsync(context, start);
    }

    // After a restore, positions name other events than before: a cursor of the history that was lost cannot be gone on from.
    private static async Task<(Cursor From, IResult? Problem)> StartAsync(
        EventLog<CaseDb> log, string? after, bool fromNow, CancellationToken ct)
    {
        var info = await log.InfoAsync(ct);
        if (string.IsNullOrEmpty(after))
            return (new(info.Epoch, fromNow ? await log.HeadAsync(ct) : 0), null);
        if (!Cursor.TryParse(after, out var cursor))
            return (default, Problems.Invalid("after", "is no cursor of this feed."));
        if (cursor.Epoch == info.Epoch && cursor.Position <= await log.HeadAsync(ct))
            return (cursor, null);
        var oldest = new Cursor(info.Epoch, 0);
        var gone = Problems.Of(
            410, "cursor-gone",
            "The log was put back to an older state; what this cursor stands for may not be part of it. "
            + $"Read on from the oldest cursor, {oldest}, and pass over the ids you know.");
        gone.ProblemDetails.Extensions["oldest"] = oldest.ToString();
        return (default, gone);
    }
}
