namespace CxPlatform.Notifications.Webhooks.Events;

/// <summary>The last events in memory, so that many subscriptions that keep up read the database once. One writer, many readers.</summary>
internal sealed class EventTail(EventStore store)
{
    private const int Held = 2048;
    private const int Batch = 500;

    private volatile Part? _part;

    public bool IsStarted => _part is not null;

    /// <summary>The last event that is known; 0 before the first look.</summary>
    public long Head => _part?.Head ?? 0;

    /// <summary>Reads what is new.</summary>
    /// <returns>Whether there was something.</returns>
    public async Task<bool> ReadOnAsync(CancellationToken ct)
    {
        if (_part is not { } before)
        {
            var head = await store.HeadAsync(ct);
            _part = new(head, head, []);
            return head > 0;
        }
        var news = await store.AfterAsync(before.Head, Batch, ct);
        if (news.Count == 0)
            return false;
        var kept = before.Events.AsSpan(Math.Max(0, before.Events.Length + news.Count - Held));
        var from = kept.Length < before.Events.Length ? before.Events[before.Events.Length - kept.Length - 1].Seq : before.From;
        _part = new(from, news[^1].Seq, [.. kept, .. news]);
        return true;
    }

    /// <summary>The events after one; null when they reach back further than what is held.</summary>
    public ArraySegment<OutgoingEvent>? After(long seq)
    {
        if (_part is not { } part || seq < part.From)
            return null;
        var (low, high) = (0, part.Events.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = part.Events[middle].Seq <= seq ? (middle + 1, high) : (low, middle);
        }
        return new(part.Events, low, part.Events.Length - low);
    }

    private sealed record Part(long From, long Head, OutgoingEvent[] Events);
}
