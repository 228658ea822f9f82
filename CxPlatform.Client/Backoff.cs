using System.Net.Sockets;

namespace CxPlatform.Client;

/// <summary>Waits between tries: a second, then twice as long each time, up to a minute, each a little different.</summary>
internal sealed class Backoff(TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private int _failures;

    public void Succeeded() => _failures = 0;

    public Task WaitAsync(CancellationToken ct)
    {
        var wait = TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, 1 << Math.Min(_failures++, 6)));
        return Task.Delay(wait * (0.5 + (Random.Shared.NextDouble() / 2)), clock, ct);
    }

    /// <summary>Whether the same may succeed later, unless the caller has given up.</summary>
    public static bool MayPass(Exception e, CancellationToken ct) => !ct.IsCancellationRequested
        && e is CxApiException { IsTransient: true } or HttpRequestException or IOException or SocketException or TimeoutException or OperationCanceledException;
}
