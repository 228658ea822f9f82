using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

/// <param name="Who">In words that the customer reads.</param>
internal sealed record AwaitThirdParty(string Who) : CaseCommand;

/// <summary>The third party has answered, or is not waited for any longer.</summary>
internal sealed record EndWaiting : CaseCommand;

internal sealed record AskSecondOpinion(bool ByCustomer, string? Reason) : CaseCommand;
