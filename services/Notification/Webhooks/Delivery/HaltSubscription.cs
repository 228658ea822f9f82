using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Sending;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Subscriptions;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>Stops the deliveries of a subscription and tells its contact; whoever it belongs to, or else the administrators, when it has none. Events go on to be
/// kept for it.</summary>
internal sealed class HaltSubscription(Links links, ILogger<HaltSubscription> log)
{
    public const string Template = "subscription-stopped";
    private const int MostRecipients = 10;

    public async Task RunAsync(Unit<NotificationDb> unit, Guid id, Halt halt, CancellationToken ct)
    {
        var stopped = await unit.Db.Subscriptions.Where(row => row.Id == id && row.State == SubscriptionState.Active).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.State, halt.State).SetProperty(row => row.Reason, halt.Reason).SetProperty(row => row.Courier, (Guid?)null)
                .SetProperty(row => row.ChangedAt, unit.Now).SetProperty(row => row.Revision, row => row.Revision + 1),
            ct);
        if (stopped == 0)
            return;
        var subscription = await unit.Db.Subscriptions.AsNoTracking().SingleAsync(row => row.Id == id, ct);
        foreach (var recipient in subscription.Contact is { } contact ? [contact] : await AnswerableAsync(unit.Db, subscription, ct))
            unit.Db.Messages.Add(Warning(unit.Now, subscription, halt, recipient));
        unit.Announce();
        unit.OnCommitted(() => log.SubscriptionStopped(id, halt.State));
    }

    private static async Task<IReadOnlyList<string>> AnswerableAsync(NotificationDb db, SubscriptionRow subscription, CancellationToken ct)
    {
        var people = await db.Set<AccessAgentRow>().AsNoTracking().Where(row => row.Active && row.Email != null).OrderBy(row => row.AgentId).ToListAsync(ct);
        var owner = people.Where(row => subscription.CreatedBy == Owners.Agent + row.AgentId).ToList();
        return [.. (owner.Count > 0 ? owner : people.Where(row => row.Role == Roles.Admin)).Select(row => row.Email!).Distinct().Take(MostRecipients)];
    }

    private MessageRow Warning(DateTimeOffset now, SubscriptionRow subscription, Halt halt, string contact)
    {
        var id = Guid.CreateVersion7(now);
        var content = new MessageContent
        {
            Sender = "Webhooks",
            Subject = $"Webhook deliveries to \"{subscription.Name}\" have stopped",
            Text = $"""
                Hello,

                the webhook subscription "{subscription.Name}" ({subscription.Id}) is {halt.State.ToString().ToLowerInvariant()}:
                {halt.Reason}

                Nothing is lost: events are kept, and deliveries go on where they stopped, in order, once you resume the subscription
                with POST /v1/subscriptions/{subscription.Id}/resume or at

                {links.Desk($"subscriptions/{subscription.Id}")}

                You can answer this message.
                """,
            MessageId = $"subscription.{id:n}@{links.MailDomain}",
            AutoSubmitted = "auto-generated",
        };
        return new()
        {
            Id = id,
            EventId = id,
            Recipient = contact,
            Template = Template,
            Channel = Contracts.Channel.Email,
            State = MessageState.Pending,
            Due = now,
            Content = JsonSerializer.Serialize(content, EventTypes.Json),
            CreatedAt = now,
            CorrelationId = id,
        };
    }
}
