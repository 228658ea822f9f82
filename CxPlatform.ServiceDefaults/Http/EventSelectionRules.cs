using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;

namespace CxPlatform.ServiceDefaults;

/// <summary>What may be asked of case events, by subscription, feed and live stream alike.</summary>
public static class EventSelectionRules
{
    private const int MostTypes = 100;
    private const int MostValues = 100;
    private const int LongestValue = 200;

    /// <param name="prefix">What the filter's lists are called by: <c>filter.</c> or nothing.</param>
    public static InputErrors CheckFilter(this InputErrors errors, EventFilter filter, string prefix = "")
    {
        foreach (var name in filter.Others?.Keys ?? [])
            errors.Add(prefix + name, "is nothing that can be filtered by; there are kind, category, priority, queue, channel, tag and brand.");
        CheckWords<Kind>(errors, prefix + "kind", filter.Kind);
        CheckWords<Priority>(errors, prefix + "priority", filter.Priority);
        CheckWords<Channel>(errors, prefix + "channel", filter.Channel);
        CheckValues(errors, prefix + "category", filter.Category);
        CheckValues(errors, prefix + "queue", filter.Queue);
        CheckValues(errors, prefix + "tag", filter.Tag);
        CheckValues(errors, prefix + "brand", filter.Brand);
        return errors;
    }

    public static InputErrors CheckTypes(this InputErrors errors, string field, IReadOnlyList<string> types)
    {
        errors.Check(types.Count <= MostTypes, field, $"must name at most {MostTypes} event types.");
        for (var i = 0; i < types.Count; i++)
            errors.Check(
                types[i] is { } type && TypePattern.IsKnown(type), $"{field}[{i}]",
                $"must be an event type, or the beginning of some with .* for the rest, such as cx.case.promise.*. There are: {string.Join(", ", TypePattern.Known)}.");
        return errors;
    }

    // As public data writes them.
    private static void CheckWords<T>(InputErrors errors, string field, IReadOnlyList<string>? values)
        where T : struct, Enum
    {
        var words = Enum.GetNames<T>().Where(name => name != "Unknown").Select(JsonNamingPolicy.CamelCase.ConvertName).ToList();
        foreach (var value in values ?? [])
            errors.Check(words.Contains(value, StringComparer.OrdinalIgnoreCase), field, $"must hold only words of {string.Join(", ", words)}.");
    }

    private static void CheckValues(InputErrors errors, string field, IReadOnlyList<string>? values) => errors
        .Check(values is not { Count: > MostValues }, field, $"must name at most {MostValues}.")
        .Check(values is null || values.All(value => value?.Trim().Length is >= 1 and <= LongestValue), field, $"must hold texts of 1 to {LongestValue} characters.");
}
