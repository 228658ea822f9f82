using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Feedback.Domain;
using CxPlatform.Feedback.Storage;
using CxPlatform.Messaging;

namespace CxPlatform.Feedback.Answering;

/// <summary>Takes a customer's answer; a later one replaces it while the survey lasts.</summary>
internal sealed class AnswerSurvey(Unit<FeedbackDb> unit, Metrics metrics)
{
    /// <param name="score">On the survey's scale.</param>
    /// <param name="comment">At most <see cref="Scale.MaxComment"/> characters; blank is none.</param>
    public async Task<Outcome<Done>> HandleAsync(Guid surveyId, Guid caseId, int? score, string? comment, CancellationToken ct)
    {
        var survey = await unit.Db.Surveys.FindAsync([surveyId], ct);
        if (survey is null || survey.CaseId != caseId)
            return new Refusal("survey-not-found", "There is no such survey.");
        var outcome = survey.Answer(score, comment, unit.Now);
        if (outcome.IsRefused)
            return outcome.Refusal;
        if (outcome.Value.Count == 0)
            return Done.Value;

        using var customer = Ambient.Use(Ambient.Current with { Actor = $"customer:{survey.CustomerId}" });
        unit.Append(Survey.StreamOf(survey.Id), survey.Version, outcome.Value.Select(e => new NewEvent(e)));
        if (survey.AnsweredAt is null)
        {
            var first = outcome.Value.OfType<FeedbackReceived>().Single();
            unit.OnCommitted(() => metrics.Answered(first.Measure, first.Score));
        }
        unit.Db.Put(survey, outcome.Value.Aggregate(survey, (state, e) => state.Evolve(e)));
        return Done.Value;
    }
}
