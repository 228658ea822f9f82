using System.Text.Json;
using System.Text.RegularExpressions;

namespace CxPlatform.EndToEnd.Tests.Friday;

/// <summary>
/// Judges the service by what the customer received and by the page she could open, and by nothing else: at every minute she could see
/// what is next, who does it and by when; no date had passed without a word; nobody asked twice; no word of ours was for colleagues.
/// </summary>
internal sealed partial class Oracle(IReadOnlyList<string> internalWords)
{
    private readonly List<string> _faults = [];
    private (JsonElement Page, DateTimeOffset At)? _last;

    /// <summary>The simulated minutes that were judged.</summary>
    public int Minutes { get; private set; }

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>What is wrong with a page at a time; nothing when it is as it should be.</summary>
    public static IEnumerable<string> FaultsOf(JsonElement page, DateTimeOffset at)
    {
        var next = page.GetProperty("next");
        var over = page.GetProperty("status").GetString() is "resolved" or "closed";
        if (string.IsNullOrWhiteSpace(Text(next, "what")))
            yield return "it does not say what is next";
        if (!over && string.IsNullOrWhiteSpace(Text(next, "who")))
            yield return "it does not say who";
        if (!over && string.IsNullOrWhiteSpace(Text(next, "when")))
            yield return "it does not say by when";
        if (Date(next, "by") is { } by && by < at)
            yield return $"what is next was due {by:g}";
        foreach (var step in page.GetProperty("steps").EnumerateArray())
            if (Text(step, "state") == "open" && Date(step, "due") is { } due && due < at)
                yield return $"the step '{Text(step, "title")}' was due {due:g} and is open";
        foreach (var promise in page.GetProperty("promises").EnumerateArray())
        {
            if (string.IsNullOrWhiteSpace(Text(promise, "standing")))
                yield return $"the promise '{Text(promise, "text")}' does not say how it stands";
            if (Text(promise, "state") == "open" && Date(promise, "due") is { } due && due < at)
                yield return $"the promise '{Text(promise, "text")}' was due {due:g} and is open";
            if (Date(promise, "firstDue") != Date(promise, "due") && string.IsNullOrWhiteSpace(Text(promise, "reason")))
                yield return $"the promise '{Text(promise, "text")}' has moved without a reason";
        }
        if (Date(page.GetProperty("people"), "opens") is { } opens && opens < at)
            yield return $"people should have been there since {opens:g}";
    }

    /// <summary>The page as it is now. Until it is looked at again it stands as it is: every minute between is judged by it.</summary>
    public void See(JsonElement page, DateTimeOffset at)
    {
        JudgeUntil(at);
        _faults.AddRange(FaultsOf(page, at).Select(fault => $"{at:ddd HH:mm}: {fault}"));
        _faults.AddRange(Leaks(page.GetRawText()).Select(word => $"{at:ddd HH:mm}: the page says '{word}'"));
        _last = (page.Clone(), at);
    }

    /// <summary>Everything that she received.</summary>
    /// <param name="proposals">What was proposed: whether each of them solves it is a question of its own.</param>
    public void Read(IReadOnlyList<string> received, IReadOnlyList<string> proposals)
    {
        foreach (var text in received)
            _faults.AddRange(Leaks(text).Select(word => $"a message says '{word}': {text}"));
        var asked = received.Where(text => !proposals.Any(proposal => text.Contains(proposal, StringComparison.Ordinal)))
            .SelectMany(text => QuestionPattern().Matches(LinkPattern().Replace(text, "")).Select(match => match.Value.Trim()));
        _faults.AddRange(asked.GroupBy(question => question, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
            .Select(group => $"asked {group.Count()} times: {group.Key}"));
    }

    // A page that nobody has looked at since stands until the minute before it changed.
    private void JudgeUntil(DateTimeOffset at)
    {
        if (_last is not var (page, since))
            return;
        for (var minute = since.AddTicks(TimeSpan.TicksPerMinute - 1 - ((since.Ticks - 1) % TimeSpan.TicksPerMinute)); minute < at; minute = minute.AddMinutes(1))
        {
            Minutes++;
            _faults.AddRange(FaultsOf(page, minute).Select(fault => $"{minute:ddd HH:mm}: {fault}"));
        }
    }

    private IEnumerable<string> Leaks(string text) => internalWords.Where(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? Date(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetDateTimeOffset() : null;

    [GeneratedRegex(@"[^.!?\n]{3,}\?")]
    private static partial Regex QuestionPattern();

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex LinkPattern();
}
