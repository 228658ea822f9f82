using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace CxPlatform.Cases.Domain;

/// <summary>Tells a short thank-you from a message that wants something. In doubt it wants something: a person looks.</summary>
internal static partial class ThankYou
{
    public const int MaxLength = 160;

    private static readonly FrozenSet<string> Thanks = Set(
        "thanks thank thankyou thx ty cheers danke dankeschön dankeschoen dankesehr merci dank bedanke perfect perfekt wunderbar");

    private static readonly FrozenSet<string> Allowed = Set(
        """
        you u so very much many a lot again for your the quick fast great kind help support reply answer response and all
        everything works working it is its it's now fine that this was helped good best regards have nice day weekend ok okay
        super top awesome wonderful brilliant excellent everyone team hi hello dear to solved vielen lieben besten herzlichen
        tausend sehr schön für die das der den ihre eure deine schnelle tolle gute hilfe antwort unterstützung und alles ist
        jetzt es geht funktioniert klappt wieder gut prima klasse toll spitze passt hat geholfen mir uns ich mich bei ihnen euch
        dir mfg lg vg viele grüße gruß liebe freundliche freundlichen grüßen mit schönen tag noch hallo gelöst erledigt wirklich
        nochmals nochmal einen schönes wochenende
        """);

    /// <param name="names">The customer's, whose words may stand under the thanks, and the name of whom they thank.</param>
    public static bool Is(string text, params ReadOnlySpan<string?> names)
    {
        if (text.Length > MaxLength || text.Contains('?', StringComparison.Ordinal))
            return false;
        var own = Words(string.Join(' ', names)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var thanked = false;
        foreach (var word in Words(text))
        {
            thanked |= Thanks.Contains(word);
            if (!Thanks.Contains(word) && !Allowed.Contains(word) && !own.Contains(word))
                return false;
        }
        return thanked;
    }

    private static IEnumerable<string> Words(string text) => Word().Matches(text).Select(match => match.Value);

    private static FrozenSet<string> Set(string words) =>
        words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"[\p{L}\p{N}][\p{L}\p{N}'’]*")]
    private static partial Regex Word();
}
