namespace CxPlatform.Contracts.Public.V1;

/// <summary>Somebody tries a webhook subscription. Goes to its endpoint alone; no case is concerned.</summary>
/// <param name="SubscriptionId">The subscription.</param>
/// <param name="Message">What to do with it, for people.</param>
[PublicEvent("cx.subscription.test.v1", "Subscription test", "the subscription's owner")]
public sealed record SubscriptionTestFacts(Guid SubscriptionId, string Message) : EventFacts;
