using System.Buffers;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Decodes encoded words (RFC 2047, with the language of RFC 2231 section 5). Space between two of them is dropped, and the bytes of
/// neighbours in one charset are joined before they are decoded, since many senders cut characters in two. They are also read where they
/// should not stand: inside quoted strings and words, and with spaces inside. Time is linear.
/// </summary>
static class EncodedWords
{
    const int MaxCharsetLength = 80;
    static readonly SearchValues<char> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    public static string Decode(string text, WarningList? warnings = null)
    {
        var start = text.IndexOf("=?", StringComparison.Ordinal);
        if (start < 0) return text;
        warnings ??= new();
        var result = new StringBuilder(text.Length);
        var run = new Run(result, warnings);
        var copied = 0;
        // The next "?=" is looked for once: looking for it anew from each "=?" would take quadratic time.
        var close = -1;
        while (start >= 0)
        {
            if (TryRead(text, start, ref close, out var word))
            {
                var between = text.AsSpan(copied, start - copied);
                if (!run.Any || !IsSpace(between))
                {
                    run.Flush();
                    result.Append(between);
                }
                run.Add(word, text);
                copied = word.End;
                start = text.IndexOf("=?", word.End, StringComparison.Ordinal);
            }
            else start = text.IndexOf("=?", start + 2, StringComparison.Ordinal);
        }
        run.Flush();
        return result.Append(text, copied, text.Length - copied).ToString();
    }

    readonly record struct Word(Range Charset, bool Base64, int TextStart, int TextEnd, int End);

    static bool TryRead(string text, int start, ref int close, out Word word)
    {
        word = default;
        var charsetStart = start + 2;
        var limit = Math.Min(text.Length, charsetStart + MaxCharsetLength);
        var i = charsetStart;
        while (i < limit && text[i] is > ' ' and < (char)127 and not '?') i++;
        if (i + 2 >= text.Length || text[i] != '?' || text[i + 2] != '?') return false;
        var encoding = text[i + 1];
        if (encoding is not ('B' or 'b' or 'Q' or 'q')) return false;
        var body = i + 3;
        if (close < body)
        {
            close = text.IndexOf("?=", body, StringComparison.Ordinal);
            if (close < 0) close = int.MaxValue;
        }
        var end = close;
        // A new word that begins before this one ends: this one has lost its end. It goes as far as a word can.
        var another = text.AsSpan(body, Math.Min(close, text.Length) - body).IndexOf("=?");
        var lost = close == int.MaxValue || another >= 0;
        if (lost)
        {
            end = another >= 0 ? body + another : text.Length;
            if (text.AsSpan(body, end - body).IndexOfAny(' ', '\t') is var space and >= 0) end = body + space;
            var rest = text.AsSpan(body, end - body);
            if (rest.Length == 0 || encoding is 'B' or 'b' && (rest.Length < 4 || rest.ContainsAnyExcept(Base64))) return false;
        }
        else if (encoding is 'Q' or 'q') close = end = AfterQuestionMarks(text, close);
        var charset = text.AsSpan(charsetStart, i - charsetStart).IndexOf('*') is var star and >= 0 ? charsetStart + star : i;
        word = new(charsetStart..charset, encoding is 'B' or 'b', body, end, lost ? end : end + 2);
        return true;
    }

    /// <summary>
    /// A question mark that was left as it is, with an escape after it ("?=21"), looks like the end of the word; the real one follows.
    /// </summary>
    static int AfterQuestionMarks(string text, int close)
    {
        while (close + 3 < text.Length && IsHex(text[close + 2]) && IsHex(text[close + 3]))
        {
            var next = text.IndexOf("?=", close + 2, StringComparison.Ordinal);
            if (next < 0 || text.AsSpan(close + 2, next - close - 2).IndexOfAny(" \t") >= 0) break;
            if (text.AsSpan(close + 2, next - close - 2).IndexOf("=?") >= 0) break;
            close = next;
        }
        return close;

        static bool IsHex(char c) => c is >= '0' and <= '9' or >= 'A' and <= 'F';
    }

    static bool IsSpace(ReadOnlySpan<char> text) => text.Trim(" \t\r\n").Length == 0;

    /// <summary>Neighbouring words, gathered until one in another charset or plain text follows.</summary>
    sealed class Run(StringBuilder result, WarningList warnings)
    {
        readonly List<byte> bytes = [];
        readonly StringBuilder pendingBase64 = new();
        string charset = "";
        int pendingCount;

        public bool Any { get; private set; }

        public void Add(Word word, string text)
        {
            var name = text[word.Charset];
            if (Any && !name.Equals(charset, StringComparison.OrdinalIgnoreCase)) FlushBytes();
            charset = name;
            Any = true;
            var content = text.AsSpan(word.TextStart, word.TextEnd - word.TextStart);
            if (word.Base64)
            {
                pendingBase64.Append(content);
                foreach (var c in content)
                    if (char.IsAsciiLetterOrDigit(c) || c is '+' or '/') pendingCount++;
                // A word that stops within a quantum goes on in the next; padding says that it does not.
                if (content.EndsWith("=") || pendingCount % 4 == 0) FlushBase64();
            }
            else
            {
                FlushBase64();
                AddQ(content);
            }
        }

        public void Flush()
        {
            FlushBytes();
            Any = false;
        }

        void FlushBase64()
        {
            if (pendingBase64.Length == 0) return;
            bytes.AddRange(TransferDecoder.Decode(Encoding.Latin1.GetBytes(pendingBase64.ToString()), "base64").Span);
            pendingBase64.Clear();
            pendingCount = 0;
        }

        void FlushBytes()
        {
            FlushBase64();
            if (bytes.Count == 0) return;
            result.Append(Charsets.Decode(bytes.ToArray(), charset, warnings));
            bytes.Clear();
        }

        void AddQ(ReadOnlySpan<char> content)
        {
            for (var i = 0; i < content.Length; i++)
            {
                var c = content[i];
                if (c == '=' && i + 2 < content.Length
                    && Hex(content[i + 1]) is var high and >= 0 && Hex(content[i + 2]) is var low and >= 0)
                {
                    bytes.Add((byte)(high << 4 | low));
                    i += 2;
                }
                else if (c == '_') bytes.Add((byte)' ');
                else if (c < 128) bytes.Add((byte)c);
                else
                {
                    // Unencoded text within an encoded word: kept as the text it already is.
                    FlushBytes();
                    result.Append(c);
                }
            }
        }

        static int Hex(char c) => c < 128 ? TransferDecoder.Hex((byte)c) : -1;
    }
}
