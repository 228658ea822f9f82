using System.Diagnostics;
using System.Globalization;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;

namespace CxPlatform.Benchmarks;

/// <summary>How long a process takes to be ready, and what memory it has: its proportional share (Pss), so that shared pages count once.</summary>
internal static class Footprint
{
    public static async Task<IReadOnlyList<(string Name, TimeSpan Ready, double Megabytes)>> OfServicesAsync(ManifestRunner platform)
    {
        var rows = new List<(string, TimeSpan, double)>();
        foreach (var service in platform.Services.Values)
        {
            var memory = Megabytes(service.ProcessId);
            await service.StopAsync();
            rows.Add((service.Name, await TimeAsync(() => service.StartAsync()), memory));
        }
        return rows;
    }

    public static async Task<(TimeSpan Ready, double Megabytes)> OfAllInOneAsync()
    {
        using var folder = new TempFolder();
        var port = FreePort.Next();
        await using var process = new ServiceProcess(
            "allinone", Repository.PathOf("services/AllInOne/AllInOne.csproj"), port,
            new Dictionary<string, string>
            {
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
                ["Cx__Data__Path"] = folder.Path,
                ["Cx__BootstrapAdminKeyHash"] = ApiKey.Create().Hash,
            },
            _ => { });
        var ready = await TimeAsync(() => process.StartAsync());
        return (ready, Megabytes(process.ProcessId));
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> start)
    {
        var from = Stopwatch.GetTimestamp();
        await start();
        return Stopwatch.GetElapsedTime(from);
    }

    public static double Megabytes(int process) =>
        double.Parse(File.ReadLines($"/proc/{process}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}
