using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Templating;

namespace CxPlatform.Notifications.Agents;

/// <summary>Tells agents what concerns them, where each of them wants to hear it. Nobody is told what they did themselves.</summary>
internal sealed class TellAgents(Unit<NotificationDb> unit, ConversationBook book, AgentBook agents, AgentWords words, AgentMail mail)
    : IHandle<CaseAssigned>, IHandle<CaseUnassigned>, IHandle<NoteAdded>, IHandle<CustomerReplied>, IHandle<NeedCorrected>, IHandle<SolutionDeclined>, IHandle<SecondOpinionAsked>,
    IHandle<PromiseWarned>, IHandle<PromiseEscalated>, IHandle<CaseClockWarned>, IHandle<CaseClockBreached>, IHandle<ReminderDue>, IHandle<CaseCovered>, IHandle<MessageOutcome>,
    IHandle<RecoveryStarted>, IHandle<CaseHandedOver>, IHandle<HandoverAcknowledged>, IHandle<SideMessageReceived>, IHandle<CaseResolved>
{
    public Task HandleAsync(CaseAssigned e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(CaseUnassigned e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(NoteAdded e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(CustomerReplied e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(NeedCorrected e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(SolutionDeclined e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(SecondOpinionAsked e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(PromiseWarned e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(PromiseEscalated e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(CaseClockWarned e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(CaseClockBreached e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(ReminderDue e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(CaseCovered e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(MessageOutcome e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(RecoveryStarted e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(CaseHandedOver e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(HandoverAcknowledged e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(SideMessageReceived e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    public Task HandleAsync(CaseResolved e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e, e.CaseId, envelope, ct);

    private async Task TellAsync(object e, Guid caseId, EventEnvelope envelope, CancellationToken ct)
    {
        // Most events concern no agent, and then nothing is read.
        if (e is NoteAdded { Mentions: null } or MessageOutcome { Sent: true } || await book.FindAsync(caseId, ct) is not { } conversation)
            return;
        var told = new HashSet<Guid>();
        foreach (var happening in Happenings.Of(e, conversation))
        {
            foreach (var (agent, standsInFor) in await agents.WhoAsync(happening, conversation, ct))
            {
                // What they did themselves they know; and what somebody is told twice is told badly.
                if (agent.Actor == envelope.Actor || !told.Add(agent.Id))
                    continue;
                var said = words.Of(happening, agent, standsInFor, conversation, unit.Now);
                if (agent.Choices.IsLive(happening.Kind))
                    Show(agent, happening, said, conversation, envelope);
                if (agent.Choices.IsMailed(happening.Kind))
                    await mail.WriteAsync(agent, happening.Kind, said, conversation, envelope, ct);
            }
        }
    }

    private void Show(KnownAgent agent, Happening happening, AgentWords.Said said, Conversation conversation, EventEnvelope envelope)
    {
        unit.Db.Pending.Notices.Add(new()
        {
            Id = Guid.CreateVersion7(unit.Now),
            AgentId = agent.Id,
            EventId = envelope.Id,
            Kind = happening.Kind,
            CaseId = conversation.CaseId,
            CaseNumber = conversation.Number,
            What = said.What,
            Detail = said.Detail,
            At = unit.Now,
        });
        unit.Announce();
    }
}
