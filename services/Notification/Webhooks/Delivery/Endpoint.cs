using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Events;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>What endpoints share.</summary>
internal sealed record EndpointTools(
    EventTail Tail, EventStore Store, WebhookSender Sender, GroupCommit<NotificationDb, Result, bool> Results, Module<NotificationDb> Module, Duty Duty, ILogger<Endpoint> Log);

/// <summary>Delivers for one subscription while this process has the right to: cases side by side, the events of each in order. A case that fails gives way
/// to its row, and the others go on. What is held in memory is bounded, however much waits.</summary>
internal sealed class Endpoint
{
    /// <summary>Events taken up at a time, per request that may be under way.</summary>
    private const int WindowPerRequest = 4;
    private const int SmallestWindow = 32;

    /// <summary>With more cases waiting than this, nothing further is read: an endpoint that fails so often is not served better by more failures.</summary>
    private const int MostBlocked = 10_000;
    private static readonly TimeSpan RecordPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Course> _courses = [];
    private readonly Queue<(Course Course, Lane Lane)> _ready = [];
    private readonly EndpointPace _pace;
    private readonly EndpointTools _tools;
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Subscription _subscription;
    private int _underWay;
    private int _running;
    private bool _waking;
    private volatile bool _stopped;

    public Endpoint(Guid courier, Subscription subscription, EndpointHealth health, EndpointTools tools, int parallelism)
    {
        Courier = courier;
        _subscription = subscription;
        _tools = tools;
        _pace = new(parallelism, health);
    }

    public Guid Id => _subscription.Id;

    public Guid Courier { get; }

    public long Revision => _subscription.Revision;

    public bool IsStopped => _stopped;

    private int Window => Math.Max(SmallestWindow, WindowPerRequest * _pace.Limit);

    /// <summary>Takes up what changed.</summary>
    public void Change(Subscription subscription, IReadOnlyList<Course> courses)
    {
        lock (_gate)
        {
            _subscription = subscription;
            _pace.Wake(); // Somebody has just changed something, or asked for it: that is worth a request.
            foreach (var gone in _courses.Keys.Except(courses.Select(course => course.Id)).ToList())
                _courses.Remove(gone);
            foreach (var course in courses)
                _courses.TryAdd(course.Id, course);
        }
        Pump();
    }

    public long PositionOf(Course course)
    {
        lock (_gate)
            return course.Position;
    }

    /// <summary>Courses whose position is further than what is saved, and replays that are through.</summary>
    public (List<Course> Behind, List<Course> Finished, long Backlog) Look(long head, long least)
    {
        lock (_gate)
            return (
                [.. _courses.Values.Where(course => course.Position - course.Saved > least)],
                [.. _courses.Values.Where(course => course.IsFinished)],
                _courses.Values.Sum(course => Math.Max(0, Math.Min(head, course.Until ?? head) - course.Read) + course.Outstanding.Count + course.Blocked.Count));
    }

    public void Forget(IEnumerable<Guid> courses)
    {
        lock (_gate)
            foreach (var id in courses)
                _courses.Remove(id);
    }

    /// <summary>How many waiting cases it could take up again now.</summary>
    public int RoomForLanes
    {
        get
        {
            lock (_gate)
                return _stopped || _pace.RestsAt(_tools.Module.Store.Now) ? 0 : Math.Max(0, _pace.Limit - _ready.Count);
        }
    }

    /// <summary>Takes up a case whose time has come.</summary>
    public void Retry(LaneRow row, OutgoingEvent e)
    {
        lock (_gate)
        {
            if (_stopped || !_courses.TryGetValue(row.CourseId, out var course) || course.Lanes.ContainsKey(row.Stream))
                return;
            var lane = new Lane(row.Stream) { Blocked = true, Attempts = row.Attempts, Skip = row.Skip };
            lane.Waiting.Enqueue(e);
            course.Lanes.Add(row.Stream, lane);
            course.Blocked.TryAdd(row.Stream, course.Read);
            _ready.Enqueue((course, lane));
        }
    }

    /// <summary>Begins whatever can begin.</summary>
    public void Pump()
    {
        lock (_gate)
        {
            if (_stopped)
                return;
            foreach (var course in _courses.Values)
                Fill(course);
            while (_ready.Count > 0 && _underWay < _pace.Limit && _tools.Duty.MayBegin(Courier) && !_pace.RestsAt(_tools.Module.Store.Now))
            {
                if (_pace.Take(_subscription.Rate) is { } wait)
                {
                    WakeIn(wait);
                    return;
                }
                var (course, lane) = _ready.Dequeue();
                _underWay++;
                _running++;
                var e = lane.Waiting.Peek();
                _ = Task.Run(() => RunAsync(course, lane, e));
            }
        }
    }

    /// <summary>Begins nothing more, and returns when nothing is under way.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _stopped = true;
            if (_running == 0)
                _quiet.TrySetResult();
        }
        return _quiet.Task;
    }

    private void WakeIn(TimeSpan wait)
    {
        if (_waking)
            return;
        _waking = true;
        _ = Task.Delay(wait, TimeProvider.System).ContinueWith(
            _ =>
            {
                lock (_gate)
                    _waking = false;
                Pump();
            },
            TaskScheduler.Default);
    }

    private void Fill(Course course)
    {
        if (!_tools.Tail.IsStarted)
            return;
        while (!course.AtEnd && !course.IsReading && course.Outstanding.Count < Window && course.Blocked.Count < MostBlocked)
        {
            if (_tools.Tail.After(course.Read) is not { } events)
            {
                course.IsReading = true;
                _ = Task.Run(() => CatchUpAsync(course));
                return;
            }
            if (events.Count == 0)
            {
                if (course.Until is { } until && _tools.Tail.Head >= until)
                    course.Read = until;
                return;
            }
            Route(course, events);
        }
    }

    private async Task CatchUpAsync(Course course)
    {
        List<OutgoingEvent>? events = null;
        try
        {
            events = await _tools.Store.AfterAsync(course.Read, course.Batch, CancellationToken.None);
        }
#pragma warning disable CA1031 // The database is out of reach: the next look tries again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _tools.Log.WebhooksWait(e.WithoutWords());
        }
        lock (_gate)
        {
            course.IsReading = false;
            if (events is null)
                return;
            var before = course.Outstanding.Count;
            Route(course, events);
            course.Batch = course.Outstanding.Count > before ? 64 : Math.Min(1024, course.Batch * 2);
            // Gone with the retention: nothing is left to look at between here and what the tail holds.
            if (events.Count == 0)
                course.Read = Math.Max(course.Read, Math.Min(_tools.Tail.Head, course.Until ?? long.MaxValue));
        }
        Pump();
    }

    private void Route(Course course, IReadOnlyList<OutgoingEvent> events)
    {
        foreach (var e in events)
        {
            if (course.Until is { } until && e.Seq > until)
            {
                course.Read = until;
                return;
            }
            if (course.Outstanding.Count >= Window || course.Blocked.Count >= MostBlocked)
                return;
            course.Read = e.Seq;
            if (!_subscription.Wants(e) || !course.Means(e))
                continue;
            if (course.Blocked.ContainsKey(e.Stream))
            {
                course.Blocked[e.Stream] = e.Seq;
                continue;
            }
            if (course.Done.Remove(e.Seq))
                continue;
            course.Outstanding.Add(e.Seq);
            if (!course.Lanes.TryGetValue(e.Stream, out var lane))
            {
                course.Lanes.Add(e.Stream, lane = new(e.Stream));
                _ready.Enqueue((course, lane));
            }
            lane.Waiting.Enqueue(e);
        }
    }

    private async Task RunAsync(Course course, Lane lane, OutgoingEvent e)
    {
        try
        {
            var attempt = lane.Skip
                ? Attempt.Skipped(_tools.Module.Store.Now)
                : await _tools.Sender.SendAsync(_subscription, e.Id, e.Type, e.Body, CancellationToken.None);
            var result = Judge(course, lane, e, attempt);
            if (attempt.Delivered && !lane.Blocked && !lane.Skip)
            {
                // The case goes on while it is recorded: the position stays behind it until then, so a crash repeats it and loses nothing.
                lock (_gate)
                    GoOn(course, lane);
                Pump();
                if (!await RecordAsync(result))
                    _stopped = true;
                else
                    lock (_gate)
                        course.Outstanding.Remove(e.Seq);
                return;
            }
            Pump();
            var through = attempt.Delivered || lane.Skip;
            OutgoingEvent? next = null;
            if (through && lane.Blocked)
            {
                next = await NextAsync(course, lane, e);
                result = result with { Lane = next is null ? new LaneChange.Clear() : new LaneChange.MoveOn(next.Seq) };
            }
            if (!await RecordAsync(result) || result.Halt is not null)
                _stopped = true;
            else
                Settle(course, lane, e, through, next);
        }
#pragma warning disable CA1031 // A fault of ours must not pass for the endpoint's, nor stop the other cases.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            // Its events stay outstanding: whoever takes over, or the next start, delivers them.
            _tools.Log.DeliveryBroke(fault.WithoutWords(), Id);
            _stopped = true;
        }
        finally
        {
            lock (_gate)
                if (--_running == 0 && _stopped)
                    _quiet.TrySetResult();
            Pump();
        }
    }

    private Result Judge(Course course, Lane lane, OutgoingEvent e, Attempt attempt)
    {
        var now = _tools.Module.Store.Now;
        lock (_gate)
        {
            _underWay--;
            var row = DeliveryLog.RowOf(Id, course.Id, e, attempt, lane.Attempts + 1, lane.Skip);
            if (lane.Skip)
                return new(this, course, row);
            if (attempt.Delivered)
                return new(this, course, row, Revive: _pace.Succeeded(now), Health: _pace.Health);
            _pace.Failed(now, attempt);
            var wait = DeliverySchedule.WaitAfter(lane.Attempts + 1, attempt.RetryAfter, Random.Shared.NextDouble());
            var halt = attempt.Gone ? new Halt(SubscriptionState.Disabled, "The endpoint answered 410 Gone.")
                : _pace.HasGivenUp(now) ? new Halt(SubscriptionState.Paused, $"Nothing was delivered for {DeliverySchedule.GivesUpAfter.TotalDays:0} days. At last: {attempt.Reason}")
                : null;
            return new(this, course, row, new LaneChange.Wait(e.Seq, lane.Attempts + 1, now + wait, attempt.Reason!), _pace.Health, halt);
        }
    }

    /// <summary>What follows in a case that had to wait. When nothing does, the case takes part in what comes again.</summary>
    private async Task<OutgoingEvent?> NextAsync(Course course, Lane lane, OutgoingEvent e)
    {
        while (true)
        {
            long last;
            lock (_gate)
                last = course.Blocked[lane.Stream];
            var after = e.Seq;
            while (after < last)
            {
                var events = await _tools.Store.OfStreamAsync(lane.Stream, after, last, 50, CancellationToken.None);
                if (events.Find(other => _subscription.Wants(other) && course.Means(other)) is { } next)
                    return next;
                after = events.Count < 50 ? last : events[^1].Seq;
            }
            lock (_gate)
            {
                if (course.Blocked[lane.Stream] != last)
                    continue;
                // Its row goes with the record of this event; until then the position stays behind it, and the row says where to begin.
                course.Blocked.Remove(lane.Stream);
                course.Outstanding.Add(e.Seq);
                lane.Blocked = false;
                return null;
            }
        }
    }

    private void GoOn(Course course, Lane lane)
    {
        lane.Attempts = 0;
        lane.Waiting.Dequeue();
        if (lane.Waiting.Count > 0)
            _ready.Enqueue((course, lane));
        else
            course.Lanes.Remove(lane.Stream);
    }

    private void Settle(Course course, Lane lane, OutgoingEvent e, bool through, OutgoingEvent? next)
    {
        lock (_gate)
        {
            lane.Skip = false;
            if (through)
            {
                course.Outstanding.Remove(e.Seq);
                if (next is not null)
                    lane.Waiting.Enqueue(next);
                GoOn(course, lane);
                return;
            }
            // From here on the row stands for it, and for what came behind it meanwhile.
            if (!lane.Blocked)
            {
                course.Blocked[lane.Stream] = lane.Waiting.Max(waiting => waiting.Seq);
                foreach (var waiting in lane.Waiting)
                    course.Outstanding.Remove(waiting.Seq);
            }
            course.Lanes.Remove(lane.Stream);
        }
    }

    private async Task<bool> RecordAsync(Result result)
    {
        while (true)
        {
            try
            {
                return await _tools.Results.SubmitAsync(result, CancellationToken.None);
            }
#pragma warning disable CA1031 // It was delivered: whatever hinders recording it, it waits for that.
            catch (Exception e) when (e is not System.Threading.Channels.ChannelClosedException)
#pragma warning restore CA1031
            {
                _tools.Log.WebhooksWait(e.WithoutWords());
                await Task.Delay(RecordPause, TimeProvider.System, CancellationToken.None);
            }
        }
    }
}
