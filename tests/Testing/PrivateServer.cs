using System.Diagnostics;

namespace CxPlatform.Testing;

/// <summary>
/// A private server on 127.0.0.1, run by <c>eng/servers.sh</c> in a folder of its own and removed with it as soon as this
/// process is gone, however it went. Where the environment names a server (<c>CX_TEST_POSTGRES</c>, <c>CX_TEST_RABBITMQ</c>
/// with <c>CX_TEST_RABBITMQ_API</c>, <c>CX_TEST_REDIS</c>, as <c>./cx test</c> does), the shared instance is that one.
/// </summary>
public abstract class PrivateServer : IAsyncDisposable
{
    readonly string _name;
    readonly string? _folder;
    readonly string[] _options;

    private protected PrivateServer(string name, string? folder, string[] options, IReadOnlyDictionary<string, string> addresses)
        => (_name, _folder, _options, Addresses) = (name, folder, options, addresses);

    /// <summary>The variables that the script printed, by name.</summary>
    private protected IReadOnlyDictionary<string, string> Addresses { get; }

    /// <summary>Asks the server to finish its work and waits until it has ended. Its data stays.</summary>
    /// <exception cref="InvalidOperationException">The server is shared with other processes.</exception>
    public async Task StopAsync() => await Script("stop", Own, _name);

    /// <summary>Ends the server at once, as a crash would. What it had not written is lost.</summary>
    /// <exception cref="InvalidOperationException">The server is shared with other processes.</exception>
    public async Task KillAsync() => await Script("kill", Own, _name);

    /// <summary>Starts it again on its old port with its old data, and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">It did not start (with the end of its log), or is shared with other processes.</exception>
    public async Task StartAsync() => await Script(["start", Own, .. _options, _name]);

    /// <summary>The end of what the server has logged since it was last started.</summary>
    public string LogTail => _folder is null
        ? "(the server was started by ./cx test)"
        : string.Join('\n', File.ReadLines(Path.Combine(_folder, $"{_name}.log")).TakeLast(60));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_folder is not null)
            await Script("remove", _folder);
    }

    string Own => _folder ?? throw new InvalidOperationException(
        $"This {_name} is shared with other test processes: a test that stops it starts its own with StartOwnAsync().");

    private protected static async Task<T> Shared<T>(
        string name, string[] variables, Func<string?, string[], IReadOnlyDictionary<string, string>, T> create)
    {
        var given = variables.ToDictionary(variable => variable, variable => Environment.GetEnvironmentVariable(variable));
        return given.Values.All(value => !string.IsNullOrEmpty(value))
            ? create(null, [], given.ToDictionary(pair => pair.Key, pair => pair.Value!))
            : await StartNew(name, [], create);
    }

    private protected static async Task<T> StartNew<T>(
        string name, string[] options, Func<string?, string[], IReadOnlyDictionary<string, string>, T> create)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"cx-{name}-{Guid.NewGuid():N}");
        options = ["--owner", $"{Environment.ProcessId}", .. options];
        var output = await Script(["start", folder, .. options, name]);
        var addresses = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1]);
        return create(folder, options, addresses);
    }

    static async Task<string> Script(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add(Repository.PathOf("eng", "servers.sh"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"eng/servers.sh {string.Join(' ', arguments)}\n{await error}");
    }
}
