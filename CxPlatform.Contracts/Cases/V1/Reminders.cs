namespace CxPlatform.Contracts.Cases.V1;

/// <summary>Somebody wants to be reminded of a case. Nobody's business but theirs.</summary>
[EventType("case.reminder.set.v1")]
public sealed record ReminderSet(
    Guid CaseId, Guid ReminderId, [property: Personal] string Text, DateTimeOffset At, Guid? AgentId, string AgentName);

/// <summary>The time of a reminder has come. Once.</summary>
/// <param name="At">The instant that was asked for, whenever it was noticed.</param>
/// <param name="Text">Of what.</param>
[EventType("case.reminder.due.v1")]
public sealed record ReminderDue(Guid CaseId, Guid ReminderId, DateTimeOffset At, Guid? AgentId, [property: Personal] string? Text = null);

/// <summary>A reminder is not wanted any more.</summary>
[EventType("case.reminder.cancelled.v1")]
public sealed record ReminderCancelled(Guid CaseId, Guid ReminderId);
