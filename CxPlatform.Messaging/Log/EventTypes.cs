using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using CxPlatform.Contracts;

namespace CxPlatform.Messaging;

/// <summary>The contracts by their stored names, and how they are written and read.</summary>
public static class EventTypes
{
    private static readonly FrozenDictionary<string, Type> ByName = typeof(EventTypeAttribute).Assembly.GetExportedTypes()
        .Select(type => (type, attribute: type.GetCustomAttribute<EventTypeAttribute>()))
        .Where(pair => pair.attribute is not null)
        .ToFrozenDictionary(pair => pair.attribute!.Name, pair => pair.type);

    private static readonly FrozenDictionary<Type, string> ByType = ByName.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>How events, timers and state documents are written: as contracts are.</summary>
    public static JsonSerializerOptions Json => ContractJson.Options;

    public static IEnumerable<Type> All => ByName.Values;

    public static string NameOf(Type type) =>
        ByType.TryGetValue(type, out var name) ? name : throw new ArgumentException($"{type} has no [EventType].", nameof(type));

    public static Type? Find(string name) => ByName.GetValueOrDefault(name);

    public static string Write(object data) => JsonSerializer.Serialize(data, data.GetType(), Json);

    public static object Read(string name, string data)
    {
        var type = Find(name) ?? throw new NotSupportedException($"Unknown event type {name}.");
        return JsonSerializer.Deserialize(data, type, Json) ?? throw new JsonException($"{name} holds no data.");
    }

    /// <summary>The data without the fields that its contract marks as personal.</summary>
    public static string WithoutPersonalData(string name, string data)
    {
        if (Find(name) is not { } type || JsonNode.Parse(data) is not JsonObject json)
            return data;
        Blank(json, type);
        return json.ToJsonString(Json);
    }

    private static void Blank(JsonObject json, Type type)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (!json.TryGetPropertyValue(name, out var value) || value is null)
                continue;
            if (property.IsDefined(typeof(PersonalAttribute)))
                json[name] = Erased(property.PropertyType);
            else if (value is JsonObject child)
                Blank(child, property.PropertyType);
            else if (value is JsonArray items && property.PropertyType.IsGenericType)
                foreach (var item in items.OfType<JsonObject>())
                    Blank(item, property.PropertyType.GetGenericArguments()[^1]);
        }
    }

    // Required strings stay readable; everything else that is personal becomes empty or absent.
    private static JsonNode? Erased(Type type) =>
        type == typeof(string) ? JsonValue.Create("") :
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? new JsonArray() : null;
}
