namespace CxPlatform.Messaging;

/// <summary>What was answered under an Idempotency-Key, kept 24 hours, written in the effect's transaction.</summary>
public static class Idempotency
{
    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    internal static async Task<string?> FindAsync(ModuleStore store, StoreTransaction transaction, IdempotentRequest request, CancellationToken ct)
    {
        if (!await store.TryLockKeyAsync(transaction, $"{request.Principal}\n{request.Route}\n{request.Key}", ct))
            throw new IdempotencyInFlightException();
        await using var command = store.Command(
            transaction.Connection, transaction.Transaction,
            "select body_hash, result from idempotency where principal = @principal and route = @route and key = @key",
            ("@principal", request.Principal), ("@route", request.Route), ("@key", request.Key));
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
            return null;
        return reader.GetString(0) == request.BodyHash ? reader.GetString(1) : throw new IdempotencyMismatchException();
    }

    internal static Task StoreAsync(ModuleStore store, StoreTransaction transaction, IdempotentRequest request, string result, DateTimeOffset now, CancellationToken ct) =>
        store.ExecuteAsync(
            transaction,
            "insert into idempotency (principal, route, key, body_hash, result, created_at) values (@principal, @route, @key, @body_hash, @result, @now)",
            ct,
            ("@principal", request.Principal), ("@route", request.Route), ("@key", request.Key), ("@body_hash", request.BodyHash), ("@result", result), ("@now", now));

    /// <summary>For writers that put many requests in one transaction: the stored answer, or null.</summary>
    public static Task<string?> FindAsync<TDb>(Unit<TDb> unit, IdempotentRequest request, CancellationToken ct)
        where TDb : ModuleDb => FindAsync(unit.Store, unit.Transaction, request, ct);

    /// <summary>For writers that put many requests in one transaction: keeps the answer.</summary>
    public static Task StoreAsync<TDb>(Unit<TDb> unit, IdempotentRequest request, string result, CancellationToken ct)
        where TDb : ModuleDb => StoreAsync(unit.Store, unit.Transaction, request, result, unit.Now, ct);
}
