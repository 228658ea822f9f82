using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CxPlatform.Cases.Domain;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CxPlatform.Cases.Calendars;

/// <summary>When people are there, as it is sent, saved and previewed.</summary>
/// <param name="TimeZone">IANA zone, such as Europe/Berlin; Windows' names are understood, and saved as IANA's.</param>
/// <param name="Hours">The week: any number of intervals a day.</param>
/// <param name="Holidays">Days, or parts of them, on which nobody is there.</param>
/// <param name="Exceptions">Days with hours of their own, in place of the week's and whatever holiday it is.</param>
/// <param name="AlwaysOpen">Day and night, every day; hours are left out then. Holidays and exceptions still apply.</param>
/// <param name="Id">As it is answered a calendar can be written again: the address says which one it is.</param>
/// <param name="IsOpen">As it is answered; not looked at.</param>
/// <param name="NextOpening">As it is answered; not looked at.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CalendarRequest(
    string Name, string TimeZone, IReadOnlyList<WeeklyHours>? Hours = null, IReadOnlyList<HolidayEntry>? Holidays = null,
    IReadOnlyList<ExceptionEntry>? Exceptions = null, bool AlwaysOpen = false, string? Id = null, bool? IsOpen = null, DateTimeOffset? NextOpening = null)
{
    public const int MostHolidays = HolidayFile.Most;
    private const int MostHours = 100;

    /// <summary>The calendar, or what is wrong with the request.</summary>
    public Outcome<CalendarChanged> Read(string id)
    {
        var zone = TimeZones.Find(TimeZone?.Trim());
        var errors = new InputErrors()
            .Check(id.Length is >= 1 and <= 60 && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'), "id",
                "must be 1 to 60 lower-case letters, digits and hyphens.")
            .Check(id is not (BusinessCalendar.AlwaysId or "preview"), "id", "is reserved.")
            .Required("name", Name).MaxLength("name", Name, 100)
            .Check(zone is not null, "timeZone", "must be an IANA time zone, such as Europe/Berlin.")
            .Check(Hours is null || Hours.Count <= MostHours, "hours", $"must be at most {MostHours} intervals.")
            .Check(!AlwaysOpen || Hours is null or [], "hours", "must be left out when alwaysOpen is true.")
            .Check(Holidays is null || Holidays.Count <= MostHolidays, "holidays", $"must be at most {MostHolidays}.")
            .Check(Exceptions is null || Exceptions.Count <= MostHolidays, "exceptions", $"must be at most {MostHolidays}.");
        // Of a list that is too long no more is read.
        var hours = (Hours ?? []).Take(MostHours).Select((h, i) => h.Read($"hours[{i}]", errors)).ToList();
        var off = (Holidays ?? []).Take(MostHolidays).Select((h, i) => h.Read($"holidays[{i}]", errors)).ToList();
        var other = (Exceptions ?? []).Take(MostHolidays).Select((e, i) => e.Read($"exceptions[{i}]", errors)).ToList();
        if (other.GroupBy(o => (o.Yearly, o.Date)).FirstOrDefault(same => same.Count() > 1) is { } twice)
            errors.Add("exceptions", $"must name {LocalClock.Write(twice.Key.Date)} once, with all its hours.");
        errors.Check(off.Sum(day => (long)DaysOff.Length(day.Date, day.Until ?? day.Date)) <= MostHolidays, "holidays", $"must be at most {MostHolidays} days in all.");
        if (errors.ToRefusal() is { } wrong)
            return wrong;
        return new CalendarChanged(id, Name.Trim(), zone!.Id, hours, [.. off.Where(IsPlain).Select(day => day.Date)])
        {
            AlwaysOpen = AlwaysOpen,
            DaysOff = [.. off.Where(day => !IsPlain(day))],
            OtherHours = other,
        };
    }

    /// <summary>The request that would write the calendar as it is.</summary>
    public static CalendarRequest Of(CalendarChanged c) => new(
        c.Name, c.TimeZone, [.. c.Hours.Select(WeeklyHours.Of)], [.. HolidaysOf(c).Select(HolidayEntry.Of)],
        [.. c.OtherHours.Select(ExceptionEntry.Of)], c.AlwaysOpen);

    /// <summary>All days off of a calendar, in the order of their dates.</summary>
    public static IEnumerable<DayOff> HolidaysOf(CalendarChanged c) =>
        c.DaysOff.Concat(c.Holidays.Select(date => new DayOff(date))).OrderBy(day => day.Yearly).ThenBy(day => day.Date);

    private static bool IsPlain(DayOff day) => day is { Name: null, Yearly: false, From: null, To: null, Until: null };
}

/// <summary>A weekly interval in local time.</summary>
/// <param name="Day">By its name or the beginning of it, of two letters at least: monday, mon, MO.</param>
/// <param name="From">Such as 09:00.</param>
/// <param name="To">Such as 17:00, or 24:00; one that is not after its beginning lies on the next day.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record WeeklyHours([property: JsonConverter(typeof(WeekdayConverter))] DayOfWeek Day, string From, string To)
{
    public OpeningHours Read(string field, InputErrors errors) =>
        new(Day, LocalClock.ReadStart(field + ".from", From, errors), LocalClock.ReadEnd(field + ".to", To, errors));

    public static WeeklyHours Of(OpeningHours h) => new(h.Day, LocalClock.Write(h.From), LocalClock.WriteEnd(h.To));
}

/// <summary>A time of day in which people are there.</summary>
/// <param name="From">Such as 09:00.</param>
/// <param name="To">Such as 17:00, or 24:00; one that is not after its beginning lies on the next day.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DayHours(string From, string To)
{
    public HoursOfDay Read(string field, InputErrors errors) =>
        new(LocalClock.ReadStart(field + ".from", From, errors), LocalClock.ReadEnd(field + ".to", To, errors));

    public static DayHours Of(HoursOfDay h) => new(LocalClock.Write(h.From), LocalClock.WriteEnd(h.To));
}

/// <summary>A day off, with from and to a part of it, with until several. A date alone, "2026-12-25", is one too.</summary>
/// <param name="Yearly">That day and month of every year.</param>
/// <param name="From">Null: from the day's beginning.</param>
/// <param name="To">Null: to the day's end.</param>
/// <param name="Until">The last day; null: it is one day.</param>
[JsonConverter(typeof(HolidayConverter))]
internal sealed record HolidayEntry(
    DateOnly Date, string? Name = null, bool Yearly = false, string? From = null, string? To = null, DateOnly? Until = null)
{
    public DayOff Read(string field, InputErrors errors)
    {
        errors.MaxLength(field + ".name", Name, 200)
            .Check(Until is null || Until >= Date, field + ".until", "must not be before date.")
            .Check(Until is null || DaysOff.Length(Date, Until.Value) <= DaysOff.Longest, field + ".until", $"must be at most {DaysOff.Longest} days on, the first one counted.")
            .Check(Until is null || From is null && To is null, field + ".until", "goes without from and to, which are of one day.");
        TimeOnly? from = From is null ? null : LocalClock.ReadStart(field + ".from", From, errors);
        TimeOnly? to = To is null ? null : LocalClock.ReadEnd(field + ".to", To, errors);
        errors.Check(to is null || to == default(TimeOnly) || to > (from ?? default), field + ".to", "must be after from, on the same day.");
        return new(Date, string.IsNullOrWhiteSpace(Name) ? null : Name.Trim(), Yearly, from, to, Until > Date ? Until : null);
    }

    public static HolidayEntry Of(DayOff day) => new(
        day.Date, day.Name, day.Yearly, day.From is { } from ? LocalClock.Write(from) : null,
        day.To is { } to ? LocalClock.WriteEnd(to) : null, day.Until);
}

/// <summary>A day with hours of its own.</summary>
/// <param name="Hours">The intervals that begin on that day; none: closed.</param>
/// <param name="Yearly">That day and month of every year.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ExceptionEntry(DateOnly Date, IReadOnlyList<DayHours>? Hours = null, string? Name = null, bool Yearly = false)
{
    public OtherHours Read(string field, InputErrors errors)
    {
        errors.MaxLength(field + ".name", Name, 200).Check(Hours is null || Hours.Count <= 20, field + ".hours", "must be at most 20.");
        return new(Date, [.. (Hours ?? []).Take(20).Select((h, i) => h.Read($"{field}.hours[{i}]", errors))],
            string.IsNullOrWhiteSpace(Name) ? null : Name.Trim(), Yearly);
    }

    public static ExceptionEntry Of(OtherHours o) => new(o.Date, [.. o.Hours.Select(DayHours.Of)], o.Name, o.Yearly);
}

/// <summary>Days of the week as people write them; numbers are not read, since the week begins on Sunday for some.</summary>
internal sealed class WeekdayConverter : JsonConverter<DayOfWeek>
{
    private static readonly string[] Names = [.. Enum.GetValues<DayOfWeek>().Select(Name)];

    public override DayOfWeek Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Find(reader.GetString()!) is { } day
            ? day : throw new JsonException("must be one of " + string.Join(", ", Names) + ".");

    public override void Write(Utf8JsonWriter writer, DayOfWeek value, JsonSerializerOptions options) => writer.WriteStringValue(Name(value));

    /// <summary>Two letters tell the days of the week apart.</summary>
    public static DayOfWeek? Find(string name) =>
        name.Length < 2 ? null
        : Array.FindIndex(Names, day => day.StartsWith(name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var day ? (DayOfWeek)day : null;

    public static string Name(DayOfWeek day) => Enum.GetName(day)!.ToLowerInvariant();
}

/// <summary>A holiday is written as its date when there is no more to say of it.</summary>
internal sealed class HolidayConverter : JsonConverter<HolidayEntry>
{
    private const string Rule = "must be a date such as 2026-12-25, or an object with a date.";

    public override HolidayEntry Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return DateOnly.TryParseExact(reader.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                ? new(date)
                : throw new JsonException(Rule);
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException(Rule);
        try
        {
            var whole = JsonSerializer.Deserialize<Whole>(ref reader, options)!;
            return new(whole.Date, whole.Name, whole.Yearly, whole.From, whole.To, whole.Until);
        }
        catch (JsonException inside)
        {
            // Where this holiday stands in the list only the outer reader knows: it adds that to what has no path of its own.
            throw new JsonException(Rule, inside);
        }
    }

    public override void Write(Utf8JsonWriter writer, HolidayEntry value, JsonSerializerOptions options)
    {
        if (value is { Name: null, Yearly: false, From: null, To: null, Until: null })
            writer.WriteStringValue(LocalClock.Write(value.Date));
        else
            JsonSerializer.Serialize(writer, new Whole(value.Date, value.Until, value.Name, value.Yearly, value.From, value.To), options);
    }

    /// <summary>The schema generator cannot see into a converter.</summary>
    public static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        if (context.JsonTypeInfo.Type != typeof(HolidayEntry))
            return Task.CompletedTask;
        static OpenApiSchema Text(string description, string? format = null) =>
            new() { Type = JsonSchemaType.String, Description = description, Format = format };
        schema.Description = "A day off, with from and to a part of it, with until several; a date alone is one too.";
        schema.OneOf =
        [
            Text("A whole day.", "date"),
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Required = new HashSet<string> { "date" },
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["date"] = Text("The day, or the first of several.", "date"),
                    ["until"] = Text("The last of several whole days, at most 366 of them; one day when absent. Goes without from and to.", "date"),
                    ["name"] = Text("What it is called."),
                    ["yearly"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "That day and month of every year." },
                    ["from"] = Text("Such as 14:00; from the day's beginning when absent."),
                    ["to"] = Text("Such as 16:00 or 24:00; to the day's end when absent."),
                },
            },
        ];
        return Task.CompletedTask;
    }

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record Whole(
        DateOnly Date, DateOnly? Until = null, string? Name = null, bool Yearly = false, string? From = null, string? To = null);
}

/// <summary>Times of day and dates as people write them.</summary>
internal static class LocalClock
{
    private static readonly string[] Formats = ["HH:mm", "H:mm", "HH:mm:ss", "HH:mm:ss.FFFFFF", "h:mm tt", "h:mmtt", "h tt", "htt"];

    public static TimeOnly? TryRead(string? text) =>
        TimeOnly.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    /// <summary>24:00 is the midnight that ends a day.</summary>
    public static TimeOnly? TryReadEnd(string? text) => text is "24:00" or "24:00:00" ? default(TimeOnly) : TryRead(text);

    public static TimeOnly ReadStart(string field, string? text, InputErrors errors)
    {
        var time = TryRead(text);
        errors.Check(time is not null, field, "must be a time of day such as 09:00.");
        return time ?? default;
    }

    public static TimeOnly ReadEnd(string field, string? text, InputErrors errors)
    {
        var time = TryReadEnd(text);
        errors.Check(time is not null, field, "must be a time of day such as 17:00 or 24:00.");
        return time ?? default;
    }

    public static string Write(TimeOnly time) =>
        time.ToString(time.Ticks % TimeSpan.TicksPerMinute == 0 ? "HH:mm" : "HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);

    public static string WriteEnd(TimeOnly time) => time == default ? "24:00" : Write(time);

    public static string Write(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
