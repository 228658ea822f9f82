using System.Text;

namespace CxPlatform.Mail;

/// <summary>What somebody wrote, without history and signature.</summary>
/// <param name="Text">As text.</param>
/// <param name="Html">As HTML, not sanitised; null when the mail has none.</param>
public sealed record Reply(string Text, string? Html);

/// <summary>
/// What somebody wrote in a reply, without the history below it and the signature, as the common mail programs mark them in some twenty
/// languages. A guess for display and for reading by machine: the caller keeps the original.
/// <para>
/// Forwarded messages stay, since they are what is being told. Answers between quotes stay, and the quotes that they answer; quotes
/// below the last answer go. Where all would go, all stays: something never becomes nothing. Never throws; time is linear.
/// </para>
/// </summary>
public static class ReplyText
{
    const int MostPasses = 8;

    public static Reply Of(InboundMail mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        var forwards = ReplyMarks.IsForwardSubject(mail.Subject);
        var html = mail.HtmlBody is null ? null : HtmlReply.Read(mail.HtmlBody, forwards);
        return new(mail.TextBody is { } text ? Strip(text, forwards) : html?.Text ?? "", html?.Html);
    }

    /// <summary>From plain text; lines end with line feeds.</summary>
    public static string Strip(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Strip(text, forwards: false);
    }

    /// <summary>From HTML; the result is HTML written anew, well nested, and not sanitised.</summary>
    public static Reply FromHtml(string html)
    {
        ArgumentNullException.ThrowIfNull(html);
        return HtmlReply.Read(html, forwards: false);
    }

    static string Strip(string text, bool forwards)
    {
        text = Divide(text);
        // What went may have stood between two things that are history or signature only together.
        for (var pass = 0; pass < MostPasses; pass++)
        {
            var lines = CleanText.Lines(text).Split('\n');
            var stripped = Join(lines, new ReplyLines(lines, null, forwards).Keep()) ?? text;
            if (stripped.Length == text.Length) return stripped;
            text = stripped;
        }
        return text;
    }

    /// <summary>Puts an introduction that shares a line with the end of the reply on a line of its own.</summary>
    static string Divide(string text)
    {
        if (!text.Contains('@', StringComparison.Ordinal)) return text;
        var lines = CleanText.Lines(text).Split('\n');
        var divided = false;
        for (var i = 0; i < lines.Length; i++)
        {
            if (Attribution.Within(lines, i) is not (var at and > 0)) continue;
            lines[i] = lines[i][..at].TrimEnd() + '\n' + lines[i][at..];
            divided = true;
        }
        return divided ? string.Join('\n', lines) : text;
    }

    /// <summary>The kept lines without empty ones at the ends; null when there are none.</summary>
    internal static string? Join(IReadOnlyList<string> lines, bool[] keep)
    {
        var result = new StringBuilder();
        var empty = 0;
        var gap = false;
        for (var i = 0; i < lines.Count; i++)
        {
            if (!keep[i])
            {
                gap = true;
                continue;
            }
            var line = lines[i].AsSpan().TrimEnd();
            if (line.IsEmpty)
            {
                empty++;
                continue;
            }
            // Where something was taken out one empty line is enough.
            if (result.Length > 0) result.Append('\n', gap ? Math.Min(empty, 1) + 1 : empty + 1);
            (empty, gap) = (0, false);
            result.Append(line);
        }
        return result.Length == 0 ? null : result.ToString();
    }
}
