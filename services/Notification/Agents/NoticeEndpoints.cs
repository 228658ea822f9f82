using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Notifications.Agents;

/// <summary>What the agent who asks is told, and how they want to be told.</summary>
internal static class NoticeEndpoints
{
    public const string Path = "/v1/agents/me/notices";
    private const int MostPerPage = 200;
    private static readonly Refusal NoAgent = new("agent-not-found", "You are signed in with a key that is no agent's: nothing concerns you alone.");

    public static void MapNotices(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).WithTags("Notices").WithGroupName(NotificationModule.Name).RequireAuthorization(Policies.Agent);
        group.MapGet("/", (HttpContext http, NoticeReader reader, CancellationToken ct, bool unread = false, long? before = null, int limit = 50) =>
                limit is < 1 or > MostPerPage
                    ? Task.FromResult<IResult>(Problems.Invalid("limit", $"must be 1 to {MostPerPage}."))
                    : OfAgentAsync(http, async agent => TypedResults.Ok(await reader.PageAsync(agent, unread, before, limit, ct))))
            .WithName("ListNotices").WithSummary("What the agent who asks was told, newest first; all or the unread.").Produces<NoticePage>();
        group.MapGet("/stream", (HttpContext http, NoticeStream stream) => OfAgentAsync(http, agent => stream.RunAsync(http, agent)))
            .WithName("WatchNotices").WithSummary("Server-sent events: what the agent who asks is told, after Last-Event-ID or from now on.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream");
        group.MapPost("/read", (ReadNotices read, HttpContext http, Work<NotificationDb> work, CancellationToken ct) =>
                OfAgentAsync(http, agent => MarkAsync(work, agent, read, ct).ToHttp(left => TypedResults.Ok(left))))
            .WithName("MarkNoticesRead").WithSummary("Marks notices as read: up to a number, some, or those of a case.").Produces<UnreadNotices>();
        group.MapGet("/choices", (HttpContext http, NoticeReader reader, CancellationToken ct) =>
                OfAgentAsync(http, async agent => TypedResults.Ok(await reader.ChoicesAsync(agent, ct))))
            .WithName("GetNoticeChoices").WithSummary("How the agent who asks wants to hear of things: every kind with its way.").Produces<AgentChoices>();
        group.MapPut("/choices", (AgentChoices choices, HttpContext http, Work<NotificationDb> work, CancellationToken ct) =>
                OfAgentAsync(http, agent => ChooseAsync(work, agent, choices, ct).ToHttp(chosen => TypedResults.Ok(chosen))))
            .WithName("PutNoticeChoices").WithSummary("Says how the agent who asks wants to hear of things, all of it; what is not named is as usual.").Produces<AgentChoices>();
    }

    public static Task<Outcome<UnreadNotices>> MarkAsync(Work<NotificationDb> work, Guid agent, ReadNotices read, CancellationToken ct) =>
        work.RunAsync<MarkRead, Outcome<UnreadNotices>>((handler, token) => handler.HandleAsync(agent, read, token), ct);

    public static Task<Outcome<AgentChoices>> ChooseAsync(Work<NotificationDb> work, Guid agent, AgentChoices choices, CancellationToken ct) =>
        work.RunAsync<ChooseNotices, Outcome<AgentChoices>>((handler, token) => handler.HandleAsync(agent, choices, token), ct);

    private static async Task<IResult> OfAgentAsync(HttpContext http, Func<Guid, Task<IResult>> answer) =>
        http.User.AgentId() is { } agent ? await answer(agent) : Problems.Of(NoAgent);
}
