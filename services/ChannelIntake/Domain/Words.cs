using System.Text.Json;

namespace CxPlatform.Intake;

/// <summary>Enum members as the words that are stored and measured: <c>webForm</c>.</summary>
internal static class Words
{
    public static string Of<T>(T value)
        where T : struct, Enum => Cache<T>.Words.GetValueOrDefault(value) ?? value.ToString();

    public static T Read<T>(string word)
        where T : struct, Enum => Enum.TryParse<T>(word, ignoreCase: true, out var value) ? value : default;

    /// <summary>A word that somebody asks by; null when it is none.</summary>
    public static T? TryRead<T>(string? word)
        where T : struct, Enum =>
        Cache<T>.Words.Where(pair => pair.Value.Equals(word, StringComparison.OrdinalIgnoreCase) && pair.Value != "unknown")
            .Select(pair => (T?)pair.Key).FirstOrDefault();

    /// <summary>The rule that <see cref="TryRead"/> holds words to.</summary>
    public static string RuleOf<T>()
        where T : struct, Enum => $"must be one of {string.Join(", ", Cache<T>.Words.Values.Where(word => word != "unknown"))}.";

    private static class Cache<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> Words =
            Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));
    }
}
