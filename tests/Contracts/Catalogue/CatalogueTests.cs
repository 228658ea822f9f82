using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CxPlatform.Contracts.Public;
using CxPlatform.Messaging;
using CxPlatform.Testing;

namespace CxPlatform.Contracts.Tests.Catalogue;

/// <summary>What integrators read about events is made of the contracts, and kept in <c>docs/</c>.</summary>
/// <remarks>After a change of <c>CxPlatform.Contracts/Public</c>: run once with CX_WRITE_GOLDEN=1.</remarks>
public sealed class CatalogueTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void The_AsyncAPI_document_is_up_to_date() => UpToDate("docs/asyncapi.json", AsyncApi.Document().ToJsonString(Indented) + "\n");

    [Fact]
    public void The_catalogue_is_up_to_date() => UpToDate("docs/events.md", CataloguePage.Write());

    [Fact]
    public void Every_event_that_is_named_before_another_is_in_the_catalogue() =>
        Assert.All(AsyncApi.Events.SelectMany(pair => pair.Event.Follows), type => Assert.NotNull(EventCatalogue.Find(type)));

    [Fact]
    public void Every_case_event_but_the_first_says_what_it_follows() => Assert.Equal(
        ["cx.case.opened.v1", "cx.subscription.test.v1"], AsyncApi.Events.Where(pair => pair.Event.Follows.Length == 0).Select(pair => pair.Event.Type));

    [Fact]
    public void Nothing_personal_is_public() => Assert.Empty(
        from type in EventCatalogue.All
        from field in Schemas.FieldsOf(type)
        where field.Property.IsDefined(typeof(PersonalAttribute), inherit: true)
        select $"{type.Name}.{field.Name}");

    [Fact]
    public void An_example_reads_as_its_event_and_is_written_as_it_was() => Assert.All(EventCatalogue.All, type =>
    {
        var example = Schemas.ExampleOf(type).ToJsonString(EventTypes.Json);
        Assert.Equal(example, EventTypes.Write(JsonSerializer.Deserialize(example, type, EventTypes.Json)!));
    });

    [Fact]
    public async Task Npms_AsyncAPI_parser_finds_nothing_to_say_and_Ajv_accepts_the_examples()
    {
        await NodeTools.InstallAsync("@asyncapi/parser@3.4.0", "ajv@8.17.1", "ajv-formats@3.0.1");
        using var node = NodeTools.Start("node", Repository.PathOf("tests/Contracts/Catalogue/check-asyncapi.cjs"), Repository.PathOf("docs/asyncapi.json"));
        node.StandardInput.Close();
        var errors = node.StandardError.ReadToEndAsync();
        var answer = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, answer + await errors);
        var read = JsonNode.Parse(answer)!;
        Assert.Equal(["amqp", "feed", "stream", "webhook"], read["channels"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.Equal(EventCatalogue.All.Count(), read["schemas"]!.GetValue<int>());
    }

    [Fact]
    public void Every_binding_that_the_page_for_integrators_proposes_hears_something()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/integrators.md"));
        var amqp = page[page.IndexOf("## AMQP", StringComparison.Ordinal)..];
        var bindings = Regex.Matches(amqp, @"^\| .* \| (`.*`) \|$", RegexOptions.Multiline).SelectMany(row => Regex.Matches(row.Groups[1].Value, "`(.+?)`")).Select(m => m.Groups[1].Value).ToList();
        Assert.True(bindings.Count > 10);
        var keys = TypePattern.Known.Select(type => type[3..type.LastIndexOf(".v", StringComparison.Ordinal)]).ToList();
        Assert.All(bindings, binding => Assert.Contains(
            keys, key => Regex.IsMatch(key, "^" + Regex.Escape(binding).Replace("\\*", "[^.]+", StringComparison.Ordinal).Replace("\\#", ".*", StringComparison.Ordinal) + "$")));
    }

    private static void UpToDate(string path, string written)
    {
        var file = Repository.PathOf(path);
        if (Environment.GetEnvironmentVariable("CX_WRITE_GOLDEN") == "1")
            File.WriteAllText(file, written);
        Assert.True(File.Exists(file) && File.ReadAllText(file) == written, $"{path} is not up to date: CX_WRITE_GOLDEN=1 dotnet test tests/Contracts");
    }
}
