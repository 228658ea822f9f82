using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

// What staff is to think of: reminders, and promises that a reply seems to have made.
internal static partial class Evolution
{
    private static CaseState Minded(CaseState s, object e) => e switch
    {
        PromiseSuggested x => s with
        {
            Suggestions = [.. s.Suggestions, new(x.SuggestionId, x.MessageId, x.Text, x.Due, x.AgentId, x.AgentName)],
        },
        SuggestionSettled x => s with { Suggestions = [.. s.Suggestions.Where(suggestion => suggestion.Id != x.SuggestionId)] },
        ReminderSet x => s with { Reminders = [.. s.Reminders, new(x.ReminderId, x.Text, x.At, x.AgentId, x.AgentName)] },
        ReminderDue x => s with { Reminders = [.. s.Reminders.Select(r => r.Id == x.ReminderId ? r with { IsDue = true } : r)] },
        ReminderCancelled x => s with { Reminders = [.. s.Reminders.Where(reminder => reminder.Id != x.ReminderId)] },
        _ => throw new InvalidOperationException($"{e.GetType().Name} is nothing to think of."),
    };
}
