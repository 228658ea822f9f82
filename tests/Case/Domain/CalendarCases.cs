using System.Globalization;
using System.Xml;
using CxPlatform.Cases.Calendars;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>What other systems answer to the same questions: several hundred, in <c>calendar-cases.txt</c>.</summary>
public sealed class CalendarCases
{
    [Fact]
    public void Every_question_is_answered_as_other_systems_answer_it()
    {
        var (wrong, asked) = (new List<string>(), 0);
        foreach (var calendar in Read())
        {
            var answers = CalendarPreview.Answer(
                new(calendar.Request, [.. calendar.Questions.Select(q => q.Request)]), DateTimeOffset.UnixEpoch);
            Assert.False(answers.IsRefused, $"line {calendar.Line}: {answers.Refusal?.Detail}");
            foreach (var (question, answer) in calendar.Questions.Zip(answers.Value.Answers))
            {
                asked++;
                var given = Told(answer);
                var expected = Expected(question, calendar.Request.TimeZone);
                if (given != expected)
                    wrong.Add($"line {question.Line}: {question.Text}: {expected} expected, {given} answered");
            }
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {asked}:\n{string.Join('\n', wrong)}");
        Assert.True(asked > 600, $"only {asked} questions were read");
    }

    private static string Told(AnswerView answer) => answer switch
    {
        { Error: { } error } => error.Detail,
        { Instant: { } instant } => Text(instant),
        { Duration: { } duration } => Text(duration),
        _ => answer.IsOpen == true ? "yes" : "no",
    };

    private static string Expected(Question question, string zone) => question.Request.Ask switch
    {
        CalendarQuestion.Between => Text(QuestionText.Duration(question.Answer)!.Value),
        CalendarQuestion.IsOpen => question.Answer,
        _ => Text(QuestionText.Instant(question.Answer, zone)!.Value),
    };

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    private static string Text(TimeSpan duration) => XmlConvert.ToString(duration);

    private static List<Calendar> Read()
    {
        var calendars = new List<Calendar>();
        var number = 0;
        foreach (var raw in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Domain", "calendar-cases.txt")))
        {
            number++;
            var line = raw.Split('#')[0].TrimEnd();
            if (line.StartsWith("calendar ", StringComparison.Ordinal))
                calendars.Add(new(number, line["calendar ".Length..]));
            else if (line is [' ', ..])
                calendars[^1].Lines.Add(line.Trim());
            else if (line.Length > 0)
                calendars[^1].Questions.Add(Ask(number, line));
        }
        return calendars;
    }

    private static Question Ask(int line, string text)
    {
        var words = text.Split(' ');
        QuestionRequest request = words[0] switch
        {
            "add" => new(CalendarQuestion.Add, words[1], words[2]),
            "between" => new(CalendarQuestion.Between, From: words[1], To: words[2]),
            "next" => new(CalendarQuestion.NextOpening, words[1]),
            _ => new(CalendarQuestion.IsOpen, words[1]),
        };
        return new(line, text, request, words[^1]);
    }

    private sealed record Question(int Line, string Text, QuestionRequest Request, string Answer);

    private sealed record Calendar(int Line, string Zone)
    {
        public List<string> Lines { get; } = [];

        public List<Question> Questions { get; } = [];

        public CalendarRequest Request
        {
            get
            {
                var errors = new InputErrors();
                string Those(string word) => string.Join('\n', Lines.Where(l => Word(l) == word).Select(l => l[(word.Length + 1)..]));
                var hours = CalendarText.ReadHours(
                    string.Join('\n', Lines.Where(l => Word(l) is not ("off" or "day" or "always"))), errors);
                var request = new CalendarRequest(
                    "A calendar", Zone, hours, CalendarText.ReadHolidays(Those("off"), errors),
                    CalendarText.ReadExceptions(Those("day"), errors), Lines.Contains("always"));
                Assert.False(errors.Any, $"line {Line}: {errors.ToRefusal()?.Detail}");
                return request;
            }
        }

        private static string Word(string line) => line.Split(' ')[0];
    }
}
