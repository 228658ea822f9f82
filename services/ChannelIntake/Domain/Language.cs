using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace CxPlatform.Intake;

/// <summary>Language tags, and a guess by the small words that every text in a language is full of.</summary>
internal static partial class Language
{
    private const int MostWords = 400;

    // Words that two of the languages share (de, la, die, was, no, ...) are left out where they would mislead.
    private static readonly FrozenDictionary<string, string[]> Languages = Index(
        ("en",
            "the and you your is are was were have has had not with for this that these from what when where which would "
            + "could should please thank thanks my our been will can't don't i'm it's hello hi how why because order any of "
            + "to"),
        ("de",
            "der das und ist nicht ich sie wir mein meine meinen meiner mit auf für von dem den ein eine einen zu habe "
            + "haben wurde wird bitte danke vielen dank leider aber auch kann können noch schon seit wann warum wie hallo "
            + "guten sehr geehrte freundlichen grüßen im am bei oder uns ihre ihr keine kein immer"),
        ("fr",
            "le les des et est une je vous nous mon ma mes votre vos avec pour dans sur pas que qui ne bonjour merci plus "
            + "cette ce ces j'ai c'est n'est suis avez avons été être depuis mais très au aux du cordialement commande "
            + "toujours sont"),
        ("es",
            "el los las y es un una que yo usted mi mis su sus con para por en del al está estoy he ha han pero muy hola "
            + "gracias buenos días cuando dónde cómo qué pedido todavía también saludos favor desde porque más ya se lo me"));

    /// <summary>A well-formed BCP 47 tag, such as <c>de</c> or <c>pt-BR</c>.</summary>
    public static bool IsTag(string tag) => tag.Length <= 35 && Tag().IsMatch(tag);

    /// <summary>en, de, fr or es; null when the text is too short or does not lean clearly to one.</summary>
    public static string? Guess(string text)
    {
        Span<int> scores = stackalloc int[4];
        var words = 0;
        var lookup = Languages.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> lower = stackalloc char[16];
        var rest = text.AsSpan();
        while (rest.Length > 0 && words < MostWords)
        {
            var start = IndexOfLetter(rest);
            if (start < 0)
                break;
            rest = rest[start..];
            var length = 1;
            while (length < rest.Length && (char.IsLetter(rest[length]) || rest[length] is '\'' or '’'))
                length++;
            words++;
            if (length <= lower.Length)
            {
                rest[..length].ToLowerInvariant(lower);
                lower[..length].Replace('’', '\'');
                if (lookup.TryGetValue(lower[..length], out var languages))
                    foreach (var language in languages)
                        scores[Place(language)]++;
            }
            rest = rest[length..];
        }
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best])
                best = i;
        var second = 0;
        for (var i = 0; i < scores.Length; i++)
            if (i != best && scores[i] > second)
                second = scores[i];
        return scores[best] >= 2 && scores[best] * 2 >= second * 3 && scores[best] * 12 >= words ? Name(best) : null;
    }

    private static int IndexOfLetter(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
            if (char.IsLetter(text[i]))
                return i;
        return -1;
    }

    private static int Place(string language) => language switch { "en" => 0, "de" => 1, "fr" => 2, _ => 3 };

    private static string Name(int place) => place switch { 0 => "en", 1 => "de", 2 => "fr", _ => "es" };

    private static FrozenDictionary<string, string[]> Index(params (string Language, string Words)[] lists) => lists
        .SelectMany(list => list.Words.Split(' ').Select(word => (word, list.Language)))
        .GroupBy(pair => pair.word, pair => pair.Language)
        .ToFrozenDictionary(group => group.Key, group => group.Distinct().ToArray());

    [GeneratedRegex("^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
