using System.Text.RegularExpressions;

namespace CxPlatform.Mail;

/// <summary>
/// Why a message was not delivered, from what the server said, in the words of many servers. Hard is what no further attempt can change: no
/// such mailbox, no such domain, moved, takes no mail at all. A full mailbox, a size limit, a filter or a policy is soft: another message,
/// or the same one later, may pass.
/// </summary>
static partial class BounceReason
{
    const int Searched = 8_000;

    /// <param name="Status">What the text means in the terms of RFC 3463.</param>
    sealed record Row(string Status, bool Hard, Regex Words);

    /// <summary>In this order: "user over quota" is not "user unknown".</summary>
    static readonly Row[] Rows =
    [
        new("5.2.2", false, Full), new("5.3.4", false, TooBig), new("5.1.6", true, Moved),
        new("5.2.1", false, Suspended), new("5.7.1", false, Policy), new("5.1.1", true, NoUser), new("5.1.2", true, NoHost), new("5.3.2", true, TakesNoMail), new("4.4.7", false, Expired),
    ];

    /// <summary>The status that a text means, or null.</summary>
    public static string? StatusOf(string? text) => Find(text)?.Status;

    public static bool IsHard(string status, string? diagnostic)
    {
        if (status[0] != '5') return false;
        // The status comes first where it says something; 5.0.0 does not, and 5.1.0 or 5.7.1 are given for anything.
        switch (status)
        {
            case "5.1.1" or "5.1.2" or "5.1.3" or "5.1.6" or "5.1.10" or "5.4.4" or "5.4.310":
                return Find(diagnostic) is not { Status: "5.2.2" or "5.2.1" };
            case "5.2.2" or "5.3.4" or "5.2.3":
                return false;
            default:
                return Find(diagnostic) is { Hard: true };
        }
    }

    static Row? Find(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        // The dots of addresses and hosts would end sentences.
        text = Names.Replace(text.Length > Searched ? text[..Searched] : text, "@");
        foreach (var row in Rows)
            if (row.Words.IsMatch(text)) return row;
        return null;
    }

    const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"[A-Za-z0-9_+-]{1,64}(?:[.@][A-Za-z0-9_+-]{1,64}){1,20}", RegexOptions.CultureInvariant)]
    private static partial Regex Names { get; }

    [GeneratedRegex(
        @"quota|mail\s?box\s+(is\s+|was\s+)?(currently\s+)?(too\s+)?full|full\s+mail\s?box|mailfolder is full|inbox (is )?full"
        + "|insufficient (disk|system|storage)|out of (disk )?space|disk (is )?full"
        + "|(mailbox|storage|account|user|recipient)[^.]{0,40}(exceed|over)[^.]{0,30}(size|limit|storage|allowed|quota|space)"
        + "|exceed[^.]{0,40}(storage|mailbox|disk)|size of the mailbox"
        + "|(not|no) enough (disk )?(space|storage)|too many messages|mailbox size limit|no space left|speicherplatz"
        + "|postfach[^.]{0,20}voll|boîte[^.]{0,40}pleine|buzón[^.]{0,20}lleno|容量|変更容量",
        Options)]
    private static partial Regex Full { get; }

    [GeneratedRegex(
        "message (size|is|was|length|too)[^.]{0,30}(too (big|large|long)|exceed)|too (big|large) for|size (limit )?exceed"
        + "|exceeds? [^.]{0,40}message size|maximum[^.]{0,20}size|message too (big|large|long)|size violation|larger than",
        Options)]
    private static partial Regex TooBig { get; }

    [GeneratedRegex(
        "(has|have) moved|address (has )?changed|no longer (at|with|works|employed|on this server|uses?)|new address"
        + "|forwarding address",
        Options)]
    private static partial Regex Moved { get; }

    [GeneratedRegex(
        "(account|mailbox|user|address|recipient)[^.]{0,30}(suspended|disabled|inactive|deactivated|locked|frozen|not active"
        + "|expired)|(suspended|disabled|inactive|locked) (account|mailbox|user)|temporarily (disabled|suspended)",
        Options)]
    private static partial Regex Suspended { get; }

    [GeneratedRegex(
        @"\bspam|black\s?list|block\s?list|blocked|banned|\bdmarc|\bspf\b|\bdkim|reputation|spamhaus|\brbl\b|dnsbl|unsolicited|junk"
        + "|virus|malware|content (rejected|filter)|relay(ing)? (access )?(is )?(denied|not)|not permitted to relay"
        + "|relaying denied|we do not relay|policy|not authori[sz]ed|unauthenticated|authentication (is )?required|greylist|graylist"
        + "|too many (recipients|connections|invalid)|rate limit|administrative prohibition|reverse dns|ptr record",
        Options)]
    private static partial Regex Policy { get; }

    [GeneratedRegex(
        "(user|recipient|mailbox|address|account|addressee|alias|login|userid|e-?mail|username|mail box"
        + @"|customer)('s name)?s?[^.\n]{0,40}\b(unknown|not found|unavailable|invalid|does ?n[o'’]t exist|not exist|not known"
        + "|is not (a )?(known|valid|recogni[sz]ed|listed|local|here)|"
        + "not (recogni[sz]ed|listed|local|registered|valid|our)|rejected|no longer (exists|valid|available|active)|closed|deleted"
        + "|terminated|was removed|undeliverable|could not be found|has no mailbox|isn't|wasn't found|nonexist|unrouteable"
        + "|doesn't have a)"
        + "|(unknown|invalid|no such|nonexistent|non-existent|not a valid|illegal|bad|inexistent|undeliverable|unrouteable|unroutable"
        + "|unrecogni[sz]ed|wrong|incorrect) (local |final delivery |destination |email |e-mail |virtual |to |mail |internet )?(user"
        + "|recipient|mailbox|address|account|addressee|alias|person|userid|name|destination|forward path|local part|part|customer)"
        + "|no mailbox here|there is no (one|user|such)|no such person|isn't a valid|not our customer|nobody (here )?by that"
        + "|does not (like|have an account)|not in (our|my|the) (directory|list|database)|no account by|user (has )?moved"
        + @"|no (valid )?recipients?\b|no one (here )?by|sorry, no mailbox|not a (known|valid|registered) user"
        + @"|doesn't have an? [^.]{0,40}account|RecipNotFound|RecipientNotFound|550 [^\n]{0,60}no such|unbekannt|existiert nicht|nicht (gefunden|aufgeführt|vorhanden|im [^.]{0,20}(verzeichnis|adressbuch))"
        + "|n'existe pas|inconnu|introuvable|no existe|no se (ha )?encontr|non (è stato )?trovat|não (foi )?encontrad|niet gevonden|hittades inte|ikke fundet|ikke funnet"
        + "|nie znaleziono|не найден|desconocid|non esiste|não existe|onbekend|не существует|нет такого|宛先|存在しない|不存在"
        + "|not matched|no matches|555 user",
        Options)]
    private static partial Regex NoUser { get; }

    [GeneratedRegex(
        @"(host|domain|server|mx|dns|name)[^.\n]{0,40}(unknown|not found|does ?n[o'’]t exist|not exist|nonexistent|invalid"
        + "|lookup (failure|failed|error)|no (mx|a record)|could not be (found|resolved)|is not known)|unknown (host|domain"
        + "|mail domain)|no such (host|domain)"
        + @"|(couldn't|could not|unable to|cannot|can't) (find|look\s?up|resolve|route to)[^.\n]{0,40}(host|domain|server|gateway|mx"
        + "|mail exchange)|unrouteable mail domain|unroutable domain|nxdomain|name or service not known"
        + "|all relevant MX records point to non-existent|illegal host|bad destination host|host not found|badhost|hostunknown"
        + "|no route to",
        Options)]
    private static partial Regex NoHost { get; }

    [GeneratedRegex(
        "does not accept (any )?(mail|e-?mail)|null ?mx|accepts no mail|no mail (is )?accepted|no longer accepts|not accepting (any )?(mail"
        + @"|messages)|doesn't accept mail|\b556\b",
        Options)]
    private static partial Regex TakesNoMail { get; }

    [GeneratedRegex(
        "tim(e|ed)[ -]?out|in the queue|too long|retry|try again|temporar|connection (refused|reset|lost|was dropped)|not reachable"
        + "|unreachable|could not (connect|establish)|unable to (connect|establish)|wasn't able to establish|expired|deferred|delay"
        + "|still being|not yet been|will (continue|keep)",
        Options)]
    private static partial Regex Expired { get; }
}
