using CxPlatform.AppHost;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Architecture.Tests;

public sealed class RouteTests
{
    private static readonly string[] AllModules = [.. Modules.Assemblies.Keys];

    [Fact]
    public async Task The_table_of_routes_names_what_the_modules_handle()
    {
        using var data = new TempFolder();
        await using var app = Modules.Build(data, AllModules);
        var handled = app.Services.GetServices<IModuleRuntime>().ToDictionary(module => module.Name, module => module.HandledTypes.Order().ToArray());
        var sent = Routes.All.GroupBy(route => route.Consumer).ToDictionary(group => group.Key, group => group.SelectMany(route => route.Types).Distinct().Order().ToArray());
        foreach (var module in AllModules)
        {
            Assert.True(handled[module].SequenceEqual(sent.GetValueOrDefault(module, [])),
                $"{module} handles but is not sent: {string.Join(", ", handled[module].Except(sent.GetValueOrDefault(module, [])))}; " +
                $"is sent but does not handle: {string.Join(", ", sent.GetValueOrDefault(module, []).Except(handled[module]))}");
        }
    }

    [Fact]
    public async Task Every_path_belongs_to_the_module_whose_prefix_it_has()
    {
        using var data = new TempFolder();
        await using var app = Modules.Build(data, AllModules);
        var wrong = from endpoint in Modules.Endpoints(app)
                    let path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
                    let owner = Modules.OwnerOf(endpoint)
                    where owner is not null && OwnerOf(path) != owner
                    select $"{path} is answered by {owner}, but the gateway sends it to {OwnerOf(path)}";
        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void No_prefix_belongs_to_two_modules()
    {
        var all = Prefixes.Of.SelectMany(pair => pair.Value).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
    }

    [Fact]
    public void What_the_gateway_sends_to_a_module_is_in_its_OpenAPI_document() => Assert.All(Prefixes.Of, module => Assert.Equal(
        module.Value.Where(prefix => prefix.StartsWith("/v1/", StringComparison.Ordinal)).Order(),
        OpenApi.Owned[module.Key].Select(prefix => "/v1/" + prefix).Order()));

    [Fact]
    public async Task Every_endpoint_says_who_may_call_it()
    {
        using var data = new TempFolder();
        await using var app = Modules.Build(data, AllModules);
        var open = from endpoint in Modules.Endpoints(app)
                   where endpoint.Metadata.GetMetadata<IAuthorizeData>() is null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
                   select $"{endpoint.DisplayName}: RequireAuthorization(policy) or AllowAnonymous()";
        Assert.Empty(open.Distinct());
    }

    // Two of a name and a host with both modules answers 500 to everything.
    [Fact]
    public async Task No_two_endpoints_have_the_same_name()
    {
        using var data = new TempFolder();
        await using var app = Modules.Build(data, AllModules);
        var names = from endpoint in Modules.Endpoints(app).Distinct()
                    let name = endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName
                    where name is not null
                    group endpoint.DisplayName by name into same
                    where same.Count() > 1
                    select $"{same.Key}: {string.Join(", ", same)}";
        Assert.Empty(names);
    }

    private static string? OwnerOf(string path) => Prefixes.Of
        .SelectMany(pair => pair.Value.Select(prefix => (Module: pair.Key, Prefix: prefix)))
        .Where(pair => path == pair.Prefix || path.StartsWith(pair.Prefix.TrimEnd('/') + "/", StringComparison.Ordinal))
        .OrderByDescending(pair => pair.Prefix.Length)
        .Select(pair => pair.Module)
        .FirstOrDefault();
}
