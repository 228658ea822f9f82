using CxPlatform.Cases.CallBacks;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Drafts;
using CxPlatform.Cases.Merging;
using CxPlatform.Cases.SideConversations;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Actions;

/// <summary>The use cases of people: endpoints and pages alike say which case, what, and which version they have seen.</summary>
internal sealed class CaseActions(Work<CaseDb> work)
{
    /// <summary>Does something with a case, in a transaction of its own. What the caller gets is durable.</summary>
    /// <param name="expected">The version that the caller has seen, when it matters.</param>
    /// <param name="name">What colleagues call whoever acts, if it is somebody who keeps drafts.</param>
    public Task<Outcome<CaseChanged>> DoAsync(
        Guid caseId, CaseCommand command, CancellationToken ct, long? expected = null, string? name = null) =>
        command is BookCallBack book ? BookCallAsync(caseId, book, expected, ct) : work.RunAsync<CaseStore, Outcome<CaseChanged>>(
            async (store, token) =>
            {
                var before = (await store.FindAsync(caseId, token))?.Case;
                var act = command is AddNote note ? note with { Mentions = await MentionedAsync(store.Db, note.Text, token) } : command;
                var outcome = act is AsideCommand aside
                    ? await AsideOfParts.ActAsync(store, caseId, aside, expected, token)
                    : await store.ActAsync(caseId, act, token, expected);
                if (!outcome.IsRefused && before is not null)
                    await DraftBook.FollowAsync(store, before, command, Ambient.Current.Actor, name ?? "A colleague", token);
                return outcome;
            },
            ct);

    private static async Task<IReadOnlyList<Guid>?> MentionedAsync(CaseDb db, string? text, CancellationToken ct) => Mentions.MayBeIn(text)
        ? Mentions.Find(text!, await db.Agents.Where(agent => agent.Active).Select(agent => new Colleague(agent.AgentId, agent.Name, agent.Email)).ToListAsync(ct))
        : null;

    /// <summary>Assigns to a colleague by id.</summary>
    public Task<Outcome<CaseChanged>> AssignAsync(
        Guid caseId, Guid agentId, string? reason, Person by, HandoverNote? handover, CancellationToken ct, long? expected = null) =>
        WithAgentAsync(caseId, agentId, name => new Assign(agentId, name, reason, by, handover), expected, ct);

    /// <param name="agentId">Null: whoever asks.</param>
    public async Task<Outcome<CaseChanged>> FollowAsync(
        Guid caseId, Guid participantId, Guid? agentId, Person by, CancellationToken ct, long? expected = null) =>
        (agentId ?? by.Id) is { } follower
            ? await WithAgentAsync(caseId, follower, name => new FollowCase(participantId, follower, name, by), expected, ct)
            : new Refusal("agent-id-required", "is required; this key is nobody's.", "agentId");

    /// <summary>Does what concerns two cases.</summary>
    public Task<Outcome<CaseChanged>> TogetherAsync(
        Func<CasesTogether, CancellationToken, Task<Outcome<CaseChanged>>> act, CancellationToken ct) => work.RunAsync(act, ct);

    private Task<Outcome<CaseChanged>> WithAgentAsync(
        Guid caseId, Guid agentId, Func<string, CaseCommand> command, long? expected, CancellationToken ct) =>
        work.RunAsync<CaseStore, Outcome<CaseChanged>>(
            async (store, token) => await store.Db.Agents.FindAsync([agentId], token) switch
            {
                null => new Refusal("agent-id-invalid", $"must be the id of an agent; nobody has {agentId}.", "agentId"),
                { Active: false } gone => new Refusal("agent-id-invalid", $"must be an agent who works here; {gone.Name} does not any more.", "agentId"),
                { Name: var name } => await store.ActAsync(caseId, command(name), token, expected),
            },
            ct);

    /// <summary>Books a call, when the slot still has room.</summary>
    private Task<Outcome<CaseChanged>> BookCallAsync(Guid caseId, BookCallBack command, long? expected, CancellationToken ct) =>
        work.RunAsync<BookCall, Outcome<CaseChanged>>((handler, token) => handler.HandleAsync(caseId, command, expected, token), ct);

    /// <summary>The customer acts, on a page that their link opened.</summary>
    public async Task<Outcome<CaseChanged>> DoAsCustomerAsync(Guid caseId, Guid customerId, CaseCommand command, CancellationToken ct)
    {
        using var actor = Ambient.Use(Ambient.Current with { Actor = $"customer:{customerId}" });
        return await DoAsync(caseId, command, ct);
    }

    public Task<Outcome<CaseChanged>> OpenAsync(OpenCase command, CancellationToken ct) =>
        work.RunAsync<CaseStore, Outcome<CaseChanged>>((store, token) => store.OpenAsync(command, token), ct);
}
