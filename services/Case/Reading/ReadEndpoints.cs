using System.Security.Claims;
using System.Text.Json;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Feed;
using CxPlatform.Cases.Views;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Reading;

/// <summary>The list's query string.</summary>
internal sealed class ListParameters
{
    /// <summary>A view's key, or the id of a saved one (GET /v1/cases/views); the other fields narrow it.</summary>
    public string? View { get; init; }

    /// <summary>new, acknowledged, inProgress, waitingOnCustomer, waitingOnThirdParty, proposed, resolved, closed; several
    /// times or separated by commas.</summary>
    public string[]? Status { get; init; }

    /// <summary>true: neither resolved nor closed.</summary>
    public bool? Open { get; init; }

    /// <summary>An agent's id, <c>me</c> or <c>nobody</c>.</summary>
    public string? Owner { get; init; }

    public bool? Unassigned { get; init; }

    public string[]? Queue { get; init; }

    public string[]? Category { get; init; }

    public string[]? Tag { get; init; }

    public string[]? Priority { get; init; }

    public string[]? Kind { get; init; }

    public string[]? Channel { get; init; }

    public Guid? Customer { get; init; }

    public DateTimeOffset? PromiseDueBefore { get; init; }

    /// <summary>true: the customer waits for us.</summary>
    public bool? Waiting { get; init; }

    /// <summary>A clock that runs misses its target before then.</summary>
    public DateTimeOffset? DueBefore { get; init; }

    /// <summary>A case number, its beginning, or the number within its year.</summary>
    public string? Q { get; init; }

    /// <summary>opened (newest first), due (nearest promise first), waiting (longest first) or breaching (nearest
    /// clock first).</summary>
    public string? Order { get; init; }

    public string? Cursor { get; init; }

    public int? Limit { get; init; }
}

internal static class ReadEndpoints
{
    public static void MapReading(this IEndpointRouteBuilder cases)
    {
        var read = cases.MapGroup("").RequireAuthorization(Policies.CasesRead);
        read.MapGet("", async (
                [AsParameters] ListParameters p, CaseList list, ViewBook book, TimeProvider clock, HttpContext context,
                CancellationToken ct) =>
            {
                var start = await StartAsync(p.View, book, clock, context.User, ct);
                var query = start.IsRefused ? start : Query(p, start.Value, context.User);
                return query.IsRefused
                    ? Problems.Of(query.Refusal)
                    : (await list.ReadAsync(query.Value, ct)).ToHttp(page => TypedResults.Ok(page));
            })
            .WithName("ListCases").WithSummary("Lists cases, newest first unless asked otherwise").Produces<CasePage>()
            .ProducesProblem(400);

        read.MapGet("/{key}", async (string key, CaseReader reader, HttpContext context, CancellationToken ct) =>
            {
                if (await reader.FindAsync(key, ct) is not { } state)
                    return Http.NotFound(key);
                context.SetVersion(state.Version);
                return TypedResults.Ok(CaseView.Of(state, await reader.PartsAsync(state, ct)));
            })
            .WithName("GetCase").WithSummary("A case by its id or number").Produces<CaseView>().ProducesProblem(404);

        read.MapGet("/{key}/earlier", async (string key, string? cursor, int? limit, CaseReader reader, CaseList list, CancellationToken ct) =>
                await reader.FindAsync(key, ct) is { } state
                    ? (await list.EarlierAsync(state, cursor, limit ?? 20, ct)).ToHttp(page => TypedResults.Ok(page))
                    : Http.NotFound(key))
            .WithName("ListEarlierCases").WithSummary("What the customer had brought before this case, newest first: how it came out, and what they said of it")
            .Produces<EarlierPage>().ProducesProblem(400).ProducesProblem(404);

        read.MapGet("/{key}/promise-suggestions", async (string key, CaseReader reader, CancellationToken ct) =>
                await reader.FindAsync(key, ct) is { } state ? TypedResults.Ok(new Suggestions(state.Suggestions)) : Http.NotFound(key))
            .WithName("GetPromiseSuggestions").WithSummary("What replies seem to have promised, until somebody confirms or dismisses it")
            .Produces<Suggestions>().ProducesProblem(404);

        read.MapGet("/{key}/timeline", async (string key, string? of, CaseReader reader, CancellationToken ct) =>
            {
                if (of is not (null or "case" or "customer"))
                    return Problems.Invalid("of", "must be case or customer.");
                if (await reader.FindAsync(key, ct) is not { } state)
                    return Http.NotFound(key);
                var entries = of == "customer" ? await reader.TimelineOfCustomerAsync(state, ct) : await reader.WholeTimelineAsync(state, ct);
                return (IResult)TypedResults.Ok(new Timeline(entries));
            })
            .WithName("GetTimeline")
            .WithSummary("Everything that happened on a case, with its content, oldest first; with of=customer on all cases of its customer")
            .Produces<Timeline>().ProducesProblem(400).ProducesProblem(404);

        read.MapGet("/{key}/files/{blob}", async (
                string key, string blob, CaseReader reader, Uploads uploads, HttpContext context, CancellationToken ct) =>
                await reader.IdOfAsync(key, ct) is { } id && await reader.FileAsync(id, blob, ct) is { } file
                && await uploads.ServeAsync(file, context, ct) is { } content
                    ? content
                    : Problems.Of(new Refusal("file-not-found", $"Case {key} has no such file.")))
            .WithName("GetFile").WithSummary("A file of a message on the case, to be saved").ProducesProblem(404);

        read.MapGet("/stream", (HttpContext context, ChangeStream changes) => changes.OfStaffAsync(context))
            .WithName("WatchCases").WithSummary("Server-sent events: which cases change").Produces(200, contentType: "text/event-stream");

        read.MapGet(
                "/{key}/stream",
                async (string key, HttpContext context, ChangeStream changes, CaseReader reader, CancellationToken ct) =>
                await reader.FindAsync(key, ct) is { } state
                    ? await changes.OfStaffAsync(context, state.Id, (await reader.PartsAsync(state, ct)).Select(part => part.Id))
                    : Http.NotFound(key))
            .WithName("WatchCase").WithSummary("Server-sent events: when the case changes").Produces(200, contentType: "text/event-stream");
    }

    internal sealed record Suggestions(IReadOnlyList<PromiseSuggestion> Items);

    internal sealed record Timeline(IReadOnlyList<TimelineEntry> Items);

    private static async Task<Outcome<CaseQuery>> StartAsync(
        string? key, ViewBook book, TimeProvider clock, ClaimsPrincipal user, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(key))
            return new CaseQuery();
        var me = await book.WhoAsync(user.AgentId(), ct);
        var views = await book.OfAsync(me, user.ActorId(), ct);
        return views.FirstOrDefault(view => view.Key == key) is { } view
            ? view.Filter.For(me, clock.GetUtcNow())
            : new Refusal("view-invalid", $"must be one that you have: {string.Join(", ", views.Select(v => v.Key))}.", "view");
    }

    private static Outcome<CaseQuery> Query(ListParameters p, CaseQuery view, ClaimsPrincipal user)
    {
        var errors = new InputErrors();
        IReadOnlyList<T> Words<T>(string field, string[]? words, IReadOnlyList<T> otherwise)
            where T : struct, Enum => words is null or [] ? otherwise : [.. words
                .SelectMany(word => word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Select(word => Word<T>(field, word, errors))];
        var owner = view.OwnerId;
        if (p.Owner is "me")
        {
            if (user.AgentId() is not { } me)
                return new Refusal("owner-invalid", "must not be me: this key is nobody's.", "owner");
            owner = me;
        }
        else if (p.Owner is not (null or "nobody"))
        {
            if (!Guid.TryParse(p.Owner, out var id))
                return new Refusal("owner-invalid", "must be an agent's id, me or nobody.", "owner");
            owner = id;
        }
        var query = view with
        {
            Status = Words("status", p.Status, view.Status),
            Open = p.Open ?? view.Open,
            OwnerId = owner,
            Unassigned = p.Unassigned ?? (p.Owner is "nobody" || view.Unassigned),
            Queue = p.Queue is { Length: > 0 } ? p.Queue : view.Queue,
            Category = p.Category is { Length: > 0 } ? p.Category : view.Category,
            Tag = p.Tag is { Length: > 0 } ? p.Tag : view.Tag,
            Priority = Words("priority", p.Priority, view.Priority),
            Kind = Words("kind", p.Kind, view.Kind),
            Channel = Words("channel", p.Channel, view.Channel),
            CustomerId = p.Customer,
            PromiseDueBefore = p.PromiseDueBefore?.ToUniversalTime() ?? view.PromiseDueBefore,
            DueBefore = p.DueBefore?.ToUniversalTime() ?? view.DueBefore,
            Waiting = p.Waiting ?? view.Waiting,
            Number = p.Q,
            Order = p.Order is null ? view.Order : Word<CaseOrder>("order", p.Order, errors),
            Cursor = p.Cursor,
            Limit = p.Limit ?? 50,
        };
        return errors.ToRefusal() is { } refusal ? refusal : query;
    }

    // The query string speaks the same words as the bodies: a closed list, camelCase.
    private static T Word<T>(string field, string word, InputErrors errors)
        where T : struct, Enum
    {
        try
        {
            return JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(word), CxJson.Options);
        }
        catch (JsonException e)
        {
            errors.Add(field, e.Message.Split('\n')[0]);
            return default;
        }
    }
}
