using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>Standard Webhooks: secrets (<c>whsec_</c> and base64) and the signature <c>v1</c>, HMAC-SHA256 over id, timestamp and body.</summary>
internal static class Signature
{
    public const string Prefix = "whsec_";
    public const int ShortestKey = 24;
    public const int LongestKey = 64;

    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The key in a secret; null when it is none.</summary>
    public static byte[]? KeyOf(string secret)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var key = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[Prefix.Length..], key, out var length) && length is >= ShortestKey and <= LongestKey ? key[..length] : null;
    }

    /// <summary>The header: one signature per key, the newest key's first.</summary>
    public static string Of(IEnumerable<byte[]> keys, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var start = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        var content = new byte[start.Length + body.Length];
        start.CopyTo(content, 0);
        body.CopyTo(content.AsSpan(start.Length));
        return string.Join(' ', keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content))));
    }
}
