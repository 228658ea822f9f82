namespace CxPlatform.Cases.Domain;

/// <summary>The customer is to be called in a slot; one that is booked already moves there.</summary>
/// <param name="Phone">Null: the number that the customer wrote from, or that an earlier booking gave.</param>
internal sealed record BookCallBack(Guid PromiseId, DateTimeOffset From, string? Phone) : CaseCommand
{
    public override Guid? Makes => PromiseId;
}

/// <param name="Reason">Null: the customer does not want it any more.</param>
internal sealed record CancelCallBack(string? Reason) : CaseCommand;
