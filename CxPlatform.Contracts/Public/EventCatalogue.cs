using System.Collections.Frozen;
using System.Reflection;

namespace CxPlatform.Contracts.Public;

/// <summary>Every public event by its CloudEvents type.</summary>
public static class EventCatalogue
{
    private static readonly FrozenDictionary<string, Type> ByType = typeof(EventFacts).Assembly.GetExportedTypes()
        .Where(type => type.IsSubclassOf(typeof(EventFacts)) && !type.IsAbstract)
        .ToFrozenDictionary(type => Of(type).Type);

    /// <summary>What the events' data are read as.</summary>
    public static IEnumerable<Type> All => ByType.Values;

    /// <summary>The class for a CloudEvents type; null for one that this version does not know, or that tells nothing.</summary>
    public static Type? Find(string type) => ByType.GetValueOrDefault(type);

    /// <summary>What is said of a public event.</summary>
    public static PublicEventAttribute Of(Type facts) => facts.GetCustomAttribute<PublicEventAttribute>()
        ?? throw new ArgumentException($"{facts} has no [PublicEvent].", nameof(facts));
}
