namespace CxPlatform.Notifications.Storage;

/// <summary>A case event as integrators get it, frozen when it came: what is delivered, however late, is this.</summary>
internal sealed class OutgoingEventRow
{
    /// <summary>The order of delivery: within a stream that of its versions.</summary>
    public long Seq { get; set; }
    public Guid Id { get; set; }
    public string Stream { get; set; } = "";
    public string Type { get; set; } = "";
    public DateTimeOffset Time { get; set; }

    /// <summary>What was so about the case right after the event, for filters, as JSON.</summary>
    public string Facts { get; set; } = "";

    /// <summary>The whole CloudEvent.</summary>
    public string Body { get; set; } = "";
}

/// <summary>What filters may ask about a case, as of its last event.</summary>
internal sealed class OutgoingCaseRow
{
    public Guid CaseId { get; set; }
    public string Facts { get; set; } = "";
}

internal enum SubscriptionState
{
    /// <summary>Not proven yet to be wanted where it points: a test event must be answered first.</summary>
    Pending,
    Active,

    /// <summary>Stopped by somebody, or after five days without a success; events wait.</summary>
    Paused,

    /// <summary>The endpoint said 410 Gone; events wait.</summary>
    Disabled,
}

internal sealed class SubscriptionRow
{
    public Guid Id { get; set; }
    public string Name { get; set; } = "";
    public string Url { get; set; } = "";

    /// <summary>Event types and wildcards, as JSON.</summary>
    public string Types { get; set; } = "";

    /// <summary>The <see cref="Webhooks.Events.EventFilter"/> as JSON.</summary>
    public string Filter { get; set; } = "";

    /// <summary>Deliveries per second at most; null for as many as the endpoint takes.</summary>
    public int? Rate { get; set; }

    /// <summary>The mail address that hears when deliveries stop.</summary>
    public string? Contact { get; set; }

    /// <summary>Protected.</summary>
    public string Secret { get; set; } = "";

    /// <summary>Those replaced, the last one first, separated by spaces and protected; they sign as well until <see cref="OldSecretUntil"/>.</summary>
    public string? OldSecret { get; set; }
    public DateTimeOffset? OldSecretUntil { get; set; }
    public SubscriptionState State { get; set; }

    /// <summary>Why it is paused or disabled.</summary>
    public string? Reason { get; set; }

    /// <summary>Whom it belongs to: who made it, or took it over when that one had lost access.</summary>
    public string CreatedBy { get; set; } = "";
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>Counts the changes that people and programs make, for their ETag.</summary>
    public long Version { get; set; }

    /// <summary>Counts all changes: who delivers reads again what has another number.</summary>
    public long Revision { get; set; }

    /// <summary>The courier that delivers for it.</summary>
    public Guid? Courier { get; set; }
    public DateTimeOffset? LastSuccessAt { get; set; }
    public DateTimeOffset? LastFailureAt { get; set; }
    public string? LastFailure { get; set; }

    /// <summary>The first failure since the last success.</summary>
    public DateTimeOffset? FailingSince { get; set; }
    public int Failures { get; set; }
}

/// <summary>A process that delivers. Its row is its right to: whoever finds it overdue removes it, and nothing counts that it does from then on.</summary>
internal sealed class CourierRow
{
    public Guid Id { get; set; }
    public DateTimeOffset Until { get; set; }
}

/// <summary>A way through the events for a subscription: the one that follows what happens, which has the subscription's id, and a replay with an end.</summary>
internal sealed class CourseRow
{
    public Guid Id { get; set; }
    public Guid SubscriptionId { get; set; }

    /// <summary>Everything up to here is delivered, or stands in a lane.</summary>
    public long Position { get; set; }

    /// <summary>Where a replay ends; null for what follows.</summary>
    public long? Until { get; set; }

    /// <summary>The ids of the only events that are meant, as JSON; null for all.</summary>
    public string? Only { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A case that waits, in one course: its events from <see cref="Seq"/> on come in order once that one is through.</summary>
internal sealed class LaneRow
{
    public Guid CourseId { get; set; }
    public string Stream { get; set; } = "";
    public Guid SubscriptionId { get; set; }

    /// <summary>The event that is to be delivered next.</summary>
    public long Seq { get; set; }
    public int Attempts { get; set; }
    public DateTimeOffset Due { get; set; }
    public DateTimeOffset Since { get; set; }

    /// <summary>An operator has given up on the event.</summary>
    public bool Skip { get; set; }
    public string? Reason { get; set; }
}

internal enum DeliveryOutcome
{
    Delivered,
    Failed,
    Skipped,
}

/// <summary>One attempt, for the log.</summary>
internal sealed class DeliveryRow
{
    public Guid SubscriptionId { get; set; }
    public Guid Id { get; set; }

    /// <summary>Null for a test event.</summary>
    public Guid? CourseId { get; set; }
    public long Seq { get; set; }
    public Guid EventId { get; set; }
    public string Stream { get; set; } = "";
    public string Type { get; set; } = "";
    public int Attempt { get; set; }
    public DateTimeOffset At { get; set; }
    public int Milliseconds { get; set; }
    public DeliveryOutcome Outcome { get; set; }
    public int? Status { get; set; }
    public string? Reason { get; set; }

    /// <summary>How the answer began.</summary>
    public string? Response { get; set; }
}
