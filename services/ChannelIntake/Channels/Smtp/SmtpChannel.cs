namespace CxPlatform.Intake.Channels.Smtp;

/// <summary>Mail from mail servers over SMTP. See docs/channels/email.md.</summary>
internal static class SmtpChannel
{
    public static IServiceCollection AddSmtpChannel(this IServiceCollection services) =>
        services.AddSingleton<SmtpMetrics>().AddHostedService<SmtpListener>();
}
