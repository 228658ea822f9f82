using System.Text.Json;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Choices;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Events;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Conversations;

/// <summary>Customers with their addresses.</summary>
internal sealed class CustomerEvents(Unit<NotificationDb> unit) : IHandle<CustomerChanged>, IHandle<CustomerErased>
{
    public async Task HandleAsync(CustomerChanged e, EventEnvelope envelope, CancellationToken ct)
    {
        unit.Db.Pending.Customers[e.CustomerId] =
            new() { CustomerId = e.CustomerId, Version = envelope.Version, State = JsonSerializer.Serialize(e, EventTypes.Json) };
        if (e.DoNotContact)
            await ChooseUpdates.WithholdAsync(unit, e.CustomerId, Care.Unwanting(Updates.Answers), ct);
    }

    /// <summary>Everything that names or quotes the customer goes; what is on its way to them is not sent.</summary>
    public async Task HandleAsync(CustomerErased e, EventEnvelope envelope, CancellationToken ct)
    {
        // What the batch has not written yet is written first, so that it is found.
        await unit.Db.SaveChangesAsync(ct);
        var customer = await unit.Db.Customers.SingleOrDefaultAsync(row => row.CustomerId == e.CustomerId, ct);
        List<string> addresses = [];
        if (customer is not null)
        {
            addresses = JsonSerializer.Deserialize<CustomerChanged>(customer.State, EventTypes.Json)!.Identities.Select(identity => identity.Value).ToList();
            await unit.Db.Suppressions.Where(row => addresses.Contains(row.Address)).ExecuteDeleteAsync(ct);
            unit.Db.Customers.Remove(customer);
        }
        await unit.Db.Choices.Where(row => row.CustomerId == e.CustomerId || row.MergedInto == e.CustomerId).ExecuteDeleteAsync(ct);
        var cases = new List<Guid>();
        await foreach (var row in unit.Db.Conversations.Where(row => row.CustomerId == e.CustomerId).AsAsyncEnumerable().WithCancellation(ct))
        {
            var conversation = JsonSerializer.Deserialize<Conversation>(row.State, EventTypes.Json)!;
            conversation.Erase();
            row.State = JsonSerializer.Serialize(conversation, EventTypes.Json);
            cases.Add(row.CaseId);
        }
        // Whoever was asked beside is nobody's customer: what was said to them is known by where it went.
        foreach (var message in await unit.Db.Messages.Where(row => row.CustomerId == e.CustomerId || (row.CaseId != null && cases.Contains(row.CaseId.Value))
            || ((row.Template == SideConversationOpened.Template || row.Template == ParticipantAdded.CopyTemplate) && addresses.Contains(row.Recipient))).ToListAsync(ct))
        {
            // Of several copies of one message nothing would tell them apart any more.
            if (message.Template == ParticipantAdded.CopyTemplate)
            {
                unit.Db.Messages.Remove(message);
                continue;
            }
            if (message.State == MessageState.Pending)
                (message.State, message.Claim, message.Reason) = (MessageState.Cancelled, null, "The customer's data was erased.");
            message.Recipient = "";
            message.Content = JsonSerializer.Serialize(new MessageContent { Sender = "", Text = "" }, EventTypes.Json);
        }
        await unit.Db.AgentNotices.Where(row => cases.Contains(row.CaseId)).ExecuteUpdateAsync(set => set.SetProperty(row => row.Detail, (string?)null), ct);
        // Events hold ids and facts only; what endpoints answered to them may hold anything.
        var streams = cases.ConvertAll(OutgoingEvent.StreamOf);
        await unit.Db.Deliveries.Where(row => streams.Contains(row.Stream)).ExecuteUpdateAsync(set => set.SetProperty(row => row.Response, (string?)null), ct);
        // Later events of this batch read what was written, not what is tracked.
        await unit.Db.SaveChangesAsync(ct);
    }
}
