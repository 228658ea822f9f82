using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Agents;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Conversations;

/// <summary>The conversations that a unit works on: read once, changed in memory, written before the commit.</summary>
internal sealed class ConversationBook(Unit<NotificationDb> unit, CustomerBook customers, AgentBook agents) : IPrefetch<NotificationDb>
{
    private Dictionary<Guid, Conversation> Touched => unit.Db.Pending.Conversations;

    public void Open(Conversation conversation, EventEnvelope envelope)
    {
        if (Touched.ContainsKey(conversation.CaseId))
            return;
        conversation.Version = envelope.Version;
        Touched.Add(conversation.CaseId, conversation);
    }

    /// <summary>The conversation that an event of the case's stream changes.</summary>
    /// <returns>Null when it knows the event already.</returns>
    /// <exception cref="InvalidOperationException">The case was never opened: the stream is not complete, and the event is parked until it is.</exception>
    public async Task<Conversation?> ForAsync(Guid caseId, EventEnvelope envelope, CancellationToken ct)
    {
        var conversation = await FindAsync(caseId, ct) ?? throw new InvalidOperationException($"Case {caseId} was not opened here.");
        if (envelope.Version <= conversation.Version)
            return null;
        conversation.Version = envelope.Version;
        return conversation;
    }

    /// <summary>The conversation, to be written again; null when the case is not known (yet).</summary>
    public async Task<Conversation?> FindAsync(Guid caseId, CancellationToken ct)
    {
        if (Touched.TryGetValue(caseId, out var conversation))
            return conversation;
        var found = await Sql.Of(unit).QueryAsync("select state from conversations where case_id = @id", [("id", caseId)], reader => reader.GetString(0), ct);
        if (found.Count == 0)
            return null;
        return Touched[caseId] = JsonSerializer.Deserialize<Conversation>(found[0], EventTypes.Json)!;
    }

    /// <summary>Takes up again what was written in the middle of the unit.</summary>
    public void Keep(Conversation conversation) => Touched[conversation.CaseId] = conversation;

    public async Task PrefetchAsync(IReadOnlyList<object> batch, CancellationToken ct)
    {
        var opened = batch.OfType<CaseOpened>().Select(e => e.CaseId).ToHashSet();
        var cases = batch.Select(CaseOf).OfType<Guid>().Where(id => !opened.Contains(id)).Distinct().ToArray();
        var people = batch.OfType<CaseOpened>().Select(e => e.CustomerId).Concat(batch.OfType<CustomerReplied>().Select(e => e.CustomerId)).ToHashSet();
        if (cases.Length > 0)
        {
            var sql = Sql.Of(unit);
            foreach (var state in await sql.QueryAsync(
                $"select state from conversations where case_id {sql.In("ids")}", [("ids", sql.List(cases))], reader => reader.GetString(0), ct))
            {
                var conversation = JsonSerializer.Deserialize<Conversation>(state, EventTypes.Json)!;
                Touched[conversation.CaseId] = conversation;
                people.Add(conversation.CustomerId);
            }
        }
        await customers.ReadAsync(people, ct);
        var known = cases.Select(id => Touched.GetValueOrDefault(id)).OfType<Conversation>().ToList();
        await agents.ReadAsync(
            known.Select(it => it.OwnerId).OfType<Guid>().Concat(known.SelectMany(it => it.Followers.Values)).Concat(batch.OfType<CaseAssigned>().Select(e => e.AgentId)), ct);
    }

    private static Guid? CaseOf(object e) => e switch
    {
        CaseAcknowledged it => it.CaseId,
        CaseTriaged it => it.CaseId,
        CaseAssigned it => it.CaseId,
        CaseUnassigned it => it.CaseId,
        CaseHandedOver it => it.CaseId,
        HandoverAcknowledged it => it.CaseId,
        CustomerReplied it => it.CaseId,
        NeedCorrected it => it.CaseId,
        CaseCustomerChanged it => it.CaseId,
        PromiseMade it => it.CaseId,
        PromiseKept it => it.CaseId,
        PromiseBroken it => it.CaseId,
        PromiseRenegotiated it => it.CaseId,
        PromiseWithdrawn it => it.CaseId,
        CaseCovered it => it.CaseId,
        PromisesMoved it => it.CaseId,
        CasePlanned it => it.CaseId,
        StepChanged it => it.CaseId,
        ReplySent it => it.CaseId,
        NoteAdded { Mentions: not null } it => it.CaseId,
        PromiseWarned it => it.CaseId,
        PromiseEscalated it => it.CaseId,
        CaseClockWarned it => it.CaseId,
        CaseClockBreached it => it.CaseId,
        ReminderDue it => it.CaseId,
        MessageOutcome { Sent: false } it => it.CaseId,
        RecoveryStarted it => it.CaseId,
        SolutionProposed it => it.CaseId,
        SolutionDeclined it => it.CaseId,
        SecondOpinionAsked it => it.CaseId,
        CaseResolved it => it.CaseId,
        CaseMergedInto it => it.CaseId,
        ParticipantAdded it => it.CaseId,
        ParticipantRemoved it => it.CaseId,
        SideConversationOpened it => it.CaseId,
        SideMessageSent it => it.CaseId,
        SideMessageReceived it => it.CaseId,
        SideConversationClosed it => it.CaseId,
        SurveyRequested it => it.CaseId,
        _ => null,
    };
}
