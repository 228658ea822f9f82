namespace CxPlatform.Contracts.Routing.V1;

/// <summary>An API key was made, changed or revoked: the whole of it, without the secret. Stream: <c>key/{KeyId}</c>.</summary>
[EventType("access.changed.v1")]
public sealed record AccessChanged
{
    public required string KeyId { get; init; }
    public required string Name { get; init; }

    /// <summary>SHA-256 of the whole key, lower-case hex.</summary>
    public required string Hash { get; init; }

    /// <summary><c>intake</c>, <c>events</c>, <c>cases:read</c>, <c>cases:write</c>, <c>admin</c>.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>The agent who signs in with this key, if it is somebody's.</summary>
    public Guid? AgentId { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    public required DateTimeOffset At { get; init; }
}
