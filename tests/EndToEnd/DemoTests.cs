using System.Diagnostics;
using CxPlatform.Testing;

namespace CxPlatform.EndToEnd.Tests;

/// <summary>The first thing that newcomers run after <c>./cx up</c>.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_tells_its_day_to_the_end()
    {
        await using var platform = await Platform.StartAsync(Topology.AllInOne);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Demo.dll"), platform.Address.AbsoluteUri])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["CX_ADMIN_KEY"] = platform.AdminKey;
        using var demo = Process.Start(start)!;
        var output = Task.WhenAll(demo.StandardOutput.ReadToEndAsync(), demo.StandardError.ReadToEndAsync());
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await demo.WaitForExitAsync(deadline.Token);
        }
        finally
        {
            if (!demo.HasExited)
                demo.Kill(entireProcessTree: true);
        }
        var told = string.Join('\n', await output);
        Assert.True(demo.ExitCode == 0, told);
        Assert.Contains("proposes", told, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", told, StringComparison.Ordinal);
    }
}
