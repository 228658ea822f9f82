using System.Diagnostics;
using System.Globalization;
using CxPlatform.Testing;

namespace CxPlatform.Benchmarks;

/// <summary>Processor time used so far, from /proc (proc(5)): by service, by the servers, by us, by the whole machine.</summary>
internal sealed record Processor(IReadOnlyDictionary<string, TimeSpan> Of, TimeSpan Own, TimeSpan Busy)
{
    // USER_HZ, which Linux fixes at 100 for what /proc shows.
    private const double Ticks = 100;

    private static readonly string[] Servers = ["postgres", "beam.smp", "redis-server"];

    public static Processor Read(ManifestRunner platform)
    {
        var of = platform.Services.Values.ToDictionary(service => service.Name, service => Used(service.ProcessId));
        foreach (var server in Servers)
            of[server] = TimeSpan.Zero;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit)))
        {
            var id = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
            if (Name(id) is { } name && Servers.FirstOrDefault(server => name.Contains(server, StringComparison.Ordinal)) is { } found)
                of[found] += Used(id);
        }
        var all = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return new(of, Process.GetCurrentProcess().TotalProcessorTime, TimeSpan.FromSeconds((all[0] + all[1] + all[2] + all[5] + all[6]) / Ticks));
    }

    public Processor Since(Processor before) => new(
        Of.ToDictionary(pair => pair.Key, pair => pair.Value - before.Of.GetValueOrDefault(pair.Key)), Own - before.Own, Busy - before.Busy);

    private static string? Name(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/comm").Trim();
        }
        catch (IOException)
        {
            return null; // it ended meanwhile
        }
    }

    // Fields 14 to 17, after the name in parentheses: user and system time, and that of children it has waited for (PostgreSQL's backends).
    private static TimeSpan Used(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds(fields[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / Ticks);
        }
        catch (IOException)
        {
            return TimeSpan.Zero;
        }
    }
}
