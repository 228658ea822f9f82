using System.Globalization;
using System.Text.RegularExpressions;
using CxPlatform.Contracts;
using CxPlatform.Mail;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Intake.Channels.Email;

/// <summary>What a mail says about the case it belongs to, strongest first. Which of it counts is the Case service's to decide.</summary>
internal sealed partial class EmailThreads
{
    private const int MostIds = 100;
    private static readonly string[] DeliveryFields = ["X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To"];
    private readonly Tokens _tokens;
    private readonly InboundMail _mail;
    private readonly List<string> _delivered;
    private readonly List<string> _recipients;
    private readonly string _text;

    /// <param name="recipient">Of the envelope.</param>
    /// <param name="text">The whole text, quoted history included.</param>
    public EmailThreads(Tokens tokens, InboundMail mail, string? recipient, string text)
    {
        _tokens = tokens;
        _mail = mail;
        _text = text;
        // Where the servers on its way say that it went, then where the sender said that it goes.
        _delivered =
        [
            .. recipient is null ? Array.Empty<string>() : [recipient],
            .. DeliveryFields.SelectMany(mail.HeaderValues)
                .SelectMany(value => MailAddress.ParseList(value)).Select(address => address.Address),
        ];
        _recipients = [.. _delivered, .. mail.To.Concat(mail.Cc).Select(address => address.Address)];
        IsOurOwn = tokens.TryReadMessageId(mail.MessageId, out _, out _) || mail.From.Any(address => EvidenceIn(address.Address) is not null);
    }

    /// <summary>We sent it ourselves: it bears our Message-ID or comes from a reply address of ours.</summary>
    public bool IsOurOwn { get; }

    /// <summary>The mail was delivered there, or it is an address that we gave out for a case.</summary>
    /// <param name="address">Normalised.</param>
    public bool IsOurs(string address) =>
        EvidenceIn(address) is not null || _delivered.Exists(delivered => Identities.Address(delivered) == address);

    /// <summary>Which of our addresses it came to: the one with a token, else the first that a server or the sender named.</summary>
    public string? DeliveredTo => _recipients.FirstOrDefault(address => EvidenceIn(address) is not null) ?? _recipients.FirstOrDefault();

    /// <param name="reportedId">The Message-ID that a delivery report is about.</param>
    public IReadOnlyList<Evidence> Evidence(string? reportedId)
    {
        var evidence = new List<Evidence>();
        foreach (var address in _recipients)
            if (EvidenceIn(address) is { } found)
                evidence.Add(found);
        // The newest message first: the last reference is the one that is answered.
        foreach (var id in _mail.InReplyTo.Concat(_mail.References.Reverse()).Distinct().Take(MostIds))
            if (_tokens.TryReadMessageId(id, out _, out var caseId))
                evidence.Add(new(EvidenceKind.MessageId, id, caseId));
        if (_tokens.TryReadMessageId(reportedId, out _, out var bounced))
            evidence.Add(new(EvidenceKind.BouncedMessage, reportedId!, bounced));
        // A thread that lost its headers still quotes the address that we wrote from. Only then: what else a mail quotes may be of another
        // case.
        if (evidence.Count == 0 && TokenInText() is { } quoted)
            evidence.Add(quoted);
        if (CaseNumber.Find(_mail.Subject) is { } number)
            evidence.Add(new(EvidenceKind.SubjectNumber, number));
        return [.. evidence.DistinctBy(item => (item.Kind, item.CaseId, item.CaseId is null ? item.Value : null))];
    }

    // The first that is ours: mail programs quote the newest message first.
    private Evidence? TokenInText()
    {
        foreach (var text in new[] { _text, _mail.HtmlBody ?? "" })
            foreach (var match in AddressWithTag().EnumerateMatches(text))
                if (EvidenceIn(text.Substring(match.Index, match.Length)) is { } found)
                    return found;
        return null;
    }

    // The tag's length is that of our tokens; the expression never looks back, so time is linear.
    [GeneratedRegex(@"\+[A-Za-z0-9]{44,45}@", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex AddressWithTag();

    private Evidence? EvidenceIn(string address)
    {
        var at = address.LastIndexOf('@');
        var plus = at > 0 ? address.LastIndexOf('+', at) : -1;
        if (plus < 0)
            return null;
        var token = address[(plus + 1)..at].ToLowerInvariant();
        return _tokens.TryReadReplyToken(token, out var caseId) ? new(EvidenceKind.ReplyToken, token, caseId)
            : _tokens.TryReadSideToken(token, out caseId, out var ordinal)
                ? new(EvidenceKind.SideToken, ordinal.ToString(CultureInfo.InvariantCulture), caseId)
                : null;
    }
}
