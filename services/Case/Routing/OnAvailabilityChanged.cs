using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Routing;

/// <summary>Whether somebody is there for a queue, for customers who look.</summary>
internal sealed class OnAvailabilityChanged(CaseDb db) : IHandle<AvailabilityChanged>
{
    public async Task HandleAsync(AvailabilityChanged e, EventEnvelope envelope, CancellationToken ct)
    {
        var row = await db.Availability.FindAsync([e.QueueId], ct);
        if (row is null)
            db.Availability.Add(row = new() { QueueId = e.QueueId });
        (row.Present, row.At) = (e.Present, e.At);
    }
}
