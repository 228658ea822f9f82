using System.Net;
using System.Net.Sockets;

namespace CxPlatform.Testing;

/// <summary>Ports on 127.0.0.1 for servers that a test starts.</summary>
/// <remarks>
/// Between asking for a port and listening on it a server starts, which takes its time: nobody else may be given the same port
/// meanwhile. So each process gives every port once, and takes them by blocks that no other process has: whoever listens on the
/// first port of a block has the rest of it, until the process ends.
/// </remarks>
public static class FreePort
{
    const int First = 10_000, Last = 19_999, Block = 50;
    static readonly Lock Gate = new();
    static readonly List<Socket> Held = [];
    static int next, end;

    /// <summary>
    /// A port nobody listens on, 10000 to 19999: below what the system hands out to outgoing connections, so that a server
    /// which is stopped and started again finds its port still free.
    /// </summary>
    public static int Next()
    {
        lock (Gate)
            while (true)
            {
                if (next == end)
                    TakeBlock();
                else if (Listen(next++) is { } listener)
                {
                    listener.Dispose();
                    return next - 1;
                }
            }
    }

    static void TakeBlock()
    {
        for (var block = First; block < Last; block += Block)
            if (Listen(block) is { } listener)
            {
                Held.Add(listener);
                (next, end) = (block + 1, block + Block);
                return;
            }
        throw new InvalidOperationException($"No free port was found between {First} and {Last} on 127.0.0.1.");
    }

    /// <returns>Null when somebody else listens there.</returns>
    static Socket? Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
