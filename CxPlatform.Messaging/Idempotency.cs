using System.Data.Common;

namespace CxPlatform.Messaging;

/// <summary>What is known of a request with an Idempotency-Key: its answer, or why there is none to give; neither when it is new.</summary>
public readonly record struct KnownRequest(string? Answer, Exception? Fault);

/// <summary>What was answered under an Idempotency-Key, kept 24 hours, written in the effect's transaction.</summary>
public static class Idempotency
{
    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private const string FindAnswer = "select body_hash, result from idempotency where principal = @principal and route = @route and key = @key";
    private const string KeepAnswer = """
        insert into idempotency (principal, route, key, body_hash, result, created_at) values (@principal, @route, @key, @body_hash, @result, @now)
        """;

    internal static async Task<string?> FindAsync(ModuleStore store, StoreTransaction transaction, IdempotentRequest request, CancellationToken ct)
    {
        if (!await store.TryLockKeyAsync(transaction, LockKey(request), ct))
            throw new IdempotencyInFlightException();
        await using var command = store.Command(transaction.Connection, transaction.Transaction, FindAnswer, KeyParameters(request));
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
            return null;
        return reader.GetString(0) == request.BodyHash ? reader.GetString(1) : throw new IdempotencyMismatchException();
    }

    internal static Task StoreAsync(ModuleStore store, StoreTransaction transaction, IdempotentRequest request, string result, DateTimeOffset now, CancellationToken ct) =>
        store.ExecuteAsync(transaction, KeepAnswer, ct, AnswerParameters(request, result, now));

    /// <summary>For writers that put many requests in one transaction: what is known of each, in their order. No two may have the same key.</summary>
    public static async Task<IReadOnlyList<KnownRequest>> FindAsync<TDb>(Unit<TDb> unit, IReadOnlyList<IdempotentRequest> requests, CancellationToken ct)
        where TDb : ModuleDb
    {
        if (requests.Count > 1 && unit.Store.TryLockKeySql is { } lockSql)
            return await FindInBatchAsync(unit, requests, lockSql, ct);
        var known = new List<KnownRequest>(requests.Count);
        foreach (var request in requests)
        {
            try
            {
                known.Add(new(await FindAsync(unit.Store, unit.Transaction, request, ct), null));
            }
            catch (Exception e) when (e is IdempotencyMismatchException or IdempotencyInFlightException)
            {
                known.Add(new(null, e));
            }
        }
        return known;
    }

    /// <summary>For writers that put many requests in one transaction: keeps their answers.</summary>
    public static async Task StoreAsync<TDb>(Unit<TDb> unit, IReadOnlyList<(IdempotentRequest Request, string Result)> answers, CancellationToken ct)
        where TDb : ModuleDb
    {
        if (answers.Count <= 1 || !unit.Connection.CanCreateBatch)
        {
            foreach (var (request, result) in answers)
                await StoreAsync(unit.Store, unit.Transaction, request, result, unit.Now, ct);
            return;
        }
        await using var batch = unit.Connection.CreateBatch();
        batch.Transaction = unit.DbTransaction;
        foreach (var (request, result) in answers)
            Add(batch, unit.Store, KeepAnswer, AnswerParameters(request, result, unit.Now));
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>One round trip for all. Every lock comes before the first look: what another holder committed in between must be seen.</summary>
    private static async Task<IReadOnlyList<KnownRequest>> FindInBatchAsync<TDb>(
        Unit<TDb> unit, IReadOnlyList<IdempotentRequest> requests, string lockSql, CancellationToken ct)
        where TDb : ModuleDb
    {
        await using var batch = unit.Connection.CreateBatch();
        batch.Transaction = unit.DbTransaction;
        foreach (var request in requests)
            Add(batch, unit.Store, lockSql, [("key", LockKey(request))]);
        foreach (var request in requests)
            Add(batch, unit.Store, FindAnswer, KeyParameters(request));

        await using var reader = await batch.ExecuteReaderAsync(ct);
        var locked = new bool[requests.Count];
        for (var i = 0; i < locked.Length; i++, await reader.NextResultAsync(ct))
            locked[i] = await reader.ReadAsync(ct) && reader.GetBoolean(0);
        var known = new KnownRequest[requests.Count];
        for (var i = 0; i < known.Length; i++, await reader.NextResultAsync(ct))
            known[i] = !locked[i] ? new(null, new IdempotencyInFlightException())
                : !await reader.ReadAsync(ct) ? default
                : reader.GetString(0) == requests[i].BodyHash ? new(reader.GetString(1), null)
                : new(null, new IdempotencyMismatchException());
        return known;
    }

    private static void Add(DbBatch batch, ModuleStore store, string sql, (string Name, object? Value)[] parameters)
    {
        var command = batch.CreateBatchCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = store.Value(value);
            command.Parameters.Add(parameter);
        }
        batch.BatchCommands.Add(command);
    }

    private static string LockKey(IdempotentRequest request) => $"{request.Principal}\n{request.Route}\n{request.Key}";

    private static (string Name, object? Value)[] KeyParameters(IdempotentRequest request) =>
        [("@principal", request.Principal), ("@route", request.Route), ("@key", request.Key)];

    private static (string Name, object? Value)[] AnswerParameters(IdempotentRequest request, string result, DateTimeOffset now) =>
        [.. KeyParameters(request), ("@body_hash", request.BodyHash), ("@result", result), ("@now", now)];
}
