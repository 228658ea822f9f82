namespace CxPlatform.Intake.Channels.WebForm;

/// <summary>The contact form's words, in one language.</summary>
public sealed record ContactPageWords(
    string Lang, string Title, string Intro, string Name, string Email, string EmailHint, string Phone, string PhoneHint, string Subject, string Message,
    string MessageHint, string CaseNumber, string CaseNumberHint, string LeaveEmpty, string Optional, string Send, string TooMany, string Unavailable, string PleaseCheck,
    string ThanksTitle, string Thanks, IReadOnlyList<string> NextSteps, string NextTitle, string Another, IReadOnlyDictionary<FormRule, string> Rules)
{
    public static ContactPageWords English { get; } = new(
        "en", "Contact us", "Tell us what you need. A person reads it, and you hear from us at once what happens next and by when.",
        "Your name", "Your email address", "We answer there, and you can simply reply.", "Phone number", "With country code, such as +49 30 1234567.",
        "What is it about?", "Your message", "In your own words. What happened, and what would help you?",
        "Case number", "If you already have one: it looks like CX-2026-000123.", "Please leave this field empty", "optional", "Send",
        "We received several messages from you in a short time. Please wait a minute and send this one again: everything you wrote is still here.",
        "We could not store your message just now. Everything you wrote is still here: please send it again in a moment.",
        "Something is missing. Please look at the fields marked below.",
        "Thank you, we have your message", "It is stored safely and is with our team now.",
        ["You get a confirmation within a minute. It says what we understood and gives your case a number.",
            "It also says who takes care of it and by when you hear from us. We keep to that, or tell you before.",
            "You can answer any message from us, or follow everything on your case's page."],
        "What happens next", "Send another message",
        new Dictionary<FormRule, string>
        {
            [FormRule.Needed] = "Please write us what it is about.",
            [FormRule.Reachable] = "Please give an email address, so that we can answer.",
            [FormRule.Address] = "This does not look like an email address, such as name@example.com.",
            [FormRule.Phone] = "Please give the number with its country code, such as +49 30 1234567.",
            [FormRule.TooLong] = "This is longer than we can take; please shorten it.",
            [FormRule.CaseNumber] = "A case number looks like CX-2026-000123.",
            [FormRule.Language] = "Must be a language tag (BCP 47), such as de.",
            [FormRule.LeaveEmpty] = "Please leave this field empty.",
        });

    public static ContactPageWords German { get; } = new(
        "de", "Kontakt", "Schreiben Sie uns, was Sie brauchen. Ein Mensch liest es, und Sie erfahren sofort, was als Nächstes geschieht und bis wann.",
        "Ihr Name", "Ihre E-Mail-Adresse", "Dorthin antworten wir, und Sie können einfach zurückschreiben.", "Telefonnummer",
        "Mit Landesvorwahl, etwa +49 30 1234567.", "Worum geht es?", "Ihre Nachricht", "In Ihren eigenen Worten: Was ist geschehen, und was würde Ihnen helfen?",
        "Fallnummer", "Falls Sie schon eine haben: Sie sieht so aus wie CX-2026-000123.", "Bitte lassen Sie dieses Feld leer", "freiwillig", "Absenden",
        "Wir haben in kurzer Zeit mehrere Nachrichten von Ihnen erhalten. Bitte warten Sie eine Minute und senden Sie diese noch einmal: Was Sie geschrieben haben, steht noch hier.",
        "Wir konnten Ihre Nachricht gerade nicht speichern. Was Sie geschrieben haben, steht noch hier: Bitte senden Sie es gleich noch einmal.",
        "Es fehlt noch etwas. Bitte sehen Sie sich die markierten Felder an.",
        "Danke, wir haben Ihre Nachricht", "Sie ist sicher gespeichert und liegt jetzt bei unserem Team.",
        ["Innerhalb einer Minute erhalten Sie eine Bestätigung. Sie sagt, was wir verstanden haben, und nennt Ihre Fallnummer.",
            "Darin steht auch, wer sich kümmert und bis wann Sie von uns hören. Daran halten wir uns, oder wir melden uns vorher.",
            "Sie können auf jede Nachricht von uns antworten oder alles auf der Seite Ihres Falls verfolgen."],
        "Wie es weitergeht", "Noch eine Nachricht senden",
        new Dictionary<FormRule, string>
        {
            [FormRule.Needed] = "Bitte schreiben Sie uns, worum es geht.",
            [FormRule.Reachable] = "Bitte geben Sie eine E-Mail-Adresse an, damit wir antworten können.",
            [FormRule.Address] = "Das sieht nicht wie eine E-Mail-Adresse aus, etwa name@example.com.",
            [FormRule.Phone] = "Bitte geben Sie die Nummer mit Landesvorwahl an, etwa +49 30 1234567.",
            [FormRule.TooLong] = "Das ist länger, als wir annehmen können; bitte kürzen Sie es.",
            [FormRule.CaseNumber] = "Eine Fallnummer sieht so aus wie CX-2026-000123.",
            [FormRule.Language] = "Muss eine Sprachangabe (BCP 47) sein, etwa de.",
            [FormRule.LeaveEmpty] = "Bitte lassen Sie dieses Feld leer.",
        });

    public static ContactPageWords For(string language) => language == "de" ? German : English;

    public string Rule(FormRule rule) => Rules[rule];
}
