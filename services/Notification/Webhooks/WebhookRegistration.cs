using System.Net;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Delivery;
using CxPlatform.Notifications.Webhooks.Egress;
using CxPlatform.Notifications.Webhooks.Events;
using CxPlatform.Notifications.Webhooks.Replays;
using CxPlatform.Notifications.Webhooks.Subscriptions;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Webhooks;

internal static class WebhookRegistration
{
    public static void AddWebhooks(this IHostApplicationBuilder builder)
    {
        builder.AddCxOptions<WebhookOptions>("Cx:Webhooks");
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookOptionsRules>();
        services.AddScoped<IObserve<NotificationDb>, RecordEvents>();
        services.AddSingleton<EventStore>();
        services.AddSingleton<EventTail>();
        services.AddSingleton<EgressRules>();
        services.AddSingleton<Resolve>(Dns.GetHostAddressesAsync);
        services.AddSingleton<EgressClient>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<Duty>();
        services.AddSingleton<EndpointLoader>();
        services.AddSingleton<EndpointTools>();
        services.AddScoped<SubscriptionClaims>();
        services.AddScoped<ChangeSubscription>();
        services.AddScoped<RecordTest>();
        services.AddSingleton<TestSubscription>();
        services.AddSingleton<SubscriptionReader>();
        services.AddScoped<ChangeLane>();
        services.AddScoped<Replay>();
        services.AddScoped<Forget>();
        services.AddSingleton<HaltSubscription>();
        services.AddScoped<StopOrphans>();
        services.AddSingleton<SubscriptionWatch>();
        services.AddGroupCommit<NotificationDb, Result, bool, ResultWriter>();
        // After the group commit: it stops first, and what it delivered last is still recorded.
        services.AddHostedService<WebhookCourier>();
        services.AddHostedService<Retention>();
    }
}
