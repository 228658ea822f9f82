using Microsoft.Extensions.Logging;

namespace CxPlatform.Messaging;

/// <summary>This process no longer leads; what it was about to write was not written.</summary>
internal sealed class LeaseLostException() : Exception("Another process leads now.");

/// <summary>Leadership of a module among its replicas: a row with a holder, an end and a fence that grows with every change of holder.</summary>
internal sealed class Lease
{
    private const string Name = "leader";
    private readonly ModuleStore _store;
    private readonly string _holder;

    private Lease(ModuleStore store, string holder, long fence)
    {
        _store = store;
        _holder = holder;
        Fence = fence;
    }

    public long Fence { get; }

    /// <returns>Null while somebody else holds it. An embedded store has no other process, so a lease left by a crash is taken at once.</returns>
    public static async Task<Lease?> TryAcquireAsync(ModuleStore store, string holder, TimeSpan length, CancellationToken ct)
    {
        await using var transaction = await store.BeginAsync(ct);
        await using var command = store.Command(
            transaction.Connection, transaction.Transaction,
            """
            insert into leases (name, holder, fence, until) values (@name, @holder, 1, @until)
            on conflict (name) do update set holder = excluded.holder, fence = leases.fence + 1, until = excluded.until
            where leases.until < @now or @embedded
            returning fence
            """,
            ("@name", Name), ("@holder", holder), ("@now", store.Now), ("@until", store.Now + length), ("@embedded", store.Embedded));
        var fence = await command.ExecuteScalarAsync(ct);
        await transaction.Transaction.CommitAsync(ct);
        return fence is long value ? new(store, holder, value) : null;
    }

    /// <summary>Extends it.</summary>
    /// <exception cref="LeaseLostException" />
    public async Task RenewAsync(TimeSpan length, CancellationToken ct)
    {
        await using var transaction = await _store.BeginAsync(ct);
        var renewed = await _store.ExecuteAsync(
            transaction, "update leases set until = @until where name = @name and holder = @holder and fence = @fence", ct,
            ("@until", _store.Now + length), ("@name", Name), ("@holder", _holder), ("@fence", Fence));
        await transaction.Transaction.CommitAsync(ct);
        if (renewed == 0)
            throw new LeaseLostException();
    }

    /// <summary>Makes the transaction's commit depend on still leading: a change of holder waits for it, or came first.</summary>
    /// <exception cref="LeaseLostException" />
    public async Task CheckAsync(StoreTransaction transaction, CancellationToken ct)
    {
        var sql = "select fence from leases where name = @name and fence = @fence" + (_store.Embedded ? "" : " for share");
        await using var command = _store.Command(transaction.Connection, transaction.Transaction, sql, ("@name", Name), ("@fence", Fence));
        if (await command.ExecuteScalarAsync(ct) is null)
            throw new LeaseLostException();
    }

    /// <summary>Lets the next one in without waiting for the end.</summary>
    public async Task ReleaseAsync(CancellationToken ct)
    {
        await using var transaction = await _store.BeginAsync(ct);
        await _store.ExecuteAsync(
            transaction, "update leases set until = @now where name = @name and fence = @fence", ct,
            ("@now", _store.Now - TimeSpan.FromSeconds(1)), ("@name", Name), ("@fence", Fence));
        await transaction.Transaction.CommitAsync(ct);
    }
}
