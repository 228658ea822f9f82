using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Kiosk;

/// <summary><c>Cx:Intake:Kiosk</c>.</summary>
internal sealed class KioskOptions : IValidatableObject
{
    /// <summary>The key of each kiosk by its name; at least 16 characters. It is entered once at the device.</summary>
    public Dictionary<string, string> Keys { get; set; } = [];

    /// <summary>How long the link that somebody takes away shows their case.</summary>
    public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long somebody waits for the number of their case at most. A case is opened within a second.</summary>
    public TimeSpan NumberPatience { get; set; } = TimeSpan.FromSeconds(4);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, key) in Keys)
            if (key.Length < 16)
                yield return new("must have at least 16 characters.", [$"{nameof(Keys)}:{name}"]);
        if (NumberPatience < TimeSpan.Zero || NumberPatience > TimeSpan.FromMinutes(1))
            yield return new("must be at most a minute, and zero not to wait.", [nameof(NumberPatience)]);
    }
}

/// <summary>A page for a device that stands where customers are: one question, one button, a number to take away, and it is ready for the
/// next one. Works without script. A kiosk is known by its key, which the device keeps.</summary>
internal static class KioskChannel
{
    public const string PagePath = "/contact/kiosk";
    public const string StartPath = "/contact/kiosk/start";
    private const string Cookie = "cx-kiosk";
    private const int PerMinute = 20;

    // What the last one typed or was told does not wait for the next one.
    private static readonly TimeSpan ShowForm = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShowThanks = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public static IServiceCollection AddKioskChannel(this IServiceCollection services) => services.AddSingleton<KioskAdapter>();

    public static void MapKioskChannel(this IEndpointRouteBuilder app)
    {
        // Open to everybody who has the key of a kiosk: the cookie that it was exchanged for is looked at below.
        var kiosk = app.MapGroup(PagePath).AllowAnonymous().ExcludeFromDescription();
        kiosk.MapGet("", (HttpContext context, KioskAdapter adapter, IOptions<IntakeOptions> options) =>
            options.Value.Kiosk.Keys.Count == 0 ? NotConfigured()
            : NameOf(context.Request.Cookies[Cookie], options.Value) is null ? Page.Of<KioskStartPage>(new { })
            : Form(context, new() { Id = adapter.NewId() }));
        kiosk.MapPost("", PostAsync).WithMetadata(new RequestSizeLimitAttribute(Limits.Form));
        kiosk.MapPost("/start", StartAsync).WithMetadata(new RequestSizeLimitAttribute(Limits.Form));
    }

    private static async Task<IResult> StartAsync(
        HttpContext context, ISharedLimiter limiter, IOptions<IntakeOptions> options, CancellationToken ct)
    {
        if (options.Value.Kiosk.Keys.Count == 0)
            return NotConfigured();
        var limit = await limiter.TryAcquireAsync("kiosk-start:" + Http.CallerOf(context), PerMinute, TimeSpan.FromMinutes(1), ct);
        if (!limit.Allowed)
            return context.TooMany(limit, "attempts");
        var key = context.Request.HasFormContentType ? (await context.Request.ReadFormAsync(ct))["key"].ToString() : "";
        if (NameOf(key, options.Value) is null)
            return Page.Of<KioskStartPage>(new { Wrong = true }, StatusCodes.Status403Forbidden);
        context.Response.Cookies.Append(Cookie, key, new()
        {
            HttpOnly = true,
            Secure = context.Request.IsHttps,
            SameSite = SameSiteMode.Strict,
            Path = PagePath,
            MaxAge = TimeSpan.FromDays(400),
        });
        return Page.SeeOther(PagePath);
    }

    // No antiforgery token: the page stands open all day, and acts for nobody but who types into it. The cookie is the same site's alone.
    private static async Task<IResult> PostAsync(
        HttpContext context, KioskAdapter adapter, ContactIntake intake, Work<IntakeDb> work, Tokens tokens, ISharedLimiter limiter,
        IOptions<IntakeOptions> options, IOptions<PlatformOptions> platform, TimeProvider clock, CancellationToken ct)
    {
        if (options.Value.Kiosk.Keys.Count == 0)
            return NotConfigured();
        if (NameOf(context.Request.Cookies[Cookie], options.Value) is not { } name)
            return Page.Of<KioskStartPage>(new { }, StatusCodes.Status403Forbidden);
        if (!context.Request.HasFormContentType)
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "The body must be a form.");
        var (form, raw) = await context.Request.ReadRawFormAsync(ct);
        var entry = KioskEntry.Of(form);
        var limit = await limiter.TryAcquireAsync("kiosk:" + name, PerMinute, TimeSpan.FromMinutes(1), ct);
        if (!limit.Allowed)
        {
            context.RetryAfter(limit);
            return Form(context, entry, StatusCodes.Status429TooManyRequests);
        }
        var (arrival, errors) = adapter.Read(name, entry, raw, context.Request.ContentType!, Http.LanguageOf(context.Request));
        if (arrival is null)
            return Form(context, entry, StatusCodes.Status400BadRequest, errors);
        using var own = Http.WithoutIdempotencyKey();
        var outcome = await intake.AcceptAsync(arrival, ct);
        if (outcome.IsRefused)
        {
            context.RetryWhenUnavailable(outcome);
            return Form(context, entry, Outcomes.StatusOf(outcome.Refusal));
        }
        // A case has the id of the contact that opened it.
        var id = outcome.Value.ContactId;
        var link = tokens.StatusLink(id, 0, clock.GetUtcNow() + options.Value.Kiosk.LinkLifetime);
        ResetAfter(context, ShowThanks);
        return Page.Of<KioskThanksPage>(new
        {
            German = IsGerman(context),
            Number = await NumberAsync(work, id, options.Value.Kiosk.NumberPatience, clock, ct),
            Link = $"{platform.Value.PublicUrl?.OriginalString.TrimEnd('/')}/s/{link}",
            Answered = arrival.From.Kind != IdentityKind.ExternalId,
        });
    }

    private static IResult Form(
        HttpContext context, KioskEntry entry, int status = StatusCodes.Status200OK, IReadOnlySet<string>? errors = null)
    {
        ResetAfter(context, ShowForm);
        return Page.Of<KioskPage>(new { German = IsGerman(context), Entry = entry, Errors = errors ?? new HashSet<string>(), Status = status }, status);
    }

    // Without script: the browser goes back to an empty form by itself.
    private static void ResetAfter(HttpContext context, TimeSpan time)
    {
        context.Response.Headers["Refresh"] = FormattableString.Invariant($"{time.TotalSeconds:0}; url={PagePath}");
        context.Response.Headers.CacheControl = "no-store";
    }

    private static async Task<string?> NumberAsync(Work<IntakeDb> work, Guid id, TimeSpan patience, TimeProvider clock, CancellationToken ct)
    {
        var until = clock.GetUtcNow() + patience;
        while (true)
        {
            var number = await work.ReadAsync(
                (db, token) => db.Contacts.Where(row => row.Id == id).Select(row => row.CaseNumber).FirstOrDefaultAsync(token), ct);
            if (number is not null || clock.GetUtcNow() >= until)
                return number;
            await Task.Delay(Look, clock, ct);
        }
    }

    /// <summary>Which kiosk it is; every key is compared, so that time tells nothing.</summary>
    private static string? NameOf(string? key, IntakeOptions options)
    {
        string? found = null;
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(key ?? ""));
        foreach (var (name, expected) in options.Kiosk.Keys)
            if (CryptographicOperations.FixedTimeEquals(given, SHA256.HashData(Encoding.UTF8.GetBytes(expected))))
                found = name;
        return found;
    }

    private static bool IsGerman(HttpContext context) => Http.LanguageOf(context.Request) == "de";

    private static IResult NotConfigured() => Problems.Of(StatusCodes.Status503ServiceUnavailable, "channel-not-configured",
        "No kiosk is set up here: set Cx:Intake:Kiosk:Keys:{name} to a key of its own.");
}
