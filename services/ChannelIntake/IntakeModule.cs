using CxPlatform.Intake.Channels.Api;
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
        builder.Services.AddGroupCommit<IntakeDb, ReadyArrival, Outcome<Receipt>, ArrivalWriter>();
        builder.Services.AddSingleton<ContactIntake>();
        builder.Services.AddSingleton<Metrics>();
        builder.Services.AddApiChannel();
        return builder;
    }

    public static IEndpointRouteBuilder MapIntake(this IEndpointRouteBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapApiChannel();
        return app;
    }
}
