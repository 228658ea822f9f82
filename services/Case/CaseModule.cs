using CxPlatform.Cases.Absence;
using CxPlatform.Cases.Actions;
using CxPlatform.Cases.Bulk;
using CxPlatform.Cases.Calendars;
using CxPlatform.Cases.CallBacks;
using CxPlatform.Cases.Clocks;
using CxPlatform.Cases.Contacts;
using CxPlatform.Cases.Desk;
using CxPlatform.Cases.Drafts;
using CxPlatform.Cases.Feed;
using CxPlatform.Cases.Merging;
using CxPlatform.Cases.Participants;
using CxPlatform.Cases.Plans;
using CxPlatform.Cases.Praises;
using CxPlatform.Cases.Presence;
using CxPlatform.Cases.Promises;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.SideConversations;
using CxPlatform.Cases.StatusPage;
using CxPlatform.Cases.Storage;
using CxPlatform.Cases.Views;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CxPlatform.Cases;

/// <summary>The Case service: cases, their plans and promises, calendars, and the feed of what happens.</summary>
public static class CaseModule
{
    public static IHostApplicationBuilder AddCase(this IHostApplicationBuilder builder)
    {
        builder.AddModule<CaseDb, CaseDbPostgres, CaseDbSqlite>(
            "case", module => module.HandlersFrom(typeof(CaseModule).Assembly).Handler<AccessProjection<CaseDb>>());
        builder.AddAccess<CaseDb>();
        builder.AddCxOptions<CaseOptions>("Cx:Case");
        var services = builder.Services;
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<CaseOptions>>().Value.Policy(
            provider.GetRequiredService<IOptions<BrandOptions>>().Value.Phone));
        services.AddSingleton<CaseMetrics>();
        services.AddSingleton<CalendarShelf>();
        services.AddSingleton<CaseActions>();
        services.AddSingleton<CaseReader>();
        services.AddSingleton<CaseList>();
        services.AddSingleton<CaseCalendars>();
        services.AddSingleton<StatusPages>();
        services.AddSingleton<StatusSettings>();
        services.TryAddSingleton<Uploads>();
        services.AddSingleton<ViewBook>();
        services.AddSingleton<DraftBook>();
        services.AddSingleton<CasePresence>();
        services.AddSingleton<BulkActions>();
        services.AddScoped<SaveView>();
        services.AddSingleton<InboxReader>();
        services.AddSingleton<DeskPages>();
        services.AddSingleton<LogStream>();
        services.AddSingleton<EventDocuments>();
        services.AddSingleton<CaseEvents>();
        services.AddSingleton<Checkpoints>();
        services.AddSingleton<CaseChanges>();
        services.AddSingleton<ChangeStream>();
        services.AddScoped<CaseStore>();
        services.AddScoped<CasePrefetch>();
        services.AddScoped<IPrefetch<CaseDb>>(provider => provider.GetRequiredService<CasePrefetch>());
        services.AddScoped<CaseNumbers>();
        services.AddScoped<CalendarBook>();
        services.AddScoped<ChangeCalendar>();
        services.AddScoped<ClockTimer>();
        services.AddScoped<FollowPolicy>();
        services.AddScoped<PolicyBook>();
        services.AddScoped<WriteTargetPolicies>();
        services.AddSingleton<PolicyShelf>();
        services.AddScoped<PromiseIndex>();
        services.AddScoped<ParticipantIndex>();
        services.AddScoped<CasesTogether>();
        services.AddScoped<Covers>();
        services.AddScoped<PlanBook>();
        services.AddScoped<WritePlanTemplate>();
        services.AddScoped<BeginIndex>();
        services.AddSingleton<ClockReader>();
        services.AddSingleton<PromiseReader>();
        services.AddSingleton<PraiseReader>();
        services.AddSingleton<CalendarReader>();
        services.Configure<OpenApiOptions>("case", options => options.AddSchemaTransformer(HolidayConverter.Describe));
        services.AddScoped<Threading>();
        services.AddScoped<BookCall>();
        services.AddHostedService<FirstStart>();
        services.AddHostedService<WaitingCounter>();
        return builder;
    }

    public static IEndpointRouteBuilder MapCase(this IEndpointRouteBuilder app)
    {
        var cases = app.MapGroup("/v1/cases").WithTags("Cases");
        cases.MapReading();
        cases.MapViews();
        cases.MapDrafts();
        cases.MapPresence();
        cases.MapBulk();
        cases.MapOpening();
        cases.MapActions();
        cases.MapClocks();
        cases.MapCallBacks();
        cases.MapSideConversations();
        cases.MapParticipants();
        cases.MapMerging();
        app.MapGroup("/v1/events").WithTags("Events").RequireAuthorization(Policies.EventsRead).MapFeed();
        app.MapEventDocuments();
        app.MapGroup("/v1/calendars").WithTags("Calendars").MapCalendars();
        app.MapGroup("/v1/plan-templates").WithTags("Plans").MapPlanTemplates();
        app.MapGroup("/v1/target-policies").WithTags("Clocks").MapTargetPolicies();
        app.MapGroup("/v1/measures").WithTags("Measures").MapMeasures();
        app.MapStatusPage();
        app.MapDesk();
        app.MapCalendarPages();
        return app;
    }
}
