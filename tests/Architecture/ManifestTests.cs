using System.Text.RegularExpressions;
using CxPlatform.AppHost;
using CxPlatform.Testing;

namespace CxPlatform.Architecture.Tests;

public sealed class ManifestTests
{
    static readonly Manifest Manifest = Manifest.Load();

    [Fact]
    public void The_manifest_starts_five_services_whose_projects_exist()
    {
        var projects = Manifest.OfType("project.v0").ToList();

        Assert.Equal(["intake", "case", "routing", "notification", "feedback"], projects.Select(project => project.Name));
        Assert.All(projects, project => Assert.True(File.Exists(Path.Combine(Manifest.Folder, project.Path!)), project.Path));
    }

    [Fact]
    public void Every_placeholder_of_the_manifest_names_something_that_is_there()
    {
        var inputs = Manifest.OfType("parameter.v0").ToDictionary(parameter => parameter.Name, _ => "given");
        var addresses = Manifest.Resources.Values
            .SelectMany(resource => resource.Bindings.Keys.Select(binding => $"{resource.Name}.{binding}"))
            .ToDictionary(key => key, _ => ("127.0.0.1", 1));

        foreach (var resource in Manifest.Resources.Values)
            foreach (var text in resource.Env.Values.Append(resource.ConnectionString ?? "").Append(resource.Value ?? ""))
                Assert.DoesNotContain('{', Regex.Replace(Manifest.Resolve(text, inputs, addresses), @"/\{\*\*rest\}$", ""));
    }

    [Fact]
    public void Each_service_is_given_its_own_database_and_nobody_elses()
    {
        foreach (var project in Manifest.OfType("project.v0"))
            Assert.Equal(
                [$"ConnectionStrings__{project.Name}db", "ConnectionStrings__messaging", "ConnectionStrings__cache"],
                project.Env.Keys.Where(key => key.StartsWith("ConnectionStrings__", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_published_gateway_has_a_route_for_every_prefix_of_the_AppHost()
    {
        var env = Manifest.Resources["gateway"].Env;
        var published = env.Where(pair => pair.Key.EndsWith("__MATCH__PATH", StringComparison.Ordinal))
            .Select(pair => (env[pair.Key.Replace("__MATCH__PATH", "__CLUSTERID", StringComparison.Ordinal)], pair.Value));

        Assert.Equal(
            Prefixes.Of.SelectMany(service => service.Value.Select(prefix => ($"cluster_{service.Key}", Prefixes.Pattern(prefix)))),
            published);
    }

    [Fact]
    public void A_path_prefix_belongs_to_one_service() =>
        Assert.Distinct(Prefixes.Of.Values.SelectMany(prefixes => prefixes));

    [Fact]
    public void The_AppHosts_SDK_has_the_version_of_its_packages()
    {
        var version = Regex.Match(File.ReadAllText(Repository.PathOf("Directory.Packages.props")), "<AspireVersion>(.+)</AspireVersion>").Groups[1].Value;
        var project = File.ReadAllText(Repository.PathOf("CxPlatform.AppHost", "CxPlatform.AppHost.csproj"));

        Assert.All(
            Regex.Matches(project, "Sdk=\"Aspire.AppHost.Sdk\" Version=\"([^\"]+)\"").ToList(),
            import => Assert.Equal(version, import.Groups[1].Value));
    }
}
