using CxPlatform.Messaging;

namespace CxPlatform.Architecture.Tests;

public sealed class ReferenceTests
{
    public static TheoryData<string> ModuleNames => [.. Modules.Assemblies.Keys];

    [Theory]
    [MemberData(nameof(ModuleNames))]
    public void A_module_refers_to_no_other_module(string module)
    {
        var others = Modules.Assemblies.Where(pair => pair.Key != module).Select(pair => pair.Value.GetName().Name);
        Assert.Empty(Modules.Assemblies[module].GetReferencedAssemblies().Select(name => name.Name).Intersect(others));
    }

    [Fact]
    public void Only_Messaging_refers_to_MassTransit_and_the_RabbitMQ_client() => Assert.Empty(
        from assembly in Modules.Own
        where assembly != typeof(EventLog<>).Assembly
        from reference in assembly.GetReferencedAssemblies()
        where reference.Name!.StartsWith("MassTransit", StringComparison.Ordinal) || reference.Name.StartsWith("RabbitMQ", StringComparison.Ordinal)
        select $"{assembly.GetName().Name} refers to {reference.Name}");

    [Theory]
    [InlineData("CxPlatform.Contracts", "^(System|netstandard|mscorlib)")]
    [InlineData("CxPlatform.Mail", "^(System|netstandard|mscorlib|AngleSharp$)")]
    public void Contracts_and_Mail_depend_on_nothing_but_the_framework_and_Mail_on_a_reader_of_HTML(string name, string allowed)
    {
        var assembly = Modules.Own.Single(assembly => assembly.GetName().Name == name);
        Assert.All(assembly.GetReferencedAssemblies(), reference => Assert.Matches(allowed, reference.Name));
    }

    [Theory]
    [MemberData(nameof(ModuleNames))]
    public void A_modules_public_surface_is_its_registration(string module)
    {
        // Razor components are generated public, and so must be the models that stand beside them; migrations are generated public; EF Core needs the contexts.
        var exported = Modules.Assemblies[module].GetExportedTypes();
        var pages = exported.Where(typeof(Microsoft.AspNetCore.Components.IComponent).IsAssignableFrom).Select(type => type.Namespace).ToHashSet();
        var surface = exported.Where(type =>
            !type.IsNested && type.Namespace?.Contains("Migrations", StringComparison.Ordinal) != true && !pages.Contains(type.Namespace)
            && !typeof(ModuleDb).IsAssignableFrom(type) && type.Name is not ("Program" or "_Imports"));
        Assert.All(surface, type => Assert.EndsWith("Module", type.Name, StringComparison.Ordinal));
    }
}
