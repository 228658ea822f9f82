using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

/// <summary>Expects the promise open with this date, and its owner not warned.</summary>
[TimerType("case.promise-near")]
internal sealed record PromiseNear(Guid CaseId, Guid PromiseId, DateTimeOffset Due) : TimedCommand(CaseId);

/// <summary>Somebody is away: what they have promised on the case moves to whoever covers, and so does the case if it is theirs.</summary>
/// <param name="AgentId">Null: the team.</param>
internal sealed record Cover(Guid AbsentId, string AbsentName, Guid? AgentId, string? AgentName, DateTimeOffset Until) : CaseCommand;

/// <param name="Text">Null: as it was suggested.</param>
/// <param name="Due">Null: as it was suggested.</param>
internal sealed record ConfirmSuggestion(Guid SuggestionId, Person By, string? Text, DateTimeOffset? Due) : CaseCommand
{
    public override Guid? Makes => SuggestionId;
}

internal sealed record DismissSuggestion(Guid SuggestionId) : CaseCommand;
