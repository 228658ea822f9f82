using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Routing.Domain;
using CxPlatform.Routing.Storage;

namespace CxPlatform.Routing.Assigning;

/// <summary>A new case is understood and put where somebody takes care of it.</summary>
internal sealed class OnCaseOpened(Unit<RoutingDb> unit, Assigner assigner) : IHandle<CaseOpened>
{
    public async Task HandleAsync(CaseOpened e, EventEnvelope envelope, CancellationToken ct)
    {
        var catalog = await assigner.CatalogAsync(ct);
        var reading = catalog.Reader.Read(e.Subject, e.Text, e.Language);
        var understood = Understanding.Of(reading, catalog.Reader.Rules.Defaults, e.Kind, e.Priority);
        var queue = catalog.Reader.QueueFor(understood, e.Channel, e.Brand, e.Tags, catalog.QueueIds);
        var automatic = e.Automatic != Automatic.None;
        var row = new AssignmentRow
        {
            CaseId = e.CaseId,
            CustomerId = e.CustomerId,
            QueueId = catalog.QueueOf(queue.Value).Id,
            Open = true,
            Waiting = !automatic,
            Priority = (int)understood.Priority.Value,
            WaitingSince = e.ReceivedAt,
            CaseVersion = envelope.Version,
            State = new(understood, queue, e.Channel, e.Brand, e.Tags, automatic),
        };
        unit.Db.Assignments.Add(row);
        await assigner.PlaceAsync(row, ct);
    }
}
