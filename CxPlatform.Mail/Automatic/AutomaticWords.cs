using System.Text.RegularExpressions;

namespace CxPlatform.Mail;

/// <summary>How programs that send no header to tell them by say in the main languages that nobody wrote this.</summary>
static partial class AutomaticWords
{
    const int MaxSubject = 300;
    const int MaxText = 3_000;
    const int Beginning = 700;

    public static bool IsSubject(string subject) =>
        subject.Length > 0 && Subject.IsMatch(subject.Length > MaxSubject ? subject[..MaxSubject] : subject);

    /// <summary>
    /// An absence notice says that its sender is away now or soon, and what to do meanwhile or thanks for the mail; a person who tells of
    /// an absence says one.
    /// </summary>
    public static bool IsAbsence(string text)
    {
        if (text.Length is 0 or > MaxText) return false;
        return Away.IsMatch(text.Length > Beginning ? text[..Beginning] : text) && Meanwhile.IsMatch(text);
    }

    /// <summary>Read receipts of programs that know no MDN, and programs that ask senders to prove that they are people.</summary>
    public static bool IsReceiptOrChallenge(string subject, string text)
    {
        if (text.Length > MaxText) text = text[..MaxText];
        return ReceiptSubject.IsMatch(subject) && ReceiptText.IsMatch(text)
            || Challenge.IsMatch(text) && !subject.StartsWith("Re:", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A quick look, so that most mail need not be freed of its history to see that it is none of these.</summary>
    public static bool MayBe(string subject, string text) =>
        Away.IsMatch(text.Length > MaxText ? text[..MaxText] : text) || IsReceiptOrChallenge(subject, text);

    const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex(
        @"^\s*[\[(""*]*(auto(mat(ic|ed|isch|ische|isk|iskt|ica|ique|yczna|ická|iczna))?[- ]?(reply|response|respond(er)?|answer"
        + @"|antwort|svar|réponse|odpowied[zź]|odpověď)\b|automatic(ally generated)? (reply|response|message)|this is an auto"
        + @"|auto(reply|response|responder|antwort|matic)\s?[:\])-]|\[?auto[-: ]\s?(reply|response)?"
        + "|automatische? (antwort|beantwoording|antwoord|abwesenheit)|automatisch antwoord|automatiskt? svar|autosvar"
        + "|automaattinen vastaus|automatická odpověď|automatikus válasz|otomatik yanıt|răspuns automat|αυτόματη απάντηση"
        + @"|out[- ]of[- ](the[- ])?office( auto)?(reply|-?reply| message| notification| notice| response| autoreply)?\s*(:|：|$|-|\("
        + @"|\[|!|until|from|re:|\bam\b|/)|ooo\s?[:\]]|i am (currently )?(out of|away|on (vacation|holiday|leave))|i('m"
        + "| am) out of (the )?office|on (vacation|holiday|leave)( until|:|$)|vacation (reply|message|response|notice|auto)"
        + "|away (from (my|the) (mail|desk|office|e-?mail)|message|notice|notification)|absence (notice|notification|message)"
        + "|abwesen(heit|d)|bin (derzeit |zur ?zeit |momentan )?(nicht (im (büro|haus)|da|erreichbar)|abwesend|im urlaub)"
        + "|ich bin (nicht|im urlaub)|nicht im büro|urlaubs?(meldung|benachrichtigung|:)|eingangsbestätigung|empfangsbestätigung"
        + "|réponse automatique|message automatique|absen(t|ce)( du bureau| de| :|:|$)|notification d.absence|je suis absent"
        + "|respuesta autom[áa]tica|fuera de (la )?oficina|ausen(te|cia)( de| :|:|$)|mensaje automático|resposta autom[áa]tica"
        + "|fora do escrit[óo]rio|ausência|risposta automatica|fuori (ufficio|sede)|assen(za|te)( dall| :|:|$)"
        + "|afwezig(heid)?( |:|$)|niet aanwezig|frånvar(o|ande)|ej på kontoret|ikke til stede|fravær(smelding|ende)?|fraværende"
        + "|poissa( |:|$)|odpowiedź automatyczna|autoodpowiedź|nieobecno(ść|sc)|poza biurem|автоответ|автоматический ответ"
        + "|автоматична відповідь|отсутств|вне офиса|mimo kancelář|nepřítomnost"
        + @"|自动(回复|答复)|自動(回覆|応答|返信)|外出(中|时)|不在(通知|の|$|:|：)|休暇|자동 ?(회신|응답|답장)|부재중)",
        Options)]
    private static partial Regex Subject { get; }

    [GeneratedRegex(
        @"\b(i am|i'm|i will be|i'll be|am|is|we are)( currently| presently| now)?( away| out| on| traveling| travelling)( of| from"
        + @"| for)?[^\n]{0,30}(office|vacation|holiday|leave|mail|e-?mail|desk|business|town|country|parental|annual)"
        + "|currently (out of|away|on leave|on vacation|unavailable)|limited access to (my )?e?-?mail|(our )?office is closed"
        + @"|(bin|befinde mich|sind wir|ist)[^\n]{0,60}(nicht im (büro|haus)|abwesend|außer haus|im urlaub|nicht erreichbar"
        + @"|in elternzeit)|je suis[^\n]{0,50}(absent|en congé|en déplacement|en vacances)|actuellement absent|(estoy|estaré"
        + @"|me encuentro)[^\n]{0,50}(fuera|ausente|de vacaciones)|(estou|estarei|encontro-me)[^\n]{0,50}(fora|ausente|de férias)"
        + @"|(sono|sarò)[^\n]{0,50}(assente|fuori|in ferie)"
        + @"|(ik ben|ben ik)[^\n]{0,50}(afwezig|niet aanwezig|met vakantie|op vakantie)|jag är[^\n]{0,50}(inte på|borta|ledig"
        + @"|frånvarande|på semester)|jeg er[^\n]{0,50}(ikke på|fraværende|på ferie|ute av)|olen[^\n]{0,50}(poissa|lomalla)"
        + @"|jestem[^\n]{0,50}(nieobecn|poza|na urlopie)|(нахожусь|буду|меня нет|я в)[^\n]{0,50}(отпуск|отсутств|офис|командировк)"
        + @"|jsem[^\n]{0,50}(mimo|nepřítom)|不在にして|休暇中|外出|正在休假|부재중",
        Options)]
    private static partial Regex Away { get; }

    [GeneratedRegex(
        @"in my absence|during my absence|immediate (assistance|attention|help|response)|if (this|it|your|you)[^.\n]{0,60}(urgent"
        + "|immediate|emergency)|urgent matters|for urgent|thank you for your (e-?mail|mail|message)|thanks for your (e-?mail"
        + @"|message)|(will|shall) (respond|reply|answer|get back|read)[^.\n]{0,60}(return|back|as soon)|(when|upon|after) (i"
        + "|my) ?(return|am back|get back)|please contact|automat|this is an auto"
        + "|in dringenden|dringende|vielen dank für ihre (nachricht|e-?mail|mail)|nach meiner rückkehr|e-?mails? w(ird"
        + "|erden) nicht (weitergeleitet|gelesen)|wenden sie sich|en cas d.urgence|à mon retour|veuillez contacter|en mon absence"
        + "|en caso de urgencia|a mi regreso|mi regreso|em caso de urgência|no meu regresso|al mio (ritorno|rientro)"
        + "|in caso di urgenza|bij (dringende|spoed)|voor dringende|vid brådskande|ved (haster|hast)|kiireellis|w (pilnych|sprawach)"
        + "|в случае|по срочным|緊急|戻り次第|紧急|긴급",
        Options)]
    private static partial Regex Meanwhile { get; }

    [GeneratedRegex(
        @"^\s*(read|not read|gelesen|ungelesen|lu|leído|lida|letto|gelezen|läst|læst|lest|luettu|przeczytane|прочитано"
        + @"|přečteno|开封|已读|開封済み|return receipt|lesebestätigung|empfangsbestätigung|accusé de réception)\b.{0,3}[:(]",
        Options)]
    private static partial Regex ReceiptSubject { get; }

    [GeneratedRegex(
        @"(was|wurde|a été|fue|foi|è stat[oa]|is|blev|ble|została?|было)[^.\n]{0,80}(read|displayed|opened|gelesen|angezeigt"
        + "|lu|leído|lida|letto|gelezen|läst|læst|lest|przeczytan|прочитан)|return receipt|delivered|bestätigung|已读|開封",
        Options)]
    private static partial Regex ReceiptText { get; }

    [GeneratedRegex(
        @"(your (message|e-?mail) (is|has been|was) (being )?(held|queued|waiting)[^.\n]{0,200}(confirm|verify|click|reply)|(confirm"
        + "|verify) (that )?(you are|you're) (a |not )?(human|person|a real)|to (release|deliver) your (message"
        + @"|e-?mail)[^.\n]{0,100}(click|reply)|\btmda\b|spam ?arrest|boxbe|challenge[- ]response)",
        Options)]
    private static partial Regex Challenge { get; }
}
