using System.Collections.Concurrent;
using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Events;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>A subscription as its deliveries need it; another one is made when it changes.</summary>
internal sealed class Subscription
{
    /// <summary>What webhook secrets are protected for.</summary>
    public const string SecretPurpose = "webhook";

    private readonly ConcurrentDictionary<string, bool> _types = new();
    private readonly IReadOnlyList<string> _patterns;
    private readonly EventFilter _filter;
    private readonly byte[][] _keys;
    private readonly byte[][] _allKeys;
    private readonly DateTimeOffset? _oldUntil;

    public Subscription(SubscriptionRow row, Secrets secrets)
    {
        Id = row.Id;
        Url = new(row.Url);
        Rate = row.Rate;
        Revision = row.Revision;
        _patterns = JsonSerializer.Deserialize<List<string>>(row.Types, EventTypes.Json)!;
        _filter = EventFilter.Read(row.Filter);
        _keys = [Signature.KeyOf(secrets.Unprotect(row.Secret, SecretPurpose))!];
        _allKeys = [.. _keys, .. OldSecretsOf(row, secrets).Select(secret => Signature.KeyOf(secret)!)];
        _oldUntil = row.OldSecretUntil;
    }

    public Guid Id { get; }

    public Uri Url { get; }

    public int? Rate { get; }

    public long Revision { get; }

    public bool Wants(OutgoingEvent e) =>
        _types.GetOrAdd(e.Type, type => _patterns.Any(pattern => TypePattern.Matches(pattern, type))) && _filter.Matches(e.Facts);

    /// <summary>What signs at an instant: after a rotation, for a while, the secrets before it do as well.</summary>
    public IEnumerable<byte[]> KeysAt(DateTimeOffset now) => now < _oldUntil ? _allKeys : _keys;

    /// <summary>The secrets that were replaced, the last one first.</summary>
    public static IReadOnlyList<string> OldSecretsOf(SubscriptionRow row, Secrets secrets) =>
        row.OldSecret is null ? [] : secrets.Unprotect(row.OldSecret, SecretPurpose).Split(' ');
}
