using System.Globalization;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Imap;

/// <summary>Degraded while a mailbox cannot be read for longer than configured: mail waits there, and customers with it.</summary>
internal sealed class MailboxHealth(IOptions<IntakeOptions> options, Work<IntakeDb> work, Module<IntakeDb> module) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var imap = options.Value.Imap;
        if (imap.Mailboxes.Count == 0)
            return HealthCheckResult.Healthy();
        var names = imap.Mailboxes.Select(mailbox => mailbox.Name).ToList();
        var before = module.Store.Now - imap.UnreachableAfter;
        var failing = await work.ReadAsync(
            (db, ct) => db.Mailboxes.Where(row => names.Contains(row.Name) && row.FailingSince != null && row.FailingSince <= before)
                .OrderBy(row => row.FailingSince).ToListAsync(ct),
            cancellationToken);
        if (failing.Count == 0)
            return HealthCheckResult.Healthy();
        var since = failing[0].FailingSince!.Value.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return HealthCheckResult.Degraded(
            $"Mailbox {string.Join(", ", failing.Select(row => row.Name))} cannot be read since {since}; /v1/intake/mailboxes says why.");
    }
}
