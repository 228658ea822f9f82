using System.Globalization;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>A part of a response: an atom or string, a literal, a list; NIL is an atom.</summary>
sealed class ImapValue
{
    ImapValue(string text, byte[]? literal, IReadOnlyList<ImapValue>? list) => (Text, Literal, List) = (text, literal, list);

    /// <summary>Empty for a list.</summary>
    public string Text { get; }
    public byte[]? Literal { get; }
    public IReadOnlyList<ImapValue>? List { get; }

    public long? Number => long.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public bool Is(string word) => Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    public static ImapValue Of(string text) => new(text, null, null);

    public static ImapValue Of(byte[] literal) => new(literal.Length < 1_000 ? Encoding.UTF8.GetString(literal) : "", literal, null);

    public static ImapValue Of(IReadOnlyList<ImapValue> list) => new("", null, list);
}

/// <summary>Reads the values of a response's line, whose literals were read from the connection in between.</summary>
static class ImapParser
{
    const int MaxDepth = 50;

    /// <param name="pieces">The text around the literals, in turn: one more than there are literals.</param>
    /// <exception cref="ImapException">Too deep.</exception>
    public static IReadOnlyList<ImapValue> Parse(IReadOnlyList<string> pieces, IReadOnlyList<byte[]> literals)
    {
        var open = new Stack<List<ImapValue>>();
        open.Push([]);
        for (var piece = 0; piece < pieces.Count; piece++)
        {
            Parse(pieces[piece], open);
            if (piece < literals.Count) open.Peek().Add(ImapValue.Of(literals[piece]));
        }
        // A list that was never closed ends with the line.
        while (open.Count > 1) Close(open);
        return open.Pop();
    }

    static void Parse(string text, Stack<List<ImapValue>> open)
    {
        for (var i = 0; i < text.Length;)
        {
            switch (text[i])
            {
                case ' ' or '\t':
                    i++;
                    break;
                case '(':
                    if (open.Count > MaxDepth) throw new ImapException(ImapFailure.Protocol, "The server's answer is nested too deeply.");
                    open.Push([]);
                    i++;
                    break;
                case ')':
                    if (open.Count > 1) Close(open);
                    i++;
                    break;
                case '"':
                    open.Peek().Add(ImapValue.Of(Quoted(text, ref i)));
                    break;
                default:
                    open.Peek().Add(ImapValue.Of(Atom(text, ref i)));
                    break;
            }
        }
    }

    static void Close(Stack<List<ImapValue>> open)
    {
        var list = open.Pop();
        open.Peek().Add(ImapValue.Of(list));
    }

    static string Quoted(string text, ref int i)
    {
        var value = new StringBuilder();
        for (i++; i < text.Length && text[i] != '"'; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length) i++;
            value.Append(text[i]);
        }
        i++;
        return value.ToString();
    }

    // BODY[HEADER.FIELDS (TO)] is one atom although it holds spaces and parentheses.
    static string Atom(string text, ref int i)
    {
        var start = i;
        var brackets = 0;
        for (; i < text.Length; i++)
        {
            if (text[i] == '[') brackets++;
            else if (text[i] == ']') brackets--;
            else if (brackets <= 0 && text[i] is ' ' or '\t' or '(' or ')' or '"') break;
        }
        return text[start..i];
    }
}
