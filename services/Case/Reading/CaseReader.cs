using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Reading;

/// <summary>Reads cases, and what was said on them, without changing anything.</summary>
internal sealed class CaseReader(Work<CaseDb> work, EventLog<CaseDb> log)
{
    // A customer who has written for years is read as far back as people read.
    private const int MostTold = 20;

    /// <param name="key">A case's id, or its number in either case.</param>
    public Task<CaseState?> FindAsync(string key, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var number = key.ToUpperInvariant();
            var row = Guid.TryParse(key, out var id)
                ? await db.Cases.FirstOrDefaultAsync(row => row.Id == id, token)
                : await db.Cases.FirstOrDefaultAsync(row => row.Number == number, token);
            return row?.Case;
        },
        ct);

    public async Task<Guid?> IdOfAsync(string key, CancellationToken ct)
    {
        if (Guid.TryParse(key, out var id))
            return id;
        var number = key.ToUpperInvariant();
        return await work.ReadAsync((db, token) =>
            db.Cases.Where(row => row.Number == number).Select(row => (Guid?)row.Id).FirstOrDefaultAsync(token), ct);
    }

    /// <summary>Everything that happened, oldest first.</summary>
    public async Task<IReadOnlyList<TimelineEntry>> TimelineAsync(Guid caseId, CancellationToken ct) =>
        [.. (await log.ReadStreamAsync(CaseState.StreamOf(caseId), ct)).Select(TimelineEntry.Of)];

    /// <summary>The same with what happened on the cases that are part of it: each of those entries says which it is of.</summary>
    public async Task<IReadOnlyList<TimelineEntry>> WholeTimelineAsync(CaseState state, CancellationToken ct)
    {
        var entries = await TimelineAsync(state.Id, ct);
        if (state.Merged.Count == 0)
            return entries;
        var all = entries.ToList();
        foreach (var part in await PartsAsync(state, ct))
            all.AddRange((await TimelineAsync(part.Id, ct)).Select(entry => entry with { Case = part }));
        return [.. all.OrderBy(entry => entry.At)];
    }

    /// <summary>Where the case goes on: the one that it was merged into, or itself.</summary>
    /// <param name="sameCustomer">No further than it is the same customer's.</param>
    public async Task<CaseState> LeadAsync(CaseState state, CancellationToken ct, bool sameCustomer = false)
    {
        while (state.MergedInto is { } into && await FindAsync(into.CaseId.ToString(), ct) is { } next
            && (!sameCustomer || next.CustomerId == state.CustomerId))
            state = next;
        return state;
    }

    /// <summary>The cases that are part of it, and of those.</summary>
    public async Task<IReadOnlyList<CaseState>> PartsAsync(CaseState state, CancellationToken ct)
    {
        var parts = new List<CaseState>();
        var ahead = new Queue<MergedCase>(state.Merged);
        while (ahead.TryDequeue(out var next))
        {
            if (await FindAsync(next.CaseId.ToString(), ct) is not { } part)
                continue;
            parts.Add(part);
            foreach (var further in part.Merged)
                ahead.Enqueue(further);
        }
        return parts;
    }

    /// <summary>A file of a message on the case.</summary>
    public async Task<Attachment?> FileAsync(Guid caseId, string blob, CancellationToken ct) =>
        (await FindAsync(caseId.ToString(), ct) is { } state ? await WholeTimelineAsync(state, ct) : [])
        .SelectMany(FilesOf)
        .FirstOrDefault(file => file.Blob == blob);

    /// <summary>The files of the case that are named by their blobs; refused when one is none.</summary>
    public async Task<Outcome<List<Attachment>>> FilesAsync(Guid caseId, IReadOnlyList<string>? blobs, CancellationToken ct)
    {
        if (blobs is null or [])
            return new List<Attachment>();
        return Chosen(await FindAsync(caseId.ToString(), ct) is { } state ? (await WholeTimelineAsync(state, ct)).SelectMany(FilesOf) : [], blobs);
    }

    /// <summary>Of these files the ones that are named.</summary>
    public static Outcome<List<Attachment>> Chosen(IEnumerable<Attachment> files, IReadOnlyList<string> blobs)
    {
        var known = files.DistinctBy(file => file.Blob).ToDictionary(file => file.Blob);
        var chosen = new List<Attachment>(blobs.Count);
        foreach (var blob in blobs.Distinct())
        {
            if (!known.TryGetValue(blob, out var file))
                return new Refusal("files-invalid", "must be files of this case, by their blob; see its timeline.", "files");
            chosen.Add(file);
        }
        return chosen;
    }

    /// <summary>The files that came or went with it.</summary>
    public static IReadOnlyList<Attachment> FilesOf(TimelineEntry entry) => entry.Event switch
    {
        CaseOpened e => e.Attachments,
        CustomerReplied e => e.Attachments,
        ReplySent e => e.Attachments,
        SideConversationOpened e => e.Attachments,
        SideMessageSent e => e.Attachments,
        SideMessageReceived e => e.Attachments,
        _ => [],
    };

    /// <summary>The same of all the customer's cases, of the case itself and the newest others: each entry says which it is of.</summary>
    public async Task<IReadOnlyList<TimelineEntry>> TimelineOfCustomerAsync(CaseState state, CancellationToken ct)
    {
        var entries = new List<TimelineEntry>();
        foreach (var one in (await StatesOfCustomerAsync(state.CustomerId, ct)).Where(other => other.Id != state.Id).Take(MostTold).Prepend(state))
            entries.AddRange((await TimelineAsync(one.Id, ct)).Select(entry => entry with { Case = one }));
        // What became part of this one may have been another customer's.
        var told = entries.Select(entry => entry.CaseId).ToHashSet();
        entries.AddRange((await WholeTimelineAsync(state, ct)).Where(entry => entry.Case is { } part && !told.Contains(part.Id)));
        return [.. entries.OrderBy(entry => entry.At)];
    }

    /// <summary>What the case's customer may see of it.</summary>
    public async Task<PublicView?> PublicAsync(Guid caseId, CancellationToken ct) =>
        await FindAsync(caseId.ToString(), ct) is { } state ? PublicView.Of(state, await WholeTimelineAsync(state, ct)) : null;

    /// <summary>The cases that a customer has or takes part in, newest first, at most a hundred.</summary>
    public Task<IReadOnlyList<CaseState>> StatesOfCustomerAsync(Guid customerId, CancellationToken ct) =>
        work.ReadAsync<IReadOnlyList<CaseState>>(
        async (db, token) =>
        {
            var others = db.Participants.Where(p => p.CustomerId == customerId).Select(p => p.CaseId);
            var rows = await db.Cases.Where(row => row.CustomerId == customerId || others.Contains(row.Id))
                .OrderByDescending(row => row.OpenedAt).Take(100).ToListAsync(token);
            return [.. rows.Select(row => row.Case)];
        },
        ct);

    /// <summary>The colleagues that a case can be given to.</summary>
    public Task<IReadOnlyList<AgentChoice>> AgentsAsync(CancellationToken ct) => work.ReadAsync<IReadOnlyList<AgentChoice>>(
        async (db, token) => await db.Agents.Where(a => a.Active).OrderBy(a => a.Name).Select(a => new AgentChoice(a.AgentId, a.Name))
            .ToListAsync(token), ct);
}

internal sealed record AgentChoice(Guid AgentId, string Name);
