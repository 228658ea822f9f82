namespace CxPlatform.Messaging;

/// <summary>Who asks, on the current flow of execution. Set by the host's middleware for a request and by the dispatcher for an event.</summary>
/// <param name="Actor"><c>agent:&lt;id&gt;</c>, <c>key:&lt;id&gt;</c>, <c>customer:&lt;id&gt;</c> or <c>system</c>.</param>
/// <param name="Idempotency">The request's Idempotency-Key, when it has one.</param>
/// <param name="CorrelationId">What started it all; events that follow from one contact share it.</param>
/// <param name="CausationId">The event that is being handled.</param>
public sealed record RequestInfo(string Actor, IdempotentRequest? Idempotency = null, Guid? CorrelationId = null, Guid? CausationId = null)
{
    public static RequestInfo System { get; } = new("system");
}

/// <summary>An Idempotency-Key with what it is scoped to.</summary>
/// <param name="Principal">Who sent it.</param>
/// <param name="Route">Method and route pattern.</param>
/// <param name="Key">The key, 1 to 200 characters.</param>
/// <param name="BodyHash">SHA-256 of the request body: the same key with another body is refused.</param>
public sealed record IdempotentRequest(string Principal, string Route, string Key, string BodyHash);

/// <summary>Carries <see cref="RequestInfo"/> along the flow of execution.</summary>
public static class Ambient
{
    private static readonly AsyncLocal<RequestInfo?> Info = new();

    public static RequestInfo Current => Info.Value ?? RequestInfo.System;

    /// <summary>Sets the current request's info until the result is disposed.</summary>
    public static IDisposable Use(RequestInfo info)
    {
        var before = Info.Value;
        Info.Value = info;
        return new Restore(before);
    }

    private sealed class Restore(RequestInfo? before) : IDisposable
    {
        public void Dispose() => Info.Value = before;
    }
}

/// <summary>An Idempotency-Key was used again with another body. HTTP 422.</summary>
public sealed class IdempotencyMismatchException() : Exception("This Idempotency-Key was used before with a different body.");

/// <summary>A request with the same Idempotency-Key is still being worked on. HTTP 409.</summary>
public sealed class IdempotencyInFlightException() : Exception("A request with this Idempotency-Key is still in flight; try again shortly.");

/// <summary>Somebody else appended to the stream since it was read. Retried by <see cref="Work{TDb}"/>.</summary>
public sealed class StreamConflictException(string stream) : Exception($"Stream {stream} has moved on since it was read.");
