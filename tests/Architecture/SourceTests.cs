using System.Reflection;
using System.Runtime.CompilerServices;

namespace CxPlatform.Architecture.Tests;

public sealed class SourceTests
{
    private static readonly string[] Product = ["CxPlatform.AppHost", "CxPlatform.Contracts", "CxPlatform.Mail", "CxPlatform.Messaging", "CxPlatform.ServiceDefaults", "services"];

    [Fact]
    public void The_domain_knows_no_database_no_web_and_no_clock() => Assert.Empty(
        from file in Files("services")
        where file.Contains("/Domain/", StringComparison.Ordinal)
        let text = File.ReadAllText(file)
        from banned in new[] { "using Microsoft.", "TimeProvider", "using System.Net", "using System.IO", "HttpClient", "async " }
        where text.Contains(banned, StringComparison.Ordinal)
        select $"{Relative(file)} has '{banned}'");

    [Fact]
    public void No_file_grows_beyond_what_one_reads_in_a_sitting() => Assert.Empty(
        from file in Product.SelectMany(Files)
        let lines = File.ReadLines(file).Count()
        where lines > 420
        select $"{Relative(file)} has {lines} lines");

    [Fact]
    public void There_are_no_mutable_statics() => Assert.Empty(
        from assembly in Modules.Own
        from type in assembly.GetTypes()
        where type.GetCustomAttribute<CompilerGeneratedAttribute>() is null && !type.Name.Contains('<', StringComparison.Ordinal) && type.FullName?.Contains('<', StringComparison.Ordinal) != true
        from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where !field.IsInitOnly && !field.IsLiteral && !field.Name.Contains('<', StringComparison.Ordinal)
        select $"{type.FullName}.{field.Name}");

    [Fact]
    public void No_log_takes_an_exception_with_its_words() => Assert.Empty(
        from assembly in Modules.Own
        from type in assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "LoggerMessageAttribute")
        from parameter in method.GetParameters()
        where parameter.ParameterType.IsAssignableTo(typeof(Exception)) && parameter.ParameterType.Name != "WordlessException"
        select $"{type.FullName}.{method.Name}");

    [Fact]
    public void A_warning_is_silenced_only_with_a_reason() => Assert.Empty(
        from file in Product.SelectMany(Files)
        from line in File.ReadLines(file).Select((text, index) => (text, index))
        where line.text.TrimStart().StartsWith("#pragma warning disable", StringComparison.Ordinal) && !line.text.Contains("//", StringComparison.Ordinal)
        select $"{Relative(file)}:{line.index + 1}");

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(Path.Combine(Modules.Root(), folder), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/Migrations/", StringComparison.Ordinal));

    private static string Relative(string path) => Path.GetRelativePath(Modules.Root(), path);
}
