using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Public;
using CxPlatform.Contracts.Public.V1;
using CxPlatform.Testing;

namespace CxPlatform.Client.Tests;

public sealed class CxEventTests
{
    private static readonly JsonNode Document = JsonNode.Parse(File.ReadAllText(Repository.PathOf("docs/asyncapi.json")))!;

    public static TheoryData<string> Types => [.. EventCatalogue.All.Where(type => type.IsSubclassOf(typeof(CaseEventFacts))).Select(type => EventCatalogue.Of(type).Type)];

    [Theory]
    [MemberData(nameof(Types))]
    public void The_catalogues_example_is_read_as_its_class(string type)
    {
        var e = CxEvent.Parse(Encoding.UTF8.GetBytes(ExampleOf(type)));
        Assert.Equal(EventCatalogue.Find(type), e.Facts!.GetType());
        Assert.Equal("CX-2026-000123", e.Subject);
        Assert.Equal(7, e.Sequence);
        Assert.Equal(e.Source, $"/cases/{Assert.IsType<CaseEventFacts>(e.Facts, exactMatch: false).CaseId}");
    }

    [Fact]
    public void A_type_of_a_later_version_is_read_without_a_class()
    {
        var e = CxEvent.Parse(Encoding.UTF8.GetBytes(ExampleOf("cx.case.opened.v1").Replace("cx.case.opened.v1", "cx.case.opened.v2", StringComparison.Ordinal)));
        Assert.Null(e.Facts);
        Assert.Equal("email", e.Data.GetProperty("channel").GetString());
    }

    [Fact]
    public void A_word_of_a_later_version_is_unknown_and_a_field_of_one_is_passed_over()
    {
        var later = ExampleOf("cx.case.opened.v1").Replace("\"email\"", "\"telepathy\",\"aura\":\"blue\"", StringComparison.Ordinal);
        Assert.Equal(Channel.Unknown, Assert.IsType<CaseOpenedFacts>(CxEvent.Parse(Encoding.UTF8.GetBytes(later)).Facts).Channel);
    }

    [Fact]
    public void An_internal_event_tells_nothing()
    {
        var e = CxEvent.Parse(Encoding.UTF8.GetBytes(Document["components"]!["messages"]!["internal"]!["examples"]![0]!["payload"]!.ToJsonString()));
        Assert.Null(e.Facts);
        Assert.Equal("{}", e.Data.GetRawText());
    }

    [Fact]
    public void Whatever_comes_is_an_event_or_said_to_be_none()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var whole = Encoding.UTF8.GetBytes(ExampleOf("cx.case.planned.v1"));
        for (var i = 0; i < 5000; i++)
        {
            var bytes = whole.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                CxEvent.Parse(bytes.AsSpan(0, random.Next(2) == 0 ? bytes.Length : random.Next(bytes.Length)));
            }
            catch (FormatException)
            {
                // Said to be none.
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, {i}: {Encoding.UTF8.GetString(bytes)}\n{e}");
            }
        }
    }

    [Fact]
    public void The_package_needs_nothing_but_the_framework_and_the_contracts() =>
        Assert.All(typeof(CxEvent).Assembly.GetReferencedAssemblies(), reference => Assert.Matches("^(System|netstandard|CxPlatform.Contracts$)", reference.Name));

    private static string ExampleOf(string type) => Document["components"]!["messages"]![type]!["examples"]![0]!["payload"]!.ToJsonString();
}
