using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Messaging;

/// <summary>Runs use cases in transactions: the one way in for endpoints, pages and background work.</summary>
public sealed class Work<TDb>(Module<TDb> module, IServiceScopeFactory scopes, ILogger<Work<TDb>> log)
    where TDb : ModuleDb
{
    private const int Tries = 8;

    /// <summary>Runs <paramref name="body"/> with a handler from a scope of its own and commits; a refused outcome rolls back.
    /// Runs again, from the start, when somebody else changed the same stream meanwhile or the database had a passing fault.</summary>
    /// <exception cref="IdempotencyMismatchException">The request's Idempotency-Key was used with another body.</exception>
    /// <exception cref="IdempotencyInFlightException">A request with the same key is being worked on.</exception>
    public async Task<TResult> RunAsync<THandler, TResult>(Func<THandler, CancellationToken, Task<TResult>> body, CancellationToken ct = default)
        where THandler : notnull
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(body, ct);
            }
            catch (Exception e) when (attempt < Tries && (module.Store.IsTransient(e) || module.Store.IsUniqueViolation(e)) && !ct.IsCancellationRequested)
            {
                log.WorkRetried(module.Name, typeof(THandler).Name, attempt, e.GetType().Name);
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(5, 20 * attempt * attempt)), ct);
            }
        }
    }

    /// <summary>Reads with a context of its own that tracks nothing.</summary>
    public async Task<TResult> ReadAsync<TResult>(Func<TDb, CancellationToken, Task<TResult>> read, CancellationToken ct = default)
    {
        await using var db = module.CreateReadContext();
        return await read(db, ct);
    }

    private async Task<TResult> TryAsync<THandler, TResult>(Func<THandler, CancellationToken, Task<TResult>> body, CancellationToken ct)
        where THandler : notnull
    {
        await using var scope = scopes.CreateAsyncScope();
        await using var unit = await module.BeginAsync(scope.ServiceProvider, ct);
        var request = Ambient.Current.Idempotency;
        if (request is not null && await Idempotency.FindAsync(module.Store, unit.Transaction, request, ct) is { } stored)
            return JsonSerializer.Deserialize<TResult>(stored, EventTypes.Json)!;

        var result = await body(scope.ServiceProvider.GetRequiredService<THandler>(), ct);
        if (result is IOutcome { IsRefused: true })
            return result;
        if (request is not null)
            await Idempotency.StoreAsync(module.Store, unit.Transaction, request, JsonSerializer.Serialize(result, EventTypes.Json), unit.Now, ct);
        await unit.CommitAsync(ct);
        return result;
    }
}
