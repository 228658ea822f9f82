using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Cases.Routing;

/// <summary>Routing understood a case: it is triaged, assigned when there is room, and its customer is told.</summary>
internal sealed class OnRoutingDecided(CaseStore store, ILogger<OnRoutingDecided> log) : IHandle<RoutingDecided>
{
    public async Task HandleAsync(RoutingDecided e, EventEnvelope envelope, CancellationToken ct)
    {
        var done = await store.ActAsync(e.CaseId, new Triage(e), ct);
        if (done.IsRefused)
            log.NotDone(e.CaseId, nameof(Triage), envelope.Type, done.Refusal.Code);
    }
}
