using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using CxPlatform.Contracts.Public;

namespace CxPlatform.Contracts.Tests.Catalogue;

/// <summary>JSON Schema of public data, and examples of it. Only keywords that mean the same in 2020-12, in draft 7 and so in AsyncAPI.</summary>
internal static class Schemas
{
    // What a text of that name may look like: all of them are words of closed vocabularies or ids of the platform's own making.
    private static readonly Dictionary<string, string> Examples = new()
    {
        ["number"] = "CX-2026-000123",
        ["followsNumber"] = "CX-2026-000101",
        ["otherNumber"] = "CX-2026-000042",
        ["intoNumber"] = "CX-2026-000042",
        ["fromNumber"] = "CX-2026-000043",
        ["brand"] = "main",
        ["language"] = "de",
        ["category"] = "delivery",
        ["queue"] = "support",
        ["calendarId"] = "default",
        ["key"] = "understand",
        ["template"] = "acknowledgement",
        ["message"] = "This is a test. Answer it with 2xx.",
    };

    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>The fields as they are written: those of the case first.</summary>
    public static IEnumerable<(string Name, PropertyInfo Property, bool Required)> FieldsOf(Type type)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.CanWrite);
        if (type.BaseType is { } parent && parent != typeof(object))
            foreach (var field in FieldsOf(parent))
                yield return field;
        foreach (var property in properties)
            yield return (
                JsonNamingPolicy.CamelCase.ConvertName(property.Name), property, Nullability.Create(property).ReadState == NullabilityState.NotNull);
    }

    public static JsonObject Of(Type type)
    {
        var fields = FieldsOf(type).ToList();
        var properties = new JsonObject();
        foreach (var (name, property, _) in fields)
        {
            var schema = OfValue(property.PropertyType);
            schema["description"] = Words.Of(property);
            if (property.IsDefined(typeof(PersonalAttribute)))
                schema["x-personal"] = true;
            properties[name] = schema;
        }
        return new()
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. fields.Where(field => field.Required).Select(field => (JsonNode)field.Name)]),
        };
    }

    private static JsonObject OfValue(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
            return new() { ["type"] = "string", ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => (JsonNode)JsonNamingPolicy.CamelCase.ConvertName(name))]) };
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return new() { ["type"] = "array", ["items"] = OfValue(type.GetGenericArguments()[0]) };
        return type == typeof(string) ? new() { ["type"] = "string" }
            : type == typeof(bool) ? new() { ["type"] = "boolean" }
            : type == typeof(int) || type == typeof(long) ? new() { ["type"] = "integer" }
            : type == typeof(Guid) ? new() { ["type"] = "string", ["format"] = "uuid" }
            : type == typeof(DateTimeOffset) ? new() { ["type"] = "string", ["format"] = "date-time" }
            : type.Namespace == typeof(EventFacts).Namespace + ".V1" ? Of(type)
            : throw new NotSupportedException($"Say how a {type} of a public event is described.");
    }

    /// <summary>Every field set.</summary>
    public static JsonObject ExampleOf(Type type) =>
        new(FieldsOf(type).Select(field => KeyValuePair.Create(field.Name, (JsonNode?)ExampleOf(field.Property.PropertyType, field.Name))));

    private static JsonNode ExampleOf(Type type, string name)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
            return JsonNamingPolicy.CamelCase.ConvertName(Enum.GetNames(type).First(member => member != "Unknown"));
        if (type.IsGenericType)
            return new JsonArray(ExampleOf(type.GetGenericArguments()[0], name));
        return type == typeof(string) ? Examples.GetValueOrDefault(name) ?? throw new NotSupportedException($"Give an example of the field {name}.")
            : type == typeof(bool) ? name is "sent" or "byCustomer" or "confirmed"
            : type == typeof(int) ? (JsonNode)3
            : type == typeof(Guid) ? $"019ac0de-7a11-7000-8000-{name.Aggregate(0UL, (sum, c) => (sum * 31 + c) & 0xffffffffffff):x12}"
            : type == typeof(DateTimeOffset) ? (name is "receivedAt" or "at" or "from" ? "2026-11-23T10:15:30.123456+00:00" : "2026-11-24T12:00:00+00:00")
            : ExampleOf(type);
    }
}
