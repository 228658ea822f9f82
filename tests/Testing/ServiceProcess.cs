using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Xml.Linq;

namespace CxPlatform.Testing;

/// <summary>One service as a process of its own, on a port that stays the same over restarts.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    const int KeptLines = 2000;
    readonly string _project;
    readonly IReadOnlyDictionary<string, string> _environment;
    readonly Action<int> _started;
    readonly ConcurrentQueue<string> _output = new();
    readonly HttpClient _client;
    Process? _process;

    internal ServiceProcess(string name, string project, int port, IReadOnlyDictionary<string, string> environment, Action<int> started)
    {
        (Name, _project, _environment, _started) = (name, project, environment, started);
        Address = new Uri($"http://127.0.0.1:{port}");
        _client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
    }

    /// <summary>The resource's name in the manifest.</summary>
    public string Name { get; }

    /// <summary>Where the service itself listens, past the gateway.</summary>
    public Uri Address { get; }

    /// <summary>The process id.</summary>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public int ProcessId => (_process ?? throw NotRunning()).Id;

    /// <summary>The last 2000 lines that the process wrote, over all its starts.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts the process and waits until <c>/health</c> answers 200.</summary>
    /// <param name="within">How long that may take; 90 s by default.</param>
    /// <exception cref="InvalidOperationException">The process ended; the message has its output.</exception>
    /// <exception cref="TimeoutException">It never became healthy; the message has its output.</exception>
    public async Task StartAsync(TimeSpan? within = null)
    {
        if (_process is { HasExited: false })
            return;
        var start = new ProcessStartInfo("dotnet", [Assembly(_project)])
        {
            WorkingDirectory = Path.GetDirectoryName(_project),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        _started(process.Id);
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        await AwaitHealthAsync(process, within ?? TimeSpan.FromSeconds(90));
    }

    /// <summary>Asks the process to finish its work (SIGTERM) and waits until it has ended, 60 s at most.</summary>
    public async Task StopAsync()
    {
        var process = _process ?? throw NotRunning();
        using (var terminate = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            await terminate.WaitForExitAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(patience.Token);
        Forget();
    }

    /// <summary>Ends the process at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        var process = _process ?? throw NotRunning();
        process.Kill();
        await process.WaitForExitAsync();
        Forget();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await KillAsync();
        Forget();
        _client.Dispose();
    }

    async Task AwaitHealthAsync(Process process, TimeSpan within)
    {
        var started = Stopwatch.GetTimestamp();
        var last = "no answer";
        while (Stopwatch.GetElapsedTime(started) < within)
        {
            if (process.HasExited)
            {
                await process.WaitForExitAsync(); // until its last lines have been read
                throw new InvalidOperationException($"{Name} ended with code {process.ExitCode} instead of starting:\n{Output}");
            }
            try
            {
                using var answer = await _client.GetAsync("health");
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
                last = $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                last = exception.Message;
            }
            await Task.Delay(100);
        }
        throw new TimeoutException($"{Name} was not healthy within {within.TotalSeconds} s; /health at last: {last}\n{Output}");
    }

    void Keep(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        if (_output.Count > KeptLines)
            _output.TryDequeue(out _);
    }

    void Forget()
    {
        _process?.Dispose();
        _process = null;
    }

    InvalidOperationException NotRunning() => new($"{Name} does not run.");

    /// <summary>What the project builds to, in the configuration that this assembly was built in.</summary>
    static string Assembly(string project)
    {
        var name = XDocument.Load(project).Descendants("AssemblyName").FirstOrDefault()?.Value ?? Path.GetFileNameWithoutExtension(project);
        var built = new DirectoryInfo(AppContext.BaseDirectory); // .../bin/<configuration>/<framework>/
        var path = Path.Combine(Path.GetDirectoryName(project)!, "bin", built.Parent!.Name, built.Name, $"{name}.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} was not built: build the services first.", path);
    }
}
