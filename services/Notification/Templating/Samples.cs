using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Notifications.Agents;

namespace CxPlatform.Notifications.Templating;

/// <summary>Believable facts per template: with everything there may be, and with as little as there may be. Rendered at start and in previews.</summary>
internal static class Samples
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset By = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private const string Choices = "https://help.example.com/updates/AZpYx3";
    private const string Desk = "https://help.example.com/desk/notices";
    private const string Link = "https://help.example.com/s/AZpYx3";

    private static Ending? EndingOf(CaseResult result, bool german) => (result, german) switch
    {
        (CaseResult.NotPossible, true) => new("Geöffnete Hygieneartikel dürfen wir nicht zurücknehmen.", "Wir schicken Ihnen kostenlos ein neues Sieb."),
        (CaseResult.NotPossible, false) => new("We may not take back hygiene articles once opened.", "We send you a new strainer, free of charge."),
        (CaseResult.Referred, true) => new(ReferredTo: "die Werkstatt des Herstellers", Reach: "+43 1 555 0100, werktags 8 bis 16 Uhr"),
        (CaseResult.Referred, false) => new(ReferredTo: "the manufacturer's workshop", Reach: "+43 1 555 0100, weekdays 8 to 16"),
        _ => null,
    };

    /// <summary>The fullest first.</summary>
    public static IReadOnlyList<Facts> Of(string template, string language)
    {
        var when = new When(language, "Europe/Vienna", null);
        var german = language == "de";
        var need = german ? "Die Kaffeemaschine aus Bestellung 4711 läuft aus." : "The coffee machine from order 4711 leaks.";
        var next = german ? "Wir sehen uns die Bestellung an und melden uns." : "We look at the order and get back to you.";
        var text = german ? "Wir schicken Ihnen heute eine neue Dichtung.\n\nSie ist kostenlos." : "We are sending you a new seal today.\n\nIt is free of charge.";
        var reason = german ? "Das Teil kommt erst am Dienstag." : "The part only arrives on Tuesday.";
        Facts Full() => Facts.Common("CX-2026-000123", "Maria Huber", german ? "Re: Kaffeemaschine" : "Re: Coffee machine", "Anna Berger", "Support", Link);
        Facts ToAgent(string? name) =>
            Facts.Common("CX-2026-000123", name, null, null, "Support", "https://help.example.com/desk/cases/CX-2026-000123").With("choices", Desk);
        Facts Least() => Facts.Common("CX-2026-000123", null, null, null, "Support", Link);
        return template switch
        {
            "acknowledgement" or "acknowledgement-unhappy" or "acknowledgement-praise" =>
            [
                Full().Acknowledgement(need, "Anna Berger", next, "+49 30 1234567").With("by", By, when, Now),
                Least().Acknowledgement(need, null, next, null).With("by", By, when, Now),
                Least().Acknowledgement(need, null, next, null).With("by", null, when, Now),
            ],
            "acknowledgement-joined" =>
            [
                Full().Joined("Anna Berger", next).With("by", By, when, Now),
                Least().Joined(null, null).With("by", null, when, Now),
            ],
            "reply" => [Full().Answer(text), Least().Answer(text)],
            "proposal" =>
            [
                .. new[] { CaseResult.Solved, CaseResult.Solved, CaseResult.Partly, CaseResult.NotPossible, CaseResult.Referred }
                    .Select((result, i) => (i == 0 ? Full() : Least())
                        .Proposal(text, Link + "?answer=accept", Link + "?answer=decline").With("answerBy", By, when, Now)
                        .Ending(result, EndingOf(result, german), Link)),
            ],
            "declined" =>
            [
                Full().With("asks", true).With("who", "Anna Berger").With("by", By, when, Now),
                Least().With("asks", false).With("who", null).With("by", null, when, Now),
            ],
            "second-opinion" =>
            [
                Full().With("first", "Anna Berger").With("by", By, when, Now),
                Least().With("first", null).With("by", null, when, Now),
            ],
            "handed-over" =>
            [
                Full().With("before", "Ben Koch").With("who", "Anna Berger").With("text", text.Split('\n')[0]).With("due", By, when, Now),
                Least().With("before", "Ben Koch").With("who", "Anna Berger").With("text", null).With("due", By, when, Now),
            ],
            "merged" =>
            [
                Full().With("into", "CX-2026-000120").With("same", true).With("by", By, when, Now),
                Least().With("into", "CX-2026-000120").With("same", false).With("by", null, when, Now),
            ],
            "promise-made" =>
            [
                Full().Promise(text.Split('\n')[0], "Anna Berger").With("due", By, when, Now),
                Least().Promise(text.Split('\n')[0], "Support").With("due", By, when, Now),
            ],
            "promise-renegotiated" =>
            [
                Full().Promise(text.Split('\n')[0], "Anna Berger").With("reason", reason).With("oldDue", Now, when, Now).With("due", By, when, Now),
                Least().Promise(null, null).With("reason", reason).With("oldDue", Now, when, Now).With("due", By, when, Now),
            ],
            "promise-withdrawn" =>
            [
                Full().Promise(text.Split('\n')[0], "Anna Berger").With("reason", reason).With("due", By, when, Now),
                Least().Promise(text.Split('\n')[0], "Support").With("reason", reason).With("due", By, when, Now),
            ],
            "plan-changed" =>
            [
                Full().With("reason", reason).With("steps", Moved(text.Split('\n')[0], when.Long(By, Now), when.Short(By))),
                Least().With("reason", reason).With("steps", Moved(text.Split('\n')[0], null, null, dropped: true)),
                Least().With("reason", reason).With("steps", Moved(text.Split('\n')[0], null, null)),
            ],
            "covered" =>
            [
                Full().With("absent", "Ben Koch").With("who", "Anna Berger").With("text", text.Split('\n')[0]).With("due", By, when, Now),
                Least().With("absent", "Ben Koch").With("who", "Support").With("text", null).With("due", By, when, Now),
            ],
            "promise-broken" =>
            [
                Full().Promise(text.Split('\n')[0], "Anna Berger").With("who", "Anna Berger").With("due", By, when, Now).With("next", By, when, Now),
                Least().Promise(null, null).With("who", null).With("due", By, when, Now).With("next", null, when, Now),
            ],
            "resolved" =>
            [
                .. new[]
                {
                    (0, reason, CaseResult.Solved), (1, null, CaseResult.Solved), (2, reason, CaseResult.Solved), (2, null, CaseResult.Partly),
                    (0, reason, CaseResult.NotPossible), (2, reason, CaseResult.NotPossible), (2, reason, CaseResult.Referred),
                }.Select(way => (way.Item2 is null ? Least() : Full())
                    .With("need", need).With("byCustomer", way.Item1 == 0).With("bySilence", way.Item1 == 1).With("byAgent", way.Item1 == 2)
                    .With("reason", way.Item2).Ending(way.Item3, EndingOf(way.Item3, german), Link)),
            ],
            "digest" =>
            [
                Full().With("choices", Choices).Digest([reason, text.Split('\n')[0]]),
                Least().Digest([reason, text.Split('\n')[0]]),
            ],
            "survey" =>
            [
                Full().With("choices", Choices).Survey(need, Measure.Csat, "https://help.example.com/survey/Q2x0"),
                Least().Survey(need, Measure.Ces, "https://help.example.com/survey/Q2x0"),
                Least().Survey(need, Measure.Nps, "https://help.example.com/survey/Q2x0"),
            ],
            AgentWords.Template =>
            [
                .. Enum.GetValues<NoticeKind>().Select(kind => ToAgent("Ben Koch").Happened(Happened(kind) with { Who = "Anna Berger" }, null).With("due", By, when, Now)
                    .With("what", german ? "Jetzt bei Ihnen" : "Yours now").With("need", need).With("detail", reason)),
                .. Enum.GetValues<NoticeKind>().Select(kind => ToAgent(null).Happened(Happened(kind), "Anna Berger").With("due", null, when, Now)
                    .With("what", german ? "Jetzt bei Ihnen" : "Yours now").With("need", need).With("detail", null)),
            ],
            AgentWords.DigestTemplate =>
            [
                ToAgent("Ben Koch").With("number", null).With("link", Desk)
                    .Digest([$"{(german ? "Jetzt bei Ihnen" : "Yours now")} [CX-2026-000123] https://help.example.com/desk/cases/CX-2026-000123"]),
            ],
            _ => throw new ServiceDefaults.ConfigurationFaultException($"the template {template} is not known: nothing would ever use it."),
        };

        static Happening Happened(NoticeKind kind) => new(kind, null) { Of = kind == NoticeKind.Followed ? NoticeKind.CustomerReplied : null };

        List<Dictionary<string, object?>> Moved(string title, string? due, string? dueShort, bool dropped = false) =>
            [new() { ["title"] = title, ["oldDue"] = when.Long(Now, Now), ["due"] = due, ["dueShort"] = dueShort, ["dropped"] = dropped }];
    }
}
