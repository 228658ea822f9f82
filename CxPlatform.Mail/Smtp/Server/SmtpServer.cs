using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Takes mail in over SMTP (RFC 5321) with PIPELINING (2920), SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531), ENHANCEDSTATUSCODES (2034)
/// and, with a certificate, STARTTLS (3207). It relays nothing: every mail goes to its receiver.
/// </summary>
public sealed class SmtpServer : IAsyncDisposable
{
    readonly SmtpServerOptions options;
    readonly ISmtpReceiver receiver;
    readonly TimeProvider time;
    readonly Socket listener;
    readonly CancellationTokenSource stopping = new();
    readonly CancellationTokenSource aborting = new();
    readonly ConcurrentDictionary<long, Task> sessions = [];
    readonly Dictionary<IPAddress, int> connections = [];
    readonly Lock gate = new();
    readonly Task accepting;
    int open;
    bool disposed;

    /// <summary>Listens from now on.</summary>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public SmtpServer(SmtpServerOptions options, ISmtpReceiver receiver, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(receiver);
        (this.options, this.receiver, this.time) = (options, receiver, time ?? TimeProvider.System);
        listener = new(options.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (options.Address.Equals(IPAddress.IPv6Any)) listener.DualMode = true;
            listener.Bind(new IPEndPoint(options.Address, options.Port));
            listener.Listen(512);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    async Task AcceptAsync()
    {
        for (long number = 0; ; number++)
        {
            try
            {
                var socket = await listener.AcceptAsync(stopping.Token).ConfigureAwait(false);
                var id = number;
                var session = Task.Run(() => ServeAsync(socket, id));
                // The session may have ended before it is known.
                sessions[id] = session;
                if (session.IsCompleted) sessions.TryRemove(id, out _);
            }
            catch (Exception e) when (stopping.IsCancellationRequested
                && e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client left while it waited, or file handles are short: both pass.
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, stopping.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    async Task ServeAsync(Socket socket, long id)
    {
        var remote = IPAddress.None;
        var admitted = false;
        try
        {
            socket.NoDelay = true;
            remote = ((IPEndPoint)socket.RemoteEndPoint!).Address;
            if (remote.IsIPv4MappedToIPv6) remote = remote.MapToIPv4();
            admitted = Admit(remote);
            if (!admitted)
            {
                receiver.Note(SmtpNotice.ConnectionRefused);
                // Into an empty send buffer: this never waits for the client.
                var reply = Encoding.ASCII.GetBytes($"421 4.3.2 {options.HostName} has too many connections\r\n");
                await socket.SendAsync(reply, aborting.Token).ConfigureAwait(false);
                return;
            }
            receiver.Note(SmtpNotice.SessionBegun);
            await using var session = new SmtpSession(socket, remote, options, receiver, time, stopping.Token, aborting.Token);
            await session.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It left before it was greeted.
        }
        finally
        {
            socket.Dispose();
            if (admitted)
            {
                Release(remote);
                receiver.Note(SmtpNotice.SessionEnded);
            }
            sessions.TryRemove(id, out _);
        }
    }

    bool Admit(IPAddress remote)
    {
        lock (gate)
        {
            var own = connections.GetValueOrDefault(remote);
            if (open >= options.MaxConnections || own >= options.MaxConnectionsPerAddress) return false;
            open++;
            connections[remote] = own + 1;
            return true;
        }
    }

    void Release(IPAddress remote)
    {
        lock (gate)
        {
            open--;
            if (--connections[remote] == 0) connections.Remove(remote);
        }
    }

    /// <summary>
    /// Takes no more connections, sends 421 to who waits, lets mails that are under way arrive, and cuts off what has not within the grace.
    /// </summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (!stopping.IsCancellationRequested) await stopping.CancelAsync().ConfigureAwait(false);
        listener.Dispose();
        await accepting.ConfigureAwait(false);
        var all = Task.WhenAll(sessions.Values);
        await Task.WhenAny(all, Task.Delay(grace, time)).ConfigureAwait(false);
        await aborting.CancelAsync().ConfigureAwait(false);
        await all.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        stopping.Dispose();
        aborting.Dispose();
    }
}
