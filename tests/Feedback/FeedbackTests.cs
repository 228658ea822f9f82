using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Feedback.Asking;
using CxPlatform.Messaging;
using CxPlatform.Testing;

namespace CxPlatform.Feedback.Tests;

public sealed class FeedbackOnSqlite : FeedbackTests
{
    protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class FeedbackOnPostgres : FeedbackTests
{
    protected override async Task<string?> DatabaseAsync() => await (await PostgresServer.SharedAsync()).CreateDatabaseAsync("feedback");
}

public abstract class FeedbackTests : IAsyncLifetime
{
    private FeedbackHost _host = null!;

    protected abstract Task<string?> DatabaseAsync();

    public async Task InitializeAsync() => _host = await FeedbackHost.StartAsync(await DatabaseAsync());

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_migrations_make_the_model() => Assert.False(await _host.HasPendingModelChangesAsync());

    [Fact]
    public async Task A_resolved_case_is_asked_about_after_the_delay_and_not_before()
    {
        var (caseId, customerId) = (Guid.NewGuid(), Guid.NewGuid());
        await _host.ResolveAsync(caseId, customerId);
        _host.Clock.Advance(TimeSpan.FromMinutes(9.9));
        Assert.Empty(await _host.LogAsync());

        _host.Clock.Advance(TimeSpan.FromMinutes(0.1));
        await _host.NoTimerLeftAsync();
        var survey = Assert.Single(await _host.EventsAsync<SurveyRequested>());
        Assert.Equal(
            (caseId, customerId, "CX-2026-000042", Measure.Csat), (survey.CaseId, survey.CustomerId, survey.CaseNumber, survey.Measure));
        Assert.Equal(_host.Clock.GetUtcNow(), survey.RequestedAt);
    }

    [Fact]
    public async Task A_case_that_was_reopened_is_not_asked_about()
    {
        var (caseId, customerId) = (Guid.NewGuid(), Guid.NewGuid());
        await _host.ResolveAsync(caseId, customerId);
        await _host.DeliverAsync("case", $"case/{caseId}", new CaseReopened(caseId, "It broke again."));
        await _host.NoTimerLeftAsync();
        Assert.Empty(await _host.LogAsync());
    }

    [Fact]
    public async Task A_case_that_is_resolved_again_is_asked_about_once()
    {
        var (caseId, customerId) = (Guid.NewGuid(), Guid.NewGuid());
        await _host.ResolveAsync(caseId, customerId);
        await _host.DeliverAsync("case", $"case/{caseId}", new CaseReopened(caseId, "It broke again."));
        await _host.ResolveAsync(caseId, customerId);
        _host.Clock.Advance(TimeSpan.FromMinutes(10));
        await _host.NoTimerLeftAsync();
        Assert.Single(await _host.EventsAsync<SurveyRequested>());
    }

    [Fact]
    public async Task Praise_machines_and_test_contacts_are_not_asked()
    {
        await _host.ResolveAsync(Guid.NewGuid(), Guid.NewGuid(), Agreement.NothingAsked);
        await _host.ResolveAsync(Guid.NewGuid(), Guid.NewGuid(), automatic: Automatic.AutoReply);
        await _host.ResolveAsync(Guid.NewGuid(), Guid.NewGuid(), synthetic: true);
        await _host.NoTimerLeftAsync();
        Assert.Empty(await _host.LogAsync());
    }

    [Fact]
    public async Task A_customer_is_asked_at_most_once_in_fourteen_days()
    {
        var customerId = Guid.NewGuid();
        await _host.AskAsync(customerId);

        _host.Clock.Advance(TimeSpan.FromDays(13));
        await _host.ResolveAsync(Guid.NewGuid(), customerId);
        _host.Clock.Advance(TimeSpan.FromMinutes(10));
        await _host.NoTimerLeftAsync();
        Assert.Single(await _host.EventsAsync<SurveyRequested>());

        _host.Clock.Advance(TimeSpan.FromDays(1));
        await _host.AskAsync(customerId);
        Assert.Equal(2, (await _host.EventsAsync<SurveyRequested>()).Count);
    }

    [Fact]
    public async Task Merged_customers_are_asked_as_one_also_through_merges_of_merges()
    {
        var (customer, merged, inner) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await _host.AskAsync(inner);
        await _host.DeliverAsync("intake", $"customer/{merged}", new CustomerMerged(merged, inner));
        await _host.DeliverAsync("intake", $"customer/{customer}", new CustomerMerged(customer, merged));
        _host.Clock.Advance(TimeSpan.FromDays(13));
        foreach (var id in new[] { customer, merged, inner })
            await _host.ResolveAsync(Guid.NewGuid(), id);
        _host.Clock.Advance(TimeSpan.FromMinutes(10));
        await _host.NoTimerLeftAsync();
        Assert.Single(await _host.EventsAsync<SurveyRequested>());

        // Whoever of them is asked next, the others are left in peace again.
        _host.Clock.Advance(TimeSpan.FromDays(1));
        await _host.AskAsync(inner);
        await _host.ResolveAsync(Guid.NewGuid(), customer);
        _host.Clock.Advance(TimeSpan.FromMinutes(10));
        await _host.NoTimerLeftAsync();
        Assert.Equal(2, (await _host.EventsAsync<SurveyRequested>()).Count);
    }

    [Fact]
    public async Task Customers_who_are_merged_while_both_wait_to_be_asked_are_asked_once()
    {
        var (customer, merged) = (Guid.NewGuid(), Guid.NewGuid());
        await _host.ResolveAsync(Guid.NewGuid(), merged);
        await _host.ResolveAsync(Guid.NewGuid(), customer);
        await _host.DeliverAsync("intake", $"customer/{customer}", new CustomerMerged(customer, merged));
        _host.Clock.Advance(TimeSpan.FromMinutes(10));
        await _host.NoTimerLeftAsync();
        Assert.Single(await _host.EventsAsync<SurveyRequested>());
    }

    [Fact]
    public async Task Customers_who_part_are_both_left_in_peace_and_then_each_asked_again()
    {
        var (customer, merged) = (Guid.NewGuid(), Guid.NewGuid());
        await _host.DeliverAsync("intake", $"customer/{customer}", new CustomerMerged(customer, merged));
        await _host.AskAsync(customer);
        await _host.DeliverAsync("intake", $"customer/{customer}", new CustomerUnmerged(customer, merged));
        await _host.ResolveAsync(Guid.NewGuid(), merged);
        _host.Clock.Advance(TimeSpan.FromMinutes(10));
        await _host.NoTimerLeftAsync();
        Assert.Single(await _host.EventsAsync<SurveyRequested>());

        _host.Clock.Advance(TimeSpan.FromDays(14));
        await _host.AskAsync(customer);
        await _host.AskAsync(merged);
        Assert.Equal(3, (await _host.EventsAsync<SurveyRequested>()).Count);
    }

    [Fact]
    public async Task However_many_ask_a_customer_at_once_one_survey_goes_out()
    {
        var customerId = Guid.NewGuid();
        var now = _host.Clock.GetUtcNow();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => _host.Work.RunAsync<AskCustomerHandler, bool>(async (handler, ct) =>
        {
            await handler.HandleAsync(new(Guid.NewGuid(), "CX-2026-000042", customerId), new($"{i}", now, now), ct);
            return true;
        })));
        Assert.Single(await _host.EventsAsync<SurveyRequested>());
    }

    [Fact]
    public async Task Opening_the_page_preselects_and_records_nothing()
    {
        var survey = await _host.AskAsync();
        var page = await _host.Anonymous.GetStringAsync(new Uri(_host.PathOf(survey) + "?score=4", UriKind.Relative));

        Assert.Contains("CX-2026-000042", page, StringComparison.Ordinal);
        Assert.Matches("<input[^>]*value=\"4\"[^>]*checked", page);
        Assert.DoesNotMatch("<input[^>]*value=\"5\"[^>]*checked", page);
        Assert.Single(await _host.LogAsync());
    }

    [Fact]
    public async Task An_answer_is_received_and_thanked_for()
    {
        var survey = await _host.AskAsync();
        using var posted = await _host.AnswerAsync(survey, 5, "Anna was <great>");
        Assert.Equal(HttpStatusCode.SeeOther, posted.StatusCode);
        var thanks = await _host.Anonymous.GetStringAsync(posted.Headers.Location);
        Assert.Contains("Thank you", thanks, StringComparison.Ordinal);
        Assert.Contains("Anna was &lt;great&gt;", thanks, StringComparison.Ordinal);

        var answer = Assert.Single(await _host.EventsAsync<FeedbackReceived>());
        Assert.Equal(
            (survey.SurveyId, survey.CaseId, survey.CustomerId, 5, "Anna was <great>"),
            (answer.SurveyId, answer.CaseId, answer.CustomerId, answer.Score, answer.Comment));
        Assert.Empty(await _host.EventsAsync<RecoveryNeeded>());
        Assert.Equal($"customer:{survey.CustomerId}", (await _host.LogAsync())[^1].Actor);
    }

    [Fact]
    public async Task A_changed_answer_replaces_the_first_and_the_same_one_again_changes_nothing()
    {
        var survey = await _host.AskAsync();
        foreach (var (score, comment) in new[] { (3, "Slow."), (3, "Slow."), (4, "Slow, but friendly.") })
            (await _host.AnswerAsync(survey, score, comment)).Dispose();

        Assert.Equal([3, 4], (await _host.EventsAsync<FeedbackReceived>()).Select(e => e.Score));
        var item = (await GetAsync($"/v1/surveys?caseId={survey.CaseId}")).GetProperty("items")[0];
        Assert.Equal(
            (4, "Slow, but friendly.", "answered"),
            (item.GetProperty("score").GetInt32(), item.GetProperty("comment").GetString(), item.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task An_unhappy_answer_asks_for_a_recovery_in_the_same_breath()
    {
        var survey = await _host.AskAsync();
        using var posted = await _host.AnswerAsync(survey, 1, "Nobody called.");
        var thanks = await _host.Anonymous.GetStringAsync(posted.Headers.Location);
        Assert.Contains("somebody who can put it right", thanks, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(await _host.EventsAsync<RecoveryNeeded>()).Score);

        (await _host.AnswerAsync(survey, 2)).Dispose();
        Assert.Single(await _host.EventsAsync<RecoveryNeeded>());
        Assert.Equal([1L, 2, 3, 4], (await _host.LogAsync()).Select(e => e.Version));
    }

    [Fact]
    public async Task The_same_answer_sent_many_times_at_once_is_recorded_once()
    {
        var survey = await _host.AskAsync();
        foreach (var response in await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => _host.AnswerAsync(survey, 2, "twice clicked"))))
            using (response)
                Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Single(await _host.EventsAsync<FeedbackReceived>());
        Assert.Single(await _host.EventsAsync<RecoveryNeeded>());
    }

    [Fact]
    public async Task An_answer_without_a_score_is_explained_and_its_comment_kept()
    {
        var survey = await _host.AskAsync();
        using var posted = await _host.AnswerAsync(survey, null, "I forgot to choose.");
        var page = await posted.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, posted.StatusCode);
        Assert.Contains("Please choose one of the five.", page, StringComparison.Ordinal);
        Assert.Contains("I forgot to choose.", page, StringComparison.Ordinal);
        Assert.Single(await _host.LogAsync());
    }

    [Fact]
    public async Task A_survey_speaks_the_customers_language()
    {
        var survey = await _host.AskAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, _host.PathOf(survey));
        request.Headers.AcceptLanguage.ParseAdd("fr;q=0.2, de-AT;q=0.9, en;q=0.5");
        using var response = await _host.Anonymous.SendAsync(request);
        var german = await response.Content.ReadAsStringAsync();
        Assert.Contains("lang=\"de\"", german, StringComparison.Ordinal);
        Assert.Contains("Sehr zufrieden", WebUtility.HtmlDecode(german), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_old_link_is_over_and_a_forged_one_unknown()
    {
        var survey = await _host.AskAsync();
        using var forged = await _host.Anonymous.GetAsync(new Uri(_host.PathOf(survey)[..^2] + "xx", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);

        _host.Clock.Advance(TimeSpan.FromDays(31));
        using var old = await _host.AnswerAsync(survey, 5);
        Assert.Equal(HttpStatusCode.Gone, old.StatusCode);
        Assert.Contains("This survey is over", await old.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(await _host.EventsAsync<FeedbackReceived>());
    }

    [Fact]
    public async Task Forgetting_a_customer_removes_their_words_and_asks_nothing_more()
    {
        var survey = await _host.AskAsync();
        (await _host.AnswerAsync(survey, 2, "My name is Erika Mustermann")).Dispose();
        await _host.ResolveAsync(Guid.NewGuid(), survey.CustomerId);
        await _host.DeliverAsync("intake", $"customer/{survey.CustomerId}", new CustomerErased(survey.CustomerId));
        _host.Clock.Advance(TimeSpan.FromDays(1));
        await _host.NoTimerLeftAsync();

        var log = await _host.LogAsync();
        Assert.All(log, e => Assert.DoesNotContain("Erika", e.Data, StringComparison.Ordinal));
        Assert.All(log, e => Assert.NotNull(e.ErasedAt));
        Assert.Single(log, e => e.Type == EventTypes.NameOf(typeof(SurveyRequested)));
        var item = (await GetAsync($"/v1/surveys?caseId={survey.CaseId}")).GetProperty("items")[0];
        Assert.Equal(2, item.GetProperty("score").GetInt32());
        Assert.False(item.TryGetProperty("comment", out _));
        using var late = await _host.AnswerAsync(survey, 5, "Erika again");
        Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
    }

    [Fact]
    public async Task Answers_are_read_with_a_key_only()
    {
        foreach (var path in new[] { $"/v1/surveys?caseId={Guid.NewGuid()}", "/v1/feedback" })
        {
            using var response = await _host.Anonymous.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task The_interface_is_described()
    {
        var paths = (await GetAsync("/openapi/feedback.json")).GetProperty("paths");
        Assert.True(paths.TryGetProperty("/v1/surveys", out _) && paths.TryGetProperty("/v1/feedback", out _), paths.ToString());
        Assert.False(paths.TryGetProperty("/survey/{token}", out _));
    }

    [Theory]
    [InlineData("/v1/surveys", "caseId")]
    [InlineData("/v1/feedback?period=year", "period")]
    [InlineData("/v1/feedback?period=1", "period")]
    [InlineData("/v1/feedback?from=2026-02-01&to=2026-01-01", "from")]
    [InlineData("/v1/feedback?from=2020-01-01&to=2026-01-01", "from")]
    public async Task A_question_that_cannot_be_answered_names_its_field(string path, string field)
    {
        using var response = await _host.Admin.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task The_summary_counts_latest_answers_by_period()
    {
        // The clock starts on Monday, 2026-01-05.
        var first = await _host.AskAsync();
        (await _host.AnswerAsync(first, 2)).Dispose();
        _host.Clock.Advance(TimeSpan.FromDays(1));
        (await _host.AnswerAsync(first, 4)).Dispose();
        (await _host.AnswerAsync(await _host.AskAsync(), 5)).Dispose();
        _host.Clock.Advance(TimeSpan.FromDays(7));
        await _host.AskAsync();

        var summary = await GetAsync("/v1/feedback?from=2026-01-01&to=2026-01-31&period=week");
        var total = summary.GetProperty("total");
        Assert.Equal(
            (3, 2, 4.5m),
            (total.GetProperty("asked").GetInt32(), total.GetProperty("answered").GetInt32(), total.GetProperty("average").GetDecimal()));
        Assert.Equal((0, 1, 1), (Count(total, "2"), Count(total, "4"), Count(total, "5")));
        var periods = summary.GetProperty("periods").EnumerateArray().ToList();
        Assert.Equal(["2026-01-05", "2026-01-12"], periods.Select(period => period.GetProperty("start").GetString()!));
        Assert.Equal([2, 1], periods.Select(period => period.GetProperty("tally").GetProperty("asked").GetInt32()));
    }

    private static int Count(JsonElement tally, string score) => tally.GetProperty("counts").GetProperty(score).GetInt32();

    private async Task<JsonElement> GetAsync(string path) =>
        await _host.Admin.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));
}
