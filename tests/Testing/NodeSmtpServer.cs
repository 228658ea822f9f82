using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using CxPlatform.Testing;

namespace CxPlatform.Mail.Tests;

/// <summary>
/// The npm package smtp-server, a real and independent implementation.
/// </summary>
sealed class NodeSmtpServer : IAsyncDisposable
{
    const string Package = "smtp-server@3.21.6";

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
        await NodeTools.InstallAsync(Package);
        var process = NodeTools.Start("node", Path.Combine(AppContext.BaseDirectory, "node-smtp-server.cjs"), NodeTools.Folder, mode);
        var line = await process.StandardOutput.ReadLineAsync();
        if (int.TryParse(line, out var port)) return new(process, port);
        throw new InvalidOperationException($"The server did not start: {line}\n{await process.StandardError.ReadToEndAsync()}");
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
