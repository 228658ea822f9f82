using System.Text.Json;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Views;

internal sealed record ViewCount(InboxView View, BoundedCount? Count);

/// <summary>The views that somebody has: everybody's, their own and those of their teams.</summary>
internal sealed class ViewBook(Work<CaseDb> work, CaseList list, TimeProvider clock)
{
    public const int Most = 50;

    public async Task<Looker> WhoAsync(Guid? agentId, CancellationToken ct) => agentId is null ? Looker.Nobody : await work.ReadAsync(
        async (db, token) => new Looker(
            agentId,
            await db.AgentQueues.Where(row => row.AgentId == agentId).Select(row => row.QueueId).ToListAsync(token),
            await db.AgentTeams.Where(row => row.AgentId == agentId).Select(row => row.Team).ToListAsync(token)),
        ct);

    /// <param name="author">The actor who looks.</param>
    public async Task<IReadOnlyList<InboxView>> OfAsync(Looker me, string author, CancellationToken ct)
    {
        var saved = await work.ReadAsync(
            (db, token) => db.SavedViews.Where(row => row.Author == author || (row.Team != null && me.Teams.Contains(row.Team)))
                .OrderBy(row => row.Name).ThenBy(row => row.Id).Take(Most).ToListAsync(token),
            ct);
        return [.. InboxView.All.Where(view => view.IsFor(me)), .. saved.Select(Of)];
    }

    public async Task<IReadOnlyList<ViewCount>> CountAsync(IReadOnlyList<InboxView> views, Looker me, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var counts = new List<ViewCount>(views.Count);
        foreach (var view in views)
            counts.Add(new(view, view.IsCounted ? await list.CountAsync(view.Filter.For(me, now), ct) : null));
        return counts;
    }

    public static InboxView Of(SavedViewRow row) =>
        new(row.Id.ToString(), row.Name, "No case fits this view.", JsonSerializer.Deserialize<CaseFilter>(row.Filter, EventTypes.Json)!)
        {
            Author = row.Author,
            Team = row.Team,
        };
}

/// <param name="Team">A team of the author's that has it too; null: its author alone.</param>
internal sealed record ViewRequest(string Name, CaseFilter Filter, string? Team = null);

/// <summary>Makes, changes and removes a saved view, in one transaction each. A view of a team may be changed by whoever is of it.</summary>
internal sealed class SaveView(Unit<CaseDb> unit)
{
    public async Task<Outcome<ViewAnswer>> MakeAsync(ViewRequest r, Looker me, string author, CancellationToken ct)
    {
        if (Check(r, me) is { } refusal)
            return refusal;
        if (await unit.Db.SavedViews.CountAsync(row => row.Author == author, ct) >= ViewBook.Most)
            return new Refusal("views-too-many", $"Nobody keeps more than {ViewBook.Most} views: please remove one first.");
        var row = new SavedViewRow { Id = Guid.CreateVersion7(unit.Now), Author = author };
        unit.Db.SavedViews.Add(row);
        return Write(row, r);
    }

    public async Task<Outcome<ViewAnswer>> ChangeAsync(Guid id, ViewRequest r, Looker me, string author, CancellationToken ct) =>
        Check(r, me) is { } refusal ? refusal
        : await FindAsync(id, me, author, ct) is { } row ? Write(row, r)
        : NotFound(id);

    public async Task<Outcome<Done>> RemoveAsync(Guid id, Looker me, string author, CancellationToken ct)
    {
        if (await FindAsync(id, me, author, ct) is not { } row)
            return NotFound(id);
        unit.Db.SavedViews.Remove(row);
        return Done.Value;
    }

    private static ViewAnswer Write(SavedViewRow row, ViewRequest r)
    {
        row.Name = r.Name.Trim();
        row.Team = r.Team;
        row.Filter = JsonSerializer.Serialize(r.Filter, EventTypes.Json);
        return ViewAnswer.Of(ViewBook.Of(row));
    }

    private Task<SavedViewRow?> FindAsync(Guid id, Looker me, string author, CancellationToken ct) => unit.Db.SavedViews.AsTracking()
        .FirstOrDefaultAsync(row => row.Id == id && (row.Author == author || (row.Team != null && me.Teams.Contains(row.Team))), ct);

    private static Refusal? Check(ViewRequest r, Looker me) =>
        string.IsNullOrWhiteSpace(r.Name) ? new("name-required", "is required.", "name")
        : r.Name.Trim().Length > 60 ? new("name-invalid", "must be at most 60 characters.", "name")
        : r.Team is not null && !me.Teams.Contains(r.Team)
            ? new("team-invalid", $"must be a team of yours; you are not of '{r.Team}'.", "team")
        : r.Filter.Check();

    private static Refusal NotFound(Guid id) => new("view-not-found", $"You have no saved view {id}.");
}
