using CxPlatform.Notifications.Domain;

namespace CxPlatform.Notifications.Choices;

/// <summary>What the page says, in the languages that we have.</summary>
internal sealed record ChoiceWords(string Title, string About, string Legend, string Save, string Saved, IReadOnlyList<(Updates Updates, string Name, string Hint)> Choices)
{
    private static readonly ChoiceWords English = new(
        "What you hear from us",
        "Whatever you choose: what you ask us is always answered, and you can write to us at any time.",
        "Please tell me",
        "Save", "Saved. This counts from now on.",
        [
            (Updates.Everything, "Everything", "What happens on your cases, and now and then a question about how it went."),
            (Updates.Important, "Only what matters", "When something changes that you rely on, such as a date that we promised."),
            (Updates.Answers, "Only answers", "Nothing but answers to what you ask."),
        ]);

    private static readonly ChoiceWords German = new(
        "Was Sie von uns hören",
        "Was Sie auch wählen: Ihre Fragen beantworten wir immer, und Sie können uns jederzeit schreiben.",
        "Bitte sagen Sie mir",
        "Speichern", "Gespeichert. Das gilt ab sofort.",
        [
            (Updates.Everything, "Alles", "Was sich in Ihren Vorgängen tut, und ab und zu eine Frage, wie es war."),
            (Updates.Important, "Nur Wichtiges", "Wenn sich etwas ändert, worauf Sie sich verlassen, zum Beispiel ein zugesagter Termin."),
            (Updates.Answers, "Nur Antworten", "Nichts als Antworten auf Ihre Fragen."),
        ]);

    public static ChoiceWords Of(string language) => language == "de" ? German : English;
}
