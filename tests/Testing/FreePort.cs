using System.Net;
using System.Net.Sockets;

namespace CxPlatform.Testing;

/// <summary>Ports on 127.0.0.1 for servers that a test starts.</summary>
public static class FreePort
{
    const int First = 10_000, Last = 19_999;

    /// <summary>
    /// A port nobody listens on, 10000 to 19999: below what the system hands out to outgoing connections, so that a server
    /// which is stopped and started again finds its port still free.
    /// </summary>
    public static int Next()
    {
        for (var attempt = 0; attempt < 500; attempt++)
        {
            var port = Random.Shared.Next(First, Last + 1);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another.
            }
        }
        throw new InvalidOperationException($"No free port was found between {First} and {Last} on 127.0.0.1.");
    }
}
