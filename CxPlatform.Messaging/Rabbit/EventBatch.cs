namespace CxPlatform.Messaging;

/// <summary>Events of one module's log on their way to another module, in order.</summary>
public sealed record EventBatch
{
    public required string Owner { get; init; }
    public required Guid Epoch { get; init; }

    /// <summary>The position up to which the log was read.</summary>
    public required long UpTo { get; init; }
    public required IReadOnlyList<LoggedEvent> Events { get; init; }
}
