using System.Text.RegularExpressions;

namespace CxPlatform.Mail;

/// <summary>
/// The sentence that introduces a quote ("On Thu, 20 Nov 2025, Jane wrote:"), in the languages and orders of the common mail programs. What
/// all have in common is looked for: a colon at the end, a word for writing, and a date or an address; not a pattern for each program.
/// </summary>
static partial class Attribution
{
    const int MostLines = 5;
    const int MaxLength = 400;
    const int MostTries = 4;
    const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    const string Verbs =
        @"wrote|writes|said|says|sent|schrieb|schrieben Sie|schrieben|geschrieben|écrit|escribió|escribio|escrito|va escriure|scritto"
        + "|escreveu|schreef|geschreven|skrev|skreiv|kirjoitti|napisał|napisała|pisze|napsal|napsala|napísal|napísala|napisao|napisala"
        + "|írta|a scris|yazdı|έγραψε|написал|написала|пишет|писал|писала|писали|написав|пише|написа|đã viết|menulis|kirjutas|rašė"
        + "|rakstīja|เขียนว่า|כתב|כתבה|كتب";

    [GeneratedRegex(
        @"\b(" + Verbs + ")\\b"
        + "|napisał\\(a\\)|napsal\\(a\\)|napísal\\(a\\)|написал\\(а\\)|写道|寫道|写到|のメッセージ|のメール|書きました|書き込みました|作成|작성|님이 쓴 글|쓴 글",
        Options)]
    private static partial Regex Verb { get; }

    /// <summary>Languages whose verb stands before the name, and sentences that end with the date.</summary>
    [GeneratedRegex(
        @"\b(schrieb|schreef|skrev|skreiv|napisał|írta)\b|\b(" + Verbs + @"|said the following|has sent this)\s(am|on|op|den|le|el|il|em"
            + @"|no dia|kl|klo|at|kuupäeval|\(|\d)|^Вы писали|^Wiadomość napisana|^(Thus spake|Also sprach)\s.{2,60}@",
        Options)]
    private static partial Regex VerbInside { get; }

    [GeneratedRegex(
        @"^\(?(On|At|Στις|In message|In article|Am|Le|El|Il|Op|Den|Dne|Dňa|Dnia|W dniu|Em|No dia|A|På|Vào|Pada|Tarihinde|У|В|Во|在|于|"
        + @"(mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|mié|jeu|jue|ven|vie|sam|sáb|dim|dom|gio|sab|seg|ter|qua|qui|sex"
        + @"|ma|wo|vr|za|zo|man|tir|tis|ons|tor|tors|fre|lør|lör|søn|sön|ke|to|pe|la|su|ti|pon|wt|śr|czw|pt|sob|niedz|po|út|st|čt|pá|ne"
        + @"|пн|вт|ср|чт|пт|сб|вс|нд)\.?,?"
        + @"|monday,?|tuesday,?|wednesday,?|thursday,?|friday,?|saturday,?|sunday,?|montag,?|dienstag,?|mittwoch,?|donnerstag,?|freitag,?"
        + @"|samstag,?|sonntag,?|понедельник,?|вторник,?|среда,?|четверг,?|пятница,?|суббота,?|воскресенье,?)\s|^在|^[""“(]?\d{1,4}[-./ 年년日]",
        Options)]
    private static partial Regex Start { get; }

    [GeneratedRegex(
        @"\b(19|20)\d\d\b|(19|20)\d\d[年년.]|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b\d{1,2}[:.h]\d\d\b",
        Options)]
    private static partial Regex Date { get; }

    [GeneratedRegex(
        @"[^\s<>@]+@[^\s<>@]+",
        Options)]
    private static partial Regex Address { get; }

    /// <summary>An address as programs write it beside a name, or at the end.</summary>
    [GeneratedRegex(
        @"[<(\[]\s?(mailto:)?[^\s<>@()]+@[^\s<>@]+\s?[>)\]]|\s(by|von|от)\s[^\s<>@]+@[^\s<>@]+[:：]$",
        Options)]
    private static partial Regex NamedAddress { get; }

    /// <summary>A date, a name, an address in brackets, and no word for writing: Gmail in many languages, among others.</summary>
    [GeneratedRegex(
        @"^([^\n@<>]{0,20}\b(19|20)\d\d\b|[^\n@<>]{0,20}(19|20)\d\d[年년./-]"
        + @"|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})[^<>]{0,150}<\s?[^\s<>@]+@[^\s<>@]+>\s?[:：]?$",
        Options)]
    private static partial Regex DateAndAddress { get; }

    [GeneratedRegex(
        @"^\p{Lu}.{1,80} \[\d{4}-\d\d-\d\d \d\d:\d\d\][:：]$|^Excerpts from .{2,100} message of .{2,60}[:：]$|^(Quoting|Zitat von|Zitiere|Citando a?|Citeren|Citerar|Cytowanie|Citát) .{2,150}[:：]$"
        + @"|^Posted by .{2,100} on \d{1,2}/\d{1,2}/\d{4}$"
        + @"|^.{1,100} via .{1,100} (wrote|schrieb|a écrit|escribió)\s?[:：]?$",
        Options)]
    private static partial Regex Quoting { get; }

    [GeneratedRegex(
        @"\b(I|ich|je|yo|io|eu|ik|jag|jeg|we|wir|nous) (wrote|said|schrieb|écrit|sent)",
        Options)]
    private static partial Regex FirstPerson { get; }

    /// <summary>How many lines from here introduce a quote; 0 for none.</summary>
    /// <param name="quoteFollows">
    /// Whether the line at an index, or the next that is not empty, is marked as quoted: weaker signs are enough then.
    /// </param>
    public static int Length(IReadOnlyList<string> lines, int at, Func<int, bool> quoteFollows)
    {
        var first = Bare(lines[at]);
        if (first.Length is < 3 or > MaxLength) return 0;
        if (EndsLikeOne(first) && (Is(first, at + 1, quoteFollows) || IsFramed(lines[at]) && VerbEnds(first))) return 1;
        var mayContinue = first[^1] is not (':' or '：') && (Start.IsMatch(first) || first.Contains('@', StringComparison.Ordinal));
        var joined = first;
        var blanks = 0;
        for (var i = at + 1; mayContinue && i < lines.Count && i < at + MostLines + blanks; i++)
        {
            var line = Bare(lines[i]);
            if (line.Length == 0)
            {
                // Polymail and others break the sentence with an empty line before the address or the verb.
                if (++blanks > 1 || joined.Length > 120 || !Date.IsMatch(joined)) return 0;
                continue;
            }
            // The sentence may begin nearer.
            if (char.IsLetter(line[0]) && Start.IsMatch(line) && Date.IsMatch(line) && !Date.IsMatch(joined)) return 0;
            joined += ' ' + line;
            if (joined.Length > MaxLength) return 0;
            if (EndsLikeOne(line) && Is(joined, i + 1, quoteFollows)) return i - at + 1;
            mayContinue = line[^1] is not (':' or '：') || line.EndsWith("mailto:", StringComparison.Ordinal);
        }
        return 0;

        static bool Is(string text, int next, Func<int, bool> quoteFollows) => IsOne(text) || IsWeakOne(text) && quoteFollows(next);
    }

    /// <summary>
    /// Where in a line that begins with the sender's own words an introduction begins, as some programs join them; -1 for nowhere.
    /// </summary>
    public static int Within(IReadOnlyList<string> lines, int at)
    {
        var line = lines[at];
        if (line.Length is < 20 or > 4 * MaxLength) return -1;
        var tries = 0;
        for (var match = WithinStart.Match(line); match.Success && tries++ < MostTries; match = match.NextMatch())
        {
            var start = match.Groups[1].Index;
            var joined = line[start..].TrimEnd();
            for (var next = at + 1; joined.Length <= MaxLength; next++)
            {
                if (joined[^1] is ':' or '：' && NamedAddress.IsMatch(joined) && IsOne(joined)) return start;
                if (joined[^1] is ':' or '：' || next >= lines.Count || next > at + 3 || string.IsNullOrWhiteSpace(lines[next])) break;
                joined += ' ' + lines[next].Trim();
            }
        }
        return -1;
    }

    /// <summary>The end of a sentence, or a gap, and the first words of an introduction.</summary>
    [GeneratedRegex(
        @"(?<=[.!?…。！？)*:]\s{0,3}|\s{2}|iPhone\s|iPad\s)((On|Am|Le|El|Il|Em|Op|Den|På|Dne|W dniu|At)\s[^\n]{0,30}\d|在\s?\d|\d{4}年)",
        RegexOptions.CultureInvariant)]
    private static partial Regex WithinStart { get; }

    /// <summary>"---- Jane wrote ----", as some telephones do.</summary>
    static bool IsFramed(string line) => line.AsSpan().Trim() is var bare && bare.StartsWith("--") && bare.EndsWith("--");

    /// <summary>Without what programs draw around it.</summary>
    static string Bare(string line) => line.TrimStart(Drawn).TrimEnd(' ', '\t', '\u00A0', '*', '-', '_', '|', '\u200E', '\u200F');

    static readonly char[] Drawn = [' ', '\t', '\u00A0', '>', '*', '-', '_', '|', '\u200E', '\u200F'];

    static bool EndsLikeOne(string bare) =>
        bare[^1] is ':' or '：' or '>'
        || bare.EndsWith("wrote", StringComparison.Ordinal) || bare.EndsWith("写道", StringComparison.Ordinal)
        || char.IsAsciiDigit(bare[^1]) && bare.StartsWith("Posted by ", StringComparison.Ordinal)
        || bare.Length < 200 && bare[^1] is not ('.' or '!' or '?' or ',') && char.IsAsciiDigit(bare[0])
            && bare.Contains('<', StringComparison.Ordinal);

    static bool IsOne(string text)
    {
        if (FirstPerson.IsMatch(text)) return false;
        if (Quoting.IsMatch(text) || DateAndAddress.IsMatch(text)) return true;
        var colon = text[^1] is ':' or '：';
        var dated = Date.IsMatch(text);
        var addressed = Address.IsMatch(text);
        if (colon && dated && addressed && NamedAddress.IsMatch(text)) return true;
        if (VerbEnds(text)) return colon && (addressed || dated && (Start.IsMatch(text) || IsReversed(text))) || dated && addressed;
        return colon && (dated || addressed) && VerbInside.IsMatch(text) && (Start.IsMatch(text) || addressed || IsReversed(text));
    }

    static bool IsWeakOne(string text) =>
        text.Length <= 160 && text[^1] is ':' or '：'
        && (VerbEnds(text) || VerbInside.IsMatch(text) || Start.IsMatch(text) && Date.IsMatch(text));

    static bool VerbEnds(string text)
    {
        var end = 0;
        for (var match = Verb.Match(text); match.Success; match = match.NextMatch()) end = match.Index + match.Length;
        return end > 0 && end >= text.Length - 4;
    }

    /// <summary>"Jane schrieb am 20.11.2025:", "Jane hat am 20.11.2025 geschrieben:".</summary>
    static bool IsReversed(string text) => text.Length <= 160 && ReversedForm.IsMatch(text);

    [GeneratedRegex(
        @"^.{2,80}\s((" + Verbs + @"|said the following|has sent this)\s(am|on|op|den|le|el|il|em|no dia|kl|klo|at|\(|\d)|hat am|on\s)"
        + @".{4,}[:：]$|[一-龥ぁ-んァ-ヶ가-힣]",
        Options)]
    private static partial Regex ReversedForm { get; }
}
