using System.Text.RegularExpressions;

namespace CxPlatform.Mail;

/// <summary>
/// Reads the reports of mail systems that know no delivery-status part. They differ in their words, but not in what they do: they name an
/// address on a line of its own or beside a label, say why near it, and copy the original below a rule.
/// </summary>
static partial class BounceText
{
    const int MostLines = 600;
    const int MostReason = 12;
    const int MaxDiagnostic = 2_000;

    public static IReadOnlyList<DeliveryRecipient> Read(InboundMail mail, string text)
    {
        var lines = text.Split('\n', MostLines + 1);
        var end = Original(lines);
        var own = Own(mail);
        var found = new List<(string Address, int Line)>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pattern in (Regex[])[Alone, Labelled, Transcript])
        {
            for (var i = 0; i < end; i++)
                if (lines[i].Length <= 500 && pattern.Match(lines[i]) is { Success: true } match) Add(match.Groups[1].Value, i);
            if (found.Count > 0) break;
        }
        // A sentence that speaks of failure, and the address in it or just below.
        for (var i = 0; i < end && found.Count == 0; i++)
            if (Failure.IsMatch(Short(lines[i])))
                for (var j = i; j < Math.Min(end, i + 4); j++)
                    foreach (Match match in AnyAddress.Matches(Short(lines[j]))) Add(match.Groups[1].Value, j);
        var delayed = IsDelay(mail, lines, end);
        if (found.Count == 0)
        {
            var original = OriginalTo(mail, text);
            if (original is null) return [];
            found.Add((original, 0));
        }
        var whole = string.Join('\n', lines.Take(Math.Min(end, 200)));
        return [.. found.Take(DeliveryReport.MaxRecipients).Select(f =>
            Recipient(f.Address, Reason(lines, f.Line, end, found), whole, delayed))];

        void Add(string address, int line)
        {
            address = address.Trim('.', '<', '>', '"', '\'', '(', ')', ',', ';', ':');
            if (address.Length < 3 || own.Contains(address) || DaemonName.IsMatch(address) || !seen.Add(address)) return;
            found.Add((address, line));
        }
    }

    static DeliveryRecipient Recipient(string address, string reason, string whole, bool delayed)
    {
        var near = ReplyStatus.Of(reason);
        var status = near is null || near.EndsWith(".0.0", StringComparison.Ordinal) ? ReplyStatus.Of(whole) ?? near : near;
        status ??= delayed ? "4.0.0" : "5.0.0";
        var action = delayed && status[0] != '5' ? DeliveryAction.Delayed : DeliveryAction.Failed;
        var diagnostic = near is null ? whole : reason;
        return new(address, null, action, status, OneLine(diagnostic));
    }

    static string OneLine(string text)
    {
        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= MaxDiagnostic ? text : text[..MaxDiagnostic];
    }

    /// <summary>From the line of the address to the next one's, or the second empty line.</summary>
    static string Reason(string[] lines, int at, int end, List<(string Address, int Line)> found)
    {
        var result = new List<string>();
        var empty = 0;
        for (var i = at; i < end && i < at + MostReason; i++)
        {
            if (i > at && found.Exists(f => f.Line == i)) break;
            if (string.IsNullOrWhiteSpace(lines[i]) && ++empty > 1) break;
            result.Add(Short(lines[i]));
        }
        return string.Join('\n', result);
    }

    /// <summary>Where the copy of the original begins.</summary>
    static int Original(string[] lines)
    {
        for (var i = 1; i < lines.Length; i++)
            if (OriginalBelow.IsMatch(Short(lines[i]))) return i;
        return Math.Min(lines.Length, MostLines);
    }

    static bool IsDelay(InboundMail mail, string[] lines, int end)
    {
        if (Delay.IsMatch(Short(mail.Subject))) return true;
        for (var i = 0; i < end && i < 40; i++)
            if (DelayText.IsMatch(Short(lines[i]))) return true;
        return false;
    }

    /// <summary>Who reports, and whom it is reported to, are not who failed.</summary>
    static HashSet<string> Own(InboundMail mail) =>
        new(
            [.. mail.From.Concat(mail.To).Concat(mail.ReplyTo).Select(a => a.Address), mail.ReturnPath ?? "", mail.Sender?.Address ?? ""],
            StringComparer.OrdinalIgnoreCase);

    static string? OriginalTo(InboundMail mail, string text)
    {
        foreach (var part in mail.Root.All())
            if (DeliveryStatus.IsOriginal(part.MediaType) && MimeReader.Read(part.Content).To is [var to]) return to.Address;
        var own = Own(mail);
        foreach (Match match in ToLine.Matches(text))
            if (MailAddress.ParseList(match.Groups[1].Value) is [{ Domain.Length: > 0 } address] && !own.Contains(address.Address))
                return address.Address;
        return null;
    }

    public static IEnumerable<string> Addresses(string text) => AnyAddress.Matches(text).Select(m => m.Groups[1].Value);

    static string Short(string line) => line.Length <= 500 ? line : line[..500];

    const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
    const string Addr = @"[^\s<>()\[\]"",;:'=（）「」【】：，。、]{1,64}@"
        // Text in scripts without spaces may follow at once.
        + @"(?:[A-Za-z0-9][-A-Za-z0-9.]{0,250}\.[A-Za-z]{2,24}(?![-A-Za-z0-9.])|[\p{L}\d][-.\p{L}\p{M}\d]{0,250})";

    /// <summary>The address begins the line, and nothing but punctuation, a date or a reason in brackets or after a colon follows.</summary>
    [GeneratedRegex(
        @"^[\s>*•·|-]{0,20}""?<?(?:smtp:|mailto:|rfc822;\s?)?(" + Addr + @")>?""?\s*"
        + @"(?:$|:|;|,?\s?(?:on|am|le|el|il|em|op|den|w dniu)\s|\.\.\.|\(|<|-\s|--|\s{2,}|\[|unknown|user|no\s|is\s|was\s|does|has|could|said|failed|：)",
        Options)]
    private static partial Regex Alone { get; }

    [GeneratedRegex(
        @"(?<!\w)(?:failed recipients?|intended recipients?|recipients?(?: address(?:es)?)?|error-for|unknown users?"
        + @"|invalid final delivery userid|delivery failed \d+ attempts|mailbox exceeds allowed size|(?:e-?mail )?address(?:es)?|user"
        + "|addressee|to address|mailbox"
        + "|message to|undeliverable to|undeliverable|delivery to|deliver to|delivered to|sent to|rcpt to|for|SMTP|destinataire|empfänger"
        + @"|destinatario|destinatário|宛先|收件人|получатель|dda:SMTP)(?:\s|[:=>：])+""?<?(?:mailto:|smtp:)?(" + Addr + ")",
        Options)]
    private static partial Regex Labelled { get; }

    [GeneratedRegex(
        @"(?:RCPT TO|[45]\d\d|unknown|unrout|reject|fail|error|deliver|full|quota|exceed).{0,200}?[<""'(]?\b(" + Addr + ")",
        Options)]
    private static partial Regex Transcript { get; }

    [GeneratedRegex("(" + Addr + ")", Options)]
    private static partial Regex AnyAddress { get; }

    [GeneratedRegex(
        "deliver|reject|quota|refus|recipient|address|returned|fail|error|could not|unable|zugestellt|zustell|remis|entregar"
        + "|consegn|recapit|bezorg|доставл|配信|送信|发送|投递|退信|送達",
        Options)]
    public static partial Regex Failure { get; }

    [GeneratedRegex(
        @"^[\s>*]{0,10}[-=_*]{2,}\s?(?:below this line|below the next line|(?:your |the )?original (?:message|mail)"
        + "|(?:the )?unsent message|(?:this is |here is |included is )?a copy of|returned message|message headers?|the headers? (?:of"
        + "|and)|message (?:body|text|source)"
        + "|copy of|undelivered message|the following is|enclosed|attached message|ursprüngliche nachricht|rejected message"
        + @"|start of)[^\n]{0,100}$"
        + @"|^[\s>*]{0,10}(?:(?:your |the |a copy of (?:your |the )?)?original (?:message|mail)(?: headers?| text"
        + "| body)?(?: (?:follows|is (?:below|attached|included|as follows))| below|:)|message headers? follow"
        + @"|(?:the )?first \d+ lines of|included is a copy|here is (?:a|your)|this is a copy of"
        + "|a copy of the (?:original )?message|unsent message|below (?:is|this line)|the message (?:headers?|body|source) follow"
        + @"|original message headers?:|ursprüngliche nachricht|元のメッセージ)[^\n]{0,100}$"
        + @"|^(?:Received: (?:from|by|\()|Return-Path: ?<)",
        Options)]
    private static partial Regex OriginalBelow { get; }

    [GeneratedRegex(@"delay|warning|still being|not yet|postponed|retry|verzöger|retard|retras|ritard|vertrag", Options)]
    private static partial Regex Delay { get; }

    [GeneratedRegex(
        "has not yet been delivered|(?:is|be|was) delayed|delivery (?:is|was|has been) delayed|will (?:continue|keep|be retried"
        + "|be tried|try)|do not need to resend|not need to resend|no action is required|still (?:trying|being)"
        + "|temporarily (?:deferred|delayed)|been postponed|warning message only",
        Options)]
    private static partial Regex DelayText { get; }

    [GeneratedRegex(@"^(?:mailer-?daemon|postmaster|mdaemon|abuse|noreply|no-reply|helpdesk|root|mail-?daemon|bounces?)@", Options)]
    private static partial Regex DaemonName { get; }

    [GeneratedRegex(@"^[\s>]{0,5}To:\s*([^\n]{3,300})$", Options | RegexOptions.Multiline)]
    private static partial Regex ToLine { get; }
}
