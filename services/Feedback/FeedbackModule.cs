using CxPlatform.Feedback.Answering;
using CxPlatform.Feedback.Reading;
using CxPlatform.Feedback.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Feedback;

/// <summary>Asks customers how it went, and brings their answers back to the case.</summary>
public static class FeedbackModule
{
    public static IHostApplicationBuilder AddFeedback(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddCxOptions<FeedbackOptions>(FeedbackOptions.Section);
        builder.AddModule<FeedbackDb, FeedbackDbPostgres, FeedbackDbSqlite>(
            "feedback", m => m.HandlersFrom(typeof(FeedbackModule).Assembly).Handler<AccessProjection<FeedbackDb>>());
        builder.AddAccess<FeedbackDb>();
        builder.Services.AddSingleton<Metrics>();
        builder.Services.AddScoped<AnswerSurvey>();
        return builder;
    }

    public static IEndpointRouteBuilder MapFeedback(this IEndpointRouteBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        SurveyPages.Map(app);
        SurveysEndpoint.Map(app);
        SummaryEndpoint.Map(app);
        return app;
    }
}
