namespace CxPlatform.Intake.Channels.WebForm;

/// <summary>The contact form's words, in one language.</summary>
public sealed record ContactPageWords
{
    public required string Lang { get; init; }
    public required string Title { get; init; }
    public required string Intro { get; init; }
    public required string Name { get; init; }
    public required string Email { get; init; }
    public required string EmailHint { get; init; }
    public required string Subject { get; init; }
    public required string Message { get; init; }
    public required string MessageHint { get; init; }
    public required string CaseNumber { get; init; }
    public required string CaseNumberHint { get; init; }
    public required string Files { get; init; }
    public required string FilesHint { get; init; }
    public required string LeaveEmpty { get; init; }
    public required string Optional { get; init; }
    public required string Send { get; init; }
    public required string TooMany { get; init; }
    public required string Unavailable { get; init; }
    public required string PleaseCheck { get; init; }
    public required string ThanksTitle { get; init; }
    public required string Thanks { get; init; }
    public required string NextTitle { get; init; }
    public required IReadOnlyList<string> NextSteps { get; init; }
    public required string Another { get; init; }
    public required IReadOnlyDictionary<FormRule, string> Rules { get; init; }

    public static ContactPageWords English { get; } = new()
    {
        Lang = "en",
        Title = "Contact us",
        Intro = "Tell us what you need. A person reads it, and you hear from us at once what happens next and by when.",
        Name = "Your name",
        Email = "Your email address",
        EmailHint = "We answer there, and you can simply reply.",
        Subject = "What is it about?",
        Message = "Your message",
        MessageHint = "In your own words. What happened, and what would help you?",
        CaseNumber = "Case number",
        CaseNumberHint = "If you already have one: it looks like CX-2026-000123.",
        Files = "Photos or documents",
        FilesHint = "Up to 25 MB together.",
        LeaveEmpty = "Please leave this field empty",
        Optional = "optional",
        Send = "Send",
        TooMany = "We received several messages from you in a short time. Please wait a minute and send this one again: "
            + "everything you wrote is still here.",
        Unavailable = "We could not store your message just now. Everything you wrote is still here: please send it again in a moment.",
        PleaseCheck = "Something is missing. Please look at the fields marked below.",
        ThanksTitle = "Thank you, we have your message",
        Thanks = "It is stored safely and is with our team now.",
        NextTitle = "What happens next",
        NextSteps =
        [
            "You get a confirmation within a minute. It says what we understood and gives your case a number.",
            "It also says who takes care of it and by when you hear from us. We keep to that, or tell you before.",
            "You can answer any message from us, or follow everything on your case's page.",
        ],
        Another = "Send another message",
        Rules = new Dictionary<FormRule, string>
        {
            [FormRule.Needed] = "Please write us what it is about.",
            [FormRule.Reachable] = "Please give an email address, so that we can answer.",
            [FormRule.Address] = "This does not look like an email address, such as name@example.com.",
            [FormRule.Phone] = "Please give the number with its country code, such as +49 30 1234567.",
            [FormRule.TooLong] = "This is longer than we can take; please shorten it.",
            [FormRule.CaseNumber] = "A case number looks like CX-2026-000123.",
            [FormRule.Language] = "Must be a language tag (BCP 47), such as de.",
            [FormRule.TooManyFiles] = $"At most {Limits.Attachments} files, please.",
            [FormRule.FileTooLarge] = $"A file may have up to {Limits.Attachment / 1024 / 1024} MB.",
        },
    };

    public static ContactPageWords German { get; } = new()
    {
        Lang = "de",
        Title = "Kontakt",
        Intro = "Schreiben Sie uns, was Sie brauchen. Ein Mensch liest es, "
            + "und Sie erfahren sofort, was als Nächstes geschieht und bis wann.",
        Name = "Ihr Name",
        Email = "Ihre E-Mail-Adresse",
        EmailHint = "Dorthin antworten wir, und Sie können einfach zurückschreiben.",
        Subject = "Worum geht es?",
        Message = "Ihre Nachricht",
        MessageHint = "In Ihren eigenen Worten: Was ist geschehen, und was würde Ihnen helfen?",
        CaseNumber = "Fallnummer",
        CaseNumberHint = "Falls Sie schon eine haben: Sie sieht so aus wie CX-2026-000123.",
        Files = "Fotos oder Dokumente",
        FilesHint = "Zusammen bis zu 25 MB.",
        LeaveEmpty = "Bitte lassen Sie dieses Feld leer",
        Optional = "freiwillig",
        Send = "Absenden",
        TooMany = "Wir haben in kurzer Zeit mehrere Nachrichten von Ihnen erhalten. Bitte warten Sie eine Minute und senden Sie diese "
            + "noch einmal: Was Sie geschrieben haben, steht noch hier.",
        Unavailable = "Wir konnten Ihre Nachricht gerade nicht speichern. Was Sie geschrieben haben, steht noch hier: "
            + "Bitte senden Sie es gleich noch einmal.",
        PleaseCheck = "Es fehlt noch etwas. Bitte sehen Sie sich die markierten Felder an.",
        ThanksTitle = "Danke, wir haben Ihre Nachricht",
        Thanks = "Sie ist sicher gespeichert und liegt jetzt bei unserem Team.",
        NextTitle = "Wie es weitergeht",
        NextSteps =
        [
            "Innerhalb einer Minute erhalten Sie eine Bestätigung. Sie sagt, was wir verstanden haben, und nennt Ihre Fallnummer.",
            "Darin steht auch, wer sich kümmert und bis wann Sie von uns hören. Daran halten wir uns, oder wir melden uns vorher.",
            "Sie können auf jede Nachricht von uns antworten oder alles auf der Seite Ihres Falls verfolgen.",
        ],
        Another = "Noch eine Nachricht senden",
        Rules = new Dictionary<FormRule, string>
        {
            [FormRule.Needed] = "Bitte schreiben Sie uns, worum es geht.",
            [FormRule.Reachable] = "Bitte geben Sie eine E-Mail-Adresse an, damit wir antworten können.",
            [FormRule.Address] = "Das sieht nicht wie eine E-Mail-Adresse aus, etwa name@example.com.",
            [FormRule.Phone] = "Bitte geben Sie die Nummer mit Landesvorwahl an, etwa +49 30 1234567.",
            [FormRule.TooLong] = "Das ist länger, als wir annehmen können; bitte kürzen Sie es.",
            [FormRule.CaseNumber] = "Eine Fallnummer sieht so aus wie CX-2026-000123.",
            [FormRule.Language] = "Muss eine Sprachangabe (BCP 47) sein, etwa de.",
            [FormRule.TooManyFiles] = $"Bitte höchstens {Limits.Attachments} Dateien.",
            [FormRule.FileTooLarge] = $"Eine Datei darf bis zu {Limits.Attachment / 1024 / 1024} MB haben.",
        },
    };

    public static ContactPageWords For(string language) => language == "de" ? German : English;

    public string Rule(FormRule rule) => Rules[rule];
}
