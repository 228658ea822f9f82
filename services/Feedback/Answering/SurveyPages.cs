using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Feedback.Domain;
using CxPlatform.Feedback.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace CxPlatform.Feedback.Answering;

/// <summary>The page that a survey's link opens. A GET shows and preselects, only the POST answers: mail scanners follow links.</summary>
internal static class SurveyPages
{
    // Room for the longest comment in any script, form-encoded.
    private const int MaxForm = 64 * 1024;

    public static void Map(IEndpointRouteBuilder app)
    {
        // The token in the address is what authorises, not a cookie: there is nothing that another site could make a browser send along.
        var pages = app.MapGroup("/survey/{token}").AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        pages.MapGet("", ShowAsync);
        pages.MapPost("", AnswerAsync).WithMetadata(new RequestSizeLimitAttribute(MaxForm));
    }

    /// <param name="score">A score to preselect, from the link in the message.</param>
    /// <param name="lang">The page's language; else the browser's.</param>
    /// <param name="sent">Set after an answer was taken.</param>
    private static async Task<IResult> ShowAsync(
        string token, string? score, string? lang, string? sent,
        HttpContext http, Tokens tokens, Work<FeedbackDb> work, TimeProvider clock, CancellationToken ct)
    {
        var language = Language(lang, http.Request);
        var (screen, survey) = await FindAsync(token, tokens, work, clock, ct);
        if (survey is null)
            return Show(screen, language, token, null);
        var scale = Scale.Of(survey.Measure);
        var preselected = int.TryParse(score, out var given) && given >= scale.Lowest && given <= scale.Highest ? given : survey.Score;
        return sent is not null && survey.AnsweredAt is not null
            ? Show(SurveyScreen.Thanks, language, token, survey)
            : Show(SurveyScreen.Form, language, token, survey with { Score = preselected });
    }

    private static async Task<IResult> AnswerAsync(
        string token, string? lang, HttpContext http, Tokens tokens, Work<FeedbackDb> work, TimeProvider clock, CancellationToken ct)
    {
        var language = Language(lang, http.Request);
        var (screen, survey) = await FindAsync(token, tokens, work, clock, ct);
        if (survey is null)
            return Show(screen, language, token, null);
        if (!http.Request.HasFormContentType)
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "An answer is sent as a form.");
        var form = await http.Request.ReadFormAsync(new FormOptions { ValueCountLimit = 16 }, ct);
        var comment = form["comment"].ToString();
        int? score = int.TryParse(form["score"], out var given) ? given : null;

        var outcome = await work.RunAsync<AnswerSurvey, Outcome<Done>>(
            (handler, stop) => handler.HandleAsync(survey.Id, survey.CaseId, score, comment, stop), ct);
        return outcome.Refusal switch
        {
            null => Page.SeeOther($"/survey/{token}?sent=1&lang={language}"),
            { Field: { } field } => Show(SurveyScreen.Form, language, token, survey with { Score = score, Comment = comment }, field),
            _ => Show(SurveyScreen.Over, language, token, null),
        };
    }

    private static async Task<(SurveyScreen Screen, Survey? Survey)> FindAsync(
        string token, Tokens tokens, Work<FeedbackDb> work, TimeProvider clock, CancellationToken ct)
    {
        if (!tokens.TryReadSurveyLink(token, out var link))
            return (link.IsExpired ? SurveyScreen.Over : SurveyScreen.Unknown, null);
        var survey = await work.ReadAsync(
            (db, stop) => db.Surveys.SingleOrDefaultAsync(row => row.Id == link.SurveyId && row.CaseId == link.CaseId, stop), ct);
        return survey is null ? (SurveyScreen.Unknown, null)
            : survey.ErasedAt is not null || survey.ExpiresAt <= clock.GetUtcNow() ? (SurveyScreen.Over, null)
            : (SurveyScreen.Form, survey);
    }

    private static IResult Show(SurveyScreen screen, string language, string token, Survey? survey, string? wrongField = null)
    {
        var model = new SurveyModel
        {
            Screen = screen,
            Lang = language,
            Token = token,
            CaseNumber = survey?.CaseNumber ?? "",
            Score = survey?.Score,
            Comment = survey?.Comment,
            Answered = survey?.AnsweredAt is not null,
            Unhappy = survey?.Score <= Scale.Of(survey?.Measure ?? Measure.Csat).Unhappy,
            ScoreMissing = wrongField == "score",
            CommentTooLong = wrongField == "comment",
        };
        return Page.Of<SurveyPage>(new { Model = model }, screen switch
        {
            SurveyScreen.Unknown => StatusCodes.Status404NotFound,
            SurveyScreen.Over => StatusCodes.Status410Gone,
            _ => wrongField is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
        });
    }

    private static string Language(string? asked, HttpRequest request) =>
        asked is not null && SurveyTexts.Languages.Contains(asked)
            ? asked
            : request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1)
                .Select(language => language.Value.ToString().Split('-')[0].ToLowerInvariant())
                .FirstOrDefault(SurveyTexts.Languages.Contains) ?? SurveyTexts.Languages[0];
}
