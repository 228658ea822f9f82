using System.Security.Cryptography;
using System.Text;

namespace CxPlatform.ServiceDefaults;

/// <summary>
/// The one secret of an installation. Nothing uses it directly: each purpose has its own key, derived by HKDF-SHA256
/// (RFC 5869). A key id travels with what was signed, so that a previous master key can go on verifying after a change.
/// </summary>
public sealed class MasterKey
{
    private readonly List<(byte Id, byte[] Secret)> keys;

    /// <param name="current">At least 32 random bytes.</param>
    /// <param name="previous">Keys used before, newest first.</param>
    public MasterKey(byte[] current, params IEnumerable<byte[]> previous)
    {
        keys = [.. new[] { current }.Concat(previous).Select(k => (Derive(k, "key-id", 1)[0], k))];
        if (keys.Any(k => k.Secret.Length < 32))
            throw new ConfigurationFaultException("Cx:MasterKey must be base64 of at least 32 random bytes (try: openssl rand -base64 32).");
    }

    /// <summary>Identifies the key that signs now.</summary>
    public byte CurrentId => keys[0].Id;

    /// <summary>A 32-byte key for one purpose, from the key that signs now.</summary>
    public byte[] KeyFor(string purpose) => Derive(keys[0].Secret, purpose, 32);

    /// <summary>The purpose's keys of every master key with that id. More than one only when the one-byte ids collide.</summary>
    internal IEnumerable<byte[]> KeysFor(string purpose, byte id) => keys.Where(k => k.Id == id).Select(k => Derive(k.Secret, purpose, 32));

    internal IReadOnlyList<(byte Id, byte[] Key)> AllKeysFor(string purpose) => [.. keys.Select(k => (k.Id, Derive(k.Secret, purpose, 32)))];

    private static byte[] Derive(byte[] secret, string purpose, int length) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, length, info: Encoding.UTF8.GetBytes("cxplatform/v1/" + purpose));

    /// <summary>Reads the configured key; an embedded AllInOne outside of production makes and keeps its own when there is none.</summary>
    /// <exception cref="ConfigurationFaultException">The key is missing, too short or not base64.</exception>
    internal static MasterKey Load(PlatformOptions options, CxTopology topology, bool production)
    {
        if (!string.IsNullOrWhiteSpace(options.MasterKey))
            return new MasterKey(Decode(options.MasterKey, "Cx:MasterKey"),
                options.PreviousMasterKeys.Select((k, i) => Decode(k, $"Cx:PreviousMasterKeys:{i}")));
        if (production || !topology.IsEmbedded)
            throw new ConfigurationFaultException(
                "Cx:MasterKey is missing. It is base64 of at least 32 random bytes, the same for every service (try: openssl rand -base64 32).");
        return new MasterKey(Keep(topology.DataPath));
    }

    private static byte[] Decode(string base64, string key)
    {
        try
        {
            return Convert.FromBase64String(base64.Trim());
        }
        catch (FormatException)
        {
            throw new ConfigurationFaultException($"{key} is not base64. It must be base64 of at least 32 random bytes (try: openssl rand -base64 32).");
        }
    }

    private static byte[] Keep(string dataPath)
    {
        Directory.CreateDirectory(dataPath);
        var path = Path.Combine(dataPath, "master.key");
        if (!File.Exists(path))
        {
            // Written aside and renamed: a crash never leaves half a key, which would invalidate everything signed with it.
            var draft = path + "." + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
            var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(draft, create))
            {
                stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n"));
                stream.Flush(flushToDisk: true);
            }
            try
            {
                File.Move(draft, path, overwrite: false);
            }
            catch (IOException)
            {
                File.Delete(draft); // another process was quicker: its key counts
            }
        }
        return Decode(File.ReadAllText(path), path);
    }
}
