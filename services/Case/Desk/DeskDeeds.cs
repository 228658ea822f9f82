using System.Collections.Frozen;
using CxPlatform.Cases.Actions;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Merging;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Desk;

/// <summary>The case that a form is about.</summary>
/// <param name="Seen">The version that the page showed.</param>
internal sealed record DeskCase(Guid Id, long? Seen, CaseActions Actions, CancellationToken Ct)
{
    public Task<Outcome<CaseChanged>> TogetherAsync(Func<CasesTogether, CancellationToken, Task<Outcome<CaseChanged>>> act) =>
        Actions.TogetherAsync(act, Ct);
}

/// <summary>What a form of the case's page does that is more than one command: a colleague is looked up, or another case changes too.</summary>
/// <param name="Done">What is said afterwards.</param>
/// <param name="Read">Reads the form, and answers what to do.</param>
internal sealed record DeskDeed(string Done, Func<DeskInput, Func<DeskCase, Task<Outcome<CaseChanged>>>> Read)
{
    public const string Assign = "assign";
    public const string Follow = "follow";

    public static FrozenDictionary<string, DeskDeed> All { get; } = new Dictionary<string, DeskDeed>
    {
        [Assign] = new("The case has its owner; the customer sees the name.", i =>
        {
            var (agent, reason, note) = (i.Id("agentId"), i.Maybe("reason"), Handover(i));
            return c => c.Actions.AssignAsync(c.Id, agent, reason, i.By, note, c.Ct, c.Seen);
        }),
        [Follow] = new("You follow the case.", i => c => c.Actions.FollowAsync(c.Id, Guid.CreateVersion7(), null, i.By, c.Ct)),
        ["merge"] = new("The case is part of the other one, where it goes on.", i =>
        {
            var (into, otherCustomer) = (i.Text("into"), i.Ticked("otherCustomer"));
            return c => c.TogetherAsync((cases, ct) => cases.MergeAsync(c.Id, into, otherCustomer, null, i.By, c.Seen, ct));
        }),
        ["undo-merge"] = new("The case goes on by itself.", i => c => c.TogetherAsync((cases, ct) => cases.UndoAsync(c.Id, i.By, c.Seen, ct))),
        ["split"] = new("The messages are a case of their own.", i =>
        {
            var (contacts, subject) = (i.Ids("contact"), i.Maybe("subject"));
            return c => c.TogetherAsync((cases, ct) => cases.SplitAsync(c.Id, contacts, subject, i.By, c.Seen, ct));
        }),
        ["link"] = new("The cases are linked.", i =>
        {
            var (kind, to) = (i.Choice<LinkKind>("kind"), i.Text("to"));
            return c => MergingEndpoints.Check(kind) is { } refusal
                ? Task.FromResult<Outcome<CaseChanged>>(refusal)
                : c.TogetherAsync((cases, ct) => cases.LinkAsync(c.Id, kind, to, i.By, null, ct));
        }),
        ["unlink"] = new("The link is gone.", i =>
        {
            var (kind, to) = (i.Choice<LinkKind>("kind"), i.Text("target"));
            return c => c.TogetherAsync((cases, ct) => cases.UnlinkAsync(c.Id, kind, to, i.By, null, ct));
        }),
    }.ToFrozenDictionary();

    // Whoever writes one line of it means it.
    private static HandoverNote? Handover(DeskInput i)
    {
        var (done, next, promised, beware) = (i.Message("done"), i.Message("next"), i.Maybe("promised"), i.Maybe("beware"));
        return done.Length + next.Length + (promised ?? beware ?? "").Length == 0 ? null : new(done, next, promised, beware, i.Ids("stay"));
    }
}
