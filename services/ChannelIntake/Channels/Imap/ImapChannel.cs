using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CxPlatform.Intake.Channels.Imap;

/// <summary>Mail from mailboxes over IMAP. See docs/channels/email.md.</summary>
internal static class ImapChannel
{
    public static IServiceCollection AddImapChannel(this IServiceCollection services)
    {
        services.AddSingleton<ImapMetrics>().AddScoped<MailboxMemory>().AddHostedService<ImapPoller>();
        services.AddHealthChecks().AddCheck<MailboxHealth>("intake.mailboxes", HealthStatus.Degraded);
        return services;
    }
}
