using System.Formats.Asn1;

namespace CxPlatform.Mail;

/// <summary>
/// Takes a message out of the signature that is wrapped around it (S/MIME with one part, RFC 8551 section 3.5.2; CMS, RFC 5652 section 5).
/// The signature itself is not checked.
/// </summary>
static class SignedContent
{
    const string SignedData = "1.2.840.113549.1.7.2";
    static readonly Asn1Tag Explicit = new(TagClass.ContextSpecific, 0);

    public static bool IsWrapper(string mediaType) => mediaType is "application/pkcs7-mime" or "application/x-pkcs7-mime";

    /// <returns>Null for what is encrypted, holds no message, or is broken.</returns>
    public static ReadOnlyMemory<byte>? Find(ReadOnlyMemory<byte> wrapper)
    {
        try
        {
            var outer = new AsnReader(wrapper, AsnEncodingRules.BER).ReadSequence();
            if (outer.ReadObjectIdentifier() != SignedData) return null;
            var signed = outer.ReadSequence(Explicit).ReadSequence();
            // The version and the digests.
            signed.ReadEncodedValue();
            signed.ReadEncodedValue();
            var content = signed.ReadSequence();
            content.ReadObjectIdentifier();
            return content.HasData ? content.ReadSequence(Explicit).ReadOctetString() : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
