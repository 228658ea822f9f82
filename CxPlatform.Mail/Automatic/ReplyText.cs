using System.Text.RegularExpressions;

namespace CxPlatform.Mail;

/// <summary>
/// What somebody wrote in a reply, without the history below it and the signature, as the main English and German mail programs mark them.
/// A guess for display and for reading by machine: the caller keeps the original.
/// </summary>
public static partial class ReplyText
{
    const int MaxLine = 400;

    /// <summary>
    /// Removes quoted history and signatures. Forwarded messages stay, since they are what is being told. Answers between quoted lines
    /// stay. Never returns nothing for something: where all would go, the text is returned as it was. Lines end with line feeds. Time is
    /// linear.
    /// </summary>
    public static string Strip(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = CleanText.Lines(text).Split('\n');
        var kept = new List<string>();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd();
            if (line.StartsWith('>')) continue;
            if (AttributionLength(lines, i) is var length and > 0)
            {
                // Where the history is marked line by line, answers may stand between; where it is not, it is all that follows.
                if (!QuoteFollows(lines, i + length)) break;
                i += length - 1;
                continue;
            }
            if (IsSignatureMark(lines[i]) || IsSeparator(line) || IsHeaderBlock(lines, i) && !IsForwarded(kept)) break;
            if (line.Length <= MaxLine && DeviceSignature().IsMatch(line)) continue;
            kept.Add(line);
        }
        // The rule that Outlook draws above its header block.
        while (kept.Count > 0 && (kept[^1].Length == 0 || Rule().IsMatch(kept[^1]))) kept.RemoveAt(kept.Count - 1);
        var first = kept.FindIndex(l => l.Length > 0);
        return first < 0 ? text : string.Join('\n', kept.Skip(first));
    }

    /// <summary>How many lines introduce a quote, beginning here; 0 for none. Mail programs wrap the introduction.</summary>
    static int AttributionLength(string[] lines, int at)
    {
        var joined = "";
        for (var count = 1; count <= 3 && at + count <= lines.Length; count++)
        {
            var line = lines[at + count - 1].Trim();
            if (line.Length is 0 or > MaxLine || line[0] == '>') return 0;
            joined = count == 1 ? line : joined + " " + line;
            if (count == 1 && !AttributionStart().IsMatch(line)) return line[^1] == ':' && AttributionByName().IsMatch(line) ? 1 : 0;
            if (line[^1] == ':' && Attribution().IsMatch(joined)) return count;
        }
        return 0;
    }

    static bool QuoteFollows(string[] lines, int at)
    {
        while (at < lines.Length && lines[at].Trim().Length == 0) at++;
        return at < lines.Length && lines[at].StartsWith('>');
    }

    static bool IsSignatureMark(string line) => line is "-- " or "--" or "\u2014 ";

    static bool IsSeparator(string line) => line.Length <= MaxLine && Separator().IsMatch(line);

    /// <summary>"From:" and, within the lines after it, two more of the fields that Outlook repeats.</summary>
    static bool IsHeaderBlock(string[] lines, int at)
    {
        if (lines[at].Length > MaxLine || !BlockStart().IsMatch(lines[at])) return false;
        var fields = 0;
        for (var i = at + 1; i < lines.Length && i <= at + 8; i++)
        {
            if (lines[i].Length <= MaxLine && BlockField().IsMatch(lines[i])) fields++;
            else if (lines[i].Trim().Length == 0 && fields > 0) break;
        }
        return fields >= 2;
    }

    static bool IsForwarded(List<string> kept) =>
        kept.FindLast(l => l.Length > 0) is { Length: <= MaxLine } last && Forwarded().IsMatch(last);

    const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"^(On|Am|Le|El|Il|Op|Den|W dniu|Em)\s", Options)]
    private static partial Regex AttributionStart();

    [GeneratedRegex(
        @"^(On\s.{6,}\swrote|Am\s.{6,}\sschrieb(\s.*)?|Am\s.{6,}\shat\s.+geschrieben|Le\s.{6,}\sa\sécrit\s?|El\s.{6,}\sescribió"
        + @"|Il\s.{6,}\sha\sscritto|Op\s.{6,}\sschreef(\s.*)?|Em\s.{6,}\sescreveu|Den\s.{6,}\sskrev(\s.*)?"
        + @"|W\sdniu\s.{6,}\snapisał\(?a?\)?):$",
        Options)]
    private static partial Regex Attribution();

    [GeneratedRegex(
        @"^(.{2,}\sschrieb\sam\s.{6,}|.{2,}\shat\sam\s.{6,}\sgeschrieben|.{0,200}<[^<>\s]+@[^<>\s]+>\s(wrote|schrieb)"
        + @"|\d{1,4}[-./].{6,}<[^<>\s]+@[^<>\s]+>)\s?:$",
        Options)]
    private static partial Regex AttributionByName();

    [GeneratedRegex(
        @"^\s*-{2,}\s?(Original[ -]?Message|Original[ -]?Nachricht|Ursprüngliche (Nachricht|E-Mail|Mail)"
        + @"|Message d'origine|Mensaje original)\s?-{2,}\s*$",
        Options)]
    private static partial Regex Separator();

    [GeneratedRegex("Forwarded message|Weitergeleitete (Nachricht|E-Mail)|Anfang der weitergeleiteten|Message transféré", Options)]
    private static partial Regex Forwarded();

    [GeneratedRegex(@"^\s*\*?(From|Von|De|Da|Van)\s?:\*?\s+\S", Options)]
    private static partial Regex BlockStart();

    [GeneratedRegex(
        @"^\s*\*?(Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado|Para|Asunto)\s?:\*?(\s|$)", Options)]
    private static partial Regex BlockField();

    [GeneratedRegex(
        @"^\s*(Sent from (my|Outlook|Mail|Yahoo|Gmail|Proton|Samsung)\b.{0,80}|Get Outlook for (iOS|Android).{0,60}"
        + @"|Von meinem .{2,60} gesendet\.?|Gesendet von (meinem|Outlook|Mail|Yahoo)\b.{0,80}"
        + @"|Gesendet mit (der|dem|Outlook|Proton)\b.{0,80}"
        + @"|Holen Sie sich Outlook für (iOS|Android).{0,60}|Diese Nachricht wurde von .{2,80} gesendet\.?)\s*$",
        Options)]
    private static partial Regex DeviceSignature();

    [GeneratedRegex(@"^\s*_{10,}\s*$", Options)]
    private static partial Regex Rule();
}
