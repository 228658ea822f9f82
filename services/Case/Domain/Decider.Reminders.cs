using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// What staff is to think of: reminders, and promises that a reply seems to have made. None of it is the customer's business.
internal static partial class Decider
{
    private const int MostReminders = 50;

    private static Refusal? Reminded(Story story, SetReminder c)
    {
        if (Required("text", c.Text, LineLength) is { } refusal)
            return refusal;
        if (story.Case.Reminders.Count >= MostReminders)
            return new("reminders-invalid", $"must be at most {MostReminders} on a case.", "reminders");
        if (c.At is null == c.After is null)
            return new("at-invalid", "must be given unless after is, and not with it.", "at");
        if (c.After is { } after && (after <= TimeSpan.Zero || after > story.Given.Policy.Farthest))
            return new("after-invalid", $"must be longer than zero and at most {story.Given.Policy.Farthest.Days} days.", "after");
        var at = c.At ?? (c.Business ? story.Given.Calendar.Add(story.Now, c.After!.Value) : story.Now + c.After);
        if (at is not { } instant)
            return new("after-invalid", "is longer than the case's calendar ever opens.", "after");
        instant = Time.Truncate(instant);
        return Date(c.At is null ? "after" : "at", instant, story)
            ?? story.Add(new ReminderSet(story.Case.Id, c.ReminderId, c.Text.Trim(), instant, c.By.Id, c.By.Name));
    }

    private static Refusal? ReminderCame(Story story, ReminderTime c) =>
        story.Now >= c.At && story.Case.Reminders.FirstOrDefault(r => r.Id == c.ReminderId && r.At == c.At && !r.IsDue) is { } reminder
            ? story.Add(new ReminderDue(story.Case.Id, c.ReminderId, c.At, reminder.AgentId, reminder.Text))
            : Nothing;

    private static Refusal? ReminderTakenBack(Story story, CancelReminder c) => story.Case.Reminders.Any(r => r.Id == c.ReminderId)
        ? story.Add(new ReminderCancelled(story.Case.Id, c.ReminderId))
        : new("reminder-not-found", $"Case {story.Case.Number} has no reminder {c.ReminderId}.");

    // What was said is not promised yet: its author confirms it, or knows better.
    private static void Suggest(Story story, Guid messageId, Person by, string text)
    {
        var s = story.Case;
        if (!s.IsOpen)
            return;
        foreach (var found in PromiseFinder.Find(text, story.Now, s.TimeZone, story.Given.Calendar))
            if (found.Due <= story.Now + story.Given.Policy.Farthest
                && s.OpenPromises.All(p => p.Source == PromiseSource.Policy || p.Due != found.Due))
                story.Add(new PromiseSuggested(s.Id, story.Given.NewId(), messageId, found.Text, found.Due, by.Id, by.Name));
    }

    private static Refusal? SuggestionConfirmed(Story story, ConfirmSuggestion c)
    {
        if (Suggestion(story, c.SuggestionId, out var suggestion) is { } missing)
            return missing;
        var (text, due) = (c.Text ?? suggestion.Text, Time.Truncate(c.Due ?? suggestion.Due));
        if (Refusal.OfAll(Required("text", text, LineLength), Date("due", due, story)) is { } refusal)
            return refusal;
        // The customer has read the suggested words: what is another promise than those is told.
        var source = due == suggestion.Due ? PromiseSource.Suggestion : PromiseSource.Agent;
        story.Add(new PromiseMade(story.Case.Id, suggestion.Id, text.Trim(), due, c.By.Id, c.By.Name, source));
        return story.Add(new SuggestionSettled(story.Case.Id, suggestion.Id, Confirmed: true));
    }

    private static Refusal? SuggestionDismissed(Story story, DismissSuggestion c) =>
        Suggestion(story, c.SuggestionId, out var suggestion)
        ?? story.Add(new SuggestionSettled(story.Case.Id, suggestion.Id, Confirmed: false));

    private static Refusal? Suggestion(Story story, Guid id, out PromiseSuggestion suggestion)
    {
        suggestion = story.Case.Suggestions.FirstOrDefault(s => s.Id == id)!;
        return suggestion is not null ? null : new("suggestion-not-found", $"Case {story.Case.Number} has no suggestion {id} (any more).");
    }
}
