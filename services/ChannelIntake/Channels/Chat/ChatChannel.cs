using System.Globalization;
using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Chat;

/// <summary>A chat for web pages: a script to embed, and a page of our own. Replies come while the visitor is there; once they have left,
/// by mail, if they gave an address.</summary>
internal static class ChatChannel
{
    public const string PagePath = "/contact/chat";
    public const string ScriptPath = "/contact/chat.js";
    private const string Path = "/v1/channels/chat";
    private const string TokenHeader = "X-Chat-Token";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static IServiceCollection AddChatChannel(this IServiceCollection services) =>
        services.AddScoped<ChatBook>().AddSingleton<ChatSignals>().AddSingleton<ChatStream>().AddSingleton<ChatAdapter>().AddSingleton<ChatScript>();

    public static void MapChatChannel(this IEndpointRouteBuilder app)
    {
        // Open to everybody: opening is limited per network address, the rest asks for the conversation's own token.
        var chat = app.MapGroup(Path).AllowAnonymous().WithTags("Channels").AddEndpointFilter(async (context, next) =>
        {
            AllowOrigin(context.HttpContext);
            using var several = Http.WithoutIdempotencyKey();
            return await next(context);
        });
        chat.MapPost("", OpenAsync)
            .Accepts<ChatLineRequest>("application/json")
            .WithMetadata(new RequestSizeLimitAttribute(Limits.Chat))
            .Produces<ChatOpened>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status429TooManyRequests).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithName("OpenChat").WithSummary("Opens a conversation with its first line. 201 means that the line is durable.")
            .WithDescription($"The token opens this conversation and nothing else, for some days: send it as {TokenHeader}.");
        chat.MapPost("/lines", PostLineAsync)
            .Accepts<ChatLineRequest>("application/json")
            .WithMetadata(new RequestSizeLimitAttribute(Limits.Chat))
            .Produces<ChatLine>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status410Gone)
            .ProducesProblem(StatusCodes.Status429TooManyRequests).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithName("PostChatLine").WithSummary("Says a further line. 202 means that it is durable; the same id again is the same line.");
        chat.MapGet("/lines", LinesAsync)
            .Produces<IReadOnlyList<ChatLine>>().ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status410Gone)
            .WithName("ListChatLines").WithSummary("What was said after a line, at most 200 lines.");
        chat.MapGet("/stream", StreamAsync)
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status410Gone).ProducesProblem(StatusCodes.Status429TooManyRequests)
            .WithName("StreamChat")
            .WithSummary("Server-sent events named line: what was said since Last-Event-ID (or all of it), then what is being said.");
        chat.MapPost("/read", ReadAsync)
            .WithMetadata(new RequestSizeLimitAttribute(Limits.Chat))
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status410Gone)
            .WithName("ReadChat").WithSummary("The visitor has seen everything up to line n: it need not go by mail as well.");
        chat.MapMethods("/{**rest}", [HttpMethods.Options], (HttpContext context) =>
        {
            context.Response.Headers.AccessControlAllowMethods = "GET, POST";
            context.Response.Headers.AccessControlAllowHeaders = $"Content-Type, {TokenHeader}, Last-Event-ID";
            context.Response.Headers.AccessControlMaxAge = "600";
            return TypedResults.NoContent();
        }).ExcludeFromDescription();

        app.MapGet(ScriptPath, (HttpContext context, ChatScript script) => script.Serve(context))
            .AllowAnonymous() // Part of everybody's page.
            .ExcludeFromDescription();
        app.MapGet(PagePath, (HttpContext context, PageAssets assets) =>
        {
            // The one page that loads a script: our own, by its address.
            context.Response.Headers.ContentSecurityPolicy = assets.ContentSecurityPolicy
                .Replace("script-src ", "script-src 'self' ", StringComparison.Ordinal);
            return Page.Of<ChatPage>(new { Lang = Http.LanguageOf(context.Request) });
        }).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> OpenAsync(
        HttpContext context, ChatAdapter adapter, ISharedLimiter limiter, IOptions<IntakeOptions> options,
        CancellationToken ct)
    {
        var limit = await limiter.TryAcquireAsync("chat:" + Http.CallerOf(context), options.Value.Chat.PerMinute, Minute, ct);
        if (!limit.Allowed)
            return context.TooMany(limit, "conversations from this network address");
        var said = await ReadLineAsync(context.Request, ct);
        var opened = await adapter.OpenAsync(said, Http.LanguageOf(context.Request), ct);
        context.RetryWhenUnavailable(opened);
        return opened.ToHttp(chat => TypedResults.Created((string?)null, chat));
    }

    private static async Task<IResult> PostLineAsync(
        HttpContext context, ChatAdapter adapter, ISharedLimiter limiter, IOptions<IntakeOptions> options,
        CancellationToken ct)
    {
        var token = adapter.Read(context.Request.Headers[TokenHeader]);
        if (token.IsRefused)
            return Problems.Of(token.Refusal);
        var limit = await limiter.TryAcquireAsync($"chat-line:{token.Value.ChatId}", options.Value.Chat.LinesPerMinute, Minute, ct);
        if (!limit.Allowed)
            return context.TooMany(limit, "lines in this conversation");
        var line = await adapter.SayAsync(token.Value.ChatId, await ReadLineAsync(context.Request, ct), ct);
        context.RetryWhenUnavailable(line);
        return line.ToHttp(said => TypedResults.Accepted((string?)null, said));
    }

    private static async Task<ChatWords> ReadLineAsync(HttpRequest http, CancellationToken ct)
    {
        if (!http.HasJsonContentType())
            throw new BadHttpRequestException("", StatusCodes.Status415UnsupportedMediaType);
        var raw = await http.ReadBodyAsync(ct);
        return new(JsonSerializer.Deserialize<ChatLineRequest>(raw.Span, CxJson.Options) ?? new(""), raw);
    }

    private static async Task<IResult> LinesAsync(
        HttpContext context, [FromQuery] int? after, ChatAdapter adapter, ChatStream stream, CancellationToken ct)
    {
        var token = adapter.Read(context.Request.Headers[TokenHeader]);
        return token.IsRefused
            ? Problems.Of(token.Refusal)
            : TypedResults.Ok(await stream.LinesAsync(token.Value.ChatId, after ?? 0, ct));
    }

    private static async Task<IResult> StreamAsync(
        HttpContext context, ChatAdapter adapter, ChatStream stream, ISharedLimiter limiter, IOptions<IntakeOptions> options,
        TimeProvider clock, CancellationToken ct)
    {
        var token = adapter.Read(context.Request.Headers[TokenHeader]);
        if (token.IsRefused)
            return Problems.Of(token.Refusal);
        var limit = await limiter.TryAcquireAsync($"chat-stream:{token.Value.ChatId}", options.Value.Chat.LinesPerMinute, Minute, ct);
        if (!limit.Allowed)
            return context.TooMany(limit, "streams of this conversation");
        var last = context.Request.Headers["Last-Event-ID"].ToString();
        var after = int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;
        return await stream.RunAsync(context, token.Value.ChatId, after, token.Value.Expiry, clock);
    }

    private static async Task<IResult> ReadAsync(
        HttpContext context, ChatReadRequest request, ChatAdapter adapter, Work<IntakeDb> work, CancellationToken ct)
    {
        var token = adapter.Read(context.Request.Headers[TokenHeader]);
        if (token.IsRefused)
            return Problems.Of(token.Refusal);
        await work.RunAsync<ChatBook, Done>((book, ct) => book.ReadAsync(token.Value.ChatId, request.N, ct), ct);
        return TypedResults.NoContent();
    }

    // Pages of configured origins, and of our own, which browsers do not ask about.
    private static void AllowOrigin(HttpContext context)
    {
        var origins = context.RequestServices.GetRequiredService<IOptions<IntakeOptions>>().Value.Chat.Origins;
        context.Response.Headers.Vary = "Origin";
        var origin = context.Request.Headers.Origin.ToString();
        if (origins.Any(allowed => allowed.TrimEnd('/').Equals(origin, StringComparison.OrdinalIgnoreCase)))
        {
            context.Response.Headers.AccessControlAllowOrigin = origin;
            context.Response.Headers.AccessControlExposeHeaders = "Retry-After";
        }
    }
}
