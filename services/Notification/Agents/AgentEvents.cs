using System.Text.Json;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Agents;

/// <summary>What agents serve and when they are away.</summary>
internal sealed class AgentEvents(Unit<NotificationDb> unit) : IHandle<AgentChanged>
{
    public async Task HandleAsync(AgentChanged e, EventEnvelope envelope, CancellationToken ct) =>
        (await unit.Db.DeskOfAsync(e.AgentId, ct)).Duty = JsonSerializer.Serialize(new Duty(e.Queues, e.Absence), EventTypes.Json);
}
