using System.Globalization;
using System.Text.RegularExpressions;
using CxPlatform.Messaging;
using NodaTime;

namespace CxPlatform.Cases.Calendars;

/// <summary>Instants and durations of a question, as people and programs write them; null for anything else.</summary>
internal static partial class QuestionText
{
    private const string Number = @"\d{1,9}([.,]\d{1,9})?";

    private static readonly (string Name, int Seconds)[] Units = [("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)];

    /// <summary>RFC 3339, a little wider. Without an offset it is local time of the zone, a date alone is its beginning, 24:00 its end;
    /// of the times that the clocks skip or repeat, what <see cref="Domain.BusinessCalendar"/> says.</summary>
    public static DateTimeOffset? Instant(string text, string zone)
    {
        if (Moment().Match(text.Trim()) is not { Success: true } m
            || !DateTime.TryParseExact(m.Groups["date"].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return null;
        int Of(string group) => m.Groups[group].Success ? int.Parse(m.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
        var fraction = TimeSpan.FromTicks(long.Parse(m.Groups["fraction"].Value.PadRight(7, '0')[..7], CultureInfo.InvariantCulture));
        var time = new TimeSpan(Of("hour"), Of("minute"), Of("second")) + fraction;
        // RFC 3339 has leap seconds; no clock of ours has.
        if (time > TimeSpan.FromDays(1) || Of("minute") > 59 || Of("second") > 60)
            return null;
        var offset = new TimeSpan(Of("hours"), Of("minutes"), 0);
        if (offset > TimeSpan.FromHours(14) || Of("minutes") > 59)
            return null;
        var at = m.Groups["offset"].Success
            ? new DateTimeOffset(day + time, m.Groups["sign"].Value == "-" ? -offset : offset)
            : LocalDateTime.FromDateTime(day + time).InZoneLeniently(DateTimeZoneProviders.Tzdb[zone]).ToDateTimeOffset();
        return Time.Truncate(at.ToUniversalTime());
    }

    /// <summary>ISO 8601 without years and months, which have no length of their own, or <c>2h 30m</c>, or <c>02:30:00</c>.</summary>
    public static TimeSpan? Duration(string text)
    {
        text = text.Trim();
        if (EachNegative().IsMatch(text))
            text = '-' + text.Replace("-", "", StringComparison.Ordinal);
        var m = Iso().Match(text) is { Success: true } iso ? iso : Short().Match(text) is { Success: true } brief ? brief : Colons().Match(text);
        if (!m.Success)
            return null;
        var seconds = 0m;
        foreach (var (unit, length) in Units)
            if (m.Groups[unit].Success)
                seconds += decimal.Parse(m.Groups[unit].Value.Replace(',', '.'), CultureInfo.InvariantCulture) * length;
        var duration = TimeSpan.FromTicks((long)(Math.Min(seconds, 100_000_000_000) * TimeSpan.TicksPerSecond));
        return m.Groups["sign"].Value == "-" ? -duration : duration;
    }

    [GeneratedRegex(
        @"^(?<date>[1-8]\d{3}-\d\d-\d\d)([Tt ](?<hour>\d\d):(?<minute>\d\d)(:(?<second>\d\d)([.,](?<fraction>\d{1,9}))?)?"
        + @" ?(?<offset>[Zz]|(?<sign>[+-])(?<hours>\d\d)(:?(?<minutes>\d\d))?)?)?$")]
    private static partial Regex Moment();

    // As Java writes them.
    [GeneratedRegex(@"^P(T?-[\d.,]+[A-Z])+$", RegexOptions.IgnoreCase)]
    private static partial Regex EachNegative();

    [GeneratedRegex(
        $@"^(?<sign>[+-]?)P(?=.)((?<w>{Number})W)?((?<d>{Number})D)?(T(?=.)((?<h>{Number})H)?((?<m>{Number})M)?((?<s>{Number})S)?)?$",
        RegexOptions.IgnoreCase)]
    private static partial Regex Iso();

    [GeneratedRegex(
        $@"^(?<sign>[+-]?)(?=\d)((?<w>{Number}) ?w\s*)?((?<d>{Number}) ?d\s*)?((?<h>{Number}) ?h\s*)?((?<m>{Number}) ?m(in)?\s*)?"
        + $@"((?<s>{Number}) ?s)?$",
        RegexOptions.IgnoreCase)]
    private static partial Regex Short();

    [GeneratedRegex(@"^(?<sign>[+-]?)((?<d>\d{1,6})\.)?(?<h>\d{1,6}):(?<m>[0-5]\d):(?<s>[0-5]\d([.,]\d{1,9})?)$")]
    private static partial Regex Colons();
}
