using System.Collections.Frozen;
using CxPlatform.Contracts;

namespace CxPlatform.Cases.Domain;

/// <summary>What a case says to its customer by itself, in the case's language. <c>{who}</c> is the owner's or the team's name.</summary>
internal sealed record Words
{
    public required string NextAnswer { get; init; }
    public required string NextForUnhappy { get; init; }
    public required string NextForPraise { get; init; }
    public required string NextAfterJoin { get; init; }
    public required string PromiseAnswer { get; init; }
    public required string PromiseRecovery { get; init; }
    public required string PromiseCall { get; init; }
    public required string CallMoved { get; init; }
    public required string CallNotNeeded { get; init; }
    public required string PromiseFollowUp { get; init; }
    public required string Away { get; init; }
    public required string StepUnderstand { get; init; }
    public required string StepWork { get; init; }
    public required string StepPropose { get; init; }
    public required string StepConfirm { get; init; }
    public required string You { get; init; }
    public required string NoWords { get; init; }
    public required string WroteAgain { get; init; }
    public required string Unhappy { get; init; }
    public required string Answered { get; init; }
    public required string PromiseSecondOpinion { get; init; }
    public required string SecondOpinion { get; init; }
    public required string Merged { get; init; }
    public required string MergeUndone { get; init; }

    private static readonly Words English = new()
    {
        NextAnswer = "{who} reads what you wrote and answers you.",
        NextForUnhappy = "{who} looks into what went wrong and tells you personally what we do about it.",
        NextForPraise = "Your words go to the people they are meant for. There is nothing more for you to do.",
        NextAfterJoin = "{who} has your new message with everything you told us before, and answers you.",
        PromiseAnswer = "We answer you",
        PromiseRecovery = "We get in touch to make it right",
        PromiseCall = "We call you at {0}, between {1} and {2}",
        CallMoved = "Another time for the call was chosen",
        CallNotNeeded = "The call was cancelled by the customer",
        PromiseFollowUp = "We tell you where things stand",
        Away = "{who} is away",
        StepUnderstand = "Understand what you need",
        StepWork = "Work on it",
        StepPropose = "Propose a solution",
        StepConfirm = "You tell us whether it is solved",
        You = "you",
        NoWords = "A message without words",
        WroteAgain = "The customer wrote again",
        Unhappy = "The customer was not happy with how it went",
        Answered = "The case came to its end",
        PromiseSecondOpinion = "Somebody else looks at it again and answers you",
        SecondOpinion = "The customer asked for a second opinion",
        Merged = "It goes on in another case",
        MergeUndone = "It goes on in its own case again",
    };

    private static readonly Words German = new()
    {
        NextAnswer = "{who} liest, was Sie geschrieben haben, und antwortet Ihnen.",
        NextForUnhappy = "{who} geht dem nach, was schiefgegangen ist, und sagt Ihnen persönlich, was wir tun.",
        NextForPraise = "Ihre Worte gehen an die Menschen, denen sie gelten. Für Sie ist nichts weiter zu tun.",
        NextAfterJoin = "{who} hat Ihre neue Nachricht zusammen mit allem, was Sie schon geschrieben haben, und antwortet Ihnen.",
        PromiseAnswer = "Wir antworten Ihnen",
        PromiseRecovery = "Wir melden uns, um es in Ordnung zu bringen",
        PromiseCall = "Wir rufen Sie an unter {0}, zwischen {1} und {2} Uhr",
        CallMoved = "Für den Anruf wurde eine andere Zeit gewählt",
        CallNotNeeded = "Der Kunde hat den Anruf abgesagt",
        PromiseFollowUp = "Wir sagen Ihnen, wie es steht",
        Away = "{who} ist nicht da",
        StepUnderstand = "Verstehen, was Sie brauchen",
        StepWork = "Daran arbeiten",
        StepPropose = "Eine Lösung vorschlagen",
        StepConfirm = "Sie sagen uns, ob es gelöst ist",
        You = "Sie",
        NoWords = "Eine Nachricht ohne Worte",
        WroteAgain = "Der Kunde hat wieder geschrieben",
        Unhappy = "Der Kunde war nicht zufrieden damit, wie es lief",
        Answered = "Der Fall kam zu seinem Ende",
        PromiseSecondOpinion = "Jemand anderes sieht es sich noch einmal an und antwortet Ihnen",
        SecondOpinion = "Der Kunde hat um eine zweite Meinung gebeten",
        Merged = "Es geht in einem anderen Fall weiter",
        MergeUndone = "Es geht wieder im eigenen Fall weiter",
    };

    private static readonly FrozenDictionary<string, Words> ByLanguage =
        new Dictionary<string, Words> { ["en"] = English, ["de"] = German }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <param name="language">BCP 47; only its first subtag counts. English for what is not known.</param>
    public static Words In(string? language) => ByLanguage.GetValueOrDefault((language ?? "").Split('-')[0], English);

    public string Next(Kind kind, Feeling feeling, string who) =>
        (kind == Kind.Praise ? NextForPraise
            : kind == Kind.Complaint || feeling is Feeling.Unhappy or Feeling.Angry ? NextForUnhappy
            : NextAnswer).Replace("{who}", who, StringComparison.Ordinal);

    public string AfterJoin(string who) => NextAfterJoin.Replace("{who}", who, StringComparison.Ordinal);
}
