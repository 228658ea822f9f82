using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

/// <param name="At">The instant; or else <paramref name="After"/>.</param>
/// <param name="After">So long from now.</param>
/// <param name="Business">Whether that is business time.</param>
internal sealed record SetReminder(Guid ReminderId, Person By, string Text, DateTimeOffset? At, TimeSpan? After, bool Business) : CaseCommand
{
    public override Guid? Makes => ReminderId;
}

internal sealed record CancelReminder(Guid ReminderId) : CaseCommand;

/// <summary>Expects the reminder set for this instant.</summary>
[TimerType("case.reminder-time")]
internal sealed record ReminderTime(Guid CaseId, Guid ReminderId, DateTimeOffset At) : TimedCommand(CaseId);
