using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
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

    /// <summary>How events, timers and state documents are written: camelCase, enums as words, absent nulls; unknown enum words read as <c>Unknown</c>.</summary>
    public static JsonSerializerOptions Json { get; } = CreateOptions();

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

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new TolerantEnumConverter() },
        };
        options.MakeReadOnly();
        return options;
    }

    /// <summary>Writes enums as camelCase words; reads a word it does not know as the member <c>Unknown</c>, so that an older reader survives a newer writer.</summary>
    private sealed class TolerantEnumConverter : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert))!;

        private sealed class Converter<T> : JsonConverter<T>
            where T : struct, Enum
        {
            private readonly FrozenDictionary<T, string> _words = Enum.GetValues<T>().Distinct()
                .ToFrozenDictionary(value => value, value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));

            private readonly FrozenDictionary<string, T> _values = Enum.GetValues<T>().Distinct()
                .ToFrozenDictionary(value => value.ToString(), StringComparer.OrdinalIgnoreCase);

            public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            {
                var word = reader.GetString() ?? "";
                return _values.TryGetValue(word, out var value) || _values.TryGetValue("Unknown", out value)
                    ? value
                    : throw new JsonException($"'{word}' is none of {string.Join(", ", _words.Values)}.");
            }

            public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
                writer.WriteStringValue(_words.TryGetValue(value, out var word) ? word : value.ToString());

            public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
                Read(ref reader, typeToConvert, options);

            public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
                writer.WritePropertyName(_words.TryGetValue(value, out var word) ? word : value.ToString());
        }
    }
}
