using System.Globalization;
using CxPlatform.Benchmarks;
using CxPlatform.Testing;
using Spectre.Console;

// ./cx bench [seconds]: what five services, PostgreSQL, RabbitMQ and Redis do on this machine, against bare PostgreSQL in the same run.
var sustained = TimeSpan.FromSeconds(args.Length > 0 && int.TryParse(args[0], out var seconds) && seconds is >= 5 and <= 3600 ? seconds : 60);
const int connections = 32;

AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]CxPlatform on {Environment.ProcessorCount} cores[/]: the load comes from the same machine, so every figure has its share taken off.");
await using var platform = await ManifestRunner.StartAsync(new Dictionary<string, string> { ["Logging__LogLevel__Default"] = "Warning" });
var load = new Load(platform, connections);
await load.WarmUpAsync();

var baseline = await Baseline.InsertsPerSecondAsync(connections, TimeSpan.FromSeconds(10));
var intake = await load.AcceptAsync(TimeSpan.FromSeconds(15));
await load.DrainAsync();
var endToEnd = await load.SustainAsync(sustained);
await load.DrainAsync();
// Half of what it can do for good: what goes in faster than it comes out would measure the queue.
var half = await load.LatencyAsync(endToEnd.CasesPerSecond / 2, TimeSpan.FromSeconds(20));

var table = new Table().AddColumns("What", "Figure", "Against").Border(TableBorder.Rounded);
table.AddRow("contacts accepted, POST /v1/contacts, durable", $"{intake:N0}/s", $"{intake / baseline:N2} of bare single-row insert and commit ({baseline:N0}/s), {connections} connections each");
table.AddRow($"cases opened, routed and acknowledged, {sustained.TotalSeconds:N0} s", $"{endToEnd.CasesPerSecond:N0}/s", $"{endToEnd.CasesPerSecond / intake:N2} of what intake accepts");
table.AddRow($"contact to acknowledgement sent, at {endToEnd.CasesPerSecond / 2:N0}/s", $"p50 {half.P50:N0} ms, p95 {half.P95:N0} ms, p99 {half.P99:N0} ms", "half of the sustained rate, open loop");
foreach (var (name, milliseconds) in endToEnd.CpuPerCase)
    table.AddRow($"CPU per case, {name}", $"{milliseconds:N2} ms", $"{milliseconds / endToEnd.CpuPerCase.Sum(pair => pair.Milliseconds):P0}");
table.AddRow("CPU per case, all", $"{endToEnd.CpuPerCase.Sum(pair => pair.Milliseconds):N2} ms", $"{endToEnd.Busy:P0} of the machine was busy, the load generator's {endToEnd.OwnShare:P0} included");
AnsiConsole.Write(table);

var footprint = new Table().AddColumns("Process", "Ready after", "Memory after the load").Border(TableBorder.Rounded);
foreach (var (name, ready, megabytes) in await Footprint.OfServicesAsync(platform))
    footprint.AddRow(name, $"{ready.TotalSeconds:N2} s", $"{megabytes:N0} MB");
var (allReady, allMegabytes) = await Footprint.OfAllInOneAsync();
footprint.AddRow("AllInOne (fresh data)", $"{allReady.TotalSeconds:N2} s", $"{allMegabytes:N0} MB after its start");
AnsiConsole.Write(footprint);

var most = endToEnd.CpuPerCase.MaxBy(pair => pair.Milliseconds);
AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, endToEnd.Busy > 0.85
    ? (FormattableString)$"[bold]What limits it:[/] the processor, {most.Name} most of all ({most.Milliseconds:N2} ms of each case)."
    : (FormattableString)$"[bold]What limits it:[/] waiting, not the processor ({endToEnd.Busy:P0} busy): flushes to disk and round trips; {most.Name} uses the most of it.");
return 0;
