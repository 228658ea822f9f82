using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

/// <summary>Copies somebody on what the customer is answered.</summary>
/// <param name="Address">A mail address, also as <c>Name &lt;address&gt;</c>.</param>
internal sealed record CopyParticipant(Guid ParticipantId, string Address, string? Name, Person By) : CaseCommand
{
    public override Guid? Makes => ParticipantId;
}

/// <summary>A member of staff wants to hear of the case.</summary>
internal sealed record FollowCase(Guid ParticipantId, Guid AgentId, string AgentName, Person By) : CaseCommand
{
    public override Guid? Makes => ParticipantId;
}

/// <summary>Somebody on the case is copied from now on, or no longer.</summary>
internal sealed record ChangeParticipant(Guid ParticipantId, ParticipantRole Role, Person By) : CaseCommand;

internal sealed record RemoveParticipant(Guid ParticipantId, Person By) : CaseCommand;
