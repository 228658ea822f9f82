using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace CxPlatform.Mail.Tests;

/// <summary>
/// The npm package smtp-server, a real and independent implementation. Installed once into CX_NODE_TOOLS, or a folder of the user's
/// temporary files; after that no network is needed.
/// </summary>
sealed class NodeSmtpServer : IAsyncDisposable
{
    const string Package = "smtp-server@3.21.6";
    static readonly SemaphoreSlim Installing = new(1, 1);

    readonly Process process;
    readonly Channel<JsonElement> messages = Channel.CreateUnbounded<JsonElement>();
    readonly Task reading;

    NodeSmtpServer(Process process, int port)
    {
        this.process = process;
        Port = port;
        reading = ReadAsync();
    }

    public int Port { get; }

    /// <summary>The next message that the server took.</summary>
    public async Task<JsonElement> NextAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await messages.Reader.ReadAsync(deadline.Token);
    }

    public static async Task<NodeSmtpServer> StartAsync(string mode)
    {
        var tools = await InstallAsync();
        var process = Start("node", Path.Combine(AppContext.BaseDirectory, "node-smtp-server.cjs"), tools, mode);
        var line = await process.StandardOutput.ReadLineAsync();
        if (int.TryParse(line, out var port)) return new(process, port);
        throw new InvalidOperationException($"The server did not start: {line}\n{await process.StandardError.ReadToEndAsync()}");
    }

    static async Task<string> InstallAsync()
    {
        var tools = Environment.GetEnvironmentVariable("CX_NODE_TOOLS") is { Length: > 0 } named ? named
            : Path.Combine(Path.GetTempPath(), "cx-node-tools");
        await Installing.WaitAsync();
        try
        {
            if (File.Exists(Path.Combine(tools, "node_modules", "smtp-server", "package.json"))) return tools;
            Directory.CreateDirectory(tools);
            using var npm = Start("npm", "install", "--prefix", tools, "--no-audit", "--no-fund", "--ignore-scripts", Package);
            npm.StandardInput.Close();
            var output = npm.StandardOutput.ReadToEndAsync();
            var errors = await npm.StandardError.ReadToEndAsync();
            await npm.WaitForExitAsync();
            if (npm.ExitCode != 0) throw new InvalidOperationException($"npm could not install {Package} into {tools}:\n"
                + $"{await output}\n{errors}");
            return tools;
        }
        finally
        {
            Installing.Release();
        }
    }

    static Process Start(string program, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true,
                RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"'{program}' is needed for the tests against a real SMTP server: install Node.js "
                + $"20 or later with npm.", e);
        }
    }

    async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line) messages.Writer.TryWrite(JsonDocument.Parse(line).RootElement);
        messages.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        await reading;
        process.Dispose();
    }
}
