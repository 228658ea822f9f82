using System.Text.RegularExpressions;

namespace CxPlatform.Mail;

/// <summary>
/// Tells reports about delivery from mail about anything else. The form alone is enough where it is the standard's. Otherwise two signs
/// must come together of: who sends it, what its subject begins with, what its text says. People who write about undelivered mail, or forward a
/// report, give one.
/// </summary>
static partial class BounceSigns
{
    const int SearchedText = 6_000;

    public static bool IsReport(InboundMail mail, string? envelopeFrom = null)
    {
        var path = envelopeFrom ?? mail.ReturnPath;
        var daemon = IsDaemon(mail, path);
        if (mail.Header("X-Failed-Recipients") is not null) return true;
        var type = mail.Root.Parameter("report-type")?.Trim();
        if (type?.ToLowerInvariant() is "delivery-status" or "feedback-report") return true;
        var passedOn = PassedOn.IsMatch(mail.Subject);
        if (!passedOn && mail.Root.All().Any(p => DeliveryStatus.IsReport(p.MediaType))) return true;
        var receipt = "disposition-notification".Equals(type, StringComparison.OrdinalIgnoreCase);
        if (daemon == Daemon.Sure && !receipt) return !Absence.IsMatch(mail.Subject);
        var subject = !passedOn && Subject.IsMatch(mail.Subject.Length > 300 ? mail.Subject[..300] : mail.Subject);
        if (receipt) return subject && Rejected.IsMatch(mail.Subject);
        if (passedOn && daemon == Daemon.No) return false;
        if (daemon == Daemon.No && !subject) return false;
        var text = mail.Text.Length > SearchedText ? mail.Text[..SearchedText] : mail.Text;
        if (daemon == Daemon.No && path is not "" && !KnownSubject.IsMatch(mail.Subject)) return Says.IsMatch(text) && IsTranscript(mail, text);
        if (daemon == Daemon.Likely && !passedOn && ReplyStatus.In(text) is not null) return true;
        return daemon == Daemon.Likely && (subject || path is "") || Says.IsMatch(text) || path is "" && ReplyStatus.Of(text) is not null;
    }

    /// <summary>A server's words about an address that is nobody's here; people who write about mail that came back have one or the other.</summary>
    static bool IsTranscript(InboundMail mail, string text) =>
        (ReplyStatus.In(text) is not null || ReplyStatus.HasCode(text))
        && BounceText.Addresses(text).Any(a => !mail.From.Concat(mail.To).Any(own => own.Address.Equals(a, StringComparison.OrdinalIgnoreCase)));

    enum Daemon { No, Likely, Sure }

    static Daemon IsDaemon(InboundMail mail, string? path)
    {
        var from = mail.From is [var first, ..] ? first : null;
        if (from is not null && SureName.IsMatch(from.LocalPart)) return Daemon.Sure;
        if (from is not null && (LikelyName.IsMatch(from.LocalPart) || from.Name is { } name && DisplayName.IsMatch(name)))
            return Daemon.Likely;
        if (path is not null && SureName.IsMatch(path.Split('@')[0])) return Daemon.Likely;
        return from is null && mail.Header("From") is { } unread && DisplayName.IsMatch(unread) ? Daemon.Likely : Daemon.No;
    }

    const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"^(mailer[-_]?daemon|mail[-_.]?daemon|mdaemon)\b", Options)]
    private static partial Regex SureName { get; }

    [GeneratedRegex(
        "^(postmaster|mail[-_.]?delivery|mail[-_.]?(administrator|system|admin|gateway)|bounces?([-_+].*)?|double-?bounce"
        + "|ndr|imss|mmdf|mta|smtp[-_]?gateway|microsoftexchange[0-9a-f]+|system[-_. ]?administrator|delivery|mailserver"
        + "|root)$",
        Options)]
    private static partial Regex LikelyName { get; }

    [GeneratedRegex(
        "mail(er)?[-. ]?daemon|mail[-. ]delivery|delivery (sub)?system|post ?master|mail(er)? (administrator|system|subsystem"
        + "|router)|system ?administrator|microsoft outlook|microsoft exchange|internet mail delivery|e?mail delivery"
        + "|delivery (service|notification|status)|systemadministrator|administrateur syst|messaging system",
        Options)]
    private static partial Regex DisplayName { get; }

    [GeneratedRegex(@"^\s*(re|aw|sv|antw|odp|ynt|回复|答复|fwd?|wg|tr|rv|enc|vs|vb)\s?(\[\d+\])?[:：]", Options)]
    private static partial Regex PassedOn { get; }

    [GeneratedRegex(
        "^(re: ?)?(automatic reply|auto(matic)?[- ]?reply|out of (the )?office|abwesenheit|réponse automatique|vacation)",
        Options)]
    private static partial Regex Absence { get; }

    /// <summary>As programs write it, to the letter.</summary>
    [GeneratedRegex(
        @"^\W*(undelivered mail returned to sender|mail delivery failed(: returning message to sender)?|failure notice\s?:?"
        + @"|delivery status notification( \(\w+\))?|returned mail: .{3,}|mail system error - returned mail|delivery (notification|failure|report)\b.*"
        + "|message you sent blocked.*|mail delivery (failure|error|problem)|undeliverable (mail|message)|undeliverable: .*|unzustellbar: .*"
        + @"|non remis\s?: .*|no se puede entregar: .*|warning: message .{6,20} delayed.*|delivery delayed:.*)\W*$",
        Options)]
    private static partial Regex KnownSubject { get; }

    [GeneratedRegex("reject|refus|quota|undeliver|fail", Options)]
    private static partial Regex Rejected { get; }

    [GeneratedRegex(
        @"^[\s*\[(<""!-]*(\w{1,20}[:\]] ?)?(delivery[- ](status|failure|notification|report|problem|has|delay|failed|error|unsuccess"
        + "|incomplete|of|to|warning|subsystem)|undeliver(able|ed)|non[- ]?deliver|returned (mail|message|to sender|e-?mail)"
        + "|return(ed)? receipt fail"
        + "|(e-?)?mail(er)? (delivery|could not|not delivered|system error|undeliver|failure|status|returned|error|sending|rejected"
        + "|non|was not|you sent|message)|(your )?(message|e-?mail|mail)( you sent)?[^:]{0,60} (could not|not|cannot|can't|has not"
        + "|was not|hasn't|delivery|undeliver|failed|rejected|delayed|returned|status)"
        + "|fail(ure|ed)([- ](notice|delivery|mail|message|to|notification|sending|recipient)|:)|permanent (delivery )?(failure"
        + "|error)|(warning|notice|error|problem)[: -]+[^:]{0,60}(could not|deliver|delay|not sent|user unknown|sending|message"
        + "|unknown|mail)|message (could|status|delivery|not|undeliver|delay|failed|rejected|you sent|from mail|bounced|report)"
        + "|unable to deliver"
        + "|could not (send|deliver)|couldn't deliver|cannot (send|deliver)|user unknown|unknown (user|recipient|address)|undelivered"
        + "|bounced?( mail| message|:)|automatically rejected|rejected( mail|:)|[*]+message you sent blocked|system bounces|mail (deliver|failure)|zustellfehler|there was an error sending|rejet|unzustellbar|zustellung|nicht zustellbar"
        + "|unzustellbarkeit|mail-?zustellung|nachricht[^:]{0,30}nicht|übermittlung|zurückgewiesen"
        + "|benachrichtigung zum übermittlungsstatus"
        + "|non[- ]remis|notification d['’]état de remise|échec|non[- ]distribu|courriel non|message non|avis de non|no (se )?(puede"
        + "|pudo) entregar|no se ha podido|mensaje no|notificación (de|sobre el) estado|devuelto|devolución|correo devuelto|não (foi"
        + "|é) possível|notificação de (status|falha)|falha na entrega|mensagem não|mancat[oa] (recapito|consegna)|notifica di stato"
        + "|messaggio non|recapito non|non recapitabil"
        + "|onbestelbaar|niet (bezorgd|afgeleverd)|kan niet worden bezorgd|bezorging|ej levererat|kan (inte|ikke) lever|ole(veranseras|vererbart)"
        + "|kunde inte levereras|olevererbart|uleverbar|ikke leveret|kunne ikke leveres|ei voitu toimittaa|niedostarczon"
        + "|nie dostarczono|zwrot|niedoręczalne|недоставлен|не доставлен|сообщение не доставлено|недоставленное|nedoručiteln"
        + "|nedoručen|kézbesíthetetlen|iletilemedi|undelivery|não entregue"
        + "|配信不能|配信できません|配信エラー|送信エラー|送信できません|メールの?(配信|送信)|未配達|メールが送信|メール配信|退信|邮件(被退回|发送失败|投递|无法)|系统退信|无法(投递|发送|送达)|未送达|未傳遞|傳遞狀態|반송|배달"
        + "|전송 실패|메일 전송|发送失败|送信失敗|failure notice)",
        Options)]
    private static partial Regex Subject { get; }

    [GeneratedRegex(
        "(could|can|was|were|has|have|is|are|did|would)( ?n[o'’]t| not|not)( yet)?( be| been| get)? (deliver|reach|sent|accept"
        + "|able to deliver)|unable to (deliver|send|complete|relay|process)|undeliver|not able to deliver|wasn't able to deliver"
        + @"|couldn't (be )?deliver|failed (to deliver|recipient|permanently|addresses)|delivery[^.\n]{0,60}(fail|delay|aborted"
        + "|not possible|error|unsuccessful|attempt)"
        + "|permanent(ly)? (fatal )?(error|fail)|fatal errors|returned (mail|to (the )?sender|message|to you)|did not reach"
        + "|not (be )?delivered|non-?deliver|mail (delivery|system) (system|software|status|at|subsystem|program)"
        + "|this is the .{1,60} program at|the following (address|recipient)|user (is )?unknown|unknown user|no such (user|recipient"
        + @"|mailbox)|mailbox (is )?(full|unavailable|not found|quota)|quota exceeded|exceeded[^.\n]{0,30}quota|rcpt to"
        + "|automatically rejected|was rejected|has been rejected|recipient.{0,30}(reject|not found|unknown|invalid)"
        + @"|message[^.\n]{0,60}(delayed|bounced)|still (being retried|in the queue)|did not match an? |error was detected while"
        + @"|final-recipient|(^|\n)[45]\d\d[ -][45]\.\d+\.\d+ |smtp error|not delivered to|nicht (zugestellt|übermittelt|ausgeliefert"
        + "|erreicht)|konnte nicht|unzustellbar|n'a pas (pu|été)|non remis|impossible|no (se )?(pudo|ha podido|puede)|não (pôde"
        + "|foi possível|pode)|non (è stato|può|recapit)|niet (worden )?(bezorgd|afgeleverd)|kunde inte|ikke (leveres|levert)"
        + "|не (было|может быть|удалось) доставлен|не удалось доставить|nie (można|mogła|udało)|recapitar|gick inte att leverera|levering mislykkedes|배달하지|送信できません|配信(でき|不能|エラー)|送れません"
        + "|届けることができません|無法|无法|退回|失败|실패",
        Options)]
    private static partial Regex Says { get; }
}
