using System.Text.Json.Nodes;

namespace CxPlatform.Notifications.Webhooks.Subscriptions;

/// <summary>JSON Merge Patch (RFC 7396): what is given replaces, null removes, what is absent stays.</summary>
internal static class MergePatch
{
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();
        var merged = target as JsonObject ?? [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
                merged.Remove(name);
            else
                merged[name] = Apply(merged[name], value);
        }
        return merged;
    }
}
