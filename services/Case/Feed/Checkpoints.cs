using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Feed;

/// <summary>How far a consumer has read.</summary>
internal sealed record Checkpoint(string Name, string Cursor, DateTimeOffset UpdatedAt);

/// <summary>What a consumer knows of a checkpoint that it is about to move.</summary>
/// <param name="IsNew">There must be none yet.</param>
/// <param name="Version">It must be this one still.</param>
internal sealed record CheckpointExpected(bool IsNew, long? Version);

/// <summary>Checkpoints that the platform keeps for consumers, each principal its own. Of two consumers of one name the slower never puts it
/// back: a checkpoint moves forward only, unless whoever moves it says which one they mean.</summary>
internal sealed class Checkpoints(Work<CaseDb> work, EventLog<CaseDb> log)
{
    public const int MostNames = 100;

    public static bool IsName(string name) =>
        name.Length is >= 1 and <= 100 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && name[0] != '.';

    public Task<List<Checkpoint>> ListAsync(string owner, CancellationToken ct) => work.ReadAsync(
        (db, token) => db.Checkpoints.Where(row => row.Owner == owner).OrderBy(row => row.Name)
            .Select(row => new Checkpoint(row.Name, row.Cursor, row.UpdatedAt)).ToListAsync(token),
        ct);

    public Task<CheckpointRow?> FindAsync(string owner, string name, CancellationToken ct) =>
        work.ReadAsync((db, token) => db.Checkpoints.SingleOrDefaultAsync(row => row.Owner == owner && row.Name == name, token), ct);

    public async Task<Outcome<CheckpointRow>> SaveAsync(string owner, string name, string? cursor, CheckpointExpected expected, CancellationToken ct)
    {
        if (!IsName(name))
            return new Refusal("name-invalid", "must be 1 to 100 letters, digits, dashes, dots and underscores, and begin with no dot.", "name");
        if (!Cursor.TryParse(cursor, out var to))
            return new Refusal("cursor-invalid", "must be a cursor of this feed.", "cursor");
        var epoch = (await log.InfoAsync(ct)).Epoch;
        if (to.Epoch != epoch || to.Position > await log.HeadAsync(ct))
            return new Refusal("cursor-gone", "The cursor is of another history than the log has now, as after a restore. Read with it: the answer names the oldest cursor.");
        return await work.RunAsync<Unit<CaseDb>, Outcome<CheckpointRow>>(
            async (unit, token) =>
            {
                var row = await LockAsync(unit.Db, owner, name, token);
                if (RefusalOf(row, to, expected) is { } refusal)
                    return refusal;
                if (row is null)
                {
                    if (await unit.Db.Checkpoints.CountAsync(other => other.Owner == owner, token) >= MostNames)
                        return new Refusal("checkpoint-limit", $"There are {MostNames} checkpoints already: delete one that nobody uses.");
                    unit.Db.Checkpoints.Add(row = new() { Owner = owner, Name = name });
                }
                row.Cursor = to.ToString();
                row.Version++;
                row.UpdatedAt = unit.Now;
                return row;
            },
            ct);
    }

    // However many save at once, each waits for the others: none of them is beaten until it gives up. SQLite's write transaction is the lock.
    private static Task<CheckpointRow?> LockAsync(CaseDb db, string owner, string name, CancellationToken ct)
    {
        var rows = db.Database.IsNpgsql()
            ? db.Checkpoints.FromSql($"select * from event_checkpoints where owner = {owner} and name = {name} for update")
            : db.Checkpoints.Where(row => row.Owner == owner && row.Name == name);
        return rows.AsTracking().SingleOrDefaultAsync(ct);
    }

    public Task<Outcome<Done>> DeleteAsync(string owner, string name, CheckpointExpected expected, CancellationToken ct) => work.RunAsync<Unit<CaseDb>, Outcome<Done>>(
        async (unit, token) =>
        {
            var row = await unit.Db.Checkpoints.FindAsync([owner, name], token);
            if (row is null)
                return NotFound(name);
            if (expected.Version is { } version && version != row.Version)
                return ChangedSince(row);
            unit.Db.Checkpoints.Remove(row);
            return Done.Value;
        },
        ct);

    public static Refusal NotFound(string name) => new("checkpoint-not-found", $"You have no checkpoint {name}.");

    private static Refusal? RefusalOf(CheckpointRow? row, Cursor to, CheckpointExpected expected)
    {
        if (row is null)
            return expected.Version is null ? null : new("checkpoint-changed-since", "The checkpoint was deleted meanwhile.");
        if (expected.IsNew || (expected.Version is { } version && version != row.Version))
            return ChangedSince(row);
        // A position of a history that was lost says nothing.
        return expected.Version is null && Cursor.TryParse(row.Cursor, out var at) && at.Epoch == to.Epoch && to.Position < at.Position
            ? new("checkpoint-behind", $"The checkpoint is further already, at {row.Cursor}: somebody else reads by this name. To put it back, say If-Match with its ETag.")
            : null;
    }

    private static Refusal ChangedSince(CheckpointRow row) =>
        new("checkpoint-changed-since", $"The checkpoint is at {row.Cursor} now, with the ETag {Versions.ETag(row.Version)}: somebody else has moved it.");
}
