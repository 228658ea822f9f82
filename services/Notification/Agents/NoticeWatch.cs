using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Agents;

/// <summary>Sees that agents have something new. However many listen, one look serves them all, and only while somebody listens.</summary>
internal sealed class NoticeWatch(EventLog<NotificationDb> log, Work<NotificationDb> work, IHostApplicationLifetime lifetime, ILogger<NoticeWatch> logger)
{
    // News wakes it; the poll is for what a lost signal would hide.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, int> _watched = [];
    private Dictionary<Guid, Head> _heads = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _looking;

    /// <param name="Last">The number of the newest notice.</param>
    /// <param name="Reads">How often something was marked as read.</param>
    internal sealed record Head(long Last, long Reads);

    /// <summary>Watches for an agent until it is disposed of.</summary>
    public IDisposable Watch(Guid agent)
    {
        lock (_gate)
        {
            _watched[agent] = _watched.GetValueOrDefault(agent) + 1;
            if (!_looking)
                _ = LookAsync();
            _looking = true;
        }
        return new Watching(this, agent);
    }

    /// <summary>How it stands for the agent, as far as it was seen, and what completes when that may have changed.</summary>
    public (Head? Head, Task Changed) Now(Guid agent)
    {
        lock (_gate)
            return (_heads.GetValueOrDefault(agent), _changed.Task);
    }

    private async Task LookAsync()
    {
        while (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            List<Guid> agents;
            lock (_gate)
            {
                _looking = _watched.Count > 0;
                if (!_looking)
                {
                    _heads = [];
                    return;
                }
                agents = [.. _watched.Keys];
            }
            var news = log.NextNews;
            try
            {
                Take(await work.ReadAsync(
                    (db, ct) => db.AgentDesks.Where(row => agents.Contains(row.AgentId)).ToDictionaryAsync(row => row.AgentId, row => new Head(row.Last, row.Reads), ct),
                    lifetime.ApplicationStopping));
            }
#pragma warning disable CA1031 // The database is out of reach, or the host stops: the next look may succeed, and streams miss nothing by it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (!lifetime.ApplicationStopping.IsCancellationRequested)
                    logger.NoticesNotSeen(e.WithoutWords());
            }
            await Task.WhenAny(news, Task.Delay(Poll, TimeProvider.System, CancellationToken.None));
            await Task.Delay(Breath, TimeProvider.System, CancellationToken.None);
        }
    }

    private void Take(Dictionary<Guid, Head> heads)
    {
        TaskCompletionSource? changed = null;
        lock (_gate)
        {
            if (heads.Any(pair => _heads.GetValueOrDefault(pair.Key) != pair.Value))
                (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
            _heads = heads;
        }
        changed?.SetResult();
    }

    private void Leave(Guid agent)
    {
        lock (_gate)
        {
            if (--_watched[agent] == 0)
                _watched.Remove(agent);
        }
    }

    private sealed class Watching(NoticeWatch owner, Guid agent) : IDisposable
    {
        private int _done;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _done, 1) == 0)
                owner.Leave(agent);
        }
    }
}
