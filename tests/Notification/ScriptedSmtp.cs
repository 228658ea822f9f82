using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CxPlatform.Notification.Tests;

/// <summary>A mail server that answers as it is told.</summary>
internal sealed class ScriptedSmtp : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly Task _accepting;

    public ScriptedSmtp()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The answer to RCPT TO, taken one by one; then everybody is welcome. Null drops the connection.</summary>
    public ConcurrentQueue<string?> ToRecipient { get; } = new();

    /// <summary>The answer after the data, taken one by one; then everything is taken.</summary>
    public ConcurrentQueue<string?> ToData { get; } = new();

    /// <summary>What was taken: the envelope and the message.</summary>
    public ConcurrentQueue<(string From, string To, string Message)> Taken { get; } = new();

    public int Connections { get; private set; }

    private TaskCompletionSource _go = Going();

    /// <summary>Whoever has this domain waits for the answer to RCPT TO until it is released.</summary>
    public string? SlowDomain { get; set; }

    private readonly TaskCompletionSource _slowDomain = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;

    public int Waiting => _waiting;

    public void ReleaseDomain() => _slowDomain.TrySetResult();

    /// <summary>From now on says nothing.</summary>
    public void Hold() => _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _go.TrySetResult();

    private static TaskCompletionSource Going()
    {
        var going = new TaskCompletionSource();
        going.SetResult();
        return going;
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            Connections++;
            _clients.Add(client);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            async Task Say(string line)
            {
                await _go.Task;
                await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"));
            }
            await Say("220 scripted");
            string from = "", to = "";
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line.StartsWith("EHLO", StringComparison.Ordinal))
                {
                    await Say("250-scripted\r\n250 8BITMIME");
                }
                else if (line.StartsWith("MAIL FROM:", StringComparison.Ordinal))
                {
                    from = Address(line);
                    await Say("250 2.1.0 ok");
                }
                else if (line.StartsWith("RCPT TO:", StringComparison.Ordinal))
                {
                    to = Address(line);
                    if (SlowDomain is not null && to.EndsWith(SlowDomain, StringComparison.Ordinal))
                    {
                        Interlocked.Increment(ref _waiting);
                        await _slowDomain.Task;
                    }
                    if (!ToRecipient.TryDequeue(out var answer))
                        answer = "250 2.1.5 ok";
                    if (answer is null)
                        return;
                    await Say(answer);
                }
                else if (line == "DATA")
                {
                    await Say("354 go on");
                    var message = new StringBuilder();
                    while (await reader.ReadLineAsync() is { } data && data != ".")
                        message.Append(data.StartsWith('.') ? data[1..] : data).Append("\r\n");
                    if (!ToData.TryDequeue(out var answer))
                        answer = "250 2.0.0 Ok: queued as 4F1D2ABC";
                    if (answer is null)
                        return;
                    if (answer.StartsWith('2'))
                        Taken.Enqueue((from, to, message.ToString()));
                    await Say(answer);
                }
                else if (line == "QUIT")
                {
                    await Say("221 bye");
                    return;
                }
                else
                {
                    await Say("250 ok");
                }
            }
        }
        catch (IOException)
        {
            // The client has gone.
        }
        finally
        {
            client.Dispose();
        }
    }

    private static string Address(string line) => line[(line.IndexOf('<') + 1)..line.IndexOf('>')];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        foreach (var client in _clients)
            client.Dispose();
        await _accepting;
        _stop.Dispose();
    }
}
