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
    /// An absence notice says that its sender is away now or soon, and what to do meanwhile or thanks for the mail; one of the two is enough
    /// below a subject that speaks of absence. A person who tells of an absence does neither, or asks something.
    /// </summary>
    public static bool IsAbsence(string subject, string text)
    {
        if (text.Length is 0 or > MaxText || text.AsSpan().IndexOfAny('?', '？') >= 0) return false;
        var away = Away.IsMatch(text.Length > Beginning ? text[..Beginning] : text);
        var meanwhile = Meanwhile.IsMatch(text);
        return away && meanwhile || (away || meanwhile) && IsTopic(subject);
    }

    /// <summary>"This is an automatic confirmation, do not reply."</summary>
    public static bool SaysSo(string text) => Generated.IsMatch(text.Length > MaxText ? text[..MaxText] : text);

    static bool IsTopic(string subject) => subject.Length is > 0 and <= MaxSubject && Topic.IsMatch(subject);

    /// <summary>Read receipts of programs that know no MDN, and programs that ask senders to prove that they are people.</summary>
    public static bool IsReceiptOrChallenge(string subject, string text)
    {
        if (text.Length > MaxText) text = text[..MaxText];
        return ReceiptSubject.IsMatch(subject) && ReceiptText.IsMatch(text)
            || Challenge.IsMatch(text) && !subject.StartsWith("Re:", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A quick look, so that most mail need not be freed of its history to see that it is none of these.</summary>
    public static bool MayBe(string subject, string text) =>
        IsTopic(subject) || Away.IsMatch(text.Length > MaxText ? text[..MaxText] : text) || SaysSo(text) || IsReceiptOrChallenge(subject, text);

    const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    const string Mark = @"\s*(:|：|$|-|–|\(|\[|\]|】|!|\||/|until|from|re:|\bam\b)";

    /// <summary>What no person writes at the beginning of a subject.</summary>
    [GeneratedRegex(
        @"^\s*[\[(""*【]*("
        + @"auto(mat(ic|ed|isch|ische|isk|iskt|ica|ique|yczna|ická|iczna))?[- ]?(reply|response|respond(er)?|answer"
        + @"|antwort|svar|réponse|odpowied[zź]|odpověď)\b|automatic(ally generated)? (reply|response)"
        + @"|auto(reply|response|responder|antwort|matic)\s?[:\])-]|\[?auto[: -]{1,2}(reply|response|[^\n]{2,60} is out)"
        + "|automatische? (antwort|beantwoording|antwoord|abwesenheit)|automatisch antwoord|automatiskt? svar|autosvar"
        + "|automaattinen vastaus|automatická odpověď|automatikus válasz|otomatik yanıt|răspuns automat|αυτόματη απάντηση"
        + @"|out[- ]of[- ](the[- ])?office( auto)?(reply|-?reply| message| notification| notice| response| autoreply)?" + Mark
        + @"|ooo\s?[:\]]|vacation (reply|message|response|notice|auto)|away (from (my|the) (mail|e-?mail)|message|notice|notification)"
        + "|absence (notice|notification|message)|abwesenheits(notiz|assistent|meldung|nachricht|benachrichtigung)"
        + "|urlaubs(meldung|benachrichtigung)|eingangsbestätigung|empfangsbestätigung"
        + "|réponse automatique|message automatique|message d.absence|notification d.absence|respuesta autom[áa]tica|mensaje automático"
        + "|resposta autom[áa]tica|risposta automatica|frånvaromeddelande|fraværsmelding|odpowiedź automatyczna|autoodpowiedź|автоответ"
        + "|автоматический ответ|автоматична відповідь|自动(回复|答复)|自動(回覆|応答|返信)|자동 ?(회신|응답|답장)"
        + @"|(absent|absence|absence du bureau|abwesend|abwesenheit|afwezig|afwezigheid|ausente|ausencia|ausência|fuera de (la )?oficina"
        + "|fora do escrit[óo]rio|fuori (ufficio|sede)|assente|assenza|frånvarande|frånvaro|fraværende|fravær|poissa|nieobecny|nieobecność"
        + @"|poza biurem|отсутствую|вне офиса|mimo kancelář|nepřítomnost|外出中|不在|休暇中|부재중)\s?[:：】\]])",
        Options)]
    private static partial Regex Subject { get; }

    /// <summary>Subjects of absence notices, and of people's mail about absence.</summary>
    [GeneratedRegex(
        @"out[- ]of[- ](the[- ])?office|\booo\b|\bi( am|'m) (currently )?(away|out|on (vacation|holiday|leave))|on (vacation|holiday|leave)|\baway\b"
        + "|abwesen|außer haus|nicht (im (büro|haus)|da|erreichbar)|urlaub|absen(t|ce)|congés?|fuera de|ausen|ausên|fora do|fuori|assen[tz]|ferie"
        + "|afwezig|niet aanwezig|vakantie|frånvar|ej på kontoret|semester|ikke til stede|fravær|poissa|loma|nieobecn|poza biurem|urlop|отсутств"
        + "|вне офиса|отпуск|mimo kancelář|nepřítom|dovolen|外出|不在|休暇|休假|부재",
        Options)]
    private static partial Regex Topic { get; }

    [GeneratedRegex(
        @"(this|dies|ceci|esto|questo|isto|dit|detta|dette) (is|ist|est|es|è|é|är|er) (an? |eine |un |une |una |uma |ett? |en |een )?auto(mat\w*|-)"
        + @"[^.\n]{0,20}\s?(generated |erzeugte |generierte |erstellte |gegenereerd )?(confirmation|response|reply|message|e-?mail|mail|notification"
        + "|nachricht|antwort|bestätigung|mensaje|mensagem|messaggio|bericht|meddelande|besked)"
        + @"|(e-?mail|nachricht|message)[^.\n]{0,30} (wurde|was|is) (automatisch|automatically) (generiert|erzeugt|erstellt|generated|sent)",
        Options)]
    private static partial Regex Generated { get; }

    [GeneratedRegex(
        @"\b(i am|i'm|i will be|i'll be|am|is|we are)( currently| presently| now)?( away| out| on| traveling| travelling)( of| from"
        + @"| for)?[^\n]{0,30}(office|vacation|holiday|leave|mail|e-?mail|desk|business|town|country|parental|annual)"
        + "|currently (out of|away|on leave|on vacation|unavailable)|limited access to (my )?e?-?mail|(our )?office is closed"
        + @"|(bin|befinde mich|sind wir|ist|werde)[^\n]{0,60}(nicht im (büro|haus)|abwesend|außer haus|im urlaub|nicht erreichbar"
        + @"|in elternzeit)|je suis[^\n]{0,50}(absent|en congé|en déplacement|en vacances)|actuellement absent|(estoy|estaré"
        + @"|me encuentro)[^\n]{0,50}(fuera|ausente|de vacaciones)|(estou|estarei|encontro-me)[^\n]{0,50}(fora|ausente|de férias)"
        + @"|(sono|sarò)[^\n]{0,50}(assente|fuori|in ferie)"
        + @"|(ik ben|ben ik)[^\n]{0,50}(afwezig|niet aanwezig|met vakantie|op vakantie)|jag är[^\n]{0,50}(inte på|borta|ledig"
        + @"|frånvarande|på semester)|jeg er[^\n]{0,50}(ikke på|fraværende|på ferie|ute av)|olen[^\n]{0,50}(poissa|lomalla)"
        + @"|jestem[^\n]{0,50}(nieobecn|poza|na urlopie)|(нахожусь|буду|меня нет|я в)[^\n]{0,50}(отпуск|отсутств|офис|командировк)"
        + @"|jsem[^\n]{0,50}(mimo|nepřítom)|不在にして|休暇中|外出(中|して|し|期间)|正在休假|부재중",
        Options)]
    private static partial Regex Away { get; }

    [GeneratedRegex(
        @"in my absence|during my absence|immediate (assistance|attention|help|response)|\burgen\w+|if (this|it|your|you)[^.\n]{0,60}(urgent"
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
        @"(was|wurde|a été|fue|foi|è stat[oa]|is|blev|ble|została?|было)[^\n]{0,80}(read|displayed|opened|gelesen|angezeigt"
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
