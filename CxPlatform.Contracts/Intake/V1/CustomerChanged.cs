namespace CxPlatform.Contracts.Intake.V1;

/// <summary>A customer was found for the first time, or what we know of them changed: the whole of it. Stream: <c>customer/{CustomerId}</c>.</summary>
[EventType("customer.changed.v1")]
public sealed record CustomerChanged
{
    public required Guid CustomerId { get; init; }

    [Personal]
    public string? Name { get; init; }
    public string? Language { get; init; }
    public string? TimeZone { get; init; }
    public IReadOnlyList<Identity> Identities { get; init; } = [];

    [Personal]
    public string? Organisation { get; init; }

    /// <summary>The organisation's.</summary>
    public string? Tier { get; init; }

    /// <summary>The channel on which they want to hear from us; null: where they wrote.</summary>
    public Channel? PreferredChannel { get; init; }

    /// <summary>When they do not want to be disturbed.</summary>
    public QuietHours? QuietHours { get; init; }

    /// <summary>They want to hear nothing from us but answers to what they ask.</summary>
    public bool DoNotContact { get; init; }
}

/// <summary>A part of every day.</summary>
/// <param name="Until">Before <paramref name="From"/>: on the next day.</param>
/// <param name="TimeZone">IANA.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly Until, string TimeZone);
