using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using CxPlatform.Contracts.Public.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Delivery;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Webhooks.Subscriptions;

/// <summary>Writes down an attempt that somebody asked for.</summary>
internal sealed class RecordTest(Unit<NotificationDb> unit)
{
    public Task<Done> HandleAsync(DeliveryRow row)
    {
        unit.Db.Deliveries.Add(row);
        return Task.FromResult(Done.Value);
    }
}

/// <summary>Sends a signed test event, now and once.</summary>
internal sealed class TestSubscription(Work<NotificationDb> work, WebhookSender sender, Secrets secrets, TimeProvider clock)
{
    /// <returns>The attempt, and the URL that it went to.</returns>
    public async Task<Outcome<(DeliveryRow Row, string Url)>> SendAsync(Meant meant, CancellationToken ct)
    {
        var row = await work.ReadAsync((db, token) => db.Subscriptions.SingleOrDefaultAsync(row => row.Id == meant.Id, token), ct);
        if (meant.RefusalOf(row) is { } refusal)
            return refusal;
        var eventId = Guid.CreateVersion7(clock.GetUtcNow());
        var attempt = await sender.SendAsync(new(row!, secrets), eventId, DeliveryLog.TestType, BodyOf(row!, eventId), ct);
        var delivery = DeliveryLog.RowOfTest(meant.Id, eventId, attempt);
        // Every test is an attempt of its own; it is not what an Idempotency-Key stands for.
        using (Ambient.Use(Ambient.Current with { Idempotency = null }))
            await work.RunAsync<RecordTest, Done>((handler, _) => handler.HandleAsync(delivery), ct);
        return (delivery, row!.Url);
    }

    /// <summary>The same for the same id, whose first 48 bits are the time (RFC 9562), so that the log can show it.</summary>
    public static byte[] BodyOf(SubscriptionRow row, Guid eventId) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
        new
        {
            specversion = "1.0",
            id = eventId,
            source = $"/subscriptions/{row.Id}",
            type = DeliveryLog.TestType,
            time = Rfc3339.Format(DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(eventId.ToByteArray(bigEndian: true)) >> 16)),
            datacontenttype = "application/json",
            data = new SubscriptionTestFacts(row.Id, "This is a test. Answer it with 2xx."),
        },
        EventTypes.Json));
}
