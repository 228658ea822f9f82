using System.Net;
using CxPlatform.Mail;
using CxPlatform.Messaging;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Imap;

/// <summary>Keeps every configured mailbox being read, by one process at a time, for as long as the host runs.</summary>
internal sealed class ImapPoller(
    IOptions<IntakeOptions> options,
    Work<IntakeDb> work,
    IServiceProvider services,
    ImapMetrics metrics,
    TimeProvider clock,
    ILogger<ImapPoller> log) : BackgroundService
{
    private static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private readonly string _holder = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():n}";

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(options.Value.Imap.Mailboxes.Select(mailbox => KeepReadingAsync(mailbox, stoppingToken)));

    private async Task KeepReadingAsync(MailboxOptions mailbox, CancellationToken stopping)
    {
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            var pause = TimeSpan.FromSeconds(5);
            try
            {
                if (await HoldAsync(mailbox, stopping))
                    await HoldWhileAsync(mailbox, ct => ReadAsync(mailbox, () => failures = 0, ct), stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The loop outlives whatever goes wrong with the server or the database.
            catch (Exception e)
#pragma warning restore CA1031
            {
                await FailAsync(mailbox, e, stopping);
                var seconds = Math.Pow(2, failures++) * (0.75 + Random.Shared.NextDouble() / 2);
                pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, seconds));
            }
            await Task.Delay(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(MailboxOptions mailbox, Action succeeded, CancellationToken ct)
    {
        await using var client = await ImapClient.OpenAsync(
            new()
            {
                Host = mailbox.Host,
                Port = mailbox.Port,
                Tls = mailbox.Tls,
                User = mailbox.User,
                Secret = mailbox.Password ?? (await File.ReadAllTextAsync(mailbox.TokenFile!, ct)).Trim(),
                OAuth = mailbox.TokenFile is not null,
            },
            clock, ct);
        var session = ActivatorUtilities.CreateInstance<MailboxSession>(services, mailbox, client, (ILogger)log);
        await session.OpenAsync(ct);
        var interval = options.Value.Imap.PollInterval;
        while (true)
        {
            await session.PollAsync(ct);
            succeeded();
            metrics.Failing(mailbox.Name, false);
            if (client.CanIdle)
                await client.IdleAsync(interval, ct);
            else
                await Task.Delay(interval, clock, ct);
        }
    }

    /// <summary>Reads until it fails, the host stops or another process holds the mailbox.</summary>
    private async Task HoldWhileAsync(MailboxOptions mailbox, Func<CancellationToken, Task> read, CancellationToken stopping)
    {
        using var holding = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var reading = read(holding.Token);
        try
        {
            while (!reading.IsCompleted)
            {
                await Task.WhenAny(reading, Task.Delay(LeaseLength / 3, clock, stopping));
                if (!reading.IsCompleted && !stopping.IsCancellationRequested && !await HoldAsync(mailbox, stopping))
                    break;
                if (stopping.IsCancellationRequested)
                    break;
            }
        }
        finally
        {
            await holding.CancelAsync();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await TryAsync((memory, ct) => memory.ReleaseAsync(mailbox.Name, _holder, ct));
        }
        if (reading.IsFaulted)
            await reading;
    }

    private Task<bool> HoldAsync(MailboxOptions mailbox, CancellationToken ct) =>
        work.RunAsync<MailboxMemory, bool>((memory, token) => memory.HoldAsync(mailbox.Name, _holder, LeaseLength, token), ct);

    private async Task FailAsync(MailboxOptions mailbox, Exception exception, CancellationToken stopping)
    {
        if (stopping.IsCancellationRequested)
            return;
        var failure = exception switch
        {
            ImapException imap => imap.Message,
            IOException or UnauthorizedAccessException when mailbox.TokenFile is not null => "The token file cannot be read.",
            _ => $"The mailbox could not be read ({exception.GetType().Name}).",
        };
        metrics.Failing(mailbox.Name, true);
        if (exception is ImapException refused)
            log.MailboxFailing(null, mailbox.Name, refused.Failure.ToString());
        else
            log.MailboxFailing(exception.WithoutWords(), mailbox.Name, exception.GetType().Name);
        await TryAsync((memory, ct) => memory.FailAsync(mailbox.Name, failure, ct));
    }

    // What is only told, and must not fail what it tells of. Briefly: the host may be stopping.
    private async Task TryAsync(Func<MailboxMemory, CancellationToken, Task<bool>> write)
    {
        try
        {
            using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await work.RunAsync(write, brief.Token);
        }
#pragma warning disable CA1031 // The database is away too; its own alarm rings.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
