using System.Buffers;
using System.Text.RegularExpressions;

namespace CxPlatform.Mail;

/// <summary>The words by which mail programs mark history, forwarded mail and signatures, in their languages.</summary>
static partial class ReplyMarks
{
    const int MaxLine = 300;
    const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    public static bool IsOriginal(string line) =>
        (MayMark(line) || line.StartsWith(">>> ", StringComparison.Ordinal)) && Matches(Original, line);
    public static bool IsForward(string line) => MayMark(line) && Matches(Forward, line);
    public static bool IsReplyAbove(string line) =>
        line.Length <= MaxLine && line.AsSpan().ContainsAny(AboveWords) && Matches(ReplyAbove, line);
    public static bool IsDevice(string line) => line.Length <= 160 && (Device.IsMatch(line) || AnyDevice.IsMatch(line));
    public static bool IsClosing(string line) => line.Length <= 60 && Closing.IsMatch(line);
    public static bool IsContact(string line) => line.Length <= 160 && Contact.IsMatch(line);
    public static bool IsForwardSubject(string subject) => Matches(ForwardSubject, subject);

    /// <summary>A rule that programs draw between reply and history, or people above a signature.</summary>
    public static bool IsRule(string line)
    {
        var bare = line.AsSpan().Trim();
        return bare.Length >= 2 && bare[0] is '_' or '-' or '—' or '–' or '=' or '*' or '+' or '~' or '#'
            && !bare.ContainsAnyExcept(bare[0], '\u00A0');
    }

    /// <summary>From, date, addressee or subject, as Outlook and others repeat them above the history.</summary>
    public static HeaderField Field(string line)
    {
        if (line.Length > MaxLine || line.AsSpan().IndexOfAny(':', '：') is < 1 or > 30) return HeaderField.None;
        return From.IsMatch(line) ? HeaderField.From
            : Sent.IsMatch(line) ? HeaderField.Date
            : To.IsMatch(line) ? HeaderField.To
            : Subject.IsMatch(line) ? HeaderField.Subject
            : Other.IsMatch(line) ? HeaderField.Other
            : HeaderField.None;
    }

    // Most lines are prose: these looks spare them the patterns.
    static readonly SearchValues<string> Rules = SearchValues.Create(["--", "__", "=="], StringComparison.Ordinal);

    static readonly SearchValues<string> AboveWords = SearchValues.Create(
        ["this line", "the line", "above this", "Linie", "Zeile", "ligne", "línea", "riga", "linea", "linha", "regel", "lijn", "rad", "linje", "lini",
            "строк", "линии", "чертой", "行", "줄"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>A field's name alone on its line, as Notes writes it.</summary>
    public static HeaderField Label(string line) =>
        line.Length < 30 && line.AsSpan().IndexOfAny(':', '：') < 0 ? Field(line.TrimEnd() + ":") : HeaderField.None;

    /// <summary>The fields that Outlook repeats, on one line.</summary>
    public static bool IsFieldLine(string line) =>
        line.Length is > 40 and <= 2 * MaxLine && line.Contains('@', StringComparison.Ordinal) && FieldLine.IsMatch(line);

    /// <summary>A field of a language that is not known by its words: a name, a colon, and something.</summary>
    public static bool IsUnknownField(string line) => line.Length <= MaxLine && UnknownField.IsMatch(line);

    public static bool IsDateTime(string line) => line.Length is > 8 and < 60 && DateTime.IsMatch(line);

    [GeneratedRegex(@"^[\s>*|]*\p{L}[\p{L} ]{1,25}\*?\s?[:：]\*?\s?\S", Options)]
    private static partial Regex UnknownField { get; }

    [GeneratedRegex(@"\b(19|20)\d\d\b.{0,20}\b\d{1,2}[:.]\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4} \d{1,2}[:.]\d\d", Options)]
    private static partial Regex DateTime { get; }

    [GeneratedRegex(
        @"^[\s>*|]*(From|Von|De|Da|Van|Fra|Från)\s?:.{3,120}\s(Sent|Date|Gesendet|Datum|Envoyé|Enviado|Enviada em|Inviato|Verzonden|Sendt"
        + @"|Skickat)\s?:.{5,60}\s(To|An|À|Para|A|Aan|Til|Till)\s?:.{3,200}\s(Subject|Betreff|Objet|Asunto|Assunto|Oggetto|Onderwerp"
        + @"|Emne|Ämne)\s?:",
        Options)]
    private static partial Regex FieldLine { get; }

    static bool MayMark(string line) =>
        line.Length < 40 || line.AsSpan().ContainsAny(Rules) || line.AsSpan().TrimEnd() is [.., ':' or '：'];

    static bool Matches(Regex regex, string line) => line.Length is > 2 and <= MaxLine && regex.IsMatch(line);

    [GeneratedRegex(
        @"^[\s>*|]*[-_=]{2,}\s*(Original[ -]?(Message|Mail|E-?mail|Nachricht|Appointment)|Original besked|Reply Message"
        + "|(Message|Mail|E-?mail) original|Ursprüngliche (Nachricht|E-?Mail|Mail)"
        + "|Message d[’'´]origine|Message d[’'´]origine|Courriel original|E-?mail d[’'´]origine|Mensaje original|Mensagem original"
        + "|Messaggio originale|Oorspronkelijk(e)? bericht|Origineel bericht"
        + "|Ursprungligt meddelande|Originalmeddelande|Oprindelig (meddelelse|besked)|Original meddelelse|Opprinnelig melding"
        + "|Alkuperäinen viesti"
        + "|Wiadomość oryginalna|Oryginalna wiadomość|Исходное сообщение|Пересланное сообщение|Вихідне повідомлення"
        + "|Оригінальне повідомлення|Původní (zpráva|e-mail)|Pôvodná správa"
        + @"|Eredeti üzenet|Mesaj original|Özgün İleti|Orijinal ileti|原始邮件|原始郵件|原邮件|邮件原件|元のメッセージ|元のメール|Original-?Nachricht|원본 메시지|원본 메일)"
        + @"\s*[-_=]{2,}\s*\*?\s*((From|Von|De|Da|Van|Fra|Från|Od|От|发件人)\s?[:：].*)?$|^[-\s]*(Original Message|Message d'origine|Ursprüngliche Nachricht|原始邮件|元のメッセージ)\s*:?[-\s]*$"
        // GroupWise, and Notes with the beginning of what it quotes.
        + @"|^>>> .{2,120}\d.{0,12} >>>\s*$|^.{2,80}\s?---\s?\d{1,4}[./-]\d{1,2}[./-]\d{2,4} .{4,20}---",
        Options)]
    private static partial Regex Original { get; }

    [GeneratedRegex(
        @"^[\s>*|]*[-_=]{2,}[\s>]*(Forwarded (message|mail|by .{1,80})|Weitergeleitete (Nachricht|E-?Mail|Mail)|Message transféré"
        + "|Courriel transféré|Mensaje reenviado"
        + "|Mensagem (encaminhada|reencaminhada)|Messaggio inoltrato|Doorgestuurd bericht|Vidarebefordrat (meddelande|mejl)"
        + "|Vidarebefordrat brev|Videresendt (meddelelse|melding|besked)"
        + "|Välitetty viesti|Edelleenlähetetty viesti|(Treść|Wiadomość) przekazan(a|ej).{0,30}|Пересылаемое сообщение"
        + "|Пересланное сообщение|Переслане повідомлення|Přeposlaná zpráva|Továbbított üzenet"
        + @"|İletilen ileti|转发的?(邮件|信息)|轉寄的?郵件|轉寄訊息|転送(メッセージ|されたメッセージ)?|전달된 메시지|Forwarded message from .{1,80})[\s.]*[-_=]*\s*\*?\s*$"
        + @"|^[\s>*]*(Begin forwarded message|Anfang der weitergeleiteten (E-?Mail|Nachricht)|Début du (message|courriel) (transféré"
        + "|réexpédié)|Inicio del mensaje reenviado|Início da mensagem (encaminhada|reencaminhada)"
        + "|Inizio messaggio inoltrato|Begin doorgestuurd bericht|Vidarebefordrat brev|Start på videresendt besked"
        + "|Videresendt melding|Välitetty viesti alkaa|Początek przekazywanej wiadomości"
        + @"|Начало переадресованного (сообщения|письма)|Начало переадресованного сообщения|下面是被转发的邮件|以下は転送メール|전달된 메시지 시작)\s?[:：]",
        Options)]
    private static partial Regex Forward { get; }

    [GeneratedRegex(
        @"(type|write|enter|add)?.{0,20}\breply above (this|the) line|reply (only )?above this line|please (reply|respond"
        + "|type).{0,30}above this|do not (write|type|reply) below this line"
        + "|(oberhalb|über) dieser (Linie|Zeile).{0,30}(antwort|schreib)|antwort.{0,40}(oberhalb|über) dieser (Linie|Zeile)|(réponse"
        + "|répondre|répondez).{0,40}au-dessus de cette ligne"
        + "|(respuesta|responda|responder|escriba).{0,40}(por encima|encima|arriba) de esta línea|(risposta|rispondi"
        + "|rispondere).{0,40}sopra questa (riga|linea)|(resposta|responda).{0,40}acima desta linha"
        + "|(antwoord|reageer|typ).{0,40}boven deze (regel|lijn)|(svar|svara|skriv).{0,40}(ovanför|over|ovenfor) denn?a?e? (rad|linje"
        + "|linjen|raden)|(odpowiedź|odpowiedz).{0,40}(powyżej|nad) (tej|tą) lini"
        + @"|(ответ|отвечайте).{0,40}(выше|над) этой (строки|линии|чертой|строкой)|请在此行(以)?上(方)?回复|在此行上方|この行より上|이 줄 위에",
        Options)]
    private static partial Regex ReplyAbove { get; }

    [GeneratedRegex(
        @"^\s*(\[.{1,30}\]\s*)?(fwd?|wg|tr|rv|enc|doorst|vs|vb|vl|pd|i|in|inoltr?|转发|轉寄|転送|전달)\s?[:：]",
        Options)]
    private static partial Regex ForwardSubject { get; }

    const string Begin = @"^[\s>*|]*(";
    const string End = @")\s?\*?\s?[:：]";

    [GeneratedRegex(
        Begin + "From|Von|De|Expéditeur|Da|Van|Fra|Från|Lähettäjä|Od|Nadawca|От|От кого|Від|Від кого|Feladó|De la|Kimden|Gönderen|Από|发件人"
        + "|寄件者|寄件人|差出人|送信者|보낸 사람|보낸사람" + End,
        Options)]
    private static partial Regex From { get; }

    [GeneratedRegex(
        Begin + "Sent|Date|Sent at|Gesendet|Gesendet am|Datum|Envoyé|Envoyé le|Date d.envoi|Enviado|Enviado el|Enviado em|Enviada em"
        + "|Enviada|Fecha|Data|Inviato|Data invio|Verzonden|Skickat|Sendt|Dato|Lähetetty"
        + "|Päivämäärä|Päiväys|Wysłano|Data wysłania|Отправлено|Дата|Надіслано|Odesláno|Dátum|Küldve|Elküldve|Trimis|Gönderildi|Tarih"
        + "|发送时间|發送時間|日期|寄件日期|傳送時間|送信日時|送信日|日時|日付|보낸 날짜|날짜|보낸날짜" + End,
        Options)]
    private static partial Regex Sent { get; }

    [GeneratedRegex(
        Begin + "To|An|À|Á|A|Destinataire|Para|Aan|Til|Till|Vastaanottaja|Do|Kopia do|Кому|Komu|Címzett|Către|Kime|Alıcı|收件人|收件者|宛先|受信者"
        + "|받는 사람|받는사람" + End,
        Options)]
    private static partial Regex To { get; }

    [GeneratedRegex(
        Begin + "Subject|Betreff|Objet|Sujet|Asunto|Assunto|Oggetto|Onderwerp|Ämne|Emne|Aihe|Temat|Тема|Předmět|Predmet|Tárgy|Subiect|Konu"
        + "|Θέμα|主题|主題|主旨|件名|题目|제목" + End,
        Options)]
    private static partial Regex Subject { get; }

    [GeneratedRegex(
        Begin + "Cc|Bcc|Kopie|Copie|Copia|Kopi|Kopia|Cópia|Kopio|DW|UDW|Копия|Копія|抄送|副本|참조|Reply-To|Antwort an|Répondre à|Responder a"
        + "|Rispondi a|Responder para|Antwoord aan|Organization|Attachments?|Anlagen?|Importance|Priority|Wichtigkeit|Importância"
        + "|Importancia|添付ファイル" + End,
        Options)]
    private static partial Regex Other { get; }

    /// <summary>What telephones and apps put below a mail; the whole line, so that a sentence about a telephone is none.</summary>
    [GeneratedRegex(
        @"^[\s(<*_\[>]*(Sent (from|via|with|by|using) (my |a |an |the )?(iphone|ipad|ipod|android|mobile|phone|smartphone|cell"
        + "|blackberry|black berry|galaxy|samsung|windows|outlook|mail|yahoo|aol|gmail|proton|htc|nokia|sony|xiaomi|huawei|oneplus"
        + "|pixel|moto|lg|nexus|tablet|palm|kindle"
        + "|verizon|at&t|t-mobile|sprint|airmail|spark|superhuman|mailbird|mailspring|polymail|boxer|newton|nine|k-9|k9|edison|inky"
        + "|zoho|tutanota|front|shortwave|canary|bluemail|blue mail|aqua mail|hey|ti-85|email|unibox|postbox|thunderbird|touchmail"
        + @"|mobile device|handheld|wireless|surface|Xperia|fairphone|type|inbox)\b.{0,90}"
        + @"|Sent from (my|a) .{1,40}|Sent (via|with) \S{1,30}( mobile)?|Sent on the (go|move|run).{0,40}|From my .{1,20}"
        + @"|\w{1,20} from (my )?mobile|Get Outlook for .{2,40}|Get BlueMail for .{2,40}|(Get|Download) .{2,30} for (iOS|Android"
        + "|iPhone|mobile).{0,30}|Sent by .{1,20} from mobile.{0,30}"
        + @"|Von meinem .{2,60} gesendet|Von .{2,40} (gesendet|gesendet\.)|Gesendet (von|mit|über|vom) .{2,80}"
        + "|Diese Nachricht wurde von .{2,80} gesendet|(Holen Sie sich|Beschaffen Sie sich|Laden Sie) Outlook für .{2,40}"
        + "|Outlook für (iOS|Android) (beziehen|herunterladen|beschaffen)"
        + "|Envoyé (de|depuis|à partir de|via|avec) (mon|ma|un|l'|yahoo|outlook|mail|courrier|proton|orange|gmail|samsung|sfr"
        + "|la poste).{0,80}|(Télécharger|Obtenir|Téléchargez|Obtenez) Outlook pour .{2,40}|Provenance : Courrier pour Windows.{0,20}"
        + "|Enviado (desde|do|del|a partir do|pelo|via|com|con|mediante) (mi|meu|meu|el|o|outlook|yahoo|correo|email|gmail|iphone"
        + "|telemóvel|proton).{0,80}|(Obtener|Obtenga|Consigue) Outlook para .{2,40}|(Obter|Obtenha|Baixar) (o )?Outlook para .{2,40}"
        + "|Inviat[oa] (da|dal|dall'|con) ?(mio|il|iphone|ipad|outlook|yahoo|posta|libero|proton|samsung|tim|android|smartphone"
        + "|dispositivo|gmail).{0,80}|(Ottieni|Scarica) Outlook per .{2,40}"
        + "|Verzonden (vanaf|vanuit|met|via|van) .{2,80}|Verstuurd (vanaf|met|vanuit|door|via) .{2,80}"
        + "|(Outlook voor .{2,20} downloaden|Download Outlook voor .{2,30}|Outlook voor .{2,20} ophalen)"
        + "|Skickat från .{2,80}|Skickat med .{2,60}|Från min .{2,20}|Hämta Outlook för .{2,30}|Sendt (fra|med|via) .{2,80}|(Hent|Få"
        + "|Last ned|Download) Outlook (til|for) .{2,30}|Lähetetty .{2,60}|Hanki Outlook .{2,30}"
        + "|Wysłan[eo] (z|ze|za pomocą) .{2,80}|Pobierz (program )?Outlook.{2,40}|Отправлено (с|из|от) .{2,80}|Надіслано з .{2,80}"
        + "|Скачать Outlook .{2,30}|Отримати Outlook .{2,30}|Odesláno z .{2,60}|Získat Outlook .{2,30}|Získejte Outlook .{2,30}"
        + "|发自我的.{1,40}|發自我的.{1,40}|从我的.{1,30}发送|從我的 ?.{1,30}傳送|發送自.{1,30}|发送自.{1,30}|寄自.{1,30}|来自.{1,20}客户端|获取 ?Outlook.{1,30}"
        + "|iPhoneから送信|.{1,30}から送信(されました)?|나의 .{1,30}에서 보냄|내 .{1,30}에서 보냄|.{1,30}에서 보냄|Gửi từ .{2,40}|iPhone'umdan gönderildi"
        + "|.{2,30}gönderildi)"
        + @"[\s.)>*_\]!]*(<(http|https)[^<>]{1,200}>)?\s*$",
        Options)]
    private static partial Regex Device { get; }

    /// <summary>A word for sending or getting, in whatever language, and a device or program: the whole of a short line.</summary>
    [GeneratedRegex(
        @"^[\s(<*_\[>]{0,5}((Sent|Gesendet|Envoyé|Enviado|Enviada|Enviat|Inviato|Verzonden|Verstuurd|Skickat|Sendt|Lähetetty|Wysłan[oe]|Отправлено|Надіслано"
        + @"|Изпратено|Odesláno|Odoslan[ée]|Poslano|Trimis|Saadetud|Dikirim|Στάλθηκε|Εστάλη|Получить|Get|Download|Obtener|Obter|Obtenir|Ottieni"
        + @"|Hent|Hanki|Získ\w+|Pobierz|נשלח|أُ?رسلت?|ส่งจาก|Gửi|发自|來自|来自|發自|寄自|获取|獲取)\s?[^.\n]{0,60}?"
        + @"(iPhon\w*|iPad|iOS|Android|Samsung|Galaxy|Huawei|Xiaomi|Nokia|BlackBerry|Windows|Outlook|Yahoo|Gmail|\w{0,8}Mail|手机|手機|大师|Почт\w*)"
        + @"|.{0,40}(iPhon\w*|iPad|iOS|Android|Samsung|Galaxy|Huawei|Xiaomi|Outlook).{0,40}(küldve|gönderildi|edinin|送信|入手|보냄|보냈습니다))"
        + @".{0,30}?[\s.)>*_\]!]*$",
        Options)]
    private static partial Regex AnyDevice { get; }

    [GeneratedRegex(
        @"^\s*(((best|kind|kindest|warm|warmest|many|with (best|kind))\s+)?(regards|wishes)|best|cheers|sincerely|yours (truly"
        + "|sincerely|faithfully)|respectfully|many thanks|thanks( and regards)?|thank you|thx|rgds|br|regards"
        + "|(mit )?(freundlich(en|e)|besten|beste|viele|vielen|liebe|lieben|herzliche|herzlichen|schöne|schönen) (grüße|grüßen|gruß"
        + "|grüsse|grüssen|gruss|dank)|mfg|lg|vg|gruß|gruss|hochachtungsvoll"
        + "|(bien )?cordialement|bien à vous|cdlt|amicalement|sincères salutations|meilleures salutations|salutations"
        + "|saludos( cordiales)?|un saludo|atentamente|atte|cordiais saudações|atenciosamente|cumprimentos"
        + "|com os melhores cumprimentos|abraços|obrigad[oa]"
        + "|cordiali saluti|distinti saluti|saluti|un saluto|grazie|met vriendelijke groet(en)?|vriendelijke groet(en)?|groet(en"
        + "|jes)?|mvg|(med )?(vänliga|vennlig|venlig|bästa) (hälsningar|hilsen|hälsning)|mvh|hilsen|ystävällisin terveisin|terveisin"
        + "|pozdrawiam|z poważaniem|z wyrazami szacunku|с уважением|з повагою|s pozdravem|üdvözlettel|saygılarımla|此致|敬具"
        + @"|よろしくお願いいたします)\s*[,.!]?\s*$",
        Options)]
    private static partial Regex Closing { get; }

    [GeneratedRegex(
        @"[^\s@<>]+@[^\s@<>]+\.[a-z]{2,}|\b(https?://|www\.)\S+|\b(tel|telefon|téléphone|tél|teléfono|telefono|telefoon|phone|mobile"
        + @"|mobil|mob|cell|fax|direct|office|p|t|m|f)\s?[.:]+\s?[+(0-9][-0-9 ()./]{5,}|\+\d[-0-9 ()./]{7,}"
        + @"|\b\d{3}[-. ]\d{3}[-. ]\d{4}\b|\(\d{3}\) ?\d{3}-\d{4}",
        Options)]
    private static partial Regex Contact { get; }
}

enum HeaderField { None, From, Date, To, Subject, Other }
