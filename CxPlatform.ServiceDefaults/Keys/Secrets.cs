using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace CxPlatform.ServiceDefaults;

/// <summary>Keeps what must be read again (provider credentials, webhook secrets): AES-256-GCM under a key of the purpose.</summary>
public sealed class Secrets(MasterKey master)
{
    /// <summary>Base64url text to store. The purpose is bound in: a secret cannot be moved to another use.</summary>
    public string Protect(string plaintext, string purpose) =>
        Base64Url.EncodeToString(Sealed.Seal(master, "secret/" + purpose, Encoding.UTF8.GetBytes(plaintext)));

    /// <summary>The text that was protected for the same purpose.</summary>
    /// <exception cref="CryptographicException">Not made by <see cref="Protect"/> for this purpose, changed since, or under an unknown master key.</exception>
    public string Unprotect(string stored, string purpose)
    {
        if (!Base64Url.IsValid(stored))
            throw new CryptographicException("A stored secret is not base64url.");
        return Encoding.UTF8.GetString(Sealed.Open(master, "secret/" + purpose, Base64Url.DecodeFromChars(stored)));
    }
}

/// <summary>Format version, key id, nonce, tag, ciphertext.</summary>
internal static class Sealed
{
    private const byte Version = 1;
    private const int Header = 2;
    private const int Nonce = 12;
    private const int Tag = 16;

    public static byte[] Seal(MasterKey master, string purpose, ReadOnlySpan<byte> plaintext)
    {
        var output = new byte[Header + Nonce + Tag + plaintext.Length];
        output[0] = Version;
        output[1] = master.CurrentId;
        var nonce = output.AsSpan(Header, Nonce);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(master.KeyFor(purpose), Tag);
        aes.Encrypt(nonce, plaintext, output.AsSpan(Header + Nonce + Tag), output.AsSpan(Header + Nonce, Tag), output.AsSpan(0, Header));
        return output;
    }

    public static byte[] Open(MasterKey master, string purpose, ReadOnlySpan<byte> input)
    {
        if (input.Length < Header + Nonce + Tag || input[0] != Version)
            throw new CryptographicException("Not a protected value.");
        var plaintext = new byte[input.Length - Header - Nonce - Tag];
        foreach (var key in master.KeysFor(purpose, input[1]))
        {
            try
            {
                using var aes = new AesGcm(key, Tag);
                aes.Decrypt(input.Slice(Header, Nonce), input[(Header + Nonce + Tag)..], input.Slice(Header + Nonce, Tag), plaintext, input[..Header]);
                return plaintext;
            }
            catch (AuthenticationTagMismatchException)
            {
                // One byte of key id may name two master keys: try the other.
            }
        }
        throw new CryptographicException("The protected value was changed, made for another purpose, or made under an unknown master key.");
    }
}

/// <summary>
/// Data protection over the master key: cookies and antiforgery tokens of one service or replica are read by every other,
/// without a key ring to share.
/// </summary>
internal sealed class MasterKeyDataProtection(MasterKey master) : IDataProtectionProvider
{
    public IDataProtector CreateProtector(string purpose) => new Protector(master, "protect/" + Escape(purpose));

    // The separator must not be forgeable from within a purpose.
    private static string Escape(string purpose) => purpose.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("/", "\\s", StringComparison.Ordinal);

    private sealed class Protector(MasterKey master, string purposes) : IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) => new Protector(master, purposes + "/" + Escape(purpose));

        public byte[] Protect(byte[] plaintext) => Sealed.Seal(master, purposes, plaintext);

        public byte[] Unprotect(byte[] protectedData) => Sealed.Open(master, purposes, protectedData);
    }
}
