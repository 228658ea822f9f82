using CxPlatform.Notifications.Webhooks.Events;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>The events of one case that are on their way in one course, one at a time.</summary>
internal sealed class Lane(string stream)
{
    public string Stream => stream;

    /// <summary>The first is the one being delivered.</summary>
    public Queue<OutgoingEvent> Waiting { get; } = [];

    /// <summary>It has a row: an event failed, and what comes after it is read from the store once that is through.</summary>
    public bool Blocked { get; set; }

    /// <summary>Made so far at the first event.</summary>
    public int Attempts { get; set; }

    /// <summary>An operator has given up on the first event.</summary>
    public bool Skip { get; set; }
}

/// <summary>A way through the events for a subscription, in memory: what was looked at, what is on its way, which cases wait. Its endpoint's lock guards it.</summary>
internal sealed class Course(Guid id, long position, long? until, IReadOnlySet<Guid>? only)
{
    public Guid Id => id;

    public long? Until => until;

    /// <summary>Up to here every event was looked at.</summary>
    public long Read { get; set; } = position;

    public Dictionary<string, Lane> Lanes { get; } = [];

    /// <summary>Taken up and neither delivered nor in a lane's row yet.</summary>
    public SortedSet<long> Outstanding { get; } = [];

    /// <summary>Cases that wait in rows, each with the last of its events that was passed over.</summary>
    public Dictionary<string, long> Blocked { get; } = [];

    /// <summary>Delivered by whoever was here before, beyond the position that they saved.</summary>
    public HashSet<long> Done { get; } = [];

    /// <summary>What a restart would go on from.</summary>
    public long Position => Outstanding.Count > 0 ? Outstanding.Min - 1 : Read;

    public long Saved { get; set; } = position;

    public bool IsReading { get; set; }

    /// <summary>How many events the next read from the store asks for: more and more while none of them is wanted.</summary>
    public int Batch { get; set; } = 64;

    /// <summary>Everything up to the end was looked at.</summary>
    public bool AtEnd => until is { } end && Read >= end;

    /// <summary>A replay that has nothing left to do.</summary>
    public bool IsFinished => AtEnd && Lanes.Count == 0 && Blocked.Count == 0;

    public bool Means(OutgoingEvent e) => only is null || only.Contains(e.Id);
}
