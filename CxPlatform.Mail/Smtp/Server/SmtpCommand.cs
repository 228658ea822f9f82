using System.Buffers;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>A command's verb in capitals and what follows it.</summary>
readonly record struct SmtpCommand(string Verb, string Argument)
{
    const int MaxPath = 512;
    static readonly SearchValues<char> OnlyQuoted = SearchValues.Create(" <>\"\\,;");

    /// <summary>Null when the line is not UTF-8 or holds control characters.</summary>
    public static SmtpCommand? Parse(ReadOnlySpan<byte> line)
    {
        if (!System.Text.Unicode.Utf8.IsValid(line)) return null;
        var text = Encoding.UTF8.GetString(line);
        if (text.Any(c => char.IsControl(c) && c != '\t')) return null;
        text = text.Trim();
        var space = text.IndexOfAny([' ', '\t']);
        return space < 0 ? new(text.ToUpperInvariant(), "") : new(text[..space].ToUpperInvariant(), text[(space + 1)..].Trim());
    }

    /// <summary>
    /// Reads <c>FROM:&lt;path&gt; parameters</c>. Tolerates spaces after the colon and missing brackets, which simple devices send, and
    /// drops a source route (RFC 5321 appendix C).
    /// </summary>
    /// <returns>False when there is no path.</returns>
    public bool TryReadPath(string keyword, out string path, out string[] parameters)
    {
        (path, parameters) = ("", []);
        if (!Argument.StartsWith(keyword, StringComparison.OrdinalIgnoreCase)) return false;
        var rest = Argument.AsSpan(keyword.Length).TrimStart();
        var bracketed = rest.StartsWith("<");
        if (bracketed) rest = rest[1..];
        var end = EndOfPath(rest, bracketed ? '>' : ' ');
        if (end < 0 && bracketed) return false;
        var read = end < 0 ? rest : rest[..end];
        if (read.StartsWith("@") && read.IndexOf(':') is var colon and > 0) read = read[(colon + 1)..];
        path = read.Trim().ToString();
        parameters = end < 0 ? [] : rest[(end + 1)..].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return bracketed || path.Length > 0;
    }

    /// <summary>Whether a path names a mailbox: something before and after an <c>@</c>, or postmaster (RFC 5321 section 4.5.1).</summary>
    public static bool IsMailbox(string path)
    {
        if (path.Equals("postmaster", StringComparison.OrdinalIgnoreCase)) return true;
        var at = path.LastIndexOf('@');
        if (path.Length > MaxPath || at <= 0 || at == path.Length - 1) return false;
        var local = path.AsSpan(0, at);
        return !path.AsSpan(at).ContainsAny(OnlyQuoted) && (local is ['"', .., '"'] || !local.ContainsAny(OnlyQuoted));
    }

    static int EndOfPath(ReadOnlySpan<char> text, char closing)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted && text[i] == '\\') i++;
            else if (text[i] == '"') quoted = !quoted;
            else if (text[i] == closing && !quoted) return i;
        }
        return -1;
    }
}
