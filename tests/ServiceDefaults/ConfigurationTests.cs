using System.ComponentModel.DataAnnotations;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;

namespace CxPlatform.ServiceDefaults.Tests;

public sealed class ConfigurationTests : IDisposable
{
    private const string SomeKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private readonly TempFolder _data = new();

    public void Dispose() => _data.Dispose();

    private sealed class CaseOptions
    {
        [Range(1, 100)]
        public int PageSize { get; set; } = 20;

        public Dictionary<string, Channel> Channels { get; set; } = [];

        public sealed class Channel
        {
            [Required]
            public string? Sender { get; set; }
        }
    }

    private string Fault(params string[] settings)
    {
        var thrown = Record.Exception(() =>
        {
            TestHost.Build(_data.Path, null, b => b.AddCxOptions<CaseOptions>("Cx:Case"), settings)
                .Services.GetService(typeof(IStartupValidator)).Let(v => ((IStartupValidator)v!).Validate());
        });
        Assert.NotNull(thrown);
        return string.Join("\n", ConfigurationFaultException.Sentences(thrown));
    }

    [Fact]
    public void An_unknown_key_is_refused_with_the_nearest_known_one()
    {
        var sentence = Fault("Cx:Case:PageSise=10");
        Assert.Contains("Cx:Case:PageSise is not known", sentence, StringComparison.Ordinal);
        Assert.Contains("Cx:Case:PageSize", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_of_a_module_in_another_host_is_left_to_that_host() =>
        TestHost.Build(_data.Path, null, b => b.AddCxOptions<CaseOptions>("Cx:Case"), "Cx:Notification:Anything=1", "Cx:Case:PageSize=5");

    [Fact]
    public void Keys_outside_of_Cx_are_nobodys_business() =>
        TestHost.Build(_data.Path, null, null, "Something:Else=1");

    [Fact]
    public void A_value_out_of_range_is_refused_with_its_whole_key() =>
        Assert.Contains("Cx:Case:PageSize must be between 1 and 100", Fault("Cx:Case:PageSize=0"), StringComparison.Ordinal);

    [Fact]
    public void A_missing_nested_value_is_refused_with_its_whole_key() =>
        Assert.Contains("Cx:Case:Channels:sms:Sender is required", Fault("Cx:Case:Channels:sms:Sender="), StringComparison.Ordinal);

    [Fact]
    public void A_service_on_its_own_says_which_connections_it_lacks()
    {
        var fault = Assert.Throws<ConfigurationFaultException>(() => CxHost.CreateBuilder(["--ConnectionStrings:messaging=amqp://x"], "case"));
        Assert.Contains("ConnectionStrings:casedb", fault.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings:cache", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ConnectionStrings:messaging", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Production_needs_the_public_address() => Assert.Contains(
        "Cx:PublicUrl is missing", Fault("environment=Production", "Cx:MasterKey=" + SomeKey), StringComparison.Ordinal);

    [Fact]
    public void Production_needs_the_master_key() => Assert.Contains(
        "Cx:MasterKey is missing", Fault("environment=Production", "Cx:PublicUrl=https://help.example.com"), StringComparison.Ordinal);

    [Fact]
    public void The_clock_cannot_be_moved_in_production() => Assert.Contains("refused in production", Fault(
        "environment=Production", "Cx:MasterKey=" + SomeKey, "Cx:PublicUrl=https://help.example.com", "Cx:Testing:ClockOffsetFile=/tmp/x"),
        StringComparison.Ordinal);

    [Fact]
    public async Task A_host_that_may_not_start_ends_with_78()
    {
        var app = TestHost.Build(_data.Path, null, b => b.AddCxOptions<CaseOptions>("Cx:Case"), "Cx:Case:PageSize=1000");
        Assert.Equal(78, await app.RunCxAsync([]));
    }

    [Fact]
    public async Task A_second_host_on_the_same_data_is_refused()
    {
        using var first = DataFolderLock.Take(_data.Path);
        var app = TestHost.Build(_data.Path, null, null);
        Assert.Equal(78, await app.RunCxAsync([]));
    }

    [Fact]
    public async Task An_address_that_is_taken_is_refused()
    {
        await using var other = await TestHost.StartAsync();
        var app = TestHost.Build(_data.Path, null, null, "urls=" + other.Address);
        Assert.Equal(78, await app.RunCxAsync([]));
    }

    [Fact]
    public void The_clock_follows_its_file_at_once()
    {
        var real = new SteppedTime();
        var file = _data["offset"];
        var clock = new ClockOffset(file, real);
        Assert.Equal(real.GetUtcNow(), clock.GetUtcNow());

        File.WriteAllText(file, "P3DT2H\n");
        Assert.Equal(real.GetUtcNow() + TimeSpan.FromHours(74), clock.GetUtcNow());

        File.WriteAllText(file, "P3D");
        Assert.Equal(real.GetUtcNow() + TimeSpan.FromDays(3), clock.GetUtcNow());

        File.WriteAllText(file, "half a dura");
        Assert.Equal(real.GetUtcNow() + TimeSpan.FromDays(3), clock.GetUtcNow());
    }
}

internal static class Pipe
{
    public static void Let<T>(this T value, Action<T> use) => use(value);
}
