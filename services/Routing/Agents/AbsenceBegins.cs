using CxPlatform.Messaging;

namespace CxPlatform.Routing.Agents;

/// <summary>Expects an absence that begins then.</summary>
[TimerType("agent.absence-begins")]
internal sealed record AbsenceBegins(Guid AgentId, DateTimeOffset From);

internal sealed class OnAbsenceBegins(AgentCommands agents) : IHandleTimer<AbsenceBegins>
{
    public Task HandleAsync(AbsenceBegins command, TimerContext context, CancellationToken ct) => agents.BeginAbsenceAsync(command, ct);
}
