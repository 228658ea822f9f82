using System.Text.RegularExpressions;

namespace CxPlatform.Notifications.Domain;

/// <summary>Every message that leaves can be answered. This finds what says otherwise.</summary>
internal static partial class NoReply
{
    /// <returns>The words that say that nobody reads the answer, or null.</returns>
    public static string? Find(string text) => Words().Match(text) is { Success: true } match ? match.Value : null;

    [GeneratedRegex(
        @"\bno[\s._-]?(reply|response|answer)\b|\bno[_]?reply|(do|does|can)[\s._-]?(not|n't)[\s._-]?(reply|respond|answer)|not monitored|unmonitored"
        + @"|nicht[\s._-]?(auf diese \w+ )?(zu )?(antworten|beantwortet)|nicht[\s._-]?antworten|keine[\s._-]?antwort|antworten sie (bitte )?nicht",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
