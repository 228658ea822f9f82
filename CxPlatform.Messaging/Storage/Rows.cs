namespace CxPlatform.Messaging;

// The tables as EF Core sees them, for migrations; the code beside their use speaks SQL.
internal sealed class EventRow
{
    public long Position { get; set; }
    public Guid Id { get; set; }
    public string Stream { get; set; } = "";
    public long Version { get; set; }
    public string Type { get; set; } = "";
    public string Data { get; set; } = "";
    public string? PublicType { get; set; }
    public string? PublicSubject { get; set; }
    public string? PublicData { get; set; }
    public string Actor { get; set; } = "";
    public Guid CorrelationId { get; set; }
    public Guid? CausationId { get; set; }
    public string? Trace { get; set; }
    public DateTimeOffset Time { get; set; }
    public DateTimeOffset? ErasedAt { get; set; }
}

internal sealed class InboxRow
{
    public Guid EventId { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
}

/// <summary>How far somebody has read a log: <c>to:case</c> for what this module's relay sent, <c>from:intake</c> for what it handled.</summary>
internal sealed class CursorRow
{
    public string Name { get; set; } = "";
    public Guid Epoch { get; set; }
    public long Position { get; set; }
}

internal sealed class LeaseRow
{
    public string Name { get; set; } = "";
    public string Holder { get; set; } = "";
    public long Fence { get; set; }
    public DateTimeOffset Until { get; set; }
}

internal sealed class TimerRow
{
    public string Key { get; set; } = "";
    public string Ordering { get; set; } = "";
    public string Type { get; set; } = "";
    public string Data { get; set; } = "";
    public DateTimeOffset Due { get; set; }
    public int Attempts { get; set; }
    public Guid CorrelationId { get; set; }
    public string? Trace { get; set; }
}

internal sealed class ParkedRow
{
    public long Id { get; set; }
    public string Source { get; set; } = "";
    public Guid EventId { get; set; }
    public string Stream { get; set; } = "";
    public long Position { get; set; }
    public string Type { get; set; } = "";
    public string Event { get; set; } = "";
    public string Reason { get; set; } = "";
    public DateTimeOffset ParkedAt { get; set; }
    public int Attempts { get; set; }
}

internal sealed class IdempotencyRow
{
    public string Principal { get; set; } = "";
    public string Route { get; set; } = "";
    public string Key { get; set; } = "";
    public string BodyHash { get; set; } = "";
    public string Result { get; set; } = "";
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>One row: the log's epoch, and the database it was written in, to notice a restore.</summary>
internal sealed class LogInfoRow
{
    public int Id { get; set; }
    public Guid Epoch { get; set; }
    public string SystemId { get; set; } = "";
}
