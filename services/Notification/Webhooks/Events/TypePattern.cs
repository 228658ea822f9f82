using CxPlatform.Messaging;

namespace CxPlatform.Notifications.Webhooks.Events;

/// <summary>Names of event types: <c>cx.case.opened.v1</c>, or a beginning with a star for the rest, such as <c>cx.case.promise.*</c>.</summary>
internal static class TypePattern
{
    /// <summary>The type that tells subscribers to forget; the rest are the case events' names with <c>cx.</c> before them.</summary>
    private const string Erased = "cx.customer.erased.v1";

    /// <summary>What this version emits.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        .. EventTypes.All.Select(EventTypes.NameOf).Where(name => name.StartsWith("case.", StringComparison.Ordinal) && name != "case.customer-erased.v1")
            .Select(name => "cx." + name).Append(Erased).Order(StringComparer.Ordinal),
    ];

    public static bool Matches(string pattern, string type) =>
        pattern == type
        || pattern == "*"
        || (pattern.EndsWith(".*", StringComparison.Ordinal) && type.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal));

    public static bool IsKnown(string pattern) => Known.Any(type => Matches(pattern, type));
}
