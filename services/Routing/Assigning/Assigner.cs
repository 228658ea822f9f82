using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using CxPlatform.Routing.Domain;
using CxPlatform.Routing.Storage;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Routing.Assigning;

/// <summary>Decides within one transaction who has which case. What it knows is read once, and one transaction at a time decides,
/// so nobody is given more than they can take.</summary>
internal sealed class Assigner(Unit<RoutingDb> unit, CatalogCache catalogs, LoadSets loads, RoutingMetrics metrics)
{
    // Beside the locks of Messaging's log, which the commit takes after this one.
    private const long DecisionLock = 0x4378_0001_0000_0000;

    private readonly HashSet<string> _nobodyWaits = [];
    private Catalog? _catalog;
    private Desk? _desk;
    private Dictionary<Guid, AgentRow> _rows = [];

    public async ValueTask<Catalog> CatalogAsync(CancellationToken ct) => _catalog ??= await catalogs.ReadAsync(unit, ct);

    /// <summary>Everybody who is there, with what they have. Waits until no other transaction decides.</summary>
    public async ValueTask<Desk> DeskAsync(CancellationToken ct)
    {
        if (_desk is not null)
            return _desk;
        var db = unit.Db;
        if (db.Database.IsNpgsql())
            await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({DecisionLock})", ct);
        await FlushAsync(ct);
        var seats = await db.SeatsAsync(ct);
        _rows = seats.ToDictionary(seat => seat.Row.Id, seat => seat.Row);
        return _desk = new(seats.Select(seat => new Seat(seat.Row.State, seat.Load, seat.Row.LastAssigned)));
    }

    /// <summary>An agent, there or not; null when there is none.</summary>
    public async Task<Agent?> AgentAsync(Guid id, CancellationToken ct) =>
        // The desk first: it waits for whoever is changing agents, and what was read before that would be old.
        (await DeskAsync(ct)).Find(id)?.Agent ?? (await unit.Db.Agents.FindAsync([id], ct))?.State;

    /// <summary>A case that was just understood: to its queue, and to somebody when somebody has room.</summary>
    public async Task PlaceAsync(AssignmentRow row, CancellationToken ct)
    {
        var choice = await PickAsync(row, ct);
        if (choice is not null)
            await MoveAsync(row, choice.Seat.Agent.Id, row.Open, ct);
        else if (row.Waiting)
            _nobodyWaits.Remove(row.QueueId);
        await DecidedAsync(row, choice, ct);
        var latency = unit.Now - row.WaitingSince;
        unit.OnCommitted(() => metrics.FirstDecision(row.QueueId, latency));
    }

    /// <summary>A case that is understood anew. Says so only when something changed.</summary>
    public async Task ReconsiderAsync(AssignmentRow row, Understanding understood, CancellationToken ct)
    {
        var catalog = await CatalogAsync(ct);
        var state = row.State;
        var queue = understood.Differs(state.Understood)
            ? catalog.Reader.QueueFor(understood, state.Channel, state.Brand, state.Tags, catalog.QueueIds)
            : state.Queue;
        // Who has a case keeps it, in the queue they work in: nobody repeats their story.
        if (row.AgentId is { } owner && (await DeskAsync(ct)).Find(owner)?.Agent.Serves(catalog.QueueOf(queue.Value)) != true)
            queue = state.Queue;
        var changed = understood.Differs(state.Understood) || queue.Value != state.Queue.Value;
        row.State = state with { Understood = understood, Queue = queue };
        row.QueueId = catalog.QueueOf(queue.Value).Id;
        row.Priority = (int)understood.Priority.Value;
        if (row.Waiting)
            _nobodyWaits.Remove(row.QueueId);

        var choice = await PickAsync(row, ct);
        if (choice is not null)
            await MoveAsync(row, choice.Seat.Agent.Id, row.Open, ct);
        if (changed || choice is not null)
            await DecidedAsync(row, choice, ct);
    }

    /// <summary>A case that waits again, as it is understood: to somebody when somebody has room.</summary>
    public async Task GiveAsync(AssignmentRow row, CancellationToken ct)
    {
        if (await PickAsync(row, ct) is { } choice)
        {
            await MoveAsync(row, choice.Seat.Agent.Id, row.Open, ct);
            await DecidedAsync(row, choice, ct);
        }
        else if (row.Waiting)
        {
            _nobodyWaits.Remove(row.QueueId);
        }
    }

    /// <summary>Somebody has the case now, or nobody, or it takes up nobody's room any more.</summary>
    /// <returns>Who had it until now, when they are there.</returns>
    public async Task<Seat?> MoveAsync(AssignmentRow row, Guid? agent, bool open, CancellationToken ct)
    {
        var before = row.Open ? row.AgentId : null;
        var after = open ? agent : null;
        var desk = before == after ? null : await DeskAsync(ct);

        if (agent is not null && row.AgentId != agent)
        {
            row.AssignedAt = unit.Now;
            row.State = row.State with { HandedBackBy = null };
        }
        row.AgentId = agent;
        row.Open = open;
        row.Waiting = open && agent is null && !row.State.Automatic;
        if (desk is null)
            return null;

        loads.Moved(unit, row.CaseId, before, after);
        if (after is { } taker && desk.Find(taker) is { } taking)
        {
            var room = taking.Room;
            desk.Take(taking, Time.ToMicroseconds(unit.Now));
            _rows[taker].LastAssigned = taking.Last;
            if (room == 1)
                await AnnounceAsync(desk, taking, 0, ct);
        }
        if (before is not { } giver || desk.Find(giver) is not { } giving)
            return null;
        giving.Load--;
        if (giving.Room == 1)
            await AnnounceAsync(desk, giving, 1, ct);
        return giving;
    }

    /// <summary>Gives waiting cases to somebody who has room: what presses most first, then what waits longest.</summary>
    /// <param name="except">A case that they have just handed back.</param>
    public async Task FillAsync(Seat seat, CancellationToken ct, Guid? except = null)
    {
        if (seat.Room == 0)
            return;
        var catalog = await CatalogAsync(ct);
        var queues = catalog.Queues.Values.Where(queue => seat.Agent.Serves(queue) && !_nobodyWaits.Contains(queue.Id))
            .Select(queue => queue.Id).ToArray();
        if (queues.Length == 0)
            return;
        await FlushAsync(ct);
        var room = seat.Room;
        // One more than there is room for, because one may be excepted.
        var waiting = await unit.Db.Assignments.Where(row => row.Waiting && queues.Contains(row.QueueId))
            .OrderByDescending(row => row.Priority).ThenBy(row => row.WaitingSince).ThenBy(row => row.CaseId)
            .Take(room + 1).ToListAsync(ct);
        if (waiting.Count == 0)
            _nobodyWaits.UnionWith(queues);
        foreach (var row in waiting.Where(row => row.CaseId != except))
        {
            if (await PickAsync(row, ct) is not { } choice)
                continue;
            await MoveAsync(row, choice.Seat.Agent.Id, true, ct);
            await DecidedAsync(row, choice, ct);
        }
    }

    /// <summary>An agent came, went or changed: seats them, says what changed for the queues, and gives them what waits.</summary>
    public async Task SeatAsync(AgentRow row, Agent agent, long version, CancellationToken ct)
    {
        // The desk is read before the change is made: what was so far is what was last announced.
        var desk = await DeskAsync(ct);
        var catalog = await CatalogAsync(ct);
        var before = catalog.Queues.Values.ToDictionary(queue => queue.Id, desk.AvailabilityOf);
        var load = desk.Find(row.Id)?.Load ?? await unit.Db.Assignments.CountAsync(a => a.AgentId == row.Id && a.Open, ct);
        row.Become(agent, version);
        if (unit.Db.Entry(row).State == EntityState.Detached)
            unit.Db.Agents.Add(row);
        _rows[row.Id] = row;
        var seat = desk.Put(agent, () => (load, row.LastAssigned));
        AnnounceChanges(desk, catalog, before);
        await FillAsync(seat, ct);
    }

    /// <summary>Changes queues or teams: says what changed for the queues, and gives what waits to whoever may have it now.</summary>
    public async Task CatalogChangesAsync(Action change, CancellationToken ct)
    {
        var desk = await DeskAsync(ct);
        var before = (await CatalogAsync(ct)).Queues.Values.ToDictionary(queue => queue.Id, desk.AvailabilityOf);
        change();
        await CatalogCache.ChangedAsync(unit.Db, ct);
        await FlushAsync(ct);
        _catalog = null;
        AnnounceChanges(desk, await CatalogAsync(ct), before);
        foreach (var seat in desk.Seats.Where(seat => seat.Room > 0).OrderBy(seat => seat.Load).ThenBy(seat => seat.Last).ToList())
            await FillAsync(seat, ct);
    }

    private async Task<Choice?> PickAsync(AssignmentRow row, CancellationToken ct)
    {
        if (!row.Waiting)
            return null;
        var desk = await DeskAsync(ct);
        var queue = (await CatalogAsync(ct)).QueueOf(row.QueueId);
        if (desk.Pick(queue, except: row.State.HandedBackBy) is not { } best)
            return null;
        var known = await LastAgentAsync(row, ct);
        var seat = known is null ? best : desk.Pick(queue, known, row.State.HandedBackBy)!;
        return new(seat, seat.Agent.Id == known);
    }

    // Asked for every case that somebody gets: plain SQL costs a third of what a composed query does.
    private async Task<Guid?> LastAgentAsync(AssignmentRow row, CancellationToken ct)
    {
        await using var command = unit.Connection.CreateCommand();
        command.Transaction = unit.DbTransaction;
        command.CommandText = """
            select agent_id from assignments where customer_id = @customer and agent_id is not null and case_id <> @case
            order by assigned_at desc limit 1
            """;
        foreach (var (name, value) in ((string, Guid)[])[("@customer", row.CustomerId), ("@case", row.CaseId)])
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? reader.GetGuid(0) : null;
    }

    private async Task DecidedAsync(AssignmentRow row, Choice? choice, CancellationToken ct)
    {
        var catalog = await CatalogAsync(ct);
        var queue = catalog.QueueOf(row.QueueId);
        var understood = row.State.Understood;
        // A case that somebody has already keeps its owner.
        var owner = choice?.Seat.Agent ?? (row.AgentId is { } id ? await AgentAsync(id, ct) : null);
        unit.AppendNext($"case/{row.CaseId}", new NewEvent(new RoutingDecided
        {
            CaseId = row.CaseId,
            CaseVersion = row.CaseVersion,
            Kind = understood.Kind.Value,
            Category = understood.Category.Value,
            Priority = understood.Priority.Value,
            Feeling = understood.Feeling.Value,
            QueueId = queue.Id,
            QueueName = queue.Name,
            TeamName = catalog.TeamName(queue),
            CalendarId = queue.Calendar,
            FirstResponseTarget = queue.FirstResponse,
            ResolutionTarget = queue.Resolution,
            AgentId = owner?.Id,
            AgentName = owner?.Name,
            Reasons = [.. understood.Reasons, row.State.Queue.Reason, WhyTo(row, choice, owner, queue)],
            DecidedAt = unit.Now,
        }));
        unit.OnCommitted(() => metrics.Decided(queue.Id, understood.Kind.Value, understood.Priority.Value, owner is not null));
    }

    private string WhyTo(AssignmentRow row, Choice? choice, Agent? owner, Queue queue)
    {
        if (choice is { Known: true })
            return $"Given to {choice.Seat.Agent.Name}, who had this customer's last case.";
        if (choice is { Seat: var seat })
            return $"Given to {seat.Agent.Name}, who is there and with this one has {seat.Load} of {seat.Agent.Capacity} cases.";
        if (owner is not null)
            return $"Stays with {owner.Name}.";
        if (!row.Open)
            return "Nobody needs to have it: it is resolved.";
        if (row.State.Automatic)
            return "Waits in its queue: a machine wrote it.";
        return _desk!.AvailabilityOf(queue).Present == 0
            ? $"Waits: nobody is there for {queue.Name}."
            : $"Waits: everybody who is there for {queue.Name} has as many cases as they can take.";
    }

    private void AnnounceChanges(Desk desk, Catalog catalog, Dictionary<string, Availability> before)
    {
        foreach (var queue in catalog.Queues.Values)
        {
            var (was, now) = (before.GetValueOrDefault(queue.Id), desk.AvailabilityOf(queue));
            if (now.Present != was.Present || (now.Room == 0) != (was.Room == 0))
                Announce(queue, now);
        }
    }

    // The queues whose room begins or ends with this seat's.
    private async Task AnnounceAsync(Desk desk, Seat seat, int room, CancellationToken ct)
    {
        foreach (var queue in (await CatalogAsync(ct)).Queues.Values.Where(seat.Agent.Serves))
            if (desk.AvailabilityOf(queue) is var availability && availability.Room == room)
                Announce(queue, availability);
    }

    private void Announce(Queue queue, Availability availability) => unit.AppendNext(
        $"queue/{queue.Id}",
        new NewEvent(new AvailabilityChanged(queue.Id, queue.Name, availability.Present, availability.Room, unit.Now)));

    /// <param name="Known">They had this customer's last case.</param>
    private sealed record Choice(Seat Seat, bool Known);

    // What is only tracked so far must be in the database before the database is asked.
    private async Task FlushAsync(CancellationToken ct)
    {
        if (unit.Db.ChangeTracker.HasChanges())
            await unit.Db.SaveChangesAsync(ct);
    }
}
