using CxPlatform.Contracts;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

/// <summary>An answer that is sent later: at a time that somebody chose, or after a moment in which it can be taken back.</summary>
/// <param name="SendAt">The chosen time.</param>
/// <param name="Hold">The moment; null: the policy's, which may be none.</param>
internal sealed record ScheduleReply(SendReply Reply, DateTimeOffset? SendAt = null, TimeSpan? Hold = null) : CaseCommand
{
    public override Guid? Makes => Reply.MessageId;
}

/// <summary>What is given changes, of an answer that waits to be sent; one that was held for a look is scheduled again.</summary>
internal sealed record ChangeScheduledReply(Guid MessageId, string? Text, bool? AsksCustomer, DateTimeOffset? SendAt) : CaseCommand;

internal sealed record CancelReply(Guid MessageId) : CaseCommand;

internal sealed record SendScheduledNow(Guid MessageId) : CaseCommand;

/// <summary>Expects the answer waiting, for this very instant.</summary>
[TimerType("case.reply-due")]
internal sealed record ReplyDue(Guid CaseId, Guid MessageId, DateTimeOffset SendAt) : TimedCommand(CaseId);

internal sealed record ChangePriority(Priority Priority, Person By, string? Reason) : CaseCommand;

internal sealed record ChangeTags(IReadOnlyList<string> Add, IReadOnlyList<string> Remove, Person By) : CaseCommand;
