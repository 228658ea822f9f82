using CxPlatform.Contracts.Public;

namespace CxPlatform.Messaging;

/// <summary>Names of event types: <c>cx.case.opened.v1</c>, or a beginning with a star for the rest, such as <c>cx.case.promise.*</c>.</summary>
public static class TypePattern
{
    /// <summary>What this version emits of cases: what the catalogue tells of, and the contracts that are nobody else's business.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        .. EventTypes.All.Select(EventTypes.NameOf).Where(name => name.StartsWith("case.", StringComparison.Ordinal) && name != "case.customer-erased.v1")
            .Select(name => "cx." + name)
            .Union(EventCatalogue.All.Where(type => type.IsSubclassOf(typeof(CaseEventFacts))).Select(type => EventCatalogue.Of(type).Type))
            .Order(StringComparer.Ordinal),
    ];

    public static bool Matches(string pattern, string type) =>
        pattern == type
        || pattern == "*"
        || (pattern.EndsWith(".*", StringComparison.Ordinal) && type.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal));

    public static bool IsKnown(string pattern) => Known.Any(type => Matches(pattern, type));
}
