using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace CxPlatform.Messaging;

/// <summary>Why something asked for was not done. A value, not an exception: exceptions mean a bug or infrastructure.</summary>
/// <param name="Code">Stable, machine-readable, kebab-case: <c>case-closed</c>.</param>
/// <param name="Detail">For a person: the state and what is allowed, in one sentence. Of a field the rule that was broken, as a sentence goes on after
/// the field's name, which is never in it: <c>must be at most 60 characters.</c></param>
/// <param name="Field">The input field in camelCase when one field is at fault.</param>
public sealed record Refusal(string Code, string Detail, string? Field = null)
{
    /// <summary>What else is wrong with the same input, each with a field of its own; null when it is one thing.</summary>
    public IReadOnlyList<Refusal>? Also { get; init; }

    /// <summary>This and what else is wrong.</summary>
    [JsonIgnore]
    public IEnumerable<Refusal> Each => [this, .. Also ?? []];

    /// <summary>The whole of it, where the fields are not shown beside.</summary>
    [JsonIgnore]
    public string Text => string.Join(' ', Each.Select(one => one.IsRule ? $"{one.Field}: {one.Detail}" : one.Detail));

    /// <summary>What a form says at the field.</summary>
    [JsonIgnore]
    public string AtField => !IsRule ? Detail : Detail == "is required." ? "Please fill this in." : "It " + Detail;

    /// <summary>All that is wrong as one refusal with the first one's code, so that a client learns at once what to put right; null when nothing is. What
    /// is about no field stands alone.</summary>
    public static Refusal? OfAll(params ReadOnlySpan<Refusal?> found)
    {
        var (all, known) = (new List<Refusal>(), new HashSet<Refusal>());
        foreach (var refusal in found)
        {
            if (refusal is { Field: null })
                return refusal;
            foreach (var one in refusal?.Each ?? [])
                if (one with { Also = null } is var alone && known.Add(alone))
                    all.Add(alone);
        }
        return all is [var first, .. { Count: > 0 } others] ? first with { Also = others } : all.FirstOrDefault();
    }

    /// <summary>The same of an input that is part of a larger one.</summary>
    public Refusal Under(string path) => this with { Field = $"{path}.{Field}", Also = Also is null ? null : [.. Also.Select(one => one.Under(path))] };

    private bool IsRule => Field is not null && Detail is [>= 'a' and <= 'z', ..];
}

/// <summary>What <see cref="Work{TDb}"/> looks at to decide between commit and rollback.</summary>
public interface IOutcome
{
    bool IsRefused { get; }
}

/// <summary>A value, or the reason why there is none.</summary>
public sealed class Outcome<T> : IOutcome
{
    [JsonConstructor]
    public Outcome(T? value, Refusal? refusal)
    {
        Value = value;
        Refusal = refusal;
    }

    public T? Value { get; }

    public Refusal? Refusal { get; }

    [JsonIgnore]
    [MemberNotNullWhen(true, nameof(Refusal))]
    [MemberNotNullWhen(false, nameof(Value))]
    public bool IsRefused => Refusal is not null;

    public Outcome<TOther> Map<TOther>(Func<T, TOther> map) => IsRefused ? new(default, Refusal) : new(map(Value), null);

#pragma warning disable CA2225 // The constructor is the named alternative of both conversions.
    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
#pragma warning restore CA2225
}

/// <summary>The value of an outcome that has nothing to say but "done".</summary>
public readonly record struct Done
{
    public static Done Value => default;
}
