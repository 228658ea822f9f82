using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CxPlatform.Client;

/// <summary>Says whether a webhook came from the platform (Standard Webhooks 1.0: HMAC-SHA256 over <c>id.timestamp.body</c>). Knows any number
/// of secrets, for the time of a rotation.</summary>
public sealed class WebhookVerifier
{
    /// <summary>The header with the event's id.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>The header with the attempt's time.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>The header with the signatures.</summary>
    public const string SignatureHeader = "webhook-signature";

    private const string Prefix = "whsec_";
    private const string Version = "v1,";

    private readonly byte[][] _keys;
    private readonly TimeProvider _clock;

    /// <param name="secrets">What the platform told when the subscription was made: <c>whsec_...</c>; during a rotation the old one and the new one.</param>
    public WebhookVerifier(params ReadOnlySpan<string> secrets)
        : this(TimeProvider.System, secrets)
    {
    }

    /// <param name="clock">What the time of an attempt is compared with.</param>
    /// <param name="secrets">As told when the subscription was made.</param>
    /// <exception cref="ArgumentException">There is no secret, or one is not <c>whsec_</c> and base64.</exception>
    public WebhookVerifier(TimeProvider clock, params ReadOnlySpan<string> secrets)
    {
        if (secrets.Length == 0)
            throw new ArgumentException("Give the subscription's secret.", nameof(secrets));
        _clock = clock;
        _keys = new byte[secrets.Length][];
        for (var i = 0; i < secrets.Length; i++)
            _keys[i] = KeyOf(secrets[i]);
    }

    /// <summary>How far an attempt's time may be from now, either way; older ones may have been recorded and sent again.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What is wrong with a request; null when it is genuine. Takes as long whether a signature is nearly right or not at all.</summary>
    /// <param name="body">The bytes as they came, before anything has read them.</param>
    /// <param name="id">The value of <see cref="IdHeader"/>.</param>
    /// <param name="timestamp">The value of <see cref="TimestampHeader"/>.</param>
    /// <param name="signature">The value of <see cref="SignatureHeader"/>.</param>
    public string? FaultOf(ReadOnlySpan<byte> body, string? id, string? timestamp, string? signature)
    {
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signature))
            return $"{IdHeader}, {TimestampHeader} and {SignatureHeader} are needed.";
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return $"{TimestampHeader} is no time.";
        var age = _clock.GetUtcNow().ToUnixTimeSeconds() - seconds;
        if (Math.Abs((double)age) > Tolerance.TotalSeconds)
            return age > 0 ? $"{TimestampHeader} is too old." : $"{TimestampHeader} is in the future.";

        var head = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var genuine = false;
        foreach (var key in _keys)
        {
            using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
            hmac.AppendData(head);
            hmac.AppendData(body);
            hmac.GetHashAndReset(expected);
            // Versions that are not known are others' business: an asymmetric signature may stand beside ours.
            foreach (var part in signature.Split(' '))
                if (part.StartsWith(Version, StringComparison.Ordinal)
                    && Convert.TryFromBase64Chars(part.AsSpan(Version.Length), given, out var length) && length == given.Length)
                    genuine |= CryptographicOperations.FixedTimeEquals(given, expected);
        }
        return genuine ? null : "No signature is right.";
    }

    private static byte[] KeyOf(string secret)
    {
        var text = secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret;
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) && length > 0
            ? key[..length]
            : throw new ArgumentException($"A secret is {Prefix} and base64.", nameof(secret));
    }
}
