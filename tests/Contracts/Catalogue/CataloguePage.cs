using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CxPlatform.Contracts.Public;

namespace CxPlatform.Contracts.Tests.Catalogue;

/// <summary>The catalogue for people: <c>docs/events.md</c>.</summary>
internal static class CataloguePage
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write()
    {
        var page = new StringBuilder(
            """
            # Event catalogue

            <!-- Made from CxPlatform.Contracts/Public by tests/Contracts/Catalogue: CX_WRITE_GOLDEN=1 dotnet test tests/Contracts writes it anew. -->

            Every event is a [CloudEvent](integrators.md); this page says when each one happens and what its `data` holds. The same as JSON Schema:
            `GET /v1/events/schemas/{type}`; as AsyncAPI 3.0: [asyncapi.json](asyncapi.json), served at `/asyncapi.json`. Case emits all of them
            (`cx.subscription.test.v1` is Notification's). Fields marked ? may be absent.

            | type | when |
            |---|---|

            """);
        foreach (var (facts, e) in AsyncApi.Events)
            page.Append(CultureInfo.InvariantCulture, $"| [`{e.Type}`](#{Anchor(e.Type)}) | {Words.Of(facts)} |\n");
        page.Append("\nInternal events keep sequences without gaps and tell nothing, their data is `{}`: ")
            .AppendJoin(", ", AsyncApi.Internal.Select(type => $"`{type}`")).Append(".\n");
        foreach (var (facts, e) in AsyncApi.Events)
            WriteEvent(page, facts, e);
        return page.ToString();
    }

    private static void WriteEvent(StringBuilder page, Type facts, PublicEventAttribute e)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {e.Type}\n\n**{e.Title}.** {Words.Of(facts)}\n\n* Caused by: {e.By}.\n");
        WriteTypes(page, "Comes after", e.Follows);
        WriteTypes(page, "May be followed by", AsyncApi.Events.Where(other => other.Event.Follows.Contains(e.Type)).Select(other => other.Event.Type));
        page.Append("\n| field | type | |\n|---|---|---|\n");
        WriteFields(page, Schemas.Of(facts), "");
        page.Append(CultureInfo.InvariantCulture, $"\n```json\n{Schemas.ExampleOf(facts).ToJsonString(Indented)}\n```\n");
    }

    private static void WriteTypes(StringBuilder page, string word, IEnumerable<string> types)
    {
        var links = string.Join(", ", types.Select(type => $"[`{type}`](#{Anchor(type)})"));
        if (links.Length > 0)
            page.Append(CultureInfo.InvariantCulture, $"* {word}: {links}.\n");
    }

    private static void WriteFields(StringBuilder page, JsonObject schema, string prefix)
    {
        var required = schema["required"]!.AsArray().Select(name => name!.GetValue<string>()).ToHashSet();
        foreach (var (name, value) in schema["properties"]!.AsObject())
        {
            var field = value!.AsObject();
            var item = field["items"]?.AsObject() ?? field;
            page.Append(CultureInfo.InvariantCulture, $"| `{prefix}{name}`{(required.Contains(name) ? "" : " ?")} | {TypeOf(field)} | {field["description"]} |\n");
            if (item["properties"] is not null)
                WriteFields(page, item, $"{prefix}{name}{(item == field ? "." : "[].")}");
        }
    }

    private static string TypeOf(JsonObject schema) =>
        schema["enum"] is JsonArray words ? string.Join(", ", words.Select(word => $"`{word}`"))
        : schema["items"] is JsonObject items ? "list of " + TypeOf(items)
        : (schema["format"] ?? schema["type"])!.GetValue<string>();

    // As GitHub makes them of headings.
    private static string Anchor(string type) => type.Replace(".", "", StringComparison.Ordinal);
}
