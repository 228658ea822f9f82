using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CxPlatform.Messaging;

/// <summary>A member of a group, with the request that submitted it.</summary>
public sealed record Submitted<TMember>(TMember Member, RequestInfo Request, ActivityContext Trace);

/// <summary>Writes many members in one transaction. Answers one outcome per member, in their order; a conflict of one member is that member's outcome.</summary>
public interface IGroupWriter<TDb, TMember, TResult>
    where TDb : ModuleDb
{
    Task<IReadOnlyList<TResult>> WriteAsync(Unit<TDb> unit, IReadOnlyList<Submitted<TMember>> members, CancellationToken ct);
}

/// <summary>Lets concurrent callers share a transaction: while one group commits, the next one gathers.
/// A caller's task completes after the commit. When a group fails, its members are tried one by one, so that one cannot fail another.</summary>
public sealed class GroupCommit<TDb, TMember, TResult>(Module<TDb> module, IServiceScopeFactory scopes) : BackgroundService
    where TDb : ModuleDb
{
    /// <summary>The most members of one transaction.</summary>
    public const int MaxMembers = 128;

    private readonly Channel<Pending> _queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(4096) { SingleReader = true });

    /// <exception cref="OperationCanceledException">The host stops, or <paramref name="ct"/> ended the wait; the member may have been written.</exception>
    public async Task<TResult> SubmitAsync(TMember member, CancellationToken ct)
    {
        var pending = new Pending(new(member, Ambient.Current, Activity.Current?.Context ?? default));
        await _queue.Writer.WriteAsync(pending, ct);
        return await pending.Result.Task.WaitAsync(ct);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var group = new List<Pending>(MaxMembers);
        // What was submitted before the host stops is still written: the web server stops accepting first.
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            group.Clear();
            while (group.Count < MaxMembers && _queue.Reader.TryRead(out var pending))
                group.Add(pending);
            if (!await TryWriteAsync(group) && group.Count > 1)
                foreach (var pending in group)
                    await TryWriteAsync([pending]);
        }
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        return base.StopAsync(cancellationToken);
    }

    private async Task<bool> TryWriteAsync(List<Pending> group)
    {
        var begun = false;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await using var unit = await module.BeginAsync(scope.ServiceProvider, CancellationToken.None);
            begun = true;
            var writer = scope.ServiceProvider.GetRequiredService<IGroupWriter<TDb, TMember, TResult>>();
            var results = await writer.WriteAsync(unit, group.ConvertAll(pending => pending.Submitted), CancellationToken.None);
            await unit.CommitAsync(CancellationToken.None);
            for (var i = 0; i < group.Count; i++)
                group[i].Result.TrySetResult(results[i]);
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, it is the submitter's to see.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // A database that cannot be reached fails everybody alike; trying one by one would only make them wait.
            if (group.Count == 1 || !begun)
                group.ForEach(pending => pending.Result.TrySetException(e));
            return group.Count == 1 || !begun;
        }
    }

    private sealed record Pending(Submitted<TMember> Submitted)
    {
        public TaskCompletionSource<TResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
