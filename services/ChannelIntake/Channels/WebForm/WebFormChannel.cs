using System.Text.Json;
using CxPlatform.Intake.Channels.Api;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.WebForm;

/// <summary>The contact form: a page of our own, and JSON for a form on somebody else's page. Open to everybody, limited per network
/// address.</summary>
internal static class WebFormChannel
{
    public const string PagePath = "/contact";
    public const string ThanksPath = "/contact/thanks";
    private static readonly IReadOnlyDictionary<string, FormRule> NoErrors = new Dictionary<string, FormRule>();

    public static IServiceCollection AddWebFormChannel(this IServiceCollection services) => services.AddSingleton<WebFormAdapter>().AddSingleton<Uploads>();

    public static void MapWebFormChannel(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/channels/web-form", PostAsync)
            .AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(Limits.FormWithFiles))
            .Accepts<WebFormFields>("application/json", "multipart/form-data", "application/x-www-form-urlencoded")
            .Produces<ContactAccepted>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithName("PostWebForm").WithTags("Channels")
            .WithSummary("A contact form's contents. Open to everybody, limited per network address. 202 means it is durable.")
            .WithDescription("As JSON, or as a form whose fields have the same names; with multipart/form-data files may come as files.");
        app.MapGet(PagePath, (HttpContext context, WebFormAdapter adapter) =>
            Show(context, new() { Id = adapter.NewFormId() })).AllowAnonymous().ExcludeFromDescription();
        // No antiforgery token: the form acts for nobody who is signed in, and a page that was open all day must still work.
        app.MapPost(PagePath, PostPageAsync)
            .AllowAnonymous().WithMetadata(new RequestSizeLimitAttribute(Limits.FormWithFiles)).ExcludeFromDescription();
        app.MapGet(ThanksPath, (HttpContext context) =>
            Page.Of<ThanksPage>(new { Words = ContactPageWords.For(Http.LanguageOf(context.Request)) }))
            .AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> PostAsync(
        HttpRequest http,
        WebFormAdapter adapter,
        Uploads uploads,
        ContactIntake intake,
        ISharedLimiter limiter,
        IOptions<IntakeOptions> options,
        CancellationToken ct)
    {
        if (!http.HasJsonContentType() && !http.HasFormContentType)
            throw new BadHttpRequestException("", StatusCodes.Status415UnsupportedMediaType);
        if (await LimitAsync(http.HttpContext, limiter, options.Value, ct) is { } wait)
            return Problems.Of(StatusCodes.Status429TooManyRequests, "too-many-requests",
                $"Too many contacts from this network address; please wait {wait} s.");
        var filled = http.HasFormContentType ? await Filled.FormAsync(http, ct) : await Filled.JsonAsync(http, ct);
        if (filled is null)
            return Problems.Invalid("body", "must not be null.");
        var (arrival, errors) = adapter.Read(filled.Fields, filled.Files, filled.Raw, filled.Type, Http.LanguageOf(http));
        if (arrival is null)
            return Problems.Invalid(errors.ToDictionary(error => error.Key, error => new[] { ContactPageWords.English.Rule(error.Value) }));
        arrival = arrival with { Attachments = await uploads.StoreAsync(filled.Files, ct) };
        return (await intake.AcceptAsync(arrival, ct)).ToAccepted(http.HttpContext);
    }

    private static async Task<IResult> PostPageAsync(
        HttpRequest http,
        WebFormAdapter adapter,
        Uploads uploads,
        ContactIntake intake,
        ISharedLimiter limiter,
        IOptions<IntakeOptions> options,
        CancellationToken ct)
    {
        if (!http.HasFormContentType)
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "The body must be a form.");
        var (fields, files, raw, type) = await Filled.FormAsync(http, ct);
        if (await LimitAsync(http.HttpContext, limiter, options.Value, ct) is not null)
            return Show(http.HttpContext, fields, problem: words => words.TooMany, status: StatusCodes.Status429TooManyRequests);
        var (arrival, errors) = adapter.Read(fields, files, raw, type, Http.LanguageOf(http), isPage: true);
        if (arrival is null)
            return Show(http.HttpContext, fields, errors, status: StatusCodes.Status400BadRequest);
        var outcome = await intake.AcceptAsync(arrival with { Attachments = await uploads.StoreAsync(files, ct) }, ct);
        if (!outcome.IsRefused)
            return Page.SeeOther(ThanksPath);
        // What was typed stays in the form: nobody writes it twice.
        http.HttpContext.RetryWhenUnavailable(outcome);
        return Show(http.HttpContext, fields, problem: words => words.Unavailable, status: Outcomes.StatusOf(outcome.Refusal));
    }

    private static Microsoft.AspNetCore.Http.HttpResults.RazorComponentResult<ContactPage> Show(
        HttpContext context, WebFormFields fields, IReadOnlyDictionary<string, FormRule>? errors = null,
        Func<ContactPageWords, string>? problem = null, int status = StatusCodes.Status200OK)
    {
        var words = ContactPageWords.For(Http.LanguageOf(context.Request));
        return Page.Of<ContactPage>(
            new { Words = words, Fields = fields, Errors = errors ?? NoErrors, Problem = problem?.Invoke(words) }, status);
    }

    /// <summary>Seconds to wait, or null when it may go on. Sets Retry-After.</summary>
    private static async Task<int?> LimitAsync(HttpContext context, ISharedLimiter limiter, IntakeOptions options, CancellationToken ct)
    {
        var limit = await limiter.TryAcquireAsync(
            "web-form:" + Http.CallerOf(context), options.WebForm.PerMinute, TimeSpan.FromMinutes(1), ct);
        return limit.Allowed ? null : context.RetryAfter(limit);
    }

    /// <summary>A filled form, whichever way it came.</summary>
    private sealed record Filled(WebFormFields Fields, IReadOnlyList<IFormFile> Files, ReadOnlyMemory<byte> Raw, string Type)
    {
        public static async Task<Filled> FormAsync(HttpRequest http, CancellationToken ct)
        {
            var (form, raw) = await http.ReadRawFormAsync(ct);
            return new(WebFormFields.Of(form), Uploads.Of(form), raw, http.ContentType ?? "application/x-www-form-urlencoded");
        }

        public static async Task<Filled?> JsonAsync(HttpRequest http, CancellationToken ct)
        {
            var raw = await http.ReadBodyAsync(ct);
            return JsonSerializer.Deserialize<WebFormFields>(raw.Span, CxJson.Options) is { } fields
                ? new(fields, [], raw, "application/json")
                : null;
        }
    }
}
