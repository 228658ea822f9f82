using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CxPlatform.Mail.Tests;

/// <summary>A listener whose receiver remembers, and raw connections to it.</summary>
sealed class SmtpServerFixture : ISmtpReceiver, IAsyncDisposable
{
    public SmtpServerFixture(Func<SmtpServerOptions, SmtpServerOptions>? change = null, TimeProvider? time = null)
    {
        var options = new SmtpServerOptions { Port = 0, HostName = "mx.test" };
        Server = new(change?.Invoke(options) ?? options, this, time);
    }

    public SmtpServer Server { get; }
    public ConcurrentQueue<(SmtpDelivery Delivery, string Mail)> Mails { get; } = new();
    public ConcurrentQueue<SmtpNotice> Notices { get; } = new();

    /// <summary>In place of remembering.</summary>
    public Func<SmtpDelivery, CancellationToken, Task<SmtpReply>>? Receive { get; set; }

    public SmtpReply? CheckRecipient(string recipient) =>
        recipient.StartsWith("unknown", StringComparison.Ordinal) ? new(550, "5.1.1", "Nobody here") : null;

    public async Task<SmtpReply> ReceiveAsync(SmtpDelivery delivery, CancellationToken cancel)
    {
        if (Receive is not null) return await Receive(delivery, cancel);
        using var mail = new StreamReader(await delivery.OpenAsync(delivery.Recipients[0], cancel), Encoding.UTF8);
        Mails.Enqueue((delivery, await mail.ReadToEndAsync(cancel)));
        return new(250, "2.0.0", "Stored");
    }

    public void Note(SmtpNotice notice) => Notices.Enqueue(notice);

    public async Task<SmtpWire> ConnectAsync(bool hello = true)
    {
        var wire = await SmtpWire.ConnectAsync(Server.Port);
        await wire.ExpectAsync("220");
        if (hello) await wire.SayAsync("EHLO client.test", "250");
        return wire;
    }

    /// <summary>What came in after the trace fields: from the first line that the sender wrote.</summary>
    public static string Content(string mail) => mail[(mail.IndexOf("+0000\r\n", StringComparison.Ordinal) + 7)..];

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>Bytes to a server and reply lines from it, with a deadline.</summary>
sealed class SmtpWire(TcpClient client) : IDisposable
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    StreamReader reader = new(client.GetStream(), Encoding.UTF8);

    public Stream Stream { get; private set; } = client.GetStream();

    public static async Task<SmtpWire> ConnectAsync(int port)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        return new(client);
    }

    public void Use(Stream stream) => (Stream, reader) = (stream, new(stream, Encoding.UTF8));

    public async Task SendAsync(string text) => await Stream.WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends a line and expects its reply to begin like this.</summary>
    public async Task<string> SayAsync(string line, string reply)
    {
        await SendAsync(line + "\r\n");
        return await ExpectAsync(reply);
    }

    public async Task<string> ExpectAsync(string reply)
    {
        var lines = new List<string>();
        do lines.Add(await ReadLineAsync() ?? throw new EndOfStreamException($"Closed instead of {reply}, after {string.Join('|', lines)}"));
        while (lines[^1].Length > 3 && lines[^1][3] == '-');
        var all = string.Join('\n', lines);
        Assert.True(lines[^1].StartsWith(reply, StringComparison.Ordinal), $"{all} instead of {reply}");
        return all;
    }

    public async Task<string?> ReadLineAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        return await reader.ReadLineAsync(deadline.Token);
    }

    public async Task ExpectEndAsync()
    {
        try
        {
            Assert.Null(await ReadLineAsync());
        }
        catch (IOException)
        {
            // Reset is an end as well.
        }
    }

    /// <summary>No more from us, but we still listen.</summary>
    public void HalfClose() => client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Resets the connection, as a crash would.</summary>
    public void Kill()
    {
        client.LingerState = new(true, 0);
        client.Dispose();
    }

    public void Dispose() => client.Dispose();
}
