using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>How an endpoint does, to be kept with its subscription.</summary>
internal sealed record EndpointHealth(DateTimeOffset? LastSuccessAt, DateTimeOffset? LastFailureAt, string? LastFailure, DateTimeOffset? FailingSince, int Failures);

/// <summary>What becomes of a lane's row.</summary>
internal abstract record LaneChange
{
    private LaneChange()
    {
    }

    /// <summary>The event failed: it is tried again, and what follows waits behind it.</summary>
    internal sealed record Wait(long Seq, int Attempts, DateTimeOffset Due, string Reason) : LaneChange;

    /// <summary>The event is through, and another one of the case waits behind it.</summary>
    internal sealed record MoveOn(long Seq) : LaneChange;

    /// <summary>Nothing waits any more.</summary>
    internal sealed record Clear : LaneChange;
}

/// <summary>Why deliveries stop.</summary>
internal sealed record Halt(SubscriptionState State, string Reason);

/// <summary>Something to be recorded under the right of the courier that did it.</summary>
/// <param name="Delivery">The attempt; null when only the position is to be saved.</param>
/// <param name="Revive">The endpoint is back after it took nothing at all: its lanes need not wait any longer.</param>
internal sealed record Result(Endpoint Endpoint, Course Course, DeliveryRow? Delivery = null, LaneChange? Lane = null, EndpointHealth? Health = null, Halt? Halt = null, bool Revive = false);
