using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CxPlatform.Contracts.Public;

namespace CxPlatform.Testing;

/// <summary>
/// Holds emitted events against <c>docs/asyncapi.json</c>: each CloudEvent by the schema of its type, each case's sequence without gaps, and
/// after what the catalogue says it comes. The keywords are those that the document uses; that it uses them rightly, Ajv says in its own test.
/// </summary>
public sealed class EventSchemas
{
    private static readonly Lazy<JsonElement> Document = new(() => JsonDocument.Parse(File.ReadAllText(Repository.PathOf("docs/asyncapi.json"))).RootElement);

    private static readonly JsonElement Schemas = Document.Value.GetProperty("components").GetProperty("schemas");

    private readonly Dictionary<string, (int Sequence, HashSet<string> Types)> _cases = [];

    /// <summary>What is wrong with an event, given those before it; empty when it is as the document says.</summary>
    public IReadOnlyList<string> FaultsOf(JsonElement e)
    {
        var type = e.GetProperty("type").GetString()!;
        var faults = new List<string>();
        Check(Schemas.TryGetProperty(type, out var schema) ? schema : Schemas.GetProperty("internal"), e, type, faults);
        if (!e.TryGetProperty("sequence", out var number))
            return faults;
        var source = e.GetProperty("source").GetString()!;
        var (sequence, types) = _cases.GetValueOrDefault(source, (0, []));
        if (number.GetString() != (sequence + 1).ToString(CultureInfo.InvariantCulture))
            faults.Add($"{type} has sequence {number.GetString()} after {sequence}");
        if (EventCatalogue.Find(type) is { } facts && EventCatalogue.Of(facts).Follows is { Length: > 0 } before && !before.Any(types.Contains))
            faults.Add($"{type} follows none of {string.Join(", ", before)}");
        types.Add(type);
        _cases[source] = (sequence + 1, types);
        return faults;
    }

    private static void Check(JsonElement schema, JsonElement value, string path, List<string> faults)
    {
        foreach (var keyword in schema.EnumerateObject())
            if (!Holds(keyword, schema, value, path, faults))
                faults.Add($"{path}: {value.GetRawText()} is not as {keyword.Name} {keyword.Value.GetRawText()} says");
    }

    private static bool Holds(JsonProperty keyword, JsonElement schema, JsonElement value, string path, List<string> faults)
    {
        var isText = value.ValueKind == JsonValueKind.String;
        switch (keyword.Name)
        {
            case "$ref":
                Check(Schemas.GetProperty(keyword.Value.GetString()!["#/components/schemas/".Length..]), value, path, faults);
                return true;
            case "allOf":
                foreach (var part in keyword.Value.EnumerateArray())
                    Check(part, value, path, faults);
                return true;
            case "properties":
                foreach (var property in keyword.Value.EnumerateObject())
                    if (value.TryGetProperty(property.Name, out var field))
                        Check(property.Value, field, $"{path}.{property.Name}", faults);
                // Others may be added to what is sent; what is sent today is all described.
                if (schema.TryGetProperty("required", out _))
                    faults.AddRange(value.EnumerateObject().Where(field => !keyword.Value.TryGetProperty(field.Name, out _)).Select(field => $"{path}.{field.Name} is not described"));
                return true;
            case "items":
                foreach (var item in value.EnumerateArray())
                    Check(keyword.Value, item, path + "[]", faults);
                return true;
            case "type":
                return keyword.Value.GetString() switch
                {
                    "object" => value.ValueKind == JsonValueKind.Object,
                    "array" => value.ValueKind == JsonValueKind.Array,
                    "string" => isText,
                    "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
                    "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
                    _ => false,
                };
            case "required":
                return keyword.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _));
            case "enum":
                return keyword.Value.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value));
            case "const":
                return JsonElement.DeepEquals(keyword.Value, value);
            case "pattern":
                return Regex.IsMatch(value.GetString()!, keyword.Value.GetString()!);
            case "maxProperties":
                return value.EnumerateObject().Count() <= keyword.Value.GetInt32();
            case "format":
                return keyword.Value.GetString() switch
                {
                    "uuid" => isText && value.TryGetGuid(out _),
                    "date-time" => isText && value.TryGetDateTimeOffset(out _),
                    "uri-reference" => isText && Uri.TryCreate(value.GetString(), UriKind.RelativeOrAbsolute, out _),
                    _ => false,
                };
            case "title" or "description" or "examples":
                return true;
            default:
                throw new NotSupportedException($"The document has come to use {keyword.Name}.");
        }
    }
}
