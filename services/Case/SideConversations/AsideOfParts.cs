using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.SideConversations;

/// <summary>A side conversation stays with the case that it was begun on: its address, its thread and what was said. While that case is part of
/// another one, people go on with it there; and whether to wait for its answer, that one decides.</summary>
internal static class AsideOfParts
{
    public static async Task<Outcome<CaseChanged>> ActAsync(
        CaseStore store, Guid id, AsideCommand command, long? expected, CancellationToken ct)
    {
        var side = command.SideConversationId;
        if (await store.FindAsync(id, ct) is not { } row
            || (await store.WholeAsync(row, ct)).FirstOrDefault(one => one.Case.SideConversations.Any(aside => aside.Id == side)) is not { } kept
            || kept.Id == id)
            return await store.ActAsync(id, command, ct, expected);
        if (await store.ChangedSinceAsync(row, expected, ct) is { } changed)
            return changed;
        var done = await store.ActAsync(kept.Id, command with { OnPart = true }, ct);
        if (done.IsRefused)
            return done;
        var here = command switch
        {
            CloseAside => await store.ActAsync(id, new AsideOver(side), ct),
            WriteAside { Awaited: { } who } => await store.ActAsync(id, new AwaitThirdParty(who, side), ct),
            _ => new CaseChanged(row.Id, row.Number, row.Version, row.Status),
        };
        return here.IsRefused ? here : here.Value with { Id = command.Makes };
    }
}
