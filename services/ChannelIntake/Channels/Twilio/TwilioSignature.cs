using System.Globalization;
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

    /// <summary>The address as Twilio may have spelled it: it signs with the scheme's own port or without.</summary>
    public static IEnumerable<string> Spellings(string url)
    {
        yield return url;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed))
            yield break;
        var afterScheme = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.IndexOfAny(['/', '?'], afterScheme);
        var (authority, rest) = end < 0 ? (url[afterScheme..], "") : (url[afterScheme..end], url[end..]);
        var port = ":" + parsed.Port.ToString(CultureInfo.InvariantCulture);
        var bare = authority.EndsWith(port, StringComparison.Ordinal) ? authority[..^port.Length] : authority;
        var other = bare == authority ? authority + port : bare;
        yield return url[..afterScheme] + other + rest;
    }

    /// <summary>In constant time; false for a missing or malformed signature.</summary>
    public static bool IsValid(string? signature, string authToken, string url, IEnumerable<KeyValuePair<string, string>> fields)
    {
        Span<byte> given = stackalloc byte[HMACSHA1.HashSizeInBytes + 4];
        return signature is { Length: 28 } && Convert.TryFromBase64String(signature, given, out var length)
            && CryptographicOperations.FixedTimeEquals(given[..length], Compute(authToken, url, fields));
    }
}
