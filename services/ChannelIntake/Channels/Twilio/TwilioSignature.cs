using System.Security.Cryptography;
using System.Text;

namespace CxPlatform.Intake.Channels.Twilio;

/// <summary>How Twilio signs its webhooks: base64 of HMAC-SHA1, under the account's auth token, over the address that was called
/// followed by the form's fields in order of their names, each as name and value without anything between.</summary>
internal static class TwilioSignature
{
    public static byte[] Compute(string authToken, string url, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var signed = new StringBuilder(url);
        var ordered = fields.OrderBy(field => field.Key, StringComparer.Ordinal).ThenBy(field => field.Value, StringComparer.Ordinal);
        foreach (var (name, value) in ordered)
            signed.Append(name).Append(value);
#pragma warning disable CA5350 // Twilio's choice; HMAC is not weakened by what weakens SHA-1.
        return HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(signed.ToString()));
#pragma warning restore CA5350
    }

    /// <summary>In constant time; false for a missing or malformed signature.</summary>
    public static bool IsValid(string? signature, string authToken, string url, IEnumerable<KeyValuePair<string, string>> fields)
    {
        Span<byte> given = stackalloc byte[HMACSHA1.HashSizeInBytes + 4];
        return signature is { Length: 28 } && Convert.TryFromBase64String(signature, given, out var length)
            && CryptographicOperations.FixedTimeEquals(given[..length], Compute(authToken, url, fields));
    }
}
