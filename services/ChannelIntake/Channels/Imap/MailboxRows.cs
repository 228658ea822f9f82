using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Channels.Imap;

/// <summary>What we know of a mailbox that we fetch from.</summary>
internal sealed class MailboxRow
{
    public string Name { get; set; } = "";

    /// <summary>The process that reads it, until then.</summary>
    public string? Holder { get; set; }
    public DateTimeOffset? HeldUntil { get; set; }

    /// <summary>UIDs mean what they meant as long as it is the same. Null before the first reading.</summary>
    public long? UidValidity { get; set; }

    /// <summary>Messages up to this UID were there before we were.</summary>
    public long SkipUid { get; set; }

    /// <summary>When the server got the last of these, by which they are known after a renumbering.</summary>
    public DateTimeOffset? SkipUntil { get; set; }
    public DateTimeOffset? LastPollAt { get; set; }
    public long LastUid { get; set; }
    public long Stored { get; set; }
    public long Duplicates { get; set; }
    public DateTimeOffset? FailingSince { get; set; }
    public string? Failure { get; set; }
}

/// <summary>What became of a message that is in the mailbox. It goes when the message does.</summary>
internal sealed class MailboxMessageRow
{
    public string Mailbox { get; set; } = "";
    public long Uid { get; set; }

    /// <summary>Why it is not stored; null when it is, or need not be.</summary>
    public string? Reason { get; set; }
    public int Attempts { get; set; }
    public DateTimeOffset? NextAt { get; set; }

    /// <summary>Whether it was marked or moved as configured.</summary>
    public bool Settled { get; set; }
}

internal static class MailboxModel
{
    public static void AddMailboxes(this ModelBuilder model)
    {
        model.Entity<MailboxRow>().ToTable("mailboxes").HasKey(row => row.Name);
        model.Entity<MailboxMessageRow>(e =>
        {
            e.ToTable("mailbox_messages").HasKey(row => new { row.Mailbox, row.Uid });
            e.Property(row => row.Uid).ValueGeneratedNever();
        });
    }
}
