using System.Text.RegularExpressions;

namespace CxPlatform.Notifications.Sending;

/// <summary>What a provider said, fit for logs and events.</summary>
internal static partial class Reasons
{
    private const int Longest = 200;

    /// <summary>On one line, without addresses and numbers that could be somebody's, at most 200 characters.</summary>
    public static string Clean(string reason)
    {
        var text = White().Replace(Numbers().Replace(Addresses().Replace(reason, "(address)"), "(number)"), " ").Trim();
        return text.Length <= Longest ? text : text[..Longest];
    }

    [GeneratedRegex(@"<?[^\s<>@,;:]+@[^\s<>@,;]+>?")]
    private static partial Regex Addresses();

    [GeneratedRegex(@"\+?\d[\d ()/-]{6,}\d")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\s+")]
    private static partial Regex White();
}
