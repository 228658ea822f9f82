using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

/// <param name="Who">In words that the customer reads.</param>
/// <param name="SideConversationId">The conversation whose answer ends the waiting; null: a person ends it.</param>
internal sealed record AwaitThirdParty(string Who, Guid? SideConversationId = null) : CaseCommand;

/// <summary>The third party has answered, or is not waited for any longer.</summary>
internal sealed record EndWaiting : CaseCommand;

internal sealed record AskSecondOpinion(bool ByCustomer, string? Reason) : CaseCommand;
