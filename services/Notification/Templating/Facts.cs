using System.Text.Json;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Notifications.Agents;

namespace CxPlatform.Notifications.Templating;

/// <summary>What a template may speak of, by name. A name that a template uses and its facts lack is an error, found at start.</summary>
internal sealed class Facts
{
    /// <summary>For Handlebars; null where there is nothing to say.</summary>
    public Dictionary<string, object?> Values { get; } = [];

    public Facts With(string name, object? value)
    {
        Values[name] = value;
        return this;
    }

    /// <summary>Both ways to say a time: <paramref name="name"/> and <paramref name="name"/> + <c>Short</c>.</summary>
    public Facts With(string name, DateTimeOffset? time, When when, DateTimeOffset now) =>
        With(name, time is { } at ? when.Long(at, now) : null).With(name + "Short", time is { } it ? when.Short(it) : null);

    /// <summary>What every template has; <c>choices</c>, where the customer chooses what they hear, in updates only.</summary>
    /// <param name="thread">The subject of the customer's own mail, to answer in its thread.</param>
    /// <param name="person">Who speaks, when a person does.</param>
    public static Facts Common(string? number, string? name, string? thread, string? person, string team, string link) => new Facts()
        .With("number", number).With("name", name).With("thread", thread).With("person", person).With("team", team).With("link", link)
        .With("choices", null);

    /// <param name="phone">Where a person can be called, when anywhere.</param>
    public Facts Acknowledgement(string need, string? owner, string next, string? phone) =>
        With("need", need).With("owner", owner).With("next", next).With("phone", phone);

    public Facts Joined(string? who, string? next) => With("who", who).With("next", next);

    public Facts Answer(string text) => With("text", text);

    public Facts Proposal(string text, string acceptLink, string declineLink) =>
        With("text", text).With("acceptLink", acceptLink).With("declineLink", declineLink);

    /// <summary>How it comes out, or is to.</summary>
    /// <param name="link">Of the status page, where a second opinion can be asked for.</param>
    public Facts Ending(CaseResult result, Ending? ending, string link) => With("solved", result == CaseResult.Solved)
        .With("partly", result == CaseResult.Partly)
        .With("policy", ending?.Policy).With("alternative", ending?.Alternative)
        .With("referredTo", ending?.ReferredTo).With("reach", ending?.Reach)
        .With("opinionLink", result == CaseResult.NotPossible ? link + "?answer=second-opinion" : null);

    public Facts Promise(string? text, string? owner) => With("text", text).With("owner", owner);

    public Facts Digest(IReadOnlyList<string> items) => With("items", items);

    /// <summary>What an agent is told: a flag per kind, of what they follow that of what happened too; who did it, and for whom they stand in.</summary>
    public Facts Happened(Happening happening, string? standsInFor)
    {
        foreach (var kind in Enum.GetValues<NoticeKind>())
            Values[JsonNamingPolicy.CamelCase.ConvertName(kind.ToString())] = kind == happening.Kind || kind == happening.Of;
        return With("who", happening.Who).With("standsInFor", standsInFor);
    }

    public Facts Survey(string need, Measure measure, string surveyLink)
    {
        var (from, to) = measure switch { Measure.Ces => (1, 7), Measure.Nps => (0, 10), _ => (1, 5) };
        return With("need", need).With("surveyLink", surveyLink)
            .With("csat", measure is not (Measure.Ces or Measure.Nps)).With("ces", measure == Measure.Ces).With("nps", measure == Measure.Nps)
            .With("scores", Enumerable.Range(from, to - from + 1)
                .Select(score => new Dictionary<string, object?> { ["score"] = score, ["link"] = $"{surveyLink}?score={score}" }).ToList());
    }
}
