using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Feedback.Domain;
using CxPlatform.Feedback.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Feedback.Reading;

/// <summary>Where a survey stands.</summary>
internal enum SurveyState
{
    Requested,
    Answered,
    Expired,
}

internal sealed record SurveyView(
    Guid SurveyId, Guid CaseId, string CaseNumber, Guid CustomerId, Measure Measure, SurveyState State,
    DateTimeOffset RequestedAt, DateTimeOffset ExpiresAt,
    int? Score, string? Comment, DateTimeOffset? AnsweredAt);

internal sealed record SurveyList(IReadOnlyList<SurveyView> Items);

internal static class SurveysEndpoint
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/v1/surveys", GetAsync)
        .RequireAuthorization(Policies.CasesRead)
        .WithName("listSurveys")
        .WithSummary("The surveys of a case and their answers, newest first")
        .WithTags("Feedback")
        .Produces<SurveyList>()
        .ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<Results<Ok<SurveyList>, ProblemHttpResult>> GetAsync(
        Guid? caseId, Work<FeedbackDb> work, TimeProvider clock, CancellationToken ct)
    {
        if (caseId is not { } id)
            return Problems.Invalid("caseId", "is required: surveys are read by case.");
        var surveys = await work.ReadAsync(
            (db, token) => db.Surveys.Where(row => row.CaseId == id).OrderByDescending(row => row.RequestedAt).ToListAsync(token), ct);
        return TypedResults.Ok(new SurveyList([.. surveys.Select(survey => View(survey, clock.GetUtcNow()))]));
    }

    private static SurveyView View(Survey survey, DateTimeOffset now) => new(
        survey.Id, survey.CaseId, survey.CaseNumber, survey.CustomerId, survey.Measure,
        survey.AnsweredAt is not null ? SurveyState.Answered : survey.ExpiresAt <= now ? SurveyState.Expired : SurveyState.Requested,
        survey.RequestedAt, survey.ExpiresAt, survey.Score, survey.Comment, survey.AnsweredAt);
}
