using System.Globalization;
using System.Text;
using CxPlatform.Cases.Actions;
using CxPlatform.Cases.CallBacks;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Feed;
using CxPlatform.Cases.Reading;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CxPlatform.Cases.StatusPage;

/// <summary>The page that a customer's link opens. A GET shows and preselects, only the POST acts: mail scanners follow links.</summary>
internal static class StatusEndpoints
{
    private const string Json = ".json";
    private const string Act = "/{what:regex(^(reply|need|accept|decline|second-opinion|call-back|cancel-call)$)}";
    private const int ActsPerWindow = 20;

    // Room for the longest message in any script, form-encoded.
    private const int MaxField = 256 * 1024;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public static void MapStatusPage(this IEndpointRouteBuilder app)
    {
        // Anonymous, because the token in the address is what authorises: one case, until it expires or is revoked. No cookie does,
        // so there is nothing that another site could make a browser send along, and no form needs a token of its own.
        var pages = app.MapGroup("/s/{token}").AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        pages.MapGet("", ShowAsync);
        pages.MapGet(Act, (string token, string what) => Page.SeeOther($"/s/{token}?answer={what}"));
        pages.MapPost(Act, ActAsync).WithMetadata(new RequestSizeLimitAttribute(Uploads.MaxForm));
        pages.MapGet("/stream", WatchAsync);
        pages.MapGet("/files/{blob}", FileAsync);
        pages.MapGet("/call-back.ics", CalendarAsync);
    }

    private static async Task<IResult> ShowAsync(
        string token, string? answer, string? done, HttpContext context, StatusPages pages, CancellationToken ct)
    {
        var named = token.EndsWith(Json, StringComparison.Ordinal);
        var asJson = named || WantsJson(context.Request);
        var found = await pages.FindAsync(named ? token[..^Json.Length] : token, context.Request, ct);
        NotForRobots(context);
        if (found.Model is not { } model)
            return asJson ? StatusPages.RefuseJson(found) : pages.Refuse(found, context.Request);
        return asJson
            ? TypedResults.Json(StatusJson.Of(model), CxJson.Options)
            : Page.Of<CustomerPage>(new { Model = model with { Answer = answer, Done = done } });
    }

    private static async Task<IResult> ActAsync(
        string token, string what, HttpContext context, StatusPages pages, CaseActions actions, Uploads uploads,
        ISharedLimiter limiter, CancellationToken ct)
    {
        NotForRobots(context);
        var found = await pages.FindAsync(token, context.Request, ct);
        if (found.Model is not { } model)
            return pages.Refuse(found, context.Request);
        if (!context.Request.HasFormContentType)
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "What is done here is sent as a form.");
        if (await FormAsync(context.Request, ct) is not { } form)
            return Problems.Of(StatusCodes.Status400BadRequest, "form-invalid", "The form cannot be read.");
        var text = form[what == "call-back" ? "phone" : "text"].ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
        var files = Uploads.Of(form);
        Guid? proposal = Guid.TryParse(form["proposal"], out var id) ? id : null;
        var limit = await limiter.TryAcquireAsync($"status:{model.View.CaseId}", ActsPerWindow, Window, ct);
        if (!limit.Allowed)
            return Refused(model, what, text, model.Words.TooOften, StatusCodes.Status429TooManyRequests);
        if (files.Count > Uploads.MaxFiles)
            return Refused(
                model, what, text, StatusModel.Fill(model.Words.TooManyFiles, Uploads.MaxFiles), StatusCodes.Status400BadRequest);
        if (files.Any(file => file.Length > Uploads.MaxFile))
            return Refused(
                model, what, text, StatusModel.Fill(model.Words.FileTooLarge, Uploads.MaxFile / 1024 / 1024), StatusCodes.Status400BadRequest);
        CaseCommand command = what switch
        {
            "reply" => new ReplyAsCustomer(Guid.CreateVersion7(), text, await uploads.StoreAsync(files, ct)),
            "need" => new CorrectNeed(text, ByCustomer: true),
            "accept" => new AcceptSolution(proposal),
            "second-opinion" => new AskSecondOpinion(ByCustomer: true, text),
            "decline" => new DeclineSolution(proposal, text),
            "call-back" => new BookCallBack(
                Guid.CreateVersion7(),
                DateTimeOffset.TryParse(form["from"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var from) ? from : default,
                string.IsNullOrWhiteSpace(text) ? null : text),
            _ => new CancelCallBack(null),
        };
        var outcome = await FormOnce.RunAsync(form, () => actions.DoAsCustomerAsync(model.View.CaseId, model.View.CustomerId, command, ct));
        if (outcome is not { IsRefused: true })
            return Page.SeeOther(model.AddressOf($"?done={what}"));

        // The case may have moved on between the form and its answer: what is shown with the refusal is how it stands now.
        var now = (await pages.FindAsync(token, context.Request, ct)).Model ?? model;
        return Refused(now, what, text, Words(outcome.Refusal, now.Words, what), Outcomes.StatusOf(outcome.Refusal));
    }

    // Null for what is no form, or has more in it than any form of ours.
    private static async Task<IFormCollection?> FormAsync(HttpRequest request, CancellationToken ct)
    {
        try
        {
            return await request.ReadFormAsync(
                new FormOptions { ValueCountLimit = 128, ValueLengthLimit = MaxField, MultipartBodyLengthLimit = Uploads.MaxForm }, ct);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static async Task<IResult> WatchAsync(
        string token, HttpContext context, StatusPages pages, ChangeStream changes, CancellationToken ct) =>
        (await pages.FindAsync(token, context.Request, ct)).Model is { } model
            ? await changes.OfCustomerAsync(context, model.View.CaseId)
            : TypedResults.NotFound();

    // Only what is attached to what the page shows.
    private static async Task<IResult> FileAsync(
        string token, string blob, HttpContext context, StatusPages pages, Uploads uploads, CancellationToken ct)
    {
        NotForRobots(context);
        var found = await pages.FindAsync(token, context.Request, ct);
        if (found.Model is not { } model)
            return pages.Refuse(found, context.Request);
        return model.View.Messages.SelectMany(message => message.Attachments).FirstOrDefault(file => file.Blob == blob) is { } file
            && await uploads.ServeAsync(file, context, ct) is { } content ? content : TypedResults.NotFound();
    }

    private static async Task<IResult> CalendarAsync(string token, HttpContext context, StatusPages pages, CancellationToken ct)
    {
        NotForRobots(context);
        var found = await pages.FindAsync(token, context.Request, ct);
        if (found.Model is not { } model)
            return pages.Refuse(found, context.Request);
        return model.Setting.Call is { } call
            ? TypedResults.Text(CallBackFile.Of(call, model.Words.CallBooked, model.View.Number, model.Now), "text/calendar", Encoding.UTF8)
            : TypedResults.NotFound();
    }

    private static IResult Refused(StatusModel model, string what, string text, string why, int status) =>
        Page.Of<CustomerPage>(new { Model = model with { Refused = new(what, text, why) } }, status);

    // Refusals speak to staff and programs; a customer gets words of the page's own.
    private static string Words(Refusal refusal, StatusWords words, string what) => refusal.Code switch
    {
        "text-required" or "need-required" => words.Empty,
        "text-invalid" or "would-make-it-right-invalid" => StatusModel.Fill(words.TooLong, StatusModel.MaxText),
        "need-invalid" => StatusModel.Fill(words.TooLong, StatusModel.MaxNeed),
        "slot-taken" => words.SlotTaken,
        "slot-not-offered" or "call-backs-not-offered" => words.SlotGone,
        "phone-required" or "phone-invalid" => words.PhoneNeeded,
        "no-proposal" => words.NoProposal,
        "proposal-replaced" => words.NewerProposal,
        "case-closed" => words.Over,
        "case-resolved" when what is "accept" or "decline" => words.NoProposal,
        _ => words.NotNow,
    };

    private static bool WantsJson(HttpRequest request) =>
        request.Headers.Accept.Any(accept => accept?.Contains("application/json", StringComparison.OrdinalIgnoreCase) == true)
        && !request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);

    private static void NotForRobots(HttpContext context) => context.Response.Headers["X-Robots-Tag"] = "noindex, nofollow";
}

/// <summary>Finds what a link opens.</summary>
internal sealed class StatusPages(
    Tokens tokens, CaseReader reader, StatusSettings settings, IOptions<BrandOptions> brand)
{
    /// <param name="Model">Null when the link opens nothing.</param>
    /// <param name="WasOnce">The link was good once: it has expired or was revoked.</param>
    internal sealed record Found(StatusModel? Model, bool WasOnce);

    public async Task<Found> FindAsync(string token, HttpRequest request, CancellationToken ct)
    {
        if (!tokens.TryReadStatusLink(token, out var link))
            return new(null, link.IsExpired);
        if (await reader.FindAsync(link.CaseId.ToString(), ct) is not { } state)
            return new(null, false);
        if (state.LinkGeneration != link.Generation)
            return new(null, true);
        // There it goes on.
        state = await reader.LeadAsync(state, ct, sameCustomer: true);
        var view = PublicView.Of(state, await reader.WholeTimelineAsync(state, ct));
        // A case whose language nobody knows speaks the browser's.
        var words = StatusWords.In(view.Language ?? LanguageOf(request));
        return new(new StatusModel(view, await settings.ForAsync(state, words.Lang, ct), token, words), true);
    }

    public IResult Refuse(Found found, HttpRequest request) => Page.Of<LinkPage>(
        new { Lang = LanguageOf(request), found.WasOnce, brand.Value.Phone },
        found.WasOnce ? StatusCodes.Status410Gone : StatusCodes.Status404NotFound);

    public static IResult RefuseJson(Found found) => found.WasOnce
        ? Problems.Of(StatusCodes.Status410Gone, "link-expired", "This link was valid for a limited time, or was taken back.")
        : Problems.Of(StatusCodes.Status404NotFound, "link-unknown", "This is no link of ours.");

    // Before a case is known, the browser says which language its reader speaks.
    private static string LanguageOf(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(language => language.Quality ?? 1).Select(language => language.Value.ToString())
        .FirstOrDefault(StatusWords.Has) ?? "en";
}
