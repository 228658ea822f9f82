namespace CxPlatform.Messaging;

/// <summary>Wakes everybody who waits. A pulse between two waits is not lost: take <see cref="Next"/> before looking, await it after finding nothing.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Next => Volatile.Read(ref _next).Task;

    public void Set() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
