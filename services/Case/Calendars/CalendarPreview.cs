using System.Globalization;
using CxPlatform.Cases.Domain;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using NodaTime;

namespace CxPlatform.Cases.Calendars;

internal enum CalendarQuestion
{
    Unknown,

    /// <summary>At which instant has <c>duration</c> of business time passed since <c>at</c>?</summary>
    Add,

    /// <summary>How much business time lies between <c>from</c> and <c>to</c>?</summary>
    Between,

    /// <summary>When are people there next, at <c>at</c> or after it?</summary>
    NextOpening,

    /// <summary>Are people there at <c>at</c>?</summary>
    IsOpen,
}

/// <summary>A question to a calendar.</summary>
/// <param name="Ask">add: at and duration. between: from and to. nextOpening, isOpen: at.</param>
/// <param name="At">RFC 3339; without an offset it is local time of the calendar's zone.</param>
/// <param name="Duration">ISO 8601, such as PT4H or -PT30M, or 4h 30m, or 04:30:00: business time, of which P1D is 24 hours.</param>
/// <param name="From">As <paramref name="At"/>.</param>
/// <param name="To">As <paramref name="At"/>.</param>
/// <param name="Seconds">In place of duration.</param>
internal sealed record QuestionRequest(
    CalendarQuestion Ask, string? At = null, string? Duration = null, string? From = null, string? To = null, double? Seconds = null);

/// <param name="Calendar">Exactly as it would be written with PUT /v1/calendars/{id}.</param>
/// <param name="Questions">At most 1000; each is answered in its place.</param>
internal sealed record PreviewRequest(CalendarRequest Calendar, IReadOnlyList<QuestionRequest> Questions);

/// <param name="NextOpening">From now on; null when the calendar never opens, and so would not be saved.</param>
/// <param name="Answers">One for each question, in the order of the questions.</param>
internal sealed record PreviewView(bool IsOpen, DateTimeOffset? NextOpening, IReadOnlyList<AnswerView> Answers);

/// <summary>What the calendar answers: what was asked for, or an error.</summary>
/// <param name="Instant">Of add and nextOpening, in UTC.</param>
/// <param name="Local">The same instant in the calendar's zone.</param>
/// <param name="Duration">Of between, ISO 8601; negative when from is after to.</param>
/// <param name="Seconds">The same duration.</param>
/// <param name="IsOpen">Of isOpen.</param>
internal sealed record AnswerView(
    CalendarQuestion Ask, DateTimeOffset? Instant = null, string? Local = null, TimeSpan? Duration = null, double? Seconds = null,
    bool? IsOpen = null, AnswerError? Error = null);

internal sealed record AnswerError(string Code, string Detail, string? Field = null);

/// <summary>Answers questions to a calendar that need not be saved.</summary>
internal static class CalendarPreview
{
    public const int MostQuestions = 1000;

    // More than a case lives, and little enough that a thousand questions are answered at once.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_525);

    public static Outcome<PreviewView> Answer(PreviewRequest request, DateTimeOffset now)
    {
        var definition = request.Calendar.Read("draft");
        if (Refusal.OfAll(
                definition.Refusal?.Under("calendar"),
                request.Questions.Count > MostQuestions ? new("input-invalid", $"must be at most {MostQuestions}.", "questions") : null) is { } wrong)
            return wrong;
        var calendar = new BusinessCalendar(definition.Value!);
        return new PreviewView(
            calendar.IsOpen(now), calendar.NextOpening(now), [.. request.Questions.Select(question => Answer(calendar, question))]);
    }

    public static AnswerView Answer(BusinessCalendar calendar, QuestionRequest q)
    {
        var errors = new InputErrors();
        DateTimeOffset Instant(string field, string? text) => ReadInstant(field, text, calendar.TimeZone, errors);
        AnswerView? answer = null;
        switch (q.Ask)
        {
            case CalendarQuestion.Add:
                var (start, duration) = (Instant("at", q.At), ReadDuration(q, errors));
                if (!errors.Any)
                    answer = At(q.Ask, calendar, calendar.Add(start, duration));
                break;
            case CalendarQuestion.Between:
                var (from, to) = (Instant("from", q.From), Instant("to", q.To));
                errors.Check((to - from).Duration() <= Longest, "to", "must be within 100 years of from.");
                if (!errors.Any && calendar.Between(from, to) is var between)
                    answer = new(q.Ask, Duration: between, Seconds: between.TotalSeconds);
                break;
            case CalendarQuestion.NextOpening:
                var after = Instant("at", q.At);
                if (!errors.Any)
                    answer = At(q.Ask, calendar, calendar.NextOpening(after));
                break;
            case CalendarQuestion.IsOpen:
                var at = Instant("at", q.At);
                if (!errors.Any)
                    answer = new(q.Ask, IsOpen: calendar.IsOpen(at));
                break;
            default:
                errors.Add("ask", "must be add, between, nextOpening or isOpen.");
                break;
        }
        return errors.ToRefusal() is { } refusal
            ? new(q.Ask, Error: new(refusal.Code, refusal.Text, refusal.Field))
            : answer!;
    }

    private static AnswerView At(CalendarQuestion ask, BusinessCalendar calendar, DateTimeOffset? at) => at is { } instant
        ? new(ask, instant.ToUniversalTime(), LocalOf(instant, calendar.TimeZone))
        : new(ask, Error: new(
            "calendar-never-opens", "This calendar has no opening, or none any more, in which that could pass: it would never end."));

    private static string LocalOf(DateTimeOffset at, string zone) => NodaTime.Instant.FromDateTimeOffset(at)
        .InZone(DateTimeZoneProviders.Tzdb[zone]).ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFzzz", CultureInfo.InvariantCulture);

    private static DateTimeOffset ReadInstant(string field, string? text, string zone, InputErrors errors)
    {
        if (string.IsNullOrWhiteSpace(text))
            errors.Add(field, "is required.");
        else if (QuestionText.Instant(text, zone) is { } at)
            return at;
        else
            errors.Add(field, "must be a time such as 2026-03-01T09:30:00Z, or without an offset in the calendar's zone.");
        return default;
    }

    private static TimeSpan ReadDuration(QuestionRequest q, InputErrors errors)
    {
        if (q is { Seconds: { } seconds, Duration: null })
        {
            errors.Check(Math.Abs(seconds) <= Longest.TotalSeconds, "seconds", "must be at most 100 years.");
            return errors.Any ? default : TimeSpan.FromSeconds(seconds);
        }
        var text = q.Duration;
        errors.Check(q.Seconds is null, "seconds", "goes without duration.");
        if (string.IsNullOrWhiteSpace(text))
            errors.Add("duration", "is required, or seconds.");
        else if (QuestionText.Duration(text) is not { } duration)
            errors.Add("duration", "must be weeks, days, hours, minutes and seconds as in ISO 8601, such as PT4H30M, or 4h 30m; years and months have no length of their own.");
        else if (duration.Duration() > Longest)
            errors.Add("duration", "must be at most 100 years.");
        else
            return duration;
        return default;
    }
}
