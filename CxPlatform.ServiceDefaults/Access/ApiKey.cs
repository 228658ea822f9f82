using System.Security.Cryptography;
using System.Text;

namespace CxPlatform.ServiceDefaults;

/// <summary>An API key at the moment of its making; the plaintext is shown once and kept nowhere.</summary>
/// <param name="KeyId">Public name of the key, 10 lower-case letters and digits.</param>
/// <param name="Plaintext"><c>cxk_{keyId}_{secret}</c>, the secret being 256 random bits.</param>
/// <param name="Hash">Lower-case hex SHA-256 of the whole plaintext: what is stored. A random secret of this length needs no slow hash.</param>
public sealed record ApiKey(string KeyId, string Plaintext, string Hash)
{
    public const string Prefix = "cxk_";

    public static ApiKey Create()
    {
        var keyId = Base32.Encode(RandomNumberGenerator.GetBytes(6));
        var plaintext = $"{Prefix}{keyId}_{Base32.Encode(RandomNumberGenerator.GetBytes(32))}";
        return new ApiKey(keyId, plaintext, HashOf(plaintext));
    }

    public static string HashOf(string plaintext) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(plaintext)));

    /// <summary>The id in a presented key; null when it does not look like one of ours.</summary>
    internal static string? IdOf(string presented) =>
        presented.Length <= 200 && presented.StartsWith(Prefix, StringComparison.Ordinal) && presented.LastIndexOf('_') is > 4 and var end
            ? presented[Prefix.Length..end]
            : null;

    internal static bool Matches(string presented, string hash) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(HashOf(presented)), Encoding.ASCII.GetBytes(hash.ToLowerInvariant()));
}

/// <summary>A key as it is listed: never its secret.</summary>
/// <param name="AgentName">The person who signs in to the desk with it, or null for a machine's key.</param>
public sealed record KeyInfo(
    string KeyId, string Name, IReadOnlyList<string> Scopes, string? AgentName, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

/// <summary>Where API keys are made and revoked: Routing's. Used by <c>./cx key</c> and by AllInOne's first start.</summary>
public interface IKeyStore
{
    /// <summary>Makes a key and returns its plaintext, which cannot be read again.</summary>
    /// <param name="role">When given, an agent of that role and name who signs in to the desk with the key; null for a machine's key.</param>
    Task<string> CreateAsync(string name, IReadOnlyList<string> scopes, string? role, CancellationToken ct);

    Task<IReadOnlyList<KeyInfo>> ListAsync(CancellationToken ct);

    /// <summary>False when there is no such key. Revoking a revoked key changes nothing and is true.</summary>
    Task<bool> RevokeAsync(string keyId, CancellationToken ct);
}
