using CxPlatform.Mail;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Intake.Channels.Smtp;

/// <summary>Whose mail is taken.</summary>
internal sealed class SmtpRecipients(IEnumerable<string> taken, Tokens tokens)
{
    private readonly AddressSet _taken = new(taken);

    /// <summary>
    /// A customer's answer is never refused for its token: a mistyped one is ordinary mail. But a report that claims to be about a
    /// message of ours and has not the token that we gave it is about a mail that somebody else sent in our name.
    /// </summary>
    public SmtpReply? Check(string recipient)
    {
        // RFC 5321 section 4.5.1.
        if (new MailAddress(recipient).Domain.Length == 0)
            return null;
        if (!_taken.Has(recipient))
            return new(550, "5.1.1", "This address is not served here");
        return recipient.StartsWith("bounce+", StringComparison.OrdinalIgnoreCase) && !HasToken(recipient)
            ? new(550, "5.1.1", "No message of ours was sent from this address")
            : null;
    }

    /// <summary>One mail is one contact: it came to the address that names a case, else to the first.</summary>
    public string Choose(IReadOnlyList<string> recipients) => recipients.FirstOrDefault(HasToken) ?? recipients[0];

    private bool HasToken(string recipient)
    {
        var local = new MailAddress(recipient).LocalPart;
        var plus = local.LastIndexOf('+');
        var token = local[(plus + 1)..];
        return plus > 0 && (tokens.TryReadReplyToken(token, out _) || tokens.TryReadSideToken(token, out _, out _));
    }
}
