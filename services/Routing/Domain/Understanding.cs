using CxPlatform.Contracts;

namespace CxPlatform.Routing.Domain;

/// <summary>A value and the sentence that says why.</summary>
internal sealed record Verdict<T>(T Value, string Reason);

/// <summary>What the words of a contact say; null where they say nothing.</summary>
internal sealed record Reading(
    string Language, Verdict<Kind>? Kind, Verdict<string>? Category, Verdict<Priority>? Priority, Verdict<Feeling>? Feeling);

/// <summary>What we understood of a case: each with its reason.</summary>
internal sealed record Understanding
{
    public required Verdict<Kind> Kind { get; init; }
    public required Verdict<string> Category { get; init; }
    public required Verdict<Priority> Priority { get; init; }
    public required Verdict<Feeling> Feeling { get; init; }
    public required string Language { get; init; }

    /// <summary>The first contact of a case: what the sender stated goes before what the words say.</summary>
    public static Understanding Of(Reading reading, RuleDefaults defaults, Kind? statedKind, Priority? statedPriority)
    {
        var feeling = reading.Feeling ?? new(Contracts.Feeling.Neutral, "The customer sounds neutral: no word says otherwise.");
        var kind = statedKind is { } k and not Contracts.Kind.Unknown
            ? new(k, $"{Article(k)}: the sender said so.")
            : KindOf(reading.Kind, feeling.Value, defaults.Kind);
        return new()
        {
            Kind = kind,
            Category = reading.Category ?? new(defaults.Category, $"About {defaults.Category}: no word names a subject."),
            Priority = PriorityOf(reading.Priority, statedPriority, kind.Value, feeling.Value),
            Feeling = feeling,
            Language = reading.Language,
        };
    }

    /// <summary>What we understood was put right: the new words count, where they say something.</summary>
    public Understanding CorrectedBy(Reading reading)
    {
        var feeling = reading.Feeling ?? Feeling;
        var kind = reading.Kind is null ? Kind : KindOf(reading.Kind, feeling.Value, Kind.Value);
        return this with
        {
            Kind = kind,
            Category = reading.Category ?? Category,
            Feeling = feeling,
            Priority = reading.Priority is null && feeling.Value != Contracts.Feeling.Angry
                ? Priority
                : PriorityOf(reading.Priority, null, kind.Value, feeling.Value),
        };
    }

    /// <summary>The customer wrote again: how they feel is news, a "thank you" does not make a problem praise, and nothing becomes less
    /// pressing.</summary>
    public Understanding AfterReply(Reading reading, string defaultCategory)
    {
        var feeling = reading.Feeling ?? Feeling;
        var kind = Kind.Value == Contracts.Kind.Praise && reading.Kind is { Value: not Contracts.Kind.Praise } other ? other : Kind;
        var priority = PriorityOf(reading.Priority, null, kind.Value, feeling.Value);
        return this with
        {
            Kind = kind,
            Category = Category.Value == defaultCategory ? reading.Category ?? Category : Category,
            Feeling = feeling,
            Priority = priority.Value > Priority.Value ? priority : Priority,
        };
    }

    /// <summary>Whether anything but the reasons differs.</summary>
    public bool Differs(Understanding other) =>
        (Kind.Value, Category.Value, Priority.Value, Feeling.Value)
        != (other.Kind.Value, other.Category.Value, other.Priority.Value, other.Feeling.Value);

    public IEnumerable<string> Reasons => [Kind.Reason, Category.Reason, Priority.Reason, Feeling.Reason];

    internal static string Article(Kind kind) => kind switch
    {
        Contracts.Kind.Idea => "An idea",
        Contracts.Kind.Praise => "Praise",
        _ => $"A {kind.ToString().ToLowerInvariant()}",
    };

    private static Verdict<Kind> KindOf(Verdict<Kind>? said, Feeling feeling, Kind otherwise)
    {
        var bad = feeling is Contracts.Feeling.Unhappy or Contracts.Feeling.Angry;
        if (said is not null)
            return said.Value == Contracts.Kind.Praise && bad
                ? new(Contracts.Kind.Complaint, "A complaint: kind words, but the customer is unhappy.")
                : said;
        return bad ? new(Contracts.Kind.Complaint, "A complaint: the customer is unhappy and asks for nothing in particular.")
            : feeling == Contracts.Feeling.Happy ? new(Contracts.Kind.Praise, "Praise: the customer is happy and asks for nothing.")
            : new(otherwise, $"{Article(otherwise)}: no word says otherwise.");
    }

    private static Verdict<Priority> PriorityOf(Verdict<Priority>? said, Priority? stated, Kind kind, Feeling feeling)
    {
        // What is dangerous is urgent, whatever else was stated.
        if (said is { Value: Contracts.Priority.Urgent })
            return said;
        if (stated is { } s and not Contracts.Priority.Unknown)
            return new(s, $"{s} priority: the sender said so.");
        if (feeling == Contracts.Feeling.Angry && said is not { Value: Contracts.Priority.High })
            return new(Contracts.Priority.High, "High priority: the customer is angry.");
        return said ?? (kind is Contracts.Kind.Praise or Contracts.Kind.Idea
            ? new(Contracts.Priority.Low, $"Low priority: {kind.ToString().ToLowerInvariant()} does not press.")
            : new(Contracts.Priority.Normal, "Normal priority: nothing asks for more or less."));
    }
}
