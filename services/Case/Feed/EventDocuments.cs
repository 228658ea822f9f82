using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CxPlatform.Cases.Feed;

/// <summary>What can be read about events: <c>docs/asyncapi.json</c>, which is made of the contracts, and the schemas that it holds.</summary>
internal sealed class EventDocuments(IOptions<PlatformOptions> platform)
{
    private const string Data = ".data";

    private static readonly Lazy<JsonObject> Document = new(() =>
    {
        using var stream = typeof(EventDocuments).Assembly.GetManifestResourceStream("asyncapi.json")!;
        return JsonNode.Parse(stream)!.AsObject();
    });

    private static JsonObject Schemas => Document.Value["components"]!["schemas"]!.AsObject();

    /// <summary>The whole, with the address at which it is read.</summary>
    public IResult AsyncApi(HttpContext context)
    {
        var address = AddressOf(context.Request);
        var document = Document.Value.DeepClone().AsObject();
        var api = document["servers"]!["api"]!;
        api["host"] = address.Authority;
        api["protocol"] = address.Scheme;
        if (address.AbsolutePath.Length > 1)
            api["pathname"] = address.AbsolutePath;
        return Public(context, document, "application/json");
    }

    /// <summary>Every type, and where its schema is.</summary>
    public IResult List(HttpContext context) => Public(
        context,
        new()
        {
            ["schemas"] = new JsonArray(
            [
                .. Schemas.Where(schema => schema.Key.EndsWith(Data, StringComparison.Ordinal)).Select(schema => (JsonNode)new JsonObject
                {
                    ["type"] = schema.Key[..^Data.Length],
                    ["title"] = schema.Value!["title"]!.DeepClone(),
                    ["schema"] = UrlOf(context, schema.Key[..^Data.Length]),
                }),
            ]),
        },
        "application/json");

    /// <summary>The JSON Schema of a type's <c>data</c>.</summary>
    public IResult Schema(HttpContext context, string type)
    {
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["$id"] = UrlOf(context, type) };
        if (Schemas[type + Data] is JsonObject known)
            foreach (var (name, value) in known)
                schema[name] = value!.DeepClone();
        else if (TypePattern.Known.Contains(type))
            (schema["type"], schema["maxProperties"]) = ("object", 0); // An event that is nobody else's business.
        else
            return Problems.Of(404, "event-type-unknown", $"There is no event type {type}; GET /v1/events/schemas lists them.");
        return Public(context, schema, "application/schema+json");
    }

    private static IResult Public(HttpContext context, JsonObject document, string contentType)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(document.ToJsonString(EventTypes.Json));
        context.Response.Headers.CacheControl = "public, max-age=3600";
        context.Response.Headers.AccessControlAllowOrigin = "*"; // Tools in browsers read them.
        return TypedResults.Bytes(bytes, contentType, entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\""));
    }

    private string UrlOf(HttpContext context, string type) => $"{AddressOf(context.Request).AbsoluteUri.TrimEnd('/')}/v1/events/schemas/{type}";

    private Uri AddressOf(HttpRequest request) => platform.Value.PublicUrl ?? new($"{request.Scheme}://{request.Host}");
}
