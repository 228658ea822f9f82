using CxPlatform.Contracts;

namespace CxPlatform.Routing.Domain;

/// <summary>How contacts are read: a document that people edit. Words in, votes out; nothing in it is executed.</summary>
internal sealed record RuleSet
{
    /// <summary>What holds where no rule votes.</summary>
    public required RuleDefaults Defaults { get; init; }

    public required IReadOnlyList<RuleLanguage> Languages { get; init; }

    public required IReadOnlyList<Rule> Rules { get; init; }

    /// <summary>Tried in order; the first that fits names the queue.</summary>
    public IReadOnlyList<QueueRule> Queues { get; init; } = [];
}

/// <param name="Kind">The kind of a contact that nothing is known about.</param>
/// <param name="Category">Its category.</param>
/// <param name="Queue">The queue when no queue rule fits.</param>
internal sealed record RuleDefaults(Kind Kind, string Category, string Queue);

/// <summary>What the reader must know of a language beside the rules.</summary>
internal sealed record RuleLanguage
{
    /// <summary>BCP 47 primary language, e.g. <c>de</c>.</summary>
    public required string Language { get; init; }

    /// <summary>Words that give the language away.</summary>
    public required IReadOnlyList<string> CommonWords { get; init; }

    /// <summary>Words that turn what follows within three words into its opposite.</summary>
    public IReadOnlyList<string> Negations { get; init; } = [];

    /// <summary>Words that end a negation's reach, as a comma does.</summary>
    public IReadOnlyList<string> ClauseBreaks { get; init; } = [];
}

/// <summary>Phrases, and what one of them says about the contact. Phrases found in the subject count double.</summary>
internal sealed record Rule
{
    public required string Id { get; init; }

    /// <summary>The language it is for; null for all.</summary>
    public string? Language { get; init; }

    /// <summary>Words in sequence, whole words only; a <c>*</c> at the beginning or the end also takes longer words:
    /// <c>reklamier*</c>, <c>*rechnung</c>. Case, accents and apostrophes do not matter; <c>?</c> is a word, and so is an emoji.</summary>
    public required IReadOnlyList<string> Phrases { get; init; }

    public Kind? Kind { get; init; }
    public string? Category { get; init; }
    public Priority? Priority { get; init; }
    public Feeling? Feeling { get; init; }

    /// <summary>1 to 10: a hint is 1, a plain statement 2, beyond doubt 4.</summary>
    public int Weight { get; init; } = 1;
}

/// <summary>A queue, and which contacts it is for: every list that is given must hold the contact's value.</summary>
internal sealed record QueueRule
{
    public required string Queue { get; init; }
    public IReadOnlyList<string>? Categories { get; init; }
    public IReadOnlyList<Kind>? Kinds { get; init; }
    public IReadOnlyList<Priority>? Priorities { get; init; }
    public IReadOnlyList<Channel>? Channels { get; init; }
    public IReadOnlyList<string>? Languages { get; init; }
    public IReadOnlyList<string>? Brands { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
}
