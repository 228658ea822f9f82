using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Extensions;

namespace CxPlatform.Cases.Domain;

/// <summary>A sentence that says that we do something, and by when.</summary>
internal sealed record FoundPromise(string Text, DateTimeOffset Due);

/// <summary>Reads a reply for what sounds like a promise: who acts is us, and there is a time by which. Phrases of English and German
/// are the data below; what they do not say clearly is no promise.</summary>
internal static partial class PromiseFinder
{
    private const int Most = 3;
    private const int LongestSentence = 300;

    public static IReadOnlyList<FoundPromise> Find(string text, DateTimeOffset now, string? customersZone, BusinessCalendar calendar)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(customersZone ?? "") ?? DateTimeZoneProviders.Tzdb[calendar.TimeZone];
        var found = new List<FoundPromise>();
        foreach (var sentence in Sentences(text))
        {
            if (found.Count == Most)
                break;
            if (sentence.Length <= LongestSentence && We().IsMatch(sentence) && !Doubt().IsMatch(sentence)
                && new Reading(sentence, now, zone, calendar).Due() is { } due && due > now && found.All(other => other.Due != due))
                found.Add(new(sentence, due));
        }
        return found;
    }

    private static IEnumerable<string> Sentences(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith('>'))
                continue;
            foreach (var sentence in Ends().Split(line))
                if (sentence.Trim() is { Length: > 0 } one)
                    yield return one;
        }
    }

    /// <summary>What of a sentence is a time, as seen from an instant in the customer's zone.</summary>
    private sealed class Reading(string sentence, DateTimeOffset now, DateTimeZone zone, BusinessCalendar calendar)
    {
        private readonly LocalDateTime _now = Instant.FromDateTimeOffset(now).InZone(zone).LocalDateTime;

        public DateTimeOffset? Due()
        {
            if (Within().Match(sentence) is { Success: true } within)
                return After(Number(within.Groups["n"].Value), within.Groups["unit"].Value.ToLowerInvariant(), within.Groups["work"].Success);
            var time = TimeOfDay();
            if (Day() is { } day)
                return time is { } at ? At(day, at) : Closing(day);
            return time is not { } alone ? null : At(_now.Date, alone) is var today && today > now ? today : At(_now.Date.PlusDays(1), alone);
        }

        private LocalDate? Day()
        {
            if (Date().Match(sentence) is { Success: true } date)
                return DateOf(date);
            foreach (var (words, days) in Days)
                if (words.IsMatch(sentence))
                    return days(_now.Date);
            return Weekday().Match(sentence) is { Success: true } weekday
                ? _now.Date.Next(Weekdays[weekday.Groups["day"].Value.ToLowerInvariant()[..2]])
                : GoingHome.IsMatch(sentence) ? _now.Date
                : null;
        }

        private LocalTime? TimeOfDay()
        {
            if (Clock().Match(sentence) is { Success: true } clock)
            {
                var hour = int.Parse(clock.Groups["h"].Value, CultureInfo.InvariantCulture);
                var minute = clock.Groups["m"].Success ? int.Parse(clock.Groups["m"].Value, CultureInfo.InvariantCulture) : 0;
                var half = clock.Groups["half"].Value.ToLowerInvariant();
                hour = half.StartsWith('p') && hour < 12 ? hour + 12 : half.StartsWith('a') && hour == 12 ? 0 : hour;
                return hour < 24 && minute < 60 ? new LocalTime(hour, minute) : null;
            }
            // "At 3" is when people are about.
            if (BareHour().Match(sentence) is { Success: true } bare && int.Parse(bare.Groups["h"].Value, CultureInfo.InvariantCulture) is < 24 and var at)
                return new LocalTime(at is > 0 and < 7 ? at + 12 : at, 0);
            foreach (var (words, time) in PartsOfDay)
                if (words.IsMatch(sentence))
                    return time;
            return null;
        }

        private LocalDate? DateOf(Match date)
        {
            int Part(string name) => date.Groups[name].Success ? int.Parse(date.Groups[name].Value, CultureInfo.InvariantCulture) : 0;
            var name = date.Groups["month"].Value.ToLowerInvariant();
            var month = name.Length == 0 ? Part("mm") : Months.GetValueOrDefault(name[..3]);
            var (day, year) = (Part("d"), Part("y"));
            if (month is < 1 or > 12 || day < 1 || day > CalendarSystem.Iso.GetDaysInMonth(year == 0 ? _now.Year : year, month))
                return null;
            var at = new LocalDate(year == 0 ? _now.Year : year, month, day);
            return year == 0 && at < _now.Date ? at.PlusYears(1) : at;
        }

        private DateTimeOffset? After(int number, string unit, bool business)
        {
            switch (unit[0])
            {
                case 'm' when unit.StartsWith("mo", StringComparison.Ordinal):
                    return Closing(_now.Date.PlusMonths(number));
                case 'm':
                    return now.AddMinutes(number);
                case 'h' or 's':
                    return business ? calendar.Add(now, TimeSpan.FromHours(number)) : now.AddHours(number);
                case 'w' when !unit.StartsWith("we", StringComparison.Ordinal) || unit.StartsWith("wer", StringComparison.Ordinal):
                case 'a' or 'd' or 't' when business || unit[0] == 'a':
                    return WorkingDays(number);
                case 'w':
                    return Closing(_now.Date.PlusDays(7 * number));
                default:
                    return Closing(_now.Date.PlusDays(number));
            }
        }

        private DateTimeOffset? WorkingDays(int number)
        {
            var day = _now.Date;
            for (var tried = 0; number > 0 && tried < 400; tried++)
            {
                day = day.PlusDays(1);
                if (IsOpen(day))
                    number--;
            }
            return Closing(day);
        }

        private bool IsOpen(LocalDate day) => calendar.Within(At(day, default), At(day.PlusDays(1), default)).Any();

        /// <summary>When people go home on that day, or on the next one on which somebody is there.</summary>
        private DateTimeOffset? Closing(LocalDate day)
        {
            var opens = calendar.NextOpening(At(day, default));
            if (opens is not { } first)
                return null;
            var open = Instant.FromDateTimeOffset(first).InZone(zone).Date;
            var last = calendar.Within(At(open, default), At(open.PlusDays(1), default)).LastOrDefault();
            return last.To == default ? null : last.To;
        }

        private DateTimeOffset At(LocalDate day, LocalTime time) => (day + time).InZoneLeniently(zone).ToInstant().ToDateTimeOffset();
    }

    private static int Number(string word) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? Math.Min(number, 1000)
        : Numbers.GetValueOrDefault(word.ToLowerInvariant(), 1);

    private static readonly Dictionary<string, int> Numbers = new()
    {
        ["two"] = 2,
        ["three"] = 3,
        ["four"] = 4,
        ["five"] = 5,
        ["six"] = 6,
        ["seven"] = 7,
        ["eight"] = 8,
        ["nine"] = 9,
        ["ten"] = 10,
        ["couple"] = 2,
        ["few"] = 3,
        ["zwei"] = 2,
        ["drei"] = 3,
        ["vier"] = 4,
        ["fünf"] = 5,
        ["sechs"] = 6,
        ["sieben"] = 7,
        ["acht"] = 8,
        ["neun"] = 9,
        ["zehn"] = 10,
        ["paar"] = 3,
        ["zwölf"] = 12,
        ["twelve"] = 12,
    };

    private static readonly Dictionary<string, IsoDayOfWeek> Weekdays = new()
    {
        ["mo"] = IsoDayOfWeek.Monday,
        ["tu"] = IsoDayOfWeek.Tuesday,
        ["di"] = IsoDayOfWeek.Tuesday,
        ["we"] = IsoDayOfWeek.Wednesday,
        ["mi"] = IsoDayOfWeek.Wednesday,
        ["th"] = IsoDayOfWeek.Thursday,
        ["do"] = IsoDayOfWeek.Thursday,
        ["fr"] = IsoDayOfWeek.Friday,
        ["sa"] = IsoDayOfWeek.Saturday,
        ["su"] = IsoDayOfWeek.Sunday,
        ["so"] = IsoDayOfWeek.Sunday,
    };

    private static readonly Dictionary<string, int> Months = new()
    {
        ["jan"] = 1,
        ["jän"] = 1,
        ["feb"] = 2,
        ["mar"] = 3,
        ["mär"] = 3,
        ["apr"] = 4,
        ["may"] = 5,
        ["mai"] = 5,
        ["jun"] = 6,
        ["jul"] = 7,
        ["aug"] = 8,
        ["sep"] = 9,
        ["oct"] = 10,
        ["okt"] = 10,
        ["nov"] = 11,
        ["dec"] = 12,
        ["dez"] = 12,
    };

    // The first that fits counts.
    private static readonly (Regex Words, Func<LocalDate, LocalDate> Day)[] Days =
    [
        (Words(@"day after tomorrow|übermorgen"), today => today.PlusDays(2)),
        (Words(@"tomorrow|(?<!guten |am |heute )morgen(?!s)"), today => today.PlusDays(1)),
        (Words(@"today|tonight|this (morning|afternoon|evening)|heute"), today => today),
        (Words(@"(end of )?next week|(ende )?(der )?(nächsten?|kommenden?) woche"), today => today.Next(IsoDayOfWeek.Monday).PlusDays(4)),
        (Words(@"(end of )?(the|this) week|end of week|(ende )?(der|dieser|diese) woche"), today => today.DayOfWeek <= IsoDayOfWeek.Friday
            ? today.PlusDays(IsoDayOfWeek.Friday - today.DayOfWeek) : today.Next(IsoDayOfWeek.Friday)),
        (Words(@"end of (the|this) month|ende (des|dieses) monats|monatsende"), today => today.With(DateAdjusters.EndOfMonth)),
    ];

    // Of today, unless another day is named.
    private static readonly Regex GoingHome = Words(@"end of (the )?(business )?day|(close|end) of business|eod|cob|feierabend");

    private static readonly (Regex Words, LocalTime Time)[] PartsOfDay =
    [
        (Words(@"noon|midday|mittags?"), new(12, 0)),
        (Words(@"morning|vormittags?|(morgen )?früh"), new(12, 0)),
        (Words(@"afternoon|nachmittags?"), new(18, 0)),
        (Words(@"evening|tonight|abends?"), new(20, 0)),
    ];

    private static Regex Words(string pattern) =>
        new($@"(?<![\w-])({pattern})(?![\w-])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Compiled);

    // A dot in a time or a date, or after a day's number, ends nothing.
    [GeneratedRegex(@"(?<=[!?])\s+|(?<=\.)(?<!\d\.)\s+|(?<=\d\.)\s+(?=(I|We|You|Ich|Wir|Sie|Please|Bitte|Thank|Danke)\b)")]
    private static partial Regex Ends();

    [GeneratedRegex(
        @"(?<!\w)((I|we)(['’]ll| will| shall| am going to|['’]m going to| are going to|['’]re going to| promise)|you(['’]ll| will) (hear|get|have|receive)"
        + @"|(someone|somebody|(a|my|one of our) colleagues?|our \w+( \w+)?)(['’]ll| will)|your \w+( \w+)? will (be|arrive)"
        + @"|(ich|wir) (\w+ ){0,3}?(melden?|rufen?|schicken?|senden?|antworten?|geben?|kümmern?|kümmere|prüfen?|erstatten?|liefern?|liefere|bringen?|kommen?|überweisen?|informieren?|informiere|werden?|verspreche|versprechen|sagen?|klären?|kläre)"
        + @"|(melde|melden|rufe|rufen|schicke|schicken|sende|senden|antworte|antworten|gebe|geben|kümmere|kümmern|prüfe|prüfen|erstatte|erstatten|liefere|liefern|bringe|bringen|überweise|überweisen|informiere|informieren|werde|werden|sage|sagen|kläre|klären) (ich|wir)"
        + @"|Sie (hören|erhalten|bekommen)|(jemand|(ein|eine|mein|meine) Kolleg(e|in)|unser\w* \w+) (meldet|ruft|kommt|schickt|bringt|wird|kümmert|liefert)|(hören|erhalten|bekommen) Sie)(?!\w)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex We();

    // A question, a condition, a refusal and what is over promise nothing.
    [GeneratedRegex(
        @"\?|(?<!\w)(if|unless|whether|not|never|cannot|won['’]t|can['’]t|would|could|might|maybe|perhaps|wenn|falls|sofern|nicht|kein\w*|nie|würden?|könnten?|vielleicht|gestern|yesterday)(?!\w)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Doubt();

    [GeneratedRegex(
        @"(?<!\w)(in|within|innerhalb( von)?|binnen)( the)?( next)?( den| der)?( nächsten)? ?(a |an? |einem |einer )?(?<n>\d{1,4}|couple|few|paar|\w+)?( of)? ?(?<work>business |working )?(?<unit>(?<=\d ?)(mins?|hrs?|h|Std\.?)|minutes?|hours?|days?|weeks?|months?|Minuten?|Stunden?|Tage?n?|Werktage?n?|Arbeitstage?n?|Wochen?|Monate?n?)(?!\w)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Within();

    [GeneratedRegex(
        @"(?<!\w)(?<day>monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)(?=(vormittag|nachmittag|mittag|abend)?(?!\w))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Weekday();

    [GeneratedRegex(
        @"(?<![\d.:])((?<h>\d{1,2}):(?<m>\d\d)( ?(?<half>[ap]\.?m))?|(?<h>\d{1,2})(\.(?<m>\d\d))? ?(?<half>[ap]\.?m)(?!\w)|(?<h>\d{1,2})(\.(?<m>\d\d))? ?(Uhr|o['’]clock))(?!\d)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Clock();

    // What may follow an hour without its being a number of something.
    [GeneratedRegex(
        @"(?<!\w)(at|um|gegen)( about| around| circa| ca\.)? (?<h>\d{1,2})(?=[,;.!)]*\s*$|[,;] | (on|and|und|am|an|zurück|vorbei|bei|to|sharp|today|tomorrow|heute|morgen|this|next|\w+day|\w+tag)(?!\w))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex BareHour();

    [GeneratedRegex(
        @"(?<![\d.:])((?<y>\d{4})-(?<mm>\d\d)-(?<d>\d\d)|(?<d>\d{1,2})\.(?<mm>\d{1,2})\.(?<y>\d{4})?(?!\d)|(?<d>\d{1,2})(\.|st|nd|rd|th)?( of)? (?<month>Jan|Jän|Feb|Mar|Mär|Apr|May|Mai|Jun|Jul|Aug|Sep|Oct|Okt|Nov|Dec|Dez)\w*( (?<y>\d{4}))?|(?<month>January|February|March|April|May|June|July|August|September|October|November|December) (?<d>\d{1,2})(st|nd|rd|th)?(?!\d))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Date();
}
