using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Webhooks.Subscriptions;

/// <summary>Nobody gets events who did not ask for them: the endpoint must take one signed test event first.</summary>
internal static class ActivateSubscription
{
    public static async Task<Outcome<SubscriptionView>> RunAsync(Meant meant, TestSubscription test, Work<NotificationDb> work, CancellationToken ct)
    {
        var sent = await test.SendAsync(meant, ct);
        if (sent.IsRefused)
            return sent.Refusal;
        if (sent.Value.Row.Reason is { } reason)
            return new Refusal("endpoint-did-not-accept", $"The test event was not taken: {reason} The subscription stays as it is.");
        return await work.RunAsync<ChangeSubscription, Outcome<SubscriptionView>>((handler, token) => handler.ActivateAsync(meant, sent.Value.Url, token), ct);
    }
}
