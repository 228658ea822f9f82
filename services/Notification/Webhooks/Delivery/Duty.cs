namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>This process's right to deliver: a courier's row that it renews. When it cannot, it begins nothing more in time for what is under way to end
/// before anybody takes over.</summary>
internal sealed class Duty
{
    /// <summary>How long a row stands without renewal.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(2);

    // An attempt may take its whole deadline.
    private static readonly TimeSpan BeginWithin = Lease - WebhookSender.Deadline - TimeSpan.FromSeconds(3);

    private Held? _held;

    /// <summary>The row's id; null when there is none.</summary>
    public Guid? Courier => Volatile.Read(ref _held)?.Id;

    /// <summary>Time to renew.</summary>
    public bool IsDue => Volatile.Read(ref _held) is not { } held || TimeProvider.System.GetElapsedTime(held.Since) > RenewEvery;

    /// <param name="asked">When the row was asked for, a timestamp of the system's.</param>
    public void Renewed(Guid id, long asked) => Volatile.Write(ref _held, new(id, asked));

    public void Lost() => Volatile.Write(ref _held, null);

    public bool MayBegin(Guid courier) => Volatile.Read(ref _held) is { } held && held.Id == courier && TimeProvider.System.GetElapsedTime(held.Since) < BeginWithin;

    private sealed record Held(Guid Id, long Since);
}
