using System.Net;
using System.Net.Sockets;

namespace CxPlatform.Testing;

/// <summary>Postfix's policy service (SMTPD_POLICY_README): puts off whoever comes for the first time, as many times as it is told to.</summary>
public sealed class Greylist : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly Task accepting;
    int refusals = 1;

    public Greylist()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            using var reader = new StreamReader(client.GetStream());
            await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
            while (await reader.ReadLineAsync(stop.Token) is { } line)
            {
                // A request ends with an empty line.
                if (line.Length > 0) continue;
                await writer.WriteAsync(Interlocked.Decrement(ref refusals) >= 0 ? "action=DEFER_IF_PERMIT 4.7.1 Greylisted, come again\n\n" : "action=DUNNO\n\n");
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The server has gone, or we go.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }
}
