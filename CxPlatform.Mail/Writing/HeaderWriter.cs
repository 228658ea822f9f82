using System.Buffers;
using System.Globalization;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Writes header fields, folded at 78 characters where they allow it (RFC 5322 section 2.1.1), with encoded words for what is not ASCII
/// (RFC 2047). Refuses with <see cref="ArgumentException"/> whatever would end a field early.
/// </summary>
sealed class HeaderWriter(StringBuilder output)
{
    const int FoldAt = 78;
    const int MaxLine = 998;
    const int MaxEncodedWord = 75;
    static readonly SearchValues<char> NotInLiteral = SearchValues.Create("<>()[],;\\\"@");
    static readonly SearchValues<char> NotInDomain = SearchValues.Create("<>()[],;:\\\"@");

    /// <summary>Free text (RFC 2047 section 5 rule 1).</summary>
    public void Unstructured(string name, string value, string field)
    {
        Refuse(value, field);
        if (value.Length == 0) output.Append(name).Append(":\r\n");
        else if (NeedsEncoding(value)) Tokens(name, EncodeWords(value, name.Length + 2));
        else Tokens(name, SplitKeepingSpaces(value));
    }

    public void Addresses(string name, IReadOnlyList<MailAddress> addresses, string field)
    {
        if (addresses.Count == 0) return;
        var tokens = new List<string>();
        for (var i = 0; i < addresses.Count; i++)
        {
            var mailbox = Mailbox(addresses[i], addresses.Count == 1 ? field : $"{field}[{i}]", name.Length + 2);
            if (i < addresses.Count - 1) mailbox[^1] += ",";
            tokens.AddRange(mailbox);
        }
        Tokens(name, tokens);
    }

    public void MessageIds(string name, IEnumerable<string> ids, string field) => Tokens(name, ids.Select(id => $"<{CheckId(id, field)}>"));

    public void Date(DateTimeOffset date)
    {
        var zone = date.Offset;
        output.Append(CultureInfo.InvariantCulture, $"Date: {date:ddd, d MMM yyyy HH:mm:ss} ")
            .Append(zone < TimeSpan.Zero ? '-' : '+')
            .Append(CultureInfo.InvariantCulture, $"{Math.Abs(zone.Hours):00}{Math.Abs(zone.Minutes):00}\r\n");
    }

    /// <summary>A value of ASCII words that may be folded between them.</summary>
    public void Tokens(string name, IEnumerable<string> tokens)
    {
        output.Append(name).Append(':');
        var column = name.Length + 1;
        foreach (var token in tokens)
        {
            var spaced = token[0] is ' ' or '\t' ? token : " " + token;
            if (column + spaced.Length > FoldAt && column > name.Length + 1)
            {
                output.Append("\r\n");
                column = 0;
            }
            output.Append(spaced);
            column += spaced.Length;
        }
        output.Append("\r\n");
    }

    static List<string> Mailbox(MailAddress mailbox, string field, int column)
    {
        var address = CheckAddress(mailbox.Address, field);
        if (string.IsNullOrEmpty(mailbox.Name)) return [address];
        Refuse(mailbox.Name, field);
        var phrase = mailbox.Name;
        if (NeedsEncoding(phrase) || Quoted(phrase).Length > 60) return [.. EncodeWords(phrase, column), $"<{address}>"];
        var atoms = phrase.Split(' ').All(word => word.Length > 0 && word.All(IsAtomText));
        return atoms
            ? [.. phrase.Split(' '), $"<{address}>"]
            : [Quoted(phrase), $"<{address}>"];
    }

    static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    static bool IsAtomText(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~".Contains(c, StringComparison.Ordinal);

    /// <summary>
    /// The address as it is written: a domain that is not ASCII in its ASCII form (RFC 5891) unless the local part is not ASCII either.
    /// </summary>
    public static string CheckAddress(string address, string field)
    {
        var at = address.LastIndexOf('@');
        if (at <= 0 || at == address.Length - 1) throw Invalid(field, "'@' with a local part and a domain is required.");
        if (address.Length > 320) throw Invalid(field, "an address has at most 320 characters.");
        var (local, domain) = (address[..at], address[(at + 1)..]);
        var quoted = local.Length >= 2 && local[0] == '"' && local[^1] == '"';
        for (var i = 0; i < address.Length; i++)
        {
            var c = address[i];
            var inQuotes = quoted && i > 0 && i < at - 1;
            if (char.IsControl(c) || char.IsSurrogate(c) || char.IsWhiteSpace(c) && !(inQuotes && c == ' '))
                throw Invalid(field, "an address holds neither spaces nor control characters.");
            var special = i < at && "<>()[],;:\\\"@".Contains(c, StringComparison.Ordinal);
            if (quoted ? inQuotes && c == '"' && address[i - 1] != '\\' : special)
                throw Invalid(field, $"'{c}' may not stand unquoted in an address.");
        }
        var literal = domain[0] == '[' && domain[^1] == ']';
        if (domain[literal ? 1 : 0] is '[' or '.' || domain.AsSpan(1, Math.Max(0, domain.Length - 2)).IndexOfAny(NotInLiteral) >= 0
            || !literal && domain.AsSpan().IndexOfAny(NotInDomain) >= 0)
            throw Invalid(field, "the domain of an address is not valid.");
        if (Ascii.IsValid(domain) || !Ascii.IsValid(local)) return address;
        try
        {
            return $"{local}@{new IdnMapping().GetAscii(domain)}";
        }
        catch (ArgumentException)
        {
            throw Invalid(field, "the domain of an address is not valid.");
        }
    }

    public static string CheckId(string id, string field)
    {
        if (id.Length is 0 or > 900) throw Invalid(field, "a message id has 1 to 900 characters.");
        foreach (var c in id)
            if (c is <= ' ' or >= (char)127 or '<' or '>')
                throw Invalid(field, "a message id holds ASCII without spaces and angle brackets.");
        return id;
    }

    /// <summary>Names the field and the rule, for the caller and for whoever filled it in.</summary>
    public static ArgumentException Invalid(string field, string rule) => new($"{field}: {rule}", field);

    public static void Refuse(string value, string field)
    {
        if (value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0) throw Invalid(field, "line ends and NUL are not allowed.");
    }

    static bool NeedsEncoding(string value)
    {
        // Text that would be taken for encoded, or whose ends would be lost, is encoded too.
        if (value.Contains("=?", StringComparison.Ordinal) || value[0] == ' ' || value[^1] == ' ') return true;
        var run = 0;
        foreach (var c in value)
        {
            if (c is < ' ' or >= (char)127) return true;
            run = c == ' ' ? 0 : run + 1;
            if (run > MaxLine - 100) return true;
        }
        return false;
    }

    /// <summary>Words with the spaces before them, so that folding loses none.</summary>
    static IEnumerable<string> SplitKeepingSpaces(string value)
    {
        var start = 0;
        for (var i = 1; i < value.Length; i++)
        {
            if (value[i] != ' ' || value[i - 1] == ' ') continue;
            yield return value[start..i];
            start = i;
        }
        yield return value[start..];
    }

    static IEnumerable<string> EncodeWords(string value, int firstColumn)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        var quotedLength = 0;
        foreach (var b in Encoding.UTF8.GetBytes(value)) quotedLength += IsPlainQ(b) ? 1 : 3;
        var base64 = bytes * 4 / 3 < quotedLength;
        var overhead = "=?utf-8?Q??=".Length;
        // The first word stands behind the field's name on its line.
        var room = MaxEncodedWord - overhead - Math.Min(firstColumn, 30);
        var chunk = new List<byte>();
        var length = 0;
        var utf8 = new byte[4];
        foreach (var rune in value.EnumerateRunes())
        {
            var count = rune.EncodeToUtf8(utf8);
            var cost = 0;
            for (var i = 0; i < count; i++) cost += IsPlainQ(utf8[i]) ? 1 : 3;
            if (base64 ? (chunk.Count + count + 2) / 3 * 4 > room : length + cost > room)
            {
                yield return Word(chunk, base64);
                chunk.Clear();
                length = 0;
                room = MaxEncodedWord - overhead;
            }
            chunk.AddRange(utf8.AsSpan(0, count));
            length += cost;
        }
        if (chunk.Count > 0) yield return Word(chunk, base64);
    }

    static string Word(List<byte> chunk, bool base64)
    {
        if (base64) return $"=?utf-8?B?{Convert.ToBase64String(chunk.ToArray())}?=";
        var text = new StringBuilder("=?utf-8?Q?");
        foreach (var b in chunk)
        {
            if (b == ' ') text.Append('_');
            else if (IsPlainQ(b)) text.Append((char)b);
            else text.Append('=').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return text.Append("?=").ToString();
    }

    /// <summary>What needs no escape even within a phrase (RFC 2047 section 5 rule 3).</summary>
    static bool IsPlainQ(byte b) => char.IsAsciiLetterOrDigit((char)b) || " !*+-/"u8.Contains(b);

    /// <summary>A parameter, plain where it can be, else percent-encoded and in sections (RFC 2231), each its own token.</summary>
    public static IEnumerable<string> Parameter(string name, string value, string field)
    {
        Refuse(value, field);
        if (Quoted(value).Length <= 60 && value.All(c => c is >= ' ' and < (char)127) && !value.Contains("=?", StringComparison.Ordinal)
            && value.Trim(' ').Length == value.Length)
        {
            yield return $"{name}={Quoted(value)}";
            yield break;
        }
        var encoded = new List<string>();
        foreach (var b in Encoding.UTF8.GetBytes(value))
            encoded.Add(char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'-' or (byte)'_' ? ((char)b).ToString() : $"%{b:X2}");
        if (encoded.Sum(e => e.Length) <= 50)
        {
            yield return $"{name}*=utf-8''{string.Concat(encoded)}";
            yield break;
        }
        var section = 0;
        var text = new StringBuilder("utf-8''");
        foreach (var piece in encoded)
        {
            if (text.Length + piece.Length > 50)
            {
                yield return $"{name}*{section++}*={text}";
                text.Clear();
            }
            text.Append(piece);
        }
        yield return $"{name}*{section}*={text}";
    }
}
