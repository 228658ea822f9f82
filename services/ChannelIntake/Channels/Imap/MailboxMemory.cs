using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Channels.Imap;

/// <summary>What is written about mailboxes, each in a transaction of its own.</summary>
internal sealed class MailboxMemory(Unit<IntakeDb> unit)
{
    /// <summary>Makes this process the one that reads the mailbox; false while another is.</summary>
    public async Task<bool> HoldAsync(string name, string holder, TimeSpan length, CancellationToken ct)
    {
        if (!await unit.Db.Mailboxes.AnyAsync(row => row.Name == name, ct))
        {
            unit.Db.Mailboxes.Add(new() { Name = name });
            await unit.Db.SaveChangesAsync(ct);
        }
        var (now, until) = (unit.Now, unit.Now + length);
        return await unit.Db.Mailboxes
            .Where(row => row.Name == name && (row.Holder == holder || row.HeldUntil == null || row.HeldUntil < now))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Holder, holder).SetProperty(row => row.HeldUntil, until), ct) == 1;
    }

    public async Task<bool> ReleaseAsync(string name, string holder, CancellationToken ct) =>
        await unit.Db.Mailboxes.Where(row => row.Name == name && row.Holder == holder)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.HeldUntil, (DateTimeOffset?)null), ct) == 1;

    /// <summary>Begins with new UIDs: what was known by the old ones is forgotten, and found again by what the mails say.</summary>
    public async Task<bool> RenumberAsync(
        string name, long validity, long skipUid, DateTimeOffset? skipUntil, IReadOnlyList<long> skipped, CancellationToken ct)
    {
        await unit.Db.MailboxMessages.Where(row => row.Mailbox == name).ExecuteDeleteAsync(ct);
        var mailbox = await unit.Db.Mailboxes.SingleAsync(row => row.Name == name, ct);
        (mailbox.UidValidity, mailbox.SkipUid, mailbox.SkipUntil, mailbox.LastUid) = (validity, skipUid, skipUntil, 0);
        unit.Db.MailboxMessages.AddRange(skipped.Select(uid => new MailboxMessageRow { Mailbox = name, Uid = uid, Settled = true }));
        return true;
    }

    /// <summary>Keeps what became of some messages, and forgets those that are no longer there.</summary>
    public async Task<bool> RecordAsync(string name, MailboxProgress progress, CancellationToken ct)
    {
        foreach (var some in progress.Gone.Chunk(500))
            await unit.Db.MailboxMessages.Where(row => row.Mailbox == name && some.Contains(row.Uid)).ExecuteDeleteAsync(ct);
        var uids = progress.Messages.Keys.ToList();
        var rows = await unit.Db.MailboxMessages.Where(row => row.Mailbox == name && uids.Contains(row.Uid))
            .ToDictionaryAsync(row => row.Uid, ct);
        foreach (var (uid, state) in progress.Messages)
        {
            if (!rows.TryGetValue(uid, out var row))
                unit.Db.MailboxMessages.Add(row = new() { Mailbox = name, Uid = uid });
            (row.Reason, row.Attempts, row.NextAt, row.Settled) = (state.Reason, state.Attempts, state.NextAt, state.Settled);
        }
        var mailbox = await unit.Db.Mailboxes.SingleAsync(row => row.Name == name, ct);
        mailbox.Stored += progress.Stored;
        mailbox.Duplicates += progress.Duplicates;
        mailbox.LastUid = Math.Max(mailbox.LastUid, uids.DefaultIfEmpty().Max());
        if (progress.Complete)
            (mailbox.LastPollAt, mailbox.FailingSince, mailbox.Failure) = (unit.Now, null, null);
        return true;
    }

    public async Task<bool> FailAsync(string name, string failure, CancellationToken ct)
    {
        var mailbox = await unit.Db.Mailboxes.SingleAsync(row => row.Name == name, ct);
        mailbox.FailingSince ??= unit.Now;
        mailbox.Failure = Limits.Cut(failure, 500);
        return true;
    }
}

/// <summary>What is known of one message.</summary>
internal sealed record MailboxMessage(string? Reason, int Attempts, DateTimeOffset? NextAt, bool Settled);

/// <summary>What a while of reading has brought.</summary>
internal sealed class MailboxProgress
{
    public Dictionary<long, MailboxMessage> Messages { get; } = [];
    public List<long> Gone { get; } = [];
    public int Stored { get; set; }
    public int Duplicates { get; set; }

    /// <summary>The whole mailbox was compared.</summary>
    public bool Complete { get; set; }
}
