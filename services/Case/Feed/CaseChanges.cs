using System.Threading.Channels;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Feed;

/// <summary>Tells open pages that cases change. However many listen, one reader follows the log, and only while somebody listens.</summary>
internal sealed class CaseChanges(EventLog<CaseDb> log, IHostApplicationLifetime lifetime)
{
    private const int Batch = 500;
    private const int Held = 1000;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<Listener> _listeners = [];
    private Task<long>? _head;

    /// <summary>What changes from now on; with streams, only on those. What is not fetched for long is dropped, the oldest first.</summary>
    public async Task<Listener> ListenAsync(IReadOnlySet<string>? streams, CancellationToken ct)
    {
        var listener = new Listener(this, streams);
        Task<long> head;
        lock (_gate)
        {
            _listeners.Add(listener);
            if (_head is null)
            {
                _head = log.HeadAsync(lifetime.ApplicationStopping);
                _ = FollowAsync(_head);
            }
            head = _head;
        }
        try
        {
            // From here on nothing is missed: whoever reads the case after this sees what came before it.
            await head.WaitAsync(ct);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private async Task FollowAsync(Task<long> head)
    {
        try
        {
            var position = await head;
            while (HasListeners())
            {
                var news = log.NextNews;
                var events = await log.ReadAsync(position, Batch, lifetime.ApplicationStopping);
                if (events.Count > 0)
                    position = events[^1].Position;
                Tell(events);
                if (events.Count < Batch)
                    await Task.WhenAny(news, Task.Delay(Poll, lifetime.ApplicationStopping));
            }
        }
        catch (Exception)
        {
            // The database is out of reach, or the host stops: every stream ends, and pages ask for theirs again.
            lock (_gate)
            {
                _head = null;
                foreach (var listener in _listeners)
                    listener.End();
                _listeners.Clear();
            }
        }
    }

    private bool HasListeners()
    {
        lock (_gate)
        {
            if (_listeners.Count == 0)
                _head = null;
            return _head is not null;
        }
    }

    private void Tell(IReadOnlyList<LoggedEvent> events)
    {
        lock (_gate)
            foreach (var e in events.Where(CaseEvents.IsCaseEvent))
                foreach (var listener in _listeners)
                    listener.Take(e);
    }

    internal sealed class Listener(CaseChanges owner, IReadOnlySet<string>? streams) : IDisposable
    {
        private readonly Channel<LoggedEvent> _events = Channel.CreateBounded<LoggedEvent>(
            new BoundedChannelOptions(Held) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

        public ChannelReader<LoggedEvent> Events => _events.Reader;

        public void Take(LoggedEvent e)
        {
            if (streams is null || streams.Contains(e.Stream))
                _events.Writer.TryWrite(e);
        }

        public void End() => _events.Writer.TryComplete();

        public void Dispose()
        {
            lock (owner._gate)
                owner._listeners.Remove(this);
        }
    }
}
