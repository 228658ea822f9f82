using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CxPlatform.ServiceDefaults;

/// <summary>A section of the configuration and the type that says which keys it may hold.</summary>
internal sealed record ConfigurationSection(string Path, Type Options);

/// <summary>
/// Refuses keys under <c>Cx:</c> that no registered options type knows: a typing error must not silently mean the default.
/// Sections of modules that live in other hosts are left to those hosts, because one environment reaches all of them.
/// </summary>
internal sealed class ConfigurationKeys(
    IConfiguration configuration, IEnumerable<ConfigurationSection> sections, CxTopology topology) : IValidateOptions<PlatformOptions>
{
    public ValidateOptionsResult Validate(string? name, PlatformOptions options)
    {
        var known = new List<KnownKey>();
        foreach (var section in sections)
            Collect(section.Path, section.Options, known, depth: 0);
        var foreign = CxTopology.AllModules.Except(topology.Modules)
            .SelectMany(m => m == "notification" ? ["Cx:notification:", "Cx:mail:", "Cx:webhooks:"] : new[] { $"Cx:{m}:" }).ToList();
        var failures = new List<string>();
        foreach (var (key, value) in configuration.GetSection("Cx").AsEnumerable())
        {
            if (value is null || key.Equals("Cx", StringComparison.OrdinalIgnoreCase)
                || known.Any(k => k.Matches(key)) || foreign.Any(f => key.StartsWith(f, StringComparison.OrdinalIgnoreCase)))
                continue;
            var nearest = known.MinBy(k => Distance(k.Path.ToUpperInvariant(), key.ToUpperInvariant()));
            failures.Add($"the configuration key {key} is not known. The nearest known key is {nearest?.Path}.");
        }
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private sealed record KnownKey(string Path)
    {
        private readonly string[] segments = Path.Split(':');

        public bool Matches(string key)
        {
            var given = key.Split(':');
            return given.Length == segments.Length
                && segments.Zip(given).All(p => p.First == "*" || p.First.Equals(p.Second, StringComparison.OrdinalIgnoreCase));
        }
    }

    private static void Collect(string path, Type type, List<KnownKey> known, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (depth > 8)
            return;
        if (type == typeof(string) || !type.IsClass && !type.IsInterface || type == typeof(Uri) || type == typeof(Version) || type == typeof(byte[]))
        {
            known.Add(new KnownKey(path));
            return;
        }
        if (typeof(IEnumerable).IsAssignableFrom(type))
        {
            var element = type.IsArray ? type.GetElementType()! : type.GetGenericArguments().LastOrDefault() ?? typeof(string);
            known.Add(new KnownKey(path));
            Collect(path + ":*", element, known, depth + 1);
            return;
        }
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0))
            Collect(path + ":" + property.Name, property.PropertyType, known, depth + 1);
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[b.Length];
    }
}

public static class CxOptions
{
    /// <summary>
    /// Binds <typeparamref name="TOptions"/> to <paramref name="section"/> (under <c>Cx:</c>), validates its DataAnnotations,
    /// nested ones included, at start, and makes its keys known.
    /// </summary>
    public static OptionsBuilder<TOptions> AddCxOptions<TOptions>(this Microsoft.Extensions.Hosting.IHostApplicationBuilder builder, string section)
        where TOptions : class
    {
        builder.Services.AddSingleton(new ConfigurationSection(section, typeof(TOptions)));
        builder.Services.AddSingleton<IValidateOptions<TOptions>>(new Annotations<TOptions>(section));
        return builder.Services.AddOptions<TOptions>().Bind(builder.Configuration.GetSection(section)).ValidateOnStart();
    }

}
