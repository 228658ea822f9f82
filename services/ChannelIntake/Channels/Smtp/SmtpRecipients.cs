using System.Globalization;
using CxPlatform.Mail;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Intake.Channels.Smtp;

/// <summary>Whose mail is taken.</summary>
internal sealed class SmtpRecipients
{
    private readonly Tokens _tokens;
    private readonly HashSet<string> _taken;

    public SmtpRecipients(IEnumerable<string> taken, Tokens tokens)
    {
        _tokens = tokens;
        _taken = taken.Select(entry => Normal(new MailAddress(entry.Trim()))).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// A customer's answer is never refused for its token: a mistyped one is ordinary mail. But a report that claims to be about a
    /// message of ours and has not the token that we gave it is about a mail that somebody else sent in our name.
    /// </summary>
    public SmtpReply? Check(string recipient)
    {
        var address = new MailAddress(recipient);
        var normal = Normal(address);
        // RFC 5321 section 4.5.1.
        if (address.Domain.Length == 0)
            return null;
        if (!_taken.Contains(normal) && !_taken.Contains(Normal(address.Domain)) && !_taken.Contains(WithoutTag(normal)))
            return new(550, "5.1.1", "This address is not served here");
        return normal.StartsWith("bounce+", StringComparison.Ordinal) && !HasToken(recipient)
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
        return plus > 0 && (_tokens.TryReadReplyToken(token, out _) || _tokens.TryReadSideToken(token, out _, out _));
    }

    private static string Normal(MailAddress address) => address.Domain.Length == 0
        ? Normal(address.Address)
        : $"{address.LocalPart.ToLowerInvariant()}@{Normal(address.Domain)}";

    /// <summary>Lower case and ASCII, so that a domain is the same however a server writes it.</summary>
    private static string Normal(string domain)
    {
        domain = domain.TrimEnd('.').ToLowerInvariant();
        try
        {
            return System.Text.Ascii.IsValid(domain) ? domain : new IdnMapping().GetAscii(domain);
        }
        catch (ArgumentException)
        {
            return domain;
        }
    }

    private static string WithoutTag(string address)
    {
        var (plus, at) = (address.IndexOf('+', StringComparison.Ordinal), address.LastIndexOf('@'));
        return plus > 0 && plus < at ? address[..plus] + address[at..] : address;
    }
}
