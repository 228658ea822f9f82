namespace CxPlatform.Feedback.Answering;

/// <summary>The survey page's words in one language.</summary>
internal sealed record SurveyTexts
{
    public required string Title { get; init; }

    /// <summary>{0}: the case number.</summary>
    public required string About { get; init; }
    public required string Question { get; init; }

    /// <summary>From the lowest score to the highest.</summary>
    public required IReadOnlyList<string> Words { get; init; }
    public required string Comment { get; init; }
    public required string CommentHint { get; init; }
    public required string Send { get; init; }
    public required string SendAgain { get; init; }
    public required string ChooseOne { get; init; }

    /// <summary>{0}: the most characters.</summary>
    public required string TooLong { get; init; }
    public required string ThanksTitle { get; init; }
    public required string Thanks { get; init; }
    public required string ThanksUnhappy { get; init; }
    public required string Change { get; init; }
    public required string OverTitle { get; init; }
    public required string Over { get; init; }
    public required string UnknownTitle { get; init; }
    public required string Unknown { get; init; }

    public static IReadOnlyList<string> Languages { get; } = ["en", "de"];

    public static SurveyTexts Of(string language) => language == "de" ? German : English;

    private static SurveyTexts English { get; } = new()
    {
        Title = "How did we do?",
        About = "This is about {0}. It takes half a minute, and a person reads it.",
        Question = "How satisfied are you with how we handled it?",
        Words = ["Very unhappy", "Unhappy", "It was okay", "Happy", "Very happy"],
        Comment = "What went well, or what should we do better?",
        CommentHint = "You may leave this empty.",
        Send = "Send",
        SendAgain = "Change my answer",
        ChooseOne = "Please choose one of the five.",
        TooLong = "Please keep it to {0} characters; write to us if there is more to say, we will read it.",
        ThanksTitle = "Thank you",
        Thanks = "Your answer is on the case, where the people who worked on it will see it.",
        ThanksUnhappy = "Thank you for telling us, and we are sorry. Your answer is on the case, "
            + "and somebody who can put it right looks at it next.",
        Change = "Change your answer",
        OverTitle = "This survey is over",
        Over = "We do not ask for an answer that nobody would read any more. "
            + "If you have something to tell us, just answer any message of ours.",
        UnknownTitle = "We do not know this link",
        Unknown = "Your mail program may have cut it in two. Please copy the whole address from our message, or just answer the message.",
    };

    private static SurveyTexts German { get; } = new()
    {
        Title = "Wie haben wir es gemacht?",
        About = "Es geht um {0}. Es dauert eine halbe Minute, und ein Mensch liest es.",
        Question = "Wie zufrieden sind Sie damit, wie wir Ihr Anliegen bearbeitet haben?",
        Words = ["Sehr unzufrieden", "Unzufrieden", "Es ging so", "Zufrieden", "Sehr zufrieden"],
        Comment = "Was war gut, was sollen wir besser machen?",
        CommentHint = "Sie können das frei lassen.",
        Send = "Absenden",
        SendAgain = "Antwort ändern",
        ChooseOne = "Bitte wählen Sie eine der fünf Antworten.",
        TooLong = "Bitte höchstens {0} Zeichen; wenn es mehr zu sagen gibt, schreiben Sie uns, wir lesen es.",
        ThanksTitle = "Vielen Dank",
        Thanks = "Ihre Antwort steht jetzt beim Vorgang, wo die Menschen sie sehen, die daran gearbeitet haben.",
        ThanksUnhappy = "Danke, dass Sie es uns sagen; es tut uns leid. Ihre Antwort steht beim Vorgang, "
            + "und jemand, der es richten kann, sieht ihn sich als Nächstes an.",
        Change = "Antwort ändern",
        OverTitle = "Diese Umfrage ist beendet",
        Over = "Wir möchten nicht um eine Antwort bitten, die niemand mehr liest. "
            + "Wenn Sie uns etwas sagen möchten, antworten Sie einfach auf eine unserer Nachrichten.",
        UnknownTitle = "Wir kennen diesen Link nicht",
        Unknown = "Vielleicht hat Ihr Mailprogramm ihn umgebrochen. Bitte kopieren Sie die ganze Adresse aus unserer Nachricht, "
            + "oder antworten Sie einfach auf die Nachricht.",
    };
}
