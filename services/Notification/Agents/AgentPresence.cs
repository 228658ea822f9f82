using CxPlatform.Notifications.Sending;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Notifications.Agents;

/// <summary>Who has the case open sees what happens there: no mail about it.</summary>
internal sealed class AgentPresence(ISharedMarks marks)
{
    public const string Reason = "The agent had the case open and saw it.";

    public async ValueTask<bool> LooksAtItAsync(OutgoingMessage message) =>
        message is { AgentId: { } agent, CaseId: { } caseId } && (await marks.ReadAsync(MarkKeys.OfCase(caseId))).ContainsKey($"agent:{agent}");
}
