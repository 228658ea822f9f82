using CxPlatform.Intake.Channels.Api;
using CxPlatform.Intake.Channels.Chat;
using CxPlatform.Intake.Channels.Email;
using CxPlatform.Intake.Channels.Imap;
using CxPlatform.Intake.Channels.Kiosk;
using CxPlatform.Intake.Channels.Media;
using CxPlatform.Intake.Channels.Meta;
using CxPlatform.Intake.Channels.Smtp;
using CxPlatform.Intake.Channels.Staff;
using CxPlatform.Intake.Channels.Twilio;
using CxPlatform.Intake.Channels.WebForm;
using CxPlatform.Intake.Channels.Webhook;
using CxPlatform.Intake.Contacts;
using CxPlatform.Intake.Customers;
using CxPlatform.Intake.Organisations;
using CxPlatform.Intake.Reconciliation;
using CxPlatform.Intake.Reprocessing;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Intake;

/// <summary>ChannelIntake: takes in every contact on any channel, finds whose it is, and drops none.</summary>
public static class IntakeModule
{
    public const string Name = "intake";

    public static IHostApplicationBuilder AddIntake(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddCxOptions<IntakeOptions>(IntakeOptions.Section);
        builder.AddModule<IntakeDb, IntakeDbPostgres, IntakeDbSqlite>(Name, m => m
            .HandlersFrom(typeof(IntakeModule).Assembly)
            .Handler<AccessProjection<IntakeDb>>());
        builder.AddAccess<IntakeDb>();
        builder.Services
            .AddGroupCommit<IntakeDb, ReadyArrival, Outcome<Receipt>, ArrivalWriter>()
            .AddGroupCommit<IntakeDb, RawArrival, RawArrival, RawArrivalWriter>()
            .AddScoped<IPrefetch<IntakeDb>>(provider => provider.GetRequiredService<CaseEvents>())
            .AddSingleton<ContactIntake>().AddScoped<StoreAlone>()
            .AddSingleton<RawArrivals>().AddSingleton<RawReaders>().AddSingleton<PendingArrivals>()
            .AddHostedService(services => services.GetRequiredService<PendingArrivals>()).AddHostedService<ReconciliationWatch>()
            .AddScoped<ReleaseContact>().AddSingleton<SpamFilter>()
            .AddSingleton<ContactReader>().AddSingleton<Reconciler>().AddSingleton<Metrics>()
            .AddCustomers().AddOrganisations();
        builder.Services.AddReprocessing();
        builder.Services.AddMedia();
        builder.Services.AddCxHttpClient(
            SpamFilter.Client, settings: new() { TryTimeout = TimeSpan.FromSeconds(5), Deadline = TimeSpan.FromSeconds(6) });
        builder.Services.AddApiChannel();
        builder.Services.AddEmailChannel();
        builder.Services.AddSmtpChannel();
        builder.Services.AddImapChannel();
        builder.Services.AddWebFormChannel();
        builder.Services.AddTwilioChannels();
        builder.Services.AddMetaChannel();
        builder.Services.AddWebhookChannel();
        builder.Services.AddChatChannel();
        builder.Services.AddStaffChannel();
        builder.Services.AddKioskChannel();
        return builder;
    }

    public static IEndpointRouteBuilder MapIntake(this IEndpointRouteBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapApiChannel();
        app.MapEmailChannel();
        app.MapWebFormChannel();
        app.MapTwilioChannels();
        app.MapMetaChannel();
        app.MapChatChannel();
        app.MapStaffChannel();
        app.MapKioskChannel();
        app.MapWebhookChannel();
        app.MapContacts();
        app.MapCustomers();
        app.MapCustomerPages();
        app.MapOrganisations();
        app.MapReconciliation();
        app.MapWaiting();
        app.MapHeld();
        app.MapSenderRules();
        app.MapReprocessing();
        app.MapMailboxes();
        return app;
    }
}
