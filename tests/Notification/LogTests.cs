using System.Net.Sockets;
using System.Runtime.CompilerServices;
using CxPlatform.Messaging;
using CxPlatform.Notifications;

namespace CxPlatform.Notification.Tests;

public sealed class LogTests
{
    [Fact]
    public void A_log_says_what_failed_and_where_and_nothing_that_a_library_quotes()
    {
        var log = new NotificationHost.Lines();
        var fault = Assert.Throws<InvalidOperationException>(Send);
        log.CarryFailed(fault.WithoutWords(), Guid.NewGuid());
        Assert.DoesNotContain("maria", log.All, StringComparison.Ordinal);
        Assert.Contains("System.InvalidOperationException", log.All, StringComparison.Ordinal);
        Assert.Contains("System.Net.Sockets.SocketException (ConnectionRefused)", log.All, StringComparison.Ordinal);
        Assert.Contains(nameof(Send), log.All, StringComparison.Ordinal);
        Assert.Contains(nameof(Connect), log.All, StringComparison.Ordinal);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Send()
    {
        try
        {
            Connect();
        }
        catch (SocketException e)
        {
            throw new InvalidOperationException("Cannot send to maria@customer.example.", e);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Connect() => throw new SocketException((int)SocketError.ConnectionRefused, "refused for maria@customer.example");
}
