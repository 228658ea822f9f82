namespace CxPlatform.Mail;

/// <summary>How the sender's program marked a line beside its text; only HTML tells.</summary>
enum LineMark { None, Quote, Attribution, History, Signature }

/// <summary>
/// Decides line by line what of a mail its sender wrote. Plain text and HTML come here alike. Conservative: what is not known to be history
/// or signature stays. Each line is looked at a bounded number of times.
/// </summary>
sealed class ReplyLines(IReadOnlyList<string> lines, IReadOnlyList<LineMark>? marks, bool forwards)
{
    const int MostSignature = 25;
    const int MostBareSignature = 10;
    const int BlockReach = 10;

    enum Kind { Text, Code, Empty, Quote, Attribution, Dropped }

    readonly Kind[] kinds = new Kind[lines.Count];
    readonly HeaderField?[] fields = new HeaderField?[lines.Count];
    int end = lines.Count;
    int keptFrom = int.MaxValue;
    bool anyText;

    /// <summary>Which lines to keep. None of them, when nothing can be told from history: the caller keeps everything then.</summary>
    public bool[] Keep()
    {
        Classify();
        DropQuotes();
        CutSignature();
        DropDevices();
        DropRules();
        var keep = new bool[lines.Count];
        // An empty line is kept between two that are.
        var last = -1;
        for (var i = 0; i < end; i++)
        {
            if (kinds[i] is Kind.Attribution or Kind.Dropped or Kind.Empty) continue;
            keep[i] = true;
            for (var j = last < 0 ? i : last + 1; j < i; j++) keep[j] = kinds[j] == Kind.Empty;
            last = i;
        }
        return keep;
    }

    /// <summary>Kept, since many lines may look at each.</summary>
    HeaderField Field(int i) => fields[i] ??= ReplyMarks.Field(lines[i]);

    LineMark Mark(int i) => marks is null ? LineMark.None : marks[i];

    void Classify()
    {
        var fence = false;
        for (var i = 0; i < end; i++)
        {
            var line = lines[i];
            kinds[i] = Mark(i) switch
            {
                LineMark.Quote => Kind.Quote,
                LineMark.Attribution => Kind.Attribution,
                LineMark.Signature => Kind.Dropped,
                _ => string.IsNullOrWhiteSpace(line) ? Kind.Empty : IsQuoted(line) && !IsGroupWise(line) ? Kind.Quote : Kind.Text,
            };
            // Within code nothing is a mark.
            if (line.StartsWith("```", StringComparison.Ordinal)) fence = !fence && FenceCloses(i);
            if (fence)
            {
                if (Mark(i) == LineMark.None && kinds[i] != Kind.Empty) kinds[i] = Kind.Code;
                anyText = true;
                continue;
            }
            if (Mark(i) == LineMark.History && !forwards)
            {
                if (ReplyMarks.IsForward(line)) KeepFrom(i);
                else end = i;
                return;
            }
            // A link that a program broke out of the quoted line above.
            if (kinds[i] == Kind.Text && i > 0 && kinds[i - 1] == Kind.Quote && BrokenLink(line)) kinds[i] = Kind.Quote;
            if (kinds[i] is not (Kind.Text or Kind.Attribution)) continue;
            if (ReplyMarks.IsForward(line))
            {
                KeepFrom(i);
                return;
            }
            if (kinds[i] is not Kind.Text) continue;
            if (IsHistory(i))
            {
                // With nothing above it is a forward by another name.
                if (anyText) end = i;
                else KeepFrom(i);
                return;
            }
            var length = Attribution.Length(lines, i, QuoteFollows);
            if (length == 0)
            {
                anyText |= !ReplyMarks.IsRule(line);
                continue;
            }
            if (!QuoteFollows(i + length) && !forwards && anyText)
            {
                // History that is not marked line by line is all that follows.
                end = i;
                return;
            }
            for (var j = i; j < i + length; j++) kinds[j] = Kind.Attribution;
            i += length - 1;
        }
    }

    /// <summary>What is forwarded is what is being told: it stays to the last line, its quotes and its signature too.</summary>
    static bool BrokenLink(string line) =>
        line.AsSpan().TrimStart() is var bare && (bare.StartsWith("(http") || bare.StartsWith("<http"));

    void KeepFrom(int at)
    {
        for (var i = at; i < end; i++) kinds[i] = string.IsNullOrWhiteSpace(lines[i]) ? Kind.Empty : Kind.Text;
        keptFrom = at;
    }

    bool IsHistory(int at)
    {
        if (ReplyMarks.IsReplyAbove(lines[at])) return true;
        return !forwards && (ReplyMarks.IsOriginal(lines[at]) || IsHeaderBlock(at));
    }

    /// <summary>A sender and two more of the fields that programs repeat above the history, close together.</summary>
    bool IsHeaderBlock(int at)
    {
        var first = Field(at);
        if (first == HeaderField.None) return IsUnknownBlock(at) || IsNotesBlock(at);
        if (first == HeaderField.From && ReplyMarks.IsFieldLine(lines[at])) return true;
        if (first == HeaderField.Other) return false;
        var addressed = Addressed(at);
        Span<bool> seen = stackalloc bool[6];
        seen[(int)first] = true;
        var strangers = 0;
        for (var i = at + 1; i < end && i <= at + BlockReach; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            var field = Field(i);
            if (field == HeaderField.None && (i > at + 5 || ++strangers > 2)) break;
            seen[(int)field] = true;
            addressed |= Addressed(i);
        }
        if (!seen[(int)HeaderField.From]) return first == HeaderField.Date && at + 1 < end && Field(at + 1) == HeaderField.To;
        var others = (seen[(int)HeaderField.Date] ? 1 : 0) + (seen[(int)HeaderField.To] ? 1 : 0) + (seen[(int)HeaderField.Subject] ? 1 : 0);
        // A person who books a journey writes "From", "To" and "Date" too.
        if (!addressed && !seen[(int)HeaderField.Subject] && lines[at][0] != '*' && !RuleBefore(at)) return false;
        return IsUnknownBlock(at) || others >= 2
            || others == 1 && first == HeaderField.From && (lines[at].Contains('@', StringComparison.Ordinal) || RuleBefore(at));
    }

    bool Addressed(int i) => lines[i].Contains('@', StringComparison.Ordinal);

    /// <summary>In whatever language: who with an address, when, and a third field, line by line.</summary>
    bool IsUnknownBlock(int at)
    {
        if (at + 2 >= end || !Addressed(at) || lines[at].AsSpan().TrimEnd() is not [.., '>' or ']']) return false;
        return ReplyMarks.IsUnknownField(lines[at]) && ReplyMarks.IsUnknownField(lines[at + 1]) && ReplyMarks.IsUnknownField(lines[at + 2])
            && (ReplyMarks.IsDateTime(lines[at + 1]) || ReplyMarks.IsDateTime(lines[at + 2]));
    }

    /// <summary>Notes: who, when, and the names of fields alone on their lines.</summary>
    bool IsNotesBlock(int at)
    {
        if (at + 2 >= end || lines[at].Length is 0 or > 100 || !ReplyMarks.IsDateTime(lines[at + 1])) return false;
        bool to = false, subject = false;
        for (var i = at + 2; i < end && i < at + 2 * BlockReach && !subject; i++)
        {
            var label = ReplyMarks.Label(lines[i]);
            to |= label == HeaderField.To;
            subject |= label == HeaderField.Subject;
        }
        return to && subject;
    }

    bool IsText(int i) => kinds[i] is Kind.Text or Kind.Code;

    bool RuleBefore(int at)
    {
        while (--at >= 0 && string.IsNullOrWhiteSpace(lines[at])) { }
        return at >= 0 && ReplyMarks.IsRule(lines[at]);
    }

    bool FenceCloses(int at)
    {
        for (var i = at + 1; i < end && i < at + 200; i++)
            if (lines[i].StartsWith("```", StringComparison.Ordinal)) return true;
        return false;
    }

    bool QuoteFollows(int at)
    {
        while (at < lines.Count && string.IsNullOrWhiteSpace(lines[at])) at++;
        return at < lines.Count && (Mark(at) == LineMark.Quote || Mark(at) == LineMark.None && IsQuoted(lines[at]));
    }

    static bool IsGroupWise(string line) =>
        line.StartsWith(">>> ", StringComparison.Ordinal) && line.AsSpan().TrimEnd().EndsWith(" >>>") && ReplyMarks.IsOriginal(line);

    static bool IsQuoted(string line)
    {
        var bare = line.AsSpan().TrimStart();
        return bare.Length > 0 && bare[0] == '>' && line.Length - bare.Length <= 3;
    }

    /// <summary>
    /// Quotes below the last answer go. A quote with an introduction and one answer below is the history of somebody who answers at the
    /// bottom, and goes. Quotes between answers stay: without them "Yes." and "No." mean nothing.
    /// </summary>
    void DropQuotes()
    {
        var last = LastText();
        if (last < 0) return;
        for (var i = last + 1; i < end; i++) kinds[i] = kinds[i] == Kind.Empty ? Kind.Empty : Kind.Dropped;
        var blocks = 0;
        var introduced = false;
        var previous = Kind.Text;
        for (var i = 0; i < last; i++)
        {
            if (kinds[i] == Kind.Empty) continue;
            if (kinds[i] == Kind.Quote && previous != Kind.Quote)
            {
                blocks++;
                introduced |= previous == Kind.Attribution || Attribution.Length(lines, i, QuoteFollows) > 0;
            }
            previous = kinds[i];
        }
        if (blocks != 1 || !introduced) return;
        for (var i = 0; i < last; i++)
            if (kinds[i] == Kind.Quote) kinds[i] = Kind.Dropped;
    }

    int LastText()
    {
        for (var i = end - 1; i >= 0; i--)
            if (IsText(i)) return i;
        return -1;
    }

    int FirstText()
    {
        for (var i = 0; i < end; i++)
            if (IsText(i)) return i;
        return end;
    }

    /// <summary>Below "-- " and the rules that people draw instead; below a closing formula what tells how to reach them.</summary>
    void CutSignature()
    {
        if (keptFrom < end) return;
        var first = FirstText();
        var last = LastText();
        var texts = 0;
        for (var i = last; i > first; i--)
        {
            if (kinds[i] == Kind.Code) return;
            if (kinds[i] != Kind.Text) continue;
            var line = lines[i];
            if (line.TrimEnd('\u00A0', ' ') is "--" && texts <= MostSignature || texts <= MostBareSignature && IsBareMark(line, texts))
            {
                CutAt(i);
                return;
            }
            if (texts == 0 && i > 0 && kinds[i - 1] == Kind.Empty && IsDashedName(line))
            {
                CutAt(i);
                continue;
            }
            if (ReplyMarks.IsClosing(line) && texts is > 1 and <= 12)
            {
                CutContact(i);
                return;
            }
            if (++texts > MostSignature) return;
        }
    }

    /// <summary>"-- Jane", below an empty line and with nothing after.</summary>
    static bool IsDashedName(string line) =>
        line.Length is > 3 and <= 40 && line.StartsWith("--", StringComparison.Ordinal) && line.AsSpan(2).TrimStart(" -") is [var first, ..] && char.IsUpper(first);

    static bool IsBareMark(string line, int texts) =>
        line.Trim() is var mark && texts > 0
        && (mark is "—" or "–" || ReplyMarks.IsRule(mark) && (mark[0] == '_' || mark[0] is '-' or '—' or '–' && mark.Length <= 4));

    void CutContact(int closing)
    {
        var name = closing;
        for (var i = closing + 1; i < end && name == closing; i++)
            if (kinds[i] == Kind.Text && !ReplyMarks.IsContact(lines[i])) name = i;
            else if (kinds[i] == Kind.Text) break;
        var contact = false;
        for (var i = name + 1; i < end; i++)
        {
            if (kinds[i] != Kind.Text) continue;
            if (lines[i].Length > 100) return;
            contact |= ReplyMarks.IsContact(lines[i]);
        }
        if (contact) CutAt(name + 1);
    }

    void CutAt(int at)
    {
        for (var i = at; i < end; i++)
            if (kinds[i] != Kind.Empty) kinds[i] = Kind.Dropped;
    }

    void DropDevices()
    {
        for (var i = Math.Min(end, keptFrom) - 1; i >= 0; i--)
        {
            if (kinds[i] != Kind.Text || !ReplyMarks.IsDevice(lines[i])) continue;
            // A paragraph's last line: a sentence that goes on is none.
            if (i + 1 >= end || kinds[i + 1] != Kind.Text || ReplyMarks.IsRule(lines[i + 1])) kinds[i] = Kind.Dropped;
        }
    }

    /// <summary>What was drawn above the history is left over at the end.</summary>
    void DropRules()
    {
        if (keptFrom < end) return;
        for (var i = end - 1; i >= 0 && (!IsText(i) || ReplyMarks.IsRule(lines[i])); i--)
            if (kinds[i] != Kind.Empty) kinds[i] = Kind.Dropped;
    }
}
