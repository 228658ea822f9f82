using System.ComponentModel.DataAnnotations;
using System.Net;
using CxPlatform.Mail;

namespace CxPlatform.Intake.Channels.Imap;

/// <summary><c>Cx:Intake:Imap</c>: mailboxes whose mail we fetch.</summary>
internal sealed class ImapPollerOptions : IValidatableObject
{
    public IReadOnlyList<MailboxOptions> Mailboxes { get; set; } = [];

    /// <summary>How often a mailbox is compared with what is stored; with IDLE, new mail comes at once all the same.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:25:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A mailbox that cannot be read for this long makes health degraded.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan UnreachableAfter { get; set; } = TimeSpan.FromMinutes(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Mailboxes.Select(mailbox => mailbox.Name).Distinct(StringComparer.Ordinal).Count() < Mailboxes.Count)
            yield return new("must each have a name of its own.", [nameof(Mailboxes)]);
    }
}

/// <summary>What becomes of a message in its mailbox once it is stored.</summary>
internal enum AfterStoring
{
    Leave,
    MarkSeen,
    Move,
}

/// <summary>Which messages count when a mailbox is read for the first time.</summary>
internal enum FirstRead
{
    All,

    /// <summary>Those that come from now on.</summary>
    Now,
}

internal sealed class MailboxOptions : IValidatableObject
{
    /// <summary>What it is called here; the memory of what was fetched hangs on it.</summary>
    [Required, RegularExpression("^[a-z0-9-]{1,50}$", ErrorMessage = "must be 1 to 50 lower-case letters, digits and dashes.")]
    public string Name { get; set; } = "";

    [Required]
    public string Host { get; set; } = "";

    [Range(1, 65535)]
    public int Port { get; set; } = 993;

    /// <summary><c>None</c> only for a server on this machine: the password would be readable on the way.</summary>
    public ImapTls Tls { get; set; } = ImapTls.Implicit;

    [Required]
    public string User { get; set; } = "";

    public string? Password { get; set; }

    /// <summary>In place of a password: a file with an OAuth access token (XOAUTH2), read at every connection.</summary>
    public string? TokenFile { get; set; }

    [Required]
    public string Folder { get; set; } = "INBOX";

    public AfterStoring After { get; set; }

    /// <summary>The folder, which must be there, that stored messages are moved to.</summary>
    public string? MoveTo { get; set; }

    public FirstRead Start { get; set; }

    /// <summary>The address that this mailbox is for, when it is not to be read from each mail.</summary>
    public string? Recipient { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Password is null == TokenFile is null)
            yield return new("or TokenFile is required, and not both.", [nameof(Password)]);
        if ((After == AfterStoring.Move) != !string.IsNullOrWhiteSpace(MoveTo))
            yield return new("is given with After=Move and only with it.", [nameof(MoveTo)]);
        if (Tls == ImapTls.None && !(Host == "localhost" || IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address)))
            yield return new("may be None only for a server on this machine.", [nameof(Tls)]);
    }
}
