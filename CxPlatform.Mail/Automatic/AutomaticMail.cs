namespace CxPlatform.Mail;

/// <summary>What kind of program sent a message, if one did.</summary>
public enum AutomaticKind
{
    /// <summary>As far as can be told a person.</summary>
    None,

    /// <summary>
    /// A program that answers or notifies: an absence notice, a confirmation, a read receipt. It must not be answered automatically.
    /// </summary>
    AutoReply,

    /// <summary>
    /// A mail system's report about a message of ours; see <see cref="DeliveryStatus"/>, which may also tell of success or delay.
    /// </summary>
    Bounce,

    /// <summary>A mailing list or bulk mail.</summary>
    List,
}

/// <summary>
/// Tells mail that programs send from mail that people send, so that no two programs answer each other for ever (RFC 3834).
/// </summary>
public static class AutomaticMail
{
    // Absence notices of programs that send no header to tell them by.
    static readonly string[] SubjectPrefixes =
    [
        "automatic reply:", "auto reply:", "auto-reply:", "autoreply:", "auto response:", "out of office:", "out of office reply:",
        "out of office autoreply:", "automatische antwort:", "abwesenheitsnotiz:", "abwesenheitsnachricht:", "réponse automatique",
        "risposta automatica:", "respuesta automática:", "automatisch antwoord:", "automatisk svar:", "automatiskt svar:",
        "odpowiedź automatyczna:",
    ];

    /// <param name="mail">The message.</param>
    /// <param name="envelopeFrom">
    /// The sender of the envelope where it is known (empty for the null return path); else Return-Path is used.
    /// </param>
    public static AutomaticKind Classify(InboundMail mail, string? envelopeFrom = null)
    {
        ArgumentNullException.ThrowIfNull(mail);
        var nullPath = (envelopeFrom ?? mail.ReturnPath) is "";
        if (IsBounce(mail, nullPath)) return AutomaticKind.Bounce;
        if (IsAutoReply(mail, nullPath)) return AutomaticKind.AutoReply;
        return IsList(mail) ? AutomaticKind.List : AutomaticKind.None;
    }

    static bool IsBounce(InboundMail mail, bool nullPath)
    {
        if (IsWord(mail.Root.Parameter("report-type"), "delivery-status")) return true;
        if (mail.Root.All().Any(p => DeliveryStatus.IsReport(p.MediaType)) && mail.Root.MediaType == "multipart/report") return true;
        if (mail.Header("X-Failed-Recipients") is not null) return true;
        var sender = mail.From.Count > 0 ? mail.From[0].LocalPart : "";
        return IsWord(sender, "mailer-daemon") || nullPath && IsWord(sender, "postmaster");
    }

    static bool IsAutoReply(InboundMail mail, bool nullPath) =>
        nullPath
        || mail.AutoSubmitted is { Length: > 0 } submitted && submitted != "no"
        || IsWord(mail.Root.Parameter("report-type"), "disposition-notification")
        || mail.Header("X-Auto-Response-Suppress") is { Length: > 0 } suppress && !IsWord(suppress, "none")
        || mail.Header("X-Autoreply") is not null || mail.Header("X-Autorespond") is not null || mail.Header("X-Autoresponder") is not null
        || mail.HeaderValues("Precedence").Any(p => IsWord(p, "auto_reply") || IsWord(p, "auto-reply"))
        || SubjectPrefixes.Any(p => mail.Subject.StartsWith(p, StringComparison.OrdinalIgnoreCase));

    static bool IsList(InboundMail mail) =>
        mail.Headers.Any(h => IsWord(h.Name, "List-Id") || IsWord(h.Name, "List-Unsubscribe") || IsWord(h.Name, "List-Post"))
        || mail.HeaderValues("Precedence").Any(p => IsWord(p, "list") || IsWord(p, "bulk") || IsWord(p, "junk"));

    static bool IsWord(string? value, string word) => word.Equals(value?.Trim(), StringComparison.OrdinalIgnoreCase);
}
