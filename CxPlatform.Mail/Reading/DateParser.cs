using System.Globalization;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Reads a date (RFC 5322 section 3.3 and its obsolete forms), and ISO 8601 and asctime forms that some senders write instead.
/// </summary>
static class DateParser
{
    static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    public static DateTimeOffset? Parse(string text)
    {
        if (text.Length > 200) text = text[..200];
        text = WithoutComments(text);
        int? day = null, month = null, year = null;
        TimeSpan? time = null, zone = null;
        var pm = false;
        var am = false;
        foreach (var token in text.Split([' ', '\t', ',', '\r', '\n', '"'], StringSplitOptions.RemoveEmptyEntries).SelectMany(SplitDashes))
        {
            if (time is null && token.Contains(':')) time = Time(token, ref zone);
            else if (month is null && token.Length >= 3 && char.IsAsciiLetter(token[0]) && MonthOf(token) is { } m) month = m;
            else if (token.All(char.IsAsciiDigit))
            {
                if (token.Length <= 2 && day is null) day = Number(token);
                else if (year is null && token.Length <= 4) year = Year(token);
                // Without its sign a zone is still one, where all else has been read.
                else if (time is not null && zone is null && token.Length == 4) zone = Zone("+" + token);
            }
            else if (token is "AM" or "am") am = true;
            else if (token is "PM" or "pm") pm = true;
            else if (time is not null) zone ??= Zone(token);
        }
        if (day is null || month is null || year is null) return Iso(text);
        var clock = time ?? TimeSpan.Zero;
        if (pm && clock.Hours < 12) clock += TimeSpan.FromHours(12);
        if (am && clock.Hours == 12) clock -= TimeSpan.FromHours(12);
        return At(year.Value, month.Value, day.Value, clock, zone ?? TimeSpan.Zero);
    }

    static DateTimeOffset? At(int year, int month, int day, TimeSpan clock, TimeSpan zone)
    {
        if (year is < 1 or > 9999 || day < 1 || day > DateTime.DaysInMonth(year, month)) return null;
        var local = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified) + clock;
        // At the ends of time an offset leads out of what can be held.
        return local.Ticks < TimeSpan.TicksPerDay || DateTime.MaxValue.Ticks - local.Ticks < TimeSpan.TicksPerDay ? null : new(local, zone);
    }

    /// <summary>20-Nov-2025, and 2025-11-20 is left whole for <see cref="Iso"/>.</summary>
    static IEnumerable<string> SplitDashes(string token) =>
        token.Length > 5 && token[0] is not ('-' or '+') && token.Contains('-') && !token.Contains(':') && token.Any(char.IsAsciiLetter)
            ? token.Split('-', StringSplitOptions.RemoveEmptyEntries)
            : [token];

    static int? MonthOf(string token)
    {
        var i = Array.IndexOf(Months, token[..3].ToLowerInvariant());
        return i < 0 ? null : i + 1;
    }

    static int Number(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Two and three digits as RFC 5322 section 4.3 reads them.</summary>
    static int Year(string token)
    {
        var year = Number(token);
        return token.Length switch { >= 4 => year, 3 => 1900 + year, _ => year < 50 ? 2000 + year : 1900 + year };
    }

    static TimeSpan? Time(string token, ref TimeSpan? zone)
    {
        var sign = token.IndexOfAny(['+', '-']);
        if (sign > 0)
        {
            zone = Zone(token[sign..]);
            token = token[..sign];
        }
        var end = token.Length;
        while (end > 0 && char.IsAsciiLetter(token[end - 1])) end--;
        if (end < token.Length && end > 0 && Zone(token[end..]) is { } named) zone ??= named;
        var pieces = token[..end].Split(':');
        if (pieces.Length is < 2 or > 3) return null;
        if (!Part(pieces[0], 23, out var hour) || !Part(pieces[1], 59, out var minute)) return null;
        var second = 0;
        if (pieces.Length == 3 && !Part(pieces[2].Split('.')[0], 60, out second)) return null;
        return new TimeSpan(hour, minute, Math.Min(second, 59));
    }

    static bool Part(string text, int max, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= max;

    /// <summary>Null for what names no zone; zero for names that do not say where they are (RFC 5322 section 4.3).</summary>
    static TimeSpan? Zone(string token)
    {
        if (token[0] is '+' or '-')
        {
            var digits = token[1..].Replace(":", "", StringComparison.Ordinal);
            if (digits.Length is not (3 or 4) || !digits.All(char.IsAsciiDigit)) return null;
            var number = Number(digits);
            var (hours, minutes) = (number / 100, number % 100);
            if (minutes > 59 || hours * 60 + minutes > 14 * 60) return TimeSpan.Zero;
            var offset = new TimeSpan(hours, minutes, 0);
            return token[0] == '-' ? -offset : offset;
        }
        return token.ToUpperInvariant() switch
        {
            "EDT" => TimeSpan.FromHours(-4),
            "EST" or "CDT" => TimeSpan.FromHours(-5),
            "CST" or "MDT" => TimeSpan.FromHours(-6),
            "MST" or "PDT" => TimeSpan.FromHours(-7),
            "PST" => TimeSpan.FromHours(-8),
            "CET" or "MEZ" or "BST" => TimeSpan.FromHours(1),
            "CEST" or "MESZ" or "EET" => TimeSpan.FromHours(2),
            "EEST" or "MSK" => TimeSpan.FromHours(3),
            "JST" => TimeSpan.FromHours(9),
            "GMT" or "UT" or "UTC" or "Z" => TimeSpan.Zero,
            _ => null,
        };
    }

    /// <summary>Only with a whole date in front: the framework's parser would take a missing one from the clock.</summary>
    static DateTimeOffset? Iso(string text)
    {
        text = text.Trim();
        return text.Length >= 10 && text[4] == '-' && text[7] == '-' && text.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value)
            ? value
            : null;
    }

    static string WithoutComments(string text)
    {
        if (!text.Contains('(')) return text;
        var result = new StringBuilder(text.Length);
        var depth = 0;
        foreach (var c in text)
        {
            if (c == '(') depth++;
            else if (c == ')' && depth > 0) depth--;
            else if (depth == 0) result.Append(c);
        }
        return result.ToString();
    }
}
