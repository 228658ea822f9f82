using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CxPlatform.Intake;

/// <summary>Phone numbers as people write them, made E.164. Knows how countries dial, not which of their numbers exist.</summary>
internal static partial class Phones
{
    private const int Longest = 60;

    /// <summary>What is dialled at home before a number of another country, and before one of another town, where it is not 00 and 0.
    /// Length: how many digits a national number has together with its trunk prefix, where that tells them apart.</summary>
    private static readonly Dictionary<string, (string International, string Trunk, int? Length)> Habits = new()
    {
        ["1"] = ("011", "1", 11),
        ["7"] = ("810", "8", 11),
        ["36"] = ("00", "06", null),
        ["39"] = ("00", "", null),
        ["61"] = ("0011", "0", null),
        ["65"] = ("001", "", null),
        ["81"] = ("010", "0", null),
        ["370"] = ("00", "8", 9),
        ["375"] = ("810", "8", 11),
        ["378"] = ("00", "", null),
        ["852"] = ("001", "", null),
    };

    // Countries whose numbers never begin with 0 after the country code: there it is the trunk prefix, written out of habit.
    private static readonly string[] NeverZero =
    [
        "20", "27", "31", "32", "33", "40", "41", "43", "44", "46", "49", "51", "55", "60", "61", "62", "63", "64", "66", "81", "82", "84",
        "86", "90", "91", "92", "94", "98", "353", "358", "380", "381", "385", "386", "421", "886", "966", "971", "972",
    ];

    /// <param name="countryCode">Of the country that national numbers belong to; null refuses them.</param>
    /// <returns>A plus and 7 to 15 digits; null when it is no number.</returns>
    public static string? Read(string? value, string? countryCode)
    {
        if (value is null || value.Length > Longest)
            return null;
        var text = Identities.WithoutInvisible(value).Trim();
        if (text.StartsWith("tel:", StringComparison.OrdinalIgnoreCase))
            text = text[4..];
        text = Extension().Replace(text, "");
        // In +49 (0)30 123 the zero in brackets is for callers at home.
        var atHome = text.Replace("(0)", "", StringComparison.Ordinal);
        if (Digits(atHome) is not var (number, plus))
            return null;
        if (!plus && atHome.Length < text.Length && !number.StartsWith("00", StringComparison.Ordinal))
            number = "0" + number;
        if (International(number, plus, countryCode) is not { } found)
            return null;
        foreach (var code in NeverZero)
            if (found.StartsWith(code + "0", StringComparison.Ordinal))
                found = code + found[(code.Length + 1)..];
        return found.Length is >= 7 and <= 15 && found[0] != '0' ? "+" + found : null;
    }

    public static bool IsPunctuation(char c) =>
        c is '-' or '.' or '/' or '(' or ')' or '[' or ']' or '\u2212' or '\uff08' or '\uff09' or '\uff0d'
        || char.GetUnicodeCategory(c) is UnicodeCategory.SpaceSeparator or UnicodeCategory.DashPunctuation;

    private static string? International(string number, bool plus, string? countryCode)
    {
        if (number.StartsWith("00", StringComparison.Ordinal) && !(countryCode == "61" && number.StartsWith("0011", StringComparison.Ordinal)))
            return number[2..];
        if (plus)
            return number;
        if (countryCode is null)
            return null;
        var (international, trunk, length) = Habits.GetValueOrDefault(countryCode, ("00", "0", null));
        if (number.StartsWith(international, StringComparison.Ordinal) && number.Length > international.Length + 6)
            return number[international.Length..];
        var hasTrunk = trunk.Length > 0 && number.StartsWith(trunk, StringComparison.Ordinal) && (length is null || number.Length == length);
        return countryCode + (hasTrunk ? number[trunk.Length..] : number);
    }

    private static (string Number, bool Plus)? Digits(string text)
    {
        var digits = new StringBuilder(text.Length);
        var plus = false;
        foreach (var c in text)
        {
            if (c is '+' or '\uff0b' && digits.Length == 0 && !plus)
                plus = true;
            else if (char.IsDigit(c))
                digits.Append((char)('0' + CharUnicodeInfo.GetDecimalDigitValue(c)));
            else if (!IsPunctuation(c))
                return null;
        }
        return (digits.ToString(), plus);
    }

    // What is dialled once somebody has answered: ext. 12, x12, #12, Durchwahl 12, ;ext=12, or after a pause (a comma).
    [GeneratedRegex(
        @"\s*(?:;.*|,.*|(?:ext(?:ension)?|x|#|dw|durchwahl|nebenstelle|poste|anexo|int|доб)[.:=]?\s*\d{1,7})\s*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Extension();
}
