using CxPlatform.Contracts;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Customers;

/// <summary>Forgets what people sent and nobody has read yet: it has no contact and so no customer, only a sender. Normally there is nothing
/// that waits.</summary>
internal sealed class EraseUnread(Unit<IntakeDb> unit, RawReaders readers, IBlobs blobs)
{
    /// <summary>It came in, and nothing is left of it: to be saved last of all.</summary>
    public Tallies Tallies { get; } = new();

    /// <returns>The files that held it.</returns>
    public async Task<List<string>> HandleAsync(IReadOnlyCollection<Identity> people, CancellationToken ct)
    {
        var files = new List<string>();
        if (people.Count == 0)
            return files;
        var known = people.Select(person => (person.Kind, person.Value)).ToHashSet();
        // One at a time: what waits may be large, and much where the blob store was away.
        foreach (var id in await unit.Db.Arrivals.OrderBy(row => row.Id).Select(row => row.Id).ToListAsync(ct))
        {
            if (await unit.Db.Arrivals.FirstOrDefaultAsync(row => row.Id == id, ct) is not { } row)
                continue;
            var parts = await PartsOfAsync(row.ToRaw(row.Attempts), ct);
            var theirs = parts.FindAll(part => part.From is { } from && known.Contains((from.Kind, from.Value)));
            if (theirs.Count == 0)
                continue;
            if (theirs.Count < parts.Count)
                await BlankAsync(row, theirs, ct);
            else if (await unit.Db.Arrivals.Where(other => other.Id == id).ExecuteDeleteAsync(ct) > 0)
            {
                Tallies.Of(Words.Read<Channel>(row.Channel), row.TakenAt).Ignored++;
                if (row.RawBlob is { } blob)
                    files.Add(blob);
            }
        }
        return files;
    }

    private async Task<List<RawPart>> PartsOfAsync(RawArrival raw, CancellationToken ct)
    {
        try
        {
            return await RawContent.UseAsync(
                raw.Raw, raw.RawBlob, blobs, bytes => Task.FromResult(readers.PartsOf(raw, bytes).ToList()), ct);
        }
#pragma warning disable CA1031 // What kept it from being read does not keep anybody from being forgotten.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return [];
        }
    }

    /// <summary>Others' messages in the same batch still wait: only what is theirs becomes null.</summary>
    private Task<int> BlankAsync(ArrivalRow row, List<RawPart> parts, CancellationToken ct)
    {
        var bytes = (byte[])row.Raw!.Clone();
        foreach (var part in parts)
        {
            var place = bytes.AsSpan(part.Bytes);
            place.Fill((byte)' ');
            "null"u8.CopyTo(place);
        }
        return unit.Db.Arrivals.Where(other => other.Id == row.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(other => other.Raw, bytes), ct);
    }
}
