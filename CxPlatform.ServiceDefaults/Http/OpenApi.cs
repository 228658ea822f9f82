using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace CxPlatform.ServiceDefaults;

/// <summary>One OpenAPI document per module, at <c>/openapi/{module}.json</c>, made from the endpoints whose paths the module owns.</summary>
internal static class OpenApi
{
    /// <summary>Prefixes under <c>/v1</c> and whose they are, of which the longest counts; unique over all modules, so one address serves
    /// every topology. A test compares them with what the gateway sends where.</summary>
    internal static IReadOnlyDictionary<string, string[]> Owned { get; } = new Dictionary<string, string[]>
    {
        ["intake"] = ["contacts", "channels", "customers", "organisations", "intake"],
        ["case"] = ["cases", "events", "calendars", "measures", "plan-templates", "target-policies", "case"],
        ["routing"] = ["queues", "teams", "agents", "rules", "keys", "routing"],
        ["notification"] = ["messages", "templates", "subscriptions", "agents/me/notices", "notification"],
        ["feedback"] = ["surveys", "feedback"],
    };

    public static void AddOpenApiDocuments(this WebApplicationBuilder builder, CxTopology topology)
    {
        foreach (var module in topology.Modules)
            builder.Services.AddOpenApi(module, o =>
            {
                o.ShouldInclude = description => Owns(module, description);
                o.AddSchemaTransformer(DescribeWireForms);
                o.AddOperationTransformer(DescribeIfMatch);
                o.AddDocumentTransformer((document, _, _) =>
                {
                    document.Info = new OpenApiInfo { Title = $"CxPlatform {module}", Version = "v1" };
                    // Relative to where the document was read: the same document serves every address.
                    document.Servers = [];
                    AddSecurity(document);
                    return Task.CompletedTask;
                });
            });
    }

    private static bool Owns(string module, ApiDescription description) => OwnerOf("/" + description.RelativePath) == module;

    private static string? OwnerOf(string path) => Owned
        .SelectMany(pair => pair.Value.Select(prefix => (Module: pair.Key, Prefix: "/v1/" + prefix)))
        .Where(owned => path.Equals(owned.Prefix, StringComparison.OrdinalIgnoreCase)
            || path.StartsWith(owned.Prefix + "/", StringComparison.OrdinalIgnoreCase))
        .OrderByDescending(owned => owned.Prefix.Length).Select(owned => owned.Module).FirstOrDefault();

    private static void AddSecurity(OpenApiDocument document)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes["bearer"] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key (cxk_...), or a token of the configured OIDC issuer.",
        };
        document.Components.SecuritySchemes["apiKey"] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = ApiKeyHandler.Header,
            Description = "An API key (cxk_...).",
        };
        document.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] },
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("apiKey", document)] = [] },
        ];
    }

    private static Task DescribeIfMatch(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<TakesIfMatch>().Any())
            return Task.CompletedTask;
        (operation.Parameters ??= []).Add(new OpenApiParameter
        {
            Name = "If-Match",
            In = ParameterLocation.Header,
            Description = "The ETag that an earlier answer had: refused with 412 when somebody has made a change since.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
        (operation.Responses ??= [])["412"] = new OpenApiResponse { Description = "Somebody has made a change since: read again." };
        return Task.CompletedTask;
    }

    // Our converters decide what these look like on the wire; the schema generator cannot see into them.
    private static Task DescribeWireForms(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        var type = context.JsonTypeInfo.Type;
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        var nothing = bare == type ? 0 : JsonSchemaType.Null;
        if (bare.IsEnum)
        {
            schema.Type = JsonSchemaType.String | nothing;
            schema.Enum = [.. CxJson.NamesOf(bare).Select(n => (JsonNode)n)];
        }
        else if (bare == typeof(TimeSpan))
        {
            (schema.Type, schema.Format, schema.Pattern) = (JsonSchemaType.String | nothing, "duration", null);
        }
        else if (bare == typeof(DateTimeOffset))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String | nothing, "date-time");
        }
        return Task.CompletedTask;
    }
}
