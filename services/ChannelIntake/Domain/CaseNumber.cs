using System.Text.RegularExpressions;

namespace CxPlatform.Intake;

/// <summary>Case numbers as people quote them: <c>CX-2026-000123</c>.</summary>
internal static partial class CaseNumber
{
    /// <summary>The first case number in a text, in upper case; null when there is none.</summary>
    public static string? Find(string? text) =>
        text is not null && Pattern().Match(text) is { Success: true } match ? match.Value.ToUpperInvariant() : null;

    /// <summary>The text when it is a case number and nothing else.</summary>
    public static string? Read(string text) => Find(text) is { } number && number.Length == text.Trim().Length ? number : null;

    [GeneratedRegex(@"(?<![A-Za-z0-9])CX-[0-9]{4}-[0-9]{6,9}(?![0-9])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
