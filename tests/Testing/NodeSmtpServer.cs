using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace CxPlatform.Testing;

/// <summary>
/// The npm package smtp-server, a real and independent implementation.
/// </summary>
public sealed class NodeSmtpServer : IAsyncDisposable
{
    const string Package = "smtp-server@3.21.6";

    readonly Process process;
    readonly Channel<JsonElement> messages = Channel.CreateUnbounded<JsonElement>();
    readonly SemaphoreSlim dropped = new(0);
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

    /// <summary>All connections break.</summary>
    public async Task DropAsync()
    {
        await process.StandardInput.WriteLineAsync("drop");
        await process.StandardInput.FlushAsync();
        await dropped.WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <param name="mode">What it offers; see the script.</param>
    /// <param name="introspection">Where it asks whether an access token still counts (RFC 7662).</param>
    /// <param name="certificate">PEM files of a certificate and its key; null: one of the package's, made for tests.</param>
    public static async Task<NodeSmtpServer> StartAsync(string mode, Uri? introspection = null, (string Certificate, string Key)? certificate = null)
    {
        await NodeTools.InstallAsync(Package);
        var process = NodeTools.Start("node", Path.Combine(AppContext.BaseDirectory, "node-smtp-server.cjs"), NodeTools.Folder, mode, introspection?.ToString() ?? "",
            certificate?.Certificate ?? "", certificate?.Key ?? "");
        var line = await process.StandardOutput.ReadLineAsync();
        if (int.TryParse(line, out var port)) return new(process, port);
        throw new InvalidOperationException($"The server did not start: {line}\n{await process.StandardError.ReadToEndAsync()}");
    }

    async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "dropped") dropped.Release();
            else messages.Writer.TryWrite(JsonDocument.Parse(line).RootElement);
        }
        messages.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        await reading;
        process.Dispose();
        dropped.Dispose();
    }
}
