using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CxPlatform.Testing;

/// <summary>A deployment manifest as Aspire's manifest publisher writes it, and the resolution of its <c>{placeholders}</c>.</summary>
public sealed partial class Manifest
{
    Manifest(string folder, IReadOnlyDictionary<string, ManifestResource> resources) => (Folder, Resources) = (folder, resources);

    /// <summary>Where the manifest lies: the paths in it are relative to this folder.</summary>
    public string Folder { get; }

    /// <summary>The resources by name, in the order of the file.</summary>
    public IReadOnlyDictionary<string, ManifestResource> Resources { get; }

    /// <summary>The resources of one type, e.g. <c>project.v0</c>.</summary>
    public IEnumerable<ManifestResource> OfType(string type) => Resources.Values.Where(resource => resource.Type == type);

    /// <summary>Reads a manifest; the repository's own by default.</summary>
    /// <exception cref="JsonException">The file is not a manifest.</exception>
    public static Manifest Load(string? path = null)
    {
        path = Path.GetFullPath(path ?? Repository.PathOf("aspire-manifest.json"));
        var root = JsonNode.Parse(File.ReadAllText(path))?["resources"]?.AsObject() ?? throw new JsonException($"{path} has no resources.");
        var resources = root.Select(pair => Read(pair.Key, pair.Value!)).ToDictionary(resource => resource.Name);
        return new Manifest(Path.GetDirectoryName(path)!, resources);
    }

    /// <summary>
    /// Replaces the placeholders in a text, again and again until none is left: <c>{x.connectionString}</c>, <c>{x.value}</c>,
    /// <c>{x.inputs.value}</c>, <c>{x.bindings.b.host}</c> and <c>port</c>, <c>targetPort</c>, <c>scheme</c>, <c>url</c>.
    /// </summary>
    /// <param name="text">A value of the manifest.</param>
    /// <param name="inputs">The values of the parameters, by the parameter's name.</param>
    /// <param name="addresses">Host and port of each binding, by <c>resource.binding</c>.</param>
    /// <exception cref="KeyNotFoundException">A placeholder names something that is not there; the message says what.</exception>
    public string Resolve(string text, IReadOnlyDictionary<string, string> inputs, IReadOnlyDictionary<string, (string Host, int Port)> addresses) =>
        Placeholder().Replace(text, match =>
        {
            var path = match.Groups[1].Value.Split('.');
            var resource = Resources.TryGetValue(path[0], out var found)
                ? found
                : throw new KeyNotFoundException($"{match.Value} names no resource of the manifest.");
            return path[1..] switch
            {
                ["connectionString"] when resource.ConnectionString is { } expression => Resolve(expression, inputs, addresses),
                ["value"] when resource.Value is { } expression => Filtered(resource, Resolve(expression, inputs, addresses)),
                ["inputs", "value"] => inputs.TryGetValue(resource.Name, out var input)
                    ? input
                    : throw new KeyNotFoundException($"{match.Value}: nobody gave a value for the parameter {resource.Name}."),
                ["bindings", var name, var property] when resource.Bindings.TryGetValue(name, out var binding) =>
                    Property(resource, binding, property, addresses),
                _ => throw new KeyNotFoundException($"{match.Value}: the resource {resource.Name} has no such property."),
            };
        });

    static string Filtered(ManifestResource resource, string value) => resource.Filter switch
    {
        null => value,
        "uri" => Uri.EscapeDataString(value),
        var other => throw new KeyNotFoundException($"{resource.Name}: the filter {other} is not known."),
    };

    static string Property(
        ManifestResource resource, ManifestBinding binding, string property, IReadOnlyDictionary<string, (string Host, int Port)> addresses)
    {
        var key = $"{resource.Name}.{binding.Name}";
        if (property == "scheme")
            return binding.Scheme;
        if (!addresses.TryGetValue(key, out var address))
            throw new KeyNotFoundException($"{key} has no address: the binding is not served here.");
        return property switch
        {
            "host" => address.Host,
            "port" or "targetPort" => $"{address.Port}",
            "url" => $"{binding.Scheme}://{address.Host}:{address.Port}",
            _ => throw new KeyNotFoundException($"{key} has no property {property}."),
        };
    }

    static ManifestResource Read(string name, JsonNode node) => new(
        name,
        Text(node, "type") ?? throw new JsonException($"The resource {name} has no type."),
        Text(node, "path"),
        Text(node, "connectionString"),
        Text(node, "value"),
        Text(node, "filter"),
        node["env"]?.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>()) ?? [],
        node["bindings"]?.AsObject().ToDictionary(pair => pair.Key, pair => new ManifestBinding(pair.Key, Text(pair.Value!, "scheme")!)) ?? []);

    static string? Text(JsonNode node, string property) => node[property]?.GetValue<string>();

    [GeneratedRegex(@"\{([a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+)\}")]
    private static partial Regex Placeholder();
}

/// <summary>One resource of a manifest; what its type does not have is null or empty.</summary>
/// <param name="Name">Its name, unique in the manifest.</param>
/// <param name="Type">E.g. <c>container.v0</c>, <c>project.v0</c>, <c>value.v0</c>, <c>parameter.v0</c>, <c>annotated.string</c>.</param>
/// <param name="Path">A project's file, relative to the manifest.</param>
/// <param name="ConnectionString">With placeholders.</param>
/// <param name="Value">A parameter's or annotated string's value, with placeholders.</param>
/// <param name="Filter">How an annotated string encodes its value.</param>
/// <param name="Env">The environment variables, with placeholders.</param>
/// <param name="Bindings">What it listens on, by name.</param>
public sealed record ManifestResource(
    string Name,
    string Type,
    string? Path,
    string? ConnectionString,
    string? Value,
    string? Filter,
    IReadOnlyDictionary<string, string> Env,
    IReadOnlyDictionary<string, ManifestBinding> Bindings);

/// <summary>A named endpoint of a resource.</summary>
public sealed record ManifestBinding(string Name, string Scheme);
