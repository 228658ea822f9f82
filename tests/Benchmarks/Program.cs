using System.Globalization;
using CxPlatform.Benchmarks;
using CxPlatform.Testing;
using Spectre.Console;

// ./cx bench mail: how fast mail is read. ./cx bench fuzz [count] [seed]: damaged messages, a million unless told otherwise.
if (args is ["mail"])
    return MailBench.Run();
if (args is ["fuzz", ..])
    return Fuzz.Run(Number(1, 1_000_000), Number(2, 1));
// ./cx bench webhooks: deliveries to a receiver in this process, from five services, PostgreSQL and RabbitMQ.
if (args is ["webhooks"])
    return await WebhookBench.RunAsync();
// ./cx bench smtp: mails over a connection that is kept, beside a new one for each.
if (args is ["smtp"])
    return await SmtpBench.RunAsync();
// ./cx bench inbox [cases]: the views of the desk on PostgreSQL, over a million cases unless told otherwise.
if (args is ["inbox", ..])
    return await InboxBench.RunAsync(Number(1, 1_000_000));

// ./cx bench [seconds]: what five services, PostgreSQL, RabbitMQ and Redis do on this machine, against bare PostgreSQL in the same run.
var sustained = TimeSpan.FromSeconds(Number(0, 60));
const int connections = 32;

AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]CxPlatform on {Environment.ProcessorCount} cores[/]: the load comes from the same machine, so every figure has its share taken off.");
await using var platform = await ManifestRunner.StartAsync(new Dictionary<string, string> { ["Logging__LogLevel__Default"] = "Warning" });
var load = new Load(platform, connections);
// Five runtimes compile their hot paths on these few processors: a benchmark without this would measure that.
await load.SustainAsync(TimeSpan.FromSeconds(60));
await load.DrainAsync();

var endToEnd = await load.SustainAsync(sustained);
await load.DrainAsync();
Say("cases opened, routed and acknowledged", $"{endToEnd.CasesPerSecond:N0}/s over {sustained.TotalSeconds:N0} s");

// Half of what it can do for good: what goes in faster than it comes out would measure the queue.
var rate = endToEnd.CasesPerSecond / 2;
var half = await load.LatencyAsync(rate, TimeSpan.FromSeconds(20));
Say("contact to acknowledgement sent", $"p50 {half.P50:N0} ms, p95 {half.P95:N0} ms, p99 {half.P99:N0} ms at {rate:N0}/s, half of that, open loop");

var all = endToEnd.CpuPerCase.Sum(pair => pair.Milliseconds);
Say("CPU of a case", $"{all:N2} ms: {string.Join(", ", endToEnd.CpuPerCase.Select(pair => $"{pair.Name} {pair.Milliseconds:N2}"))}");
Say("the machine", $"{endToEnd.Busy:P0} busy, the load generator's {endToEnd.OwnShare:P0} included");

var baseline = await Baseline.InsertsPerSecondAsync(connections, TimeSpan.FromSeconds(10));
Say("bare PostgreSQL, single-row insert and commit", $"{baseline:N0}/s on {connections} connections");
var beside = await load.AcceptAsync(TimeSpan.FromSeconds(10));
await load.DrainAsync();
Say("contacts accepted, everything running", $"{beside:N0}/s, {beside / baseline:N2} of bare PostgreSQL: what it accepts is worked on at once, on the same processors");
var others = platform.Services.Values.Where(service => service.Name != "intake").ToList();
foreach (var service in others)
    await service.StopAsync();
var alone = await load.AcceptAsync(TimeSpan.FromSeconds(10));
Say("contacts accepted, intake alone", $"{alone:N0}/s, {alone / baseline:N2} of bare PostgreSQL");
foreach (var service in others)
    await service.StartAsync();
await load.DrainAsync();

foreach (var (name, ready, megabytes) in await Footprint.OfServicesAsync(platform))
    Say(name, $"ready after {ready.TotalSeconds:N2} s, {megabytes:N0} MB after the load");
var (allReady, allMegabytes) = await Footprint.OfAllInOneAsync();
Say("AllInOne, fresh data", $"ready after {allReady.TotalSeconds:N2} s, {allMegabytes:N0} MB after its start");

var most = endToEnd.CpuPerCase.MaxBy(pair => pair.Milliseconds);
Say("what limits it", endToEnd.Busy > 0.85
    ? $"the processor, {most.Name} most of all ({most.Milliseconds / all:P0} of a case)"
    : $"waiting for flushes to disk and round trips rather than the processor, of which {most.Name} uses the most");
return 0;

// As it is found: whoever waits sees something, and what fails late has not taken the rest with it.
static void Say(string what, string figure) => AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]{what}[/]: {figure}");

int Number(int place, int otherwise)
{
    if (args.Length <= place)
        return otherwise;
    if (int.TryParse(args[place], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
        return number;
    Console.Error.WriteLine($"./cx bench: '{args[place]}' is not a whole number above 0. Usage: ./cx bench [seconds] | mail | fuzz [count] [seed] | webhooks | smtp | inbox [cases]");
    Environment.Exit(2);
    return 0;
}
