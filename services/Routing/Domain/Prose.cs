using System.Globalization;
using System.Text;

namespace CxPlatform.Routing.Domain;

/// <summary>A text brought to the form in which phrases are looked up: lower case, accents and apostrophes gone, one space around
/// every word, sentence signs as words of their own. Takes time linear in the text.</summary>
internal sealed class Prose
{
    /// <summary>Characters that are read; a customer says what they want well before.</summary>
    public const int MaxLength = 16_384;

    private readonly StringBuilder _text = new(" ");
    private readonly List<int> _words = [0];
    private readonly List<int> _clauses = [0];
    private int _word;
    private int _clause;

    private Prose()
    {
    }

    /// <summary>The normal form: begins and ends with a space.</summary>
    public string Text { get; private set; } = " ";

    /// <summary>Where the subject ends in <see cref="Text"/>.</summary>
    public int SubjectEnd { get; private set; }

    /// <summary>Words of four letters or more, and how many of them are written in capitals.</summary>
    public int LongWords { get; private set; }

    public int ShoutedWords { get; private set; }

    /// <summary>Whether exclamation marks come in pairs or more, or more than twice.</summary>
    public bool Exclaims { get; private set; }

    /// <summary>Which word the character at a position belongs to, counted from the start.</summary>
    public int WordAt(int position) => _words[Math.Min(position, _words.Count - 1)];

    public int ClauseAt(int position) => _clauses[Math.Min(position, _clauses.Count - 1)];

    public static Prose Read(string? subject, string text)
    {
        var prose = new Prose();
        if (!string.IsNullOrWhiteSpace(subject))
        {
            prose.Add(subject);
            prose.Sign('.');
            prose.SubjectEnd = prose._text.Length;
        }
        prose.Add(text);
        prose.Text = prose._text.ToString();
        return prose;
    }

    /// <summary>A phrase in the same form, without the spaces around it.</summary>
    public static string Normal(string phrase) => Read(null, phrase).Text.Trim();

    private void Add(string raw)
    {
        var text = Composed(raw.Length > MaxLength ? raw[..MaxLength] : raw);
        var inWord = false;
        int letters = 0, capitals = 0, exclamations = 0, previous = 0;

        void EndWord()
        {
            if (!inWord)
                return;
            Put(' ');
            inWord = false;
            if (letters >= 4)
            {
                LongWords++;
                if (capitals == letters)
                    ShoutedWords++;
            }
            letters = capitals = 0;
        }

        for (var i = 0; i < text.Length; i++)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var used);
            i += used - 1;
            if (Rune.IsLetterOrDigit(rune))
            {
                if (!inWord)
                    _word++;
                inWord = true;
                if (Rune.IsLetter(rune))
                {
                    letters++;
                    if (Rune.IsUpper(rune))
                        capitals++;
                }
                Letter(rune);
            }
            else if (rune.Value is '\'' or '’' or '‘' or '´' or '`' or 0xAD or 0x200D or 0xFE0F
                || Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark)
            {
                // Belongs to the word, says nothing: "doesn't" is looked up as "doesnt".
            }
            else
            {
                EndWord();
                if (rune.Value == '!')
                {
                    exclamations++;
                    if (previous == '!' || exclamations > 2)
                        Exclaims = true;
                    Sign('!');
                }
                else if (Smiley(text, i) is { } smiley)
                {
                    i += text[i + 1] == '-' ? 2 : 1;
                    Symbol(smiley);
                }
                else if (rune.Value is '?' or ',')
                    Sign((char)rune.Value);
                else if (rune.Value is '.' or ';' or ':' or '\n' or '…' or '(' or ')' or '–' or '—')
                    Sign('.');
                else if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol)
                    Symbol(rune.ToString());
            }
            previous = rune.Value;
        }
        EndWord();
    }

    private void Letter(Rune rune)
    {
        var lower = Rune.ToLowerInvariant(rune);
        if (lower.IsAscii)
        {
            Put((char)lower.Value);
            return;
        }
        // German writes ae for ä where it has to; both are looked up alike.
        var plain = lower.Value switch
        {
            'ä' or 'æ' => "ae",
            'ö' or 'ø' => "oe",
            'ü' => "ue",
            'ß' => "ss",
            _ => lower.ToString().Normalize(NormalizationForm.FormD),
        };
        foreach (var c in plain)
            if (char.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
                Put(c);
    }

    // A run of signs is one sign: "!!!" is looked up as "!".
    private void Sign(char sign)
    {
        if (_text.Length >= 2 && _text[^2] == sign && _text[^1] == ' ')
            return;
        _clause++;
        _word++;
        Put(sign);
        Put(' ');
    }

    private void Symbol(string symbol)
    {
        _word++;
        foreach (var c in symbol)
            Put(c);
        Put(' ');
    }

    private void Put(char c)
    {
        _text.Append(c);
        _words.Add(_word);
        _clauses.Add(_clause);
    }

    private static string? Smiley(string text, int i)
    {
        if (text[i] is not (':' or ';') || i + 1 >= text.Length)
            return null;
        var mouth = text[i + 1] == '-' && i + 2 < text.Length ? text[i + 2] : text[i + 1];
        return mouth switch { ')' => "🙂", '(' => "🙁", _ => null };
    }

    private static string Composed(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            whole.Append(rune.Value == 0xFFFE ? "\uFFFD" : rune.ToString()); // as a lone surrogate already did: Normalize takes neither
        return whole.ToString().Normalize(NormalizationForm.FormC);
    }
}
