using System.Diagnostics;
using CxPlatform.Intake.Channels.Email;
using CxPlatform.Mail;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Channels.Imap;

/// <summary>
/// Reads one mailbox over one connection. Which messages are new is found by comparing UIDs with our memory, never by flags: what a
/// person or another program has read comes in as well.
/// </summary>
internal sealed class MailboxSession(
    MailboxOptions mailbox,
    ImapClient client,
    MailIntake intake,
    Work<IntakeDb> work,
    ImapMetrics metrics,
    TimeProvider clock,
    ILogger log)
{
    private const int RecordEvery = 50;

    private static readonly TimeSpan[] Backoff =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(12)];

    private Dictionary<long, MailboxMessage> _known = [];
    private long _skipUid;
    private MailboxProgress _progress = new();

    /// <summary>Opens the folder, and finds out what of it is known.</summary>
    public async Task OpenAsync(CancellationToken ct)
    {
        var folder = await client.SelectAsync(mailbox.Folder, ct);
        var row = await work.ReadAsync((db, token) => db.Mailboxes.SingleAsync(row => row.Name == mailbox.Name, token), ct);
        if (row.UidValidity != folder.UidValidity)
            row.SkipUid = await BeginAsync(row, folder, ct);
        _skipUid = row.SkipUid;
        _known = await work.ReadAsync(
            (db, token) => db.MailboxMessages.Where(message => message.Mailbox == mailbox.Name).ToDictionaryAsync(
                message => message.Uid,
                message => new MailboxMessage(message.Reason, message.Attempts, message.NextAt, message.Settled), token),
            ct);
    }

    /// <summary>Brings in what is in the mailbox and not stored, and what failed and is due again.</summary>
    public async Task PollAsync(CancellationToken ct)
    {
        var uids = await client.AllUidsAsync(ct);
        var there = uids.ToHashSet();
        _progress = new();
        _progress.Gone.AddRange(_known.Keys.Where(uid => !there.Contains(uid)));
        foreach (var uid in _progress.Gone)
            _known.Remove(uid);
        var now = clock.GetUtcNow();
        var due = uids.Where(uid => uid > _skipUid && (!_known.TryGetValue(uid, out var known) || known.NextAt <= now)).ToList();
        try
        {
            foreach (var message in (await client.InfoAsync(due, ct)).OrderBy(message => message.Uid))
                await TakeAsync(message, ct);
            foreach (var uid in _known.Where(pair => pair.Value is { Reason: null, Settled: false }).Select(pair => pair.Key).ToList())
                await SettleAsync(uid, ct);
            _progress.Complete = true;
        }
        finally
        {
            // Also on the way out: what is not recorded is fetched again.
            await RecordAsync(_progress.Complete ? ct : CancellationToken.None);
        }
    }

    // The first reading, or the server has numbered anew. Mails that were stored before are duplicates by what they say; those that were
    // here before us are known by when the server got them.
    private async Task<long> BeginAsync(MailboxRow row, ImapFolder folder, CancellationToken ct)
    {
        var uids = await client.AllUidsAsync(ct);
        var first = row.UidValidity is null;
        var (skipUid, skipUntil, skipped) = (0L, row.SkipUntil, new List<long>());
        if (first && mailbox.Start == FirstRead.Now)
        {
            skipUid = uids.DefaultIfEmpty().Max();
            skipUntil = (await client.InfoAsync([.. uids.TakeLast(100)], ct)).Max(message => message.ReceivedAt)?.ToUniversalTime();
        }
        else if (skipUntil is { } until)
        {
            var older = (await client.InfoAsync(uids, ct)).Where(message => message.ReceivedAt <= until);
            skipped.AddRange(older.Select(message => message.Uid));
        }
        if (!first)
            log.MailboxRenumbered(mailbox.Name);
        await work.RunAsync<MailboxMemory, bool>(
            (memory, token) => memory.RenumberAsync(mailbox.Name, folder.UidValidity, skipUid, skipUntil, skipped, token), ct);
        return skipUid;
    }

    private async Task TakeAsync(ImapMessageInfo message, CancellationToken ct)
    {
        using var activity = Metrics.Source.StartActivity("imap fetch", ActivityKind.Client);
        if (message.Size > Limits.Mail)
        {
            Fail(message.Uid, $"The mail has {message.Size} bytes; at most {Limits.Mail} are taken.");
            return;
        }
        try
        {
            // A server may count a little less than it sends.
            await using var content = await client.FetchAsync(message.Uid, Limits.Mail + 64 * 1024, ct);
            if (content is null)
            {
                Fail(message.Uid, "The server does not give the mail.");
                return;
            }
            var outcome = await intake.TakeAsync(content, new(mailbox.Recipient, null), ct);
            if (outcome.IsRefused)
            {
                Fail(message.Uid, outcome.Refusal.Detail);
                // When it is the database that is away, this says so, and the mailbox waits.
                await RecordAsync(ct);
                return;
            }
            Keep(message.Uid, new(null, 0, null, mailbox.After == AfterStoring.Leave));
            metrics.Taken(outcome.Value.Duplicate);
            if (outcome.Value.Duplicate)
                _progress.Duplicates++;
            else
                _progress.Stored++;
        }
        catch (ImapException e)
        {
            // One that cannot be fetched must not keep the others: also where it costs the connection, the next one goes on without it.
            Fail(message.Uid, e.Message);
            if (e.Failure != ImapFailure.Refused)
                throw;
            return;
        }
        await SettleAsync(message.Uid, ct);
        if (_progress.Messages.Count >= RecordEvery)
            await RecordAsync(ct);
    }

    private async Task SettleAsync(long uid, CancellationToken ct)
    {
        try
        {
            if (mailbox.After == AfterStoring.MarkSeen)
                await client.MarkSeenAsync(uid, ct);
            else if (mailbox.After == AfterStoring.Move)
                await client.MoveAsync(uid, mailbox.MoveTo!, ct);
            if (_known[uid] is { Settled: false } known)
                Keep(uid, known with { Settled = true });
        }
        catch (ImapException e) when (e.Failure == ImapFailure.Refused)
        {
            // It is stored, which is what counts; tried again with the next comparison.
            log.MailboxNotSettled(mailbox.Name, uid);
        }
    }

    private void Keep(long uid, MailboxMessage message) => _progress.Messages[uid] = _known[uid] = message;

    private void Fail(long uid, string reason)
    {
        var attempts = _known.GetValueOrDefault(uid)?.Attempts ?? 0;
        var next = Time.Truncate(clock.GetUtcNow() + Backoff[Math.Min(attempts, Backoff.Length - 1)]);
        Keep(uid, new(Limits.Cut(reason, 500), attempts + 1, next, false));
        metrics.Failed();
        log.MailboxMessageFailed(mailbox.Name, uid, attempts + 1);
    }

    private async Task RecordAsync(CancellationToken ct)
    {
        var progress = _progress;
        await work.RunAsync<MailboxMemory, bool>((memory, token) => memory.RecordAsync(mailbox.Name, progress, token), ct);
        _progress = new();
    }
}
