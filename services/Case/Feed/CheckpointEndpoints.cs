using System.Security.Claims;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Feed;

/// <param name="Cursor">What the feed answered as <c>next</c>, or the id of an event of the live stream.</param>
internal sealed record CheckpointRequest(string? Cursor);

internal sealed record CheckpointList(IReadOnlyList<Checkpoint> Checkpoints);

/// <summary>Checkpoints of whoever asks.</summary>
internal static class CheckpointEndpoints
{
    public static void MapCheckpoints(this IEndpointRouteBuilder events)
    {
        var checkpoints = events.MapGroup("/checkpoints");
        checkpoints.MapGet("", async (Checkpoints book, ClaimsPrincipal user, CancellationToken ct) => TypedResults.Ok(new CheckpointList(await book.ListAsync(user.ActorId(), ct))))
            .WithName("ListCheckpoints").WithSummary("Your checkpoints");

        checkpoints.MapGet("/{name}", async (string name, Checkpoints book, HttpContext context, CancellationToken ct) =>
                await book.FindAsync(context.User.ActorId(), name, ct) is { } row ? Answer(context, row) : Problems.Of(Checkpoints.NotFound(name)))
            .WithName("GetCheckpoint").WithSummary("How far you have read by a name, with its ETag").Produces<Checkpoint>().ProducesProblem(404);

        checkpoints.MapPut("/{name}", SaveAsync)
            .WithIfMatch().WithName("SaveCheckpoint")
            .WithSummary("Says how far you have read. Forward only (409 otherwise), so that two consumers of one name do not put each other back; with If-Match "
                + "only if it is that one still (412 otherwise), and then backward too; with If-None-Match: * only if there is none")
            .Produces<Checkpoint>().ProducesProblem(400).ProducesProblem(409).ProducesProblem(410).ProducesProblem(412);

        checkpoints.MapDelete("/{name}", async (string name, Checkpoints book, HttpContext context, CancellationToken ct) =>
                Expected(context.Request) is var expected && expected.IsRefused
                    ? Problems.Of(expected.Refusal)
                    : (await book.DeleteAsync(context.User.ActorId(), name, expected.Value, ct)).ToHttp())
            .WithIfMatch().WithName("DeleteCheckpoint").WithSummary("Forgets a checkpoint of yours").Produces(204).ProducesProblem(404).ProducesProblem(412);
    }

    private static async Task<IResult> SaveAsync(string name, CheckpointRequest request, Checkpoints book, HttpContext context, CancellationToken ct)
    {
        var expected = Expected(context.Request);
        if (expected.IsRefused)
            return Problems.Of(expected.Refusal);
        var saved = await book.SaveAsync(context.User.ActorId(), name, request.Cursor, expected.Value, ct);
        return saved.ToHttp(row => Answer(context, row));
    }

    private static IResult Answer(HttpContext context, CheckpointRow row)
    {
        context.SetVersion(row.Version);
        return TypedResults.Ok(new Checkpoint(row.Name, row.Cursor, row.UpdatedAt));
    }

    // RFC 9110, section 13.1. Without conditions, or with If-Match: *, whatever stands.
    private static Outcome<CheckpointExpected> Expected(HttpRequest request)
    {
        var none = request.Headers.IfNoneMatch.ToString();
        if (none is not ("" or "*"))
            return new Refusal("if-none-match-invalid", "must be *.", "If-None-Match");
        return request.TryIfMatch(out var version)
            ? new CheckpointExpected(none == "*", version)
            : new Refusal("if-match-invalid", "must be the ETag of the checkpoint, such as \"7\".", "If-Match");
    }
}
