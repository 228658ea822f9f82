using System.Globalization;
using System.Net.Http.Headers;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Feedback.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Feedback.Tests;

/// <summary>The Feedback module in a real host on a free port, with a clock that only the test moves.</summary>
internal sealed class FeedbackHost : IAsyncDisposable
{
    private const string AdminKey = "cxk_testadmin_0123456789";
    private readonly TempFolder _data;
    private readonly WebApplication _app;
    private long _position;

    private FeedbackHost(TempFolder data, WebApplication app, SteppedTime clock, Uri address)
    {
        _data = data;
        _app = app;
        Clock = clock;
        Anonymous = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = address };
        Admin = new() { BaseAddress = address };
        Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    public SteppedTime Clock { get; }

    /// <summary>A browser without any key; follows no redirect.</summary>
    public HttpClient Anonymous { get; }

    public HttpClient Admin { get; }

    public Tokens Tokens => _app.Services.GetRequiredService<Tokens>();

    public Work<FeedbackDb> Work => _app.Services.GetRequiredService<Work<FeedbackDb>>();

    /// <param name="postgres">A database, or null for SQLite.</param>
    public static async Task<FeedbackHost> StartAsync(string? postgres)
    {
        var data = new TempFolder();
        var clock = new SteppedTime();
        // As part of an AllInOne, so that neither a broker nor Redis is asked for.
        var builder = CxHost.CreateBuilder(
            [
                "--urls=http://127.0.0.1:0", $"--Cx:Data:Path={data.Path}", $"--Cx:MasterKey={Convert.ToBase64String(new byte[32])}",
                $"--Cx:BootstrapAdminKeyHash={ApiKey.HashOf(AdminKey)}",
                .. postgres is null ? (string[])[] : [$"--ConnectionStrings:feedbackdb={postgres}"],
            ],
            "feedback", "case");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.AddServiceDefaults();
        builder.AddFeedback();
        builder.Services.AddSingleton<TimeProvider>(clock);
        var app = builder.Build().MapServiceDefaults();
        app.MapFeedback();
        foreach (var module in app.Services.GetServices<IModuleRuntime>())
            await module.MigrateAsync(default);
        await app.StartAsync();
        return new(data, app, clock, new(app.Urls.Single()));
    }

    /// <summary>Delivers an event as its owner's relay would.</summary>
    public Task DeliverAsync(string owner, string stream, object e)
    {
        var logged = new LoggedEvent
        {
            Position = ++_position,
            Id = Guid.CreateVersion7(Clock.GetUtcNow()),
            Stream = stream,
            Version = _position,
            Type = EventTypes.NameOf(e.GetType()),
            Data = EventTypes.Write(e),
            Actor = "system",
            CorrelationId = Guid.NewGuid(),
            Time = Clock.GetUtcNow(),
        };
        return _app.Services.GetServices<IModuleRuntime>().Single(module => module.Name == "feedback")
            .DeliverAsync(owner, Guid.Empty, logged.Position, [logged], default);
    }

    public Task ResolveAsync(
        Guid caseId, Guid customerId, Agreement agreement = Agreement.Customer,
        Automatic automatic = Automatic.None, bool synthetic = false) =>
        DeliverAsync("case", $"case/{caseId}", new CaseResolved(
            caseId, "CX-2026-000042", customerId, CaseResult.Solved, agreement, Kind.Question, automatic, null, synthetic));

    /// <summary>Resolves a case, lets the delay pass and returns the survey that follows.</summary>
    public async Task<SurveyRequested> AskAsync(Guid? customerId = null)
    {
        var caseId = Guid.NewGuid();
        await ResolveAsync(caseId, customerId ?? Guid.NewGuid());
        Clock.Advance(TimeSpan.FromMinutes(10));
        await WakeAsync();
        return await Eventually.Value(async () => (await EventsAsync<SurveyRequested>()).SingleOrDefault(e => e.CaseId == caseId));
    }

    public string PathOf(SurveyRequested survey) => $"/survey/{Tokens.SurveyLink(survey.SurveyId, survey.CaseId, survey.ExpiresAt)}";

    public async Task<HttpResponseMessage> AnswerAsync(SurveyRequested survey, int? score, string? comment = null)
    {
        var fields = new Dictionary<string, string> { ["comment"] = comment ?? "" };
        if (score is { } given)
            fields["score"] = given.ToString(CultureInfo.InvariantCulture);
        using var content = new FormUrlEncodedContent(fields);
        return await Anonymous.PostAsync(new Uri(PathOf(survey), UriKind.Relative), content);
    }

    public async Task<IReadOnlyList<LoggedEvent>> LogAsync() =>
        await _app.Services.GetRequiredService<EventLog<FeedbackDb>>().ReadAsync(0, 10_000, default);

    public async Task<IReadOnlyList<T>> EventsAsync<T>()
    {
        var name = EventTypes.NameOf(typeof(T));
        return [.. (await LogAsync()).Where(e => e.Type == name).Select(e => (T)EventTypes.Read(e.Type, e.Data))];
    }

    /// <summary>Returns when no timer is set any more: what was due has run, or nothing was to come.</summary>
    public async Task NoTimerLeftAsync()
    {
        await WakeAsync();
        await Eventually.Async(async () => await Work.ReadAsync(
            (db, ct) => db.Database.SqlQuery<int>($"select cast(count(*) as int) as \"Value\" from timers").SingleAsync(ct)) == 0);
    }

    // Whoever sets a timer or takes one back, as here none, wakes those who run them: a clock that was moved is noticed at once.
    private Task WakeAsync() => Work.RunAsync<Unit<FeedbackDb>, Done>((unit, _) =>
    {
        unit.Cancel("none");
        return Task.FromResult(Done.Value);
    });

    public Task<bool> HasPendingModelChangesAsync() => Work.ReadAsync((db, _) => Task.FromResult(db.Database.HasPendingModelChanges()));

    public async ValueTask DisposeAsync()
    {
        Anonymous.Dispose();
        Admin.Dispose();
        await _app.DisposeAsync();
        _data.Dispose();
    }
}
