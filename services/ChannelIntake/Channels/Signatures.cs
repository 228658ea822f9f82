using System.Security.Cryptography;
using System.Text;

namespace CxPlatform.Intake.Channels;

/// <summary>HMAC-SHA256 signatures of webhooks over the raw body, all compared in constant time.</summary>
internal static class Signatures
{
    private const string HubPrefix = "sha256=";
    private const string StandardPrefix = "v1,";
    private const string StandardSecret = "whsec_";

    /// <summary><c>X-Hub-Signature-256</c> as Meta, GitHub and others have it: <c>sha256=</c> and hexadecimal digits.</summary>
    public static bool IsHub(string? signature, string secret, ReadOnlySpan<byte> body)
    {
        if (signature is null || signature.Length != HubPrefix.Length + 64
            || !signature.StartsWith(HubPrefix, StringComparison.OrdinalIgnoreCase))
            return false;
        Span<byte> given = stackalloc byte[32];
        var digits = signature.AsSpan(HubPrefix.Length);
        return Convert.FromHexString(digits, given, out _, out var length) == System.Buffers.OperationStatus.Done && length == given.Length
            && CryptographicOperations.FixedTimeEquals(given, HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
    }

    /// <summary>Standard Webhooks: <c>v1,</c> and base64 over id, timestamp and body with dots between; several with spaces between.</summary>
    public static bool IsStandard(string? signatures, string secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        if (signatures is not { Length: > 0 and <= 2000 })
            return false;
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, StandardKey(secret));
        mac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        mac.AppendData(body);
        Span<byte> expected = stackalloc byte[32];
        mac.GetHashAndReset(expected);
        Span<byte> given = stackalloc byte[48];
        foreach (var range in signatures.AsSpan().Split(' '))
        {
            var signature = signatures.AsSpan()[range];
            if (signature.StartsWith(StandardPrefix, StringComparison.Ordinal) && signature.Length == StandardPrefix.Length + 44
                && Convert.TryFromBase64Chars(signature[StandardPrefix.Length..], given, out var length)
                && CryptographicOperations.FixedTimeEquals(given[..length], expected))
                return true;
        }
        return false;
    }

    /// <summary>The key of a secret as it is handed out, <c>whsec_</c> and base64; a secret of another shape is its own key.</summary>
    private static byte[] StandardKey(string secret)
    {
        var text = secret.StartsWith(StandardSecret, StringComparison.Ordinal) ? secret[StandardSecret.Length..] : secret;
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) ? key[..length] : Encoding.UTF8.GetBytes(secret);
    }
}
