using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Mail;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Intake.Channels.Email;

/// <summary>Whom a mail was sent to beside us.</summary>
internal static class InCopy
{
    /// <summary>Who writes to more writes to a crowd, of which the first will do.</summary>
    public const int Most = 20;

    private const int MostRead = 200;

    /// <param name="from">Who wrote, normalised.</param>
    /// <param name="isOurs">Whether mail to it comes to us, as far as is known.</param>
    public static IReadOnlyList<PersonInCopy> Of(InboundMail mail, Identity from, Func<string, bool> isOurs)
    {
        if (mail.Cc.Count == 0 && mail.To.Count < 2)
            return [];
        var (to, cc) = (Read(mail.To), Read(mail.Cc));
        var ours = to.Concat(cc).Select(person => person.Address).Where(isOurs).ToHashSet();
        // Who is at our side of the @ works here, unless everybody may.
        var domains = ours.Select(DomainOf).Where(domain => !FreeMail.Has(domain)).ToHashSet();
        var senders = mail.From.Concat(mail.ReplyTo).Append(mail.Sender)
            .Select(sender => Identities.Address(sender?.Address)).Append(from.Value).ToHashSet();
        // A mail that names no address of ours came by one that we do not know, and that is most likely the one it is to.
        var others = ours.Count > 0 ? to.Concat(cc) : cc;
        return [.. others.DistinctBy(person => person.Address)
            .Where(person => !ours.Contains(person.Address) && !domains.Contains(DomainOf(person.Address))
                && !senders.Contains(person.Address) && !Machines.Has(person.Address))
            .Take(Most)];
    }

    /// <summary>The addresses that are ours by configuration: those that we send from, whose mail we fetch and whose mail we take.</summary>
    public static AddressSet Ours(IntakeOptions options, PlatformOptions platform, IConfiguration configuration)
    {
        var domain = configuration["Cx:Mail:Domain"] is { Length: > 0 } given ? given
            : platform.PublicUrl is { HostNameType: UriHostNameType.Dns } url ? url.Host
            : "localhost";
        var mailboxes = options.Imap.Mailboxes.SelectMany(mailbox => new[] { mailbox.User, mailbox.Recipient });
        // Where everybody may have an address, ours are those alone that the platform itself answers at.
        string[] own = FreeMail.Has(domain)
            ? [$"case@{domain}", $"bounce@{domain}", $"{configuration["Cx:Mail:From"] ?? "support"}@{domain}"]
            : [domain];
        return new([
            .. options.OwnAddresses, .. options.Smtp.Recipients, .. own,
            .. mailboxes.OfType<string>().Where(address => address.Contains('@', StringComparison.Ordinal)),
        ]);
    }

    private static List<PersonInCopy> Read(IReadOnlyList<MailAddress> addresses)
    {
        var people = new List<PersonInCopy>();
        foreach (var one in addresses.Take(MostRead))
            if (Identities.Address(one.Address) is { } address)
                people.Add(new(address, NameOf(one)));
        return people;
    }

    // Mail programs put the address where they know no name.
    private static string? NameOf(MailAddress one) =>
        one.Name is { } name && !name.Contains('@', StringComparison.Ordinal) ? Clean.Line(name, Limits.Name) : null;

    private static string DomainOf(string address) => address[(address.LastIndexOf('@') + 1)..];
}
