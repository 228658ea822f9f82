using System.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Reads a value with parameters (RFC 2045 section 5.1), with continuations and charsets (RFC 2231) and the usual broken forms.
/// </summary>
static class ParameterParser
{
    const int MaxParameters = 1_000;

    public static ContentType Parse(string text, WarningList warnings)
    {
        var scanner = new Scanner(text);
        var value = scanner.ReadValue().ToLowerInvariant();
        var pieces = new Dictionary<string, List<Piece>>(StringComparer.OrdinalIgnoreCase);
        for (var count = 0; scanner.TryReadParameter(out var name, out var content, out var quoted) && count < MaxParameters; count++)
        {
            if (name.Length == 0) continue;
            var piece = Piece.Of(name, content, quoted);
            if (!pieces.TryGetValue(piece.Name, out var list)) pieces.Add(piece.Name, list = []);
            list.Add(piece);
        }
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, list) in pieces) parameters[name] = Join(list, warnings);
        return new(value, parameters);
    }

    /// <summary>
    /// The extended form is preferred over the plain one, which is there for old readers; sections are ordered by their numbers, which need
    /// not be the order in which they stand (RFC 2231 section 3).
    /// </summary>
    static string Join(List<Piece> list, WarningList warnings)
    {
        if (list.Find(p => p is { Section: null, Extended: true }) is { } whole) return DecodeExtended([whole], warnings);
        var sections = list.Where(p => p.Section is not null).DistinctBy(p => p.Section).OrderBy(p => p.Section).ToList();
        if (sections.Count > 0) return DecodeExtended(sections, warnings);
        var plain = list[0];
        // Encoded words may not stand here, but are what many senders write.
        return CleanText.OneLine(EncodedWords.Decode(plain.Content, warnings));
    }

    static string DecodeExtended(List<Piece> sections, WarningList warnings)
    {
        string? charset = null;
        if (sections[0].Extended)
        {
            var content = sections[0].Content;
            var first = content.IndexOf('\'', StringComparison.Ordinal);
            var second = first < 0 ? -1 : content.IndexOf('\'', first + 1);
            if (second >= 0)
            {
                charset = content[..first];
                sections[0] = sections[0] with { Content = content[(second + 1)..] };
            }
        }
        if (!sections.Exists(p => p.Extended))
            return CleanText.OneLine(EncodedWords.Decode(string.Concat(sections.Select(p => p.Content)), warnings));
        var bytes = new List<byte>();
        foreach (var piece in sections)
        {
            var utf8 = Encoding.UTF8.GetBytes(piece.Content);
            for (var i = 0; i < utf8.Length; i++)
            {
                if (piece.Extended && utf8[i] == '%' && i + 2 < utf8.Length
                    && TransferDecoder.Hex(utf8[i + 1]) is var high and >= 0 && TransferDecoder.Hex(utf8[i + 2]) is var low and >= 0)
                {
                    bytes.Add((byte)(high << 4 | low));
                    i += 2;
                }
                else bytes.Add(utf8[i]);
            }
        }
        return CleanText.OneLine(Charsets.Decode(bytes.ToArray(), charset, warnings));
    }

    /// <param name="Section">The number after <c>*</c>, or null for a parameter in one piece.</param>
    /// <param name="Extended">Whether percent-encoded, the first section with charset and language before.</param>
    sealed record Piece(string Name, int? Section, bool Extended, string Content)
    {
        public static Piece Of(string name, string content, bool quoted)
        {
            var star = name.IndexOf('*', StringComparison.Ordinal);
            if (star <= 0) return new(name, null, false, content);
            var extended = name.EndsWith('*');
            var number = name[(star + 1)..].TrimEnd('*');
            if (number.Length == 0) return new(name[..star], null, !quoted || content.Contains('%'), content);
            return int.TryParse(number, System.Globalization.NumberStyles.None, null, out var section)
                ? new(name[..star], section, extended, content)
                : new(name, null, false, content);
        }
    }

    sealed class Scanner(string text)
    {
        int at;

        /// <summary>
        /// Without comments and spaces. It ends where a parameter begins, too, where the semicolon was forgotten or is a comma; and is empty
        /// where there is nothing but parameters.
        /// </summary>
        public string ReadValue()
        {
            var result = new StringBuilder();
            while (at < text.Length && text[at] is not (';' or '='))
            {
                if (text[at] == '(') SkipComment();
                else if (text[at] == '"') at++;
                else result.Append(text[at++]);
            }
            var value = result.ToString().Trim();
            if (at < text.Length && text[at] == '=')
            {
                var name = value[(value.LastIndexOfAny(BeforeName) + 1)..];
                value = value[..^name.Length];
                at = Math.Max(text.LastIndexOf(name, at, StringComparison.Ordinal), 0);
            }
            return value.Replace(" ", "", StringComparison.Ordinal).TrimEnd(',');
        }

        static readonly char[] BeforeName = [' ', '\t', ','];

        public bool TryReadParameter(out string name, out string content, out bool quoted)
        {
            name = content = "";
            quoted = false;
            SkipSpace(andSeparators: true);
            if (at >= text.Length) return false;
            var start = at;
            while (at < text.Length && text[at] is not ('=' or ';' or '"')) at++;
            name = text[start..at].Trim();
            if (at >= text.Length || text[at] == ';')
            {
                name = "";
                return true;
            }
            if (text[at] == '=') at++;
            SkipSpace(andSeparators: false);
            if (at < text.Length && text[at] == '"')
            {
                quoted = true;
                content = ReadQuoted();
                // Anything between the closing quote and the semicolon is not part of the value.
                while (at < text.Length && text[at] != ';') at++;
                return true;
            }
            start = at;
            while (at < text.Length && text[at] != ';')
            {
                // Names of files hold brackets; nobody explains them in a comment.
                if (text[at] == '(' && !name.EndsWith("name", StringComparison.OrdinalIgnoreCase) && at > 0 && text[at - 1] is ' ' or '\t') break;
                at++;
            }
            content = text[start..at].Trim();
            while (at < text.Length && text[at] != ';')
            {
                if (text[at] == '(') SkipComment();
                else at++;
            }
            return true;
        }

        string ReadQuoted()
        {
            var result = new StringBuilder();
            for (at++; at < text.Length; at++)
            {
                var c = text[at];
                if (c == '"')
                {
                    at++;
                    break;
                }
                // A backslash before an ordinary character is a Windows path written without escapes, not an escape.
                if (c == '\\' && at + 1 < text.Length && text[at + 1] is '"' or '\\') c = text[++at];
                result.Append(c);
            }
            return result.ToString();
        }

        void SkipSpace(bool andSeparators)
        {
            while (at < text.Length)
            {
                if (text[at] is ' ' or '\t' or '\r' or '\n' || andSeparators && text[at] is ';' or ',') at++;
                else if (text[at] == '(') SkipComment();
                else return;
            }
        }

        void SkipComment()
        {
            var depth = 0;
            for (; at < text.Length; at++)
            {
                if (text[at] == '\\') at++;
                else if (text[at] == '(') depth++;
                else if (text[at] == ')' && --depth == 0)
                {
                    at++;
                    return;
                }
            }
            at = Math.Min(at, text.Length);
        }
    }
}
