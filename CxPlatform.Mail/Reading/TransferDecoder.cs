namespace CxPlatform.Mail;

/// <summary>Takes off a Content-Transfer-Encoding (RFC 2045 section 6); what is broken is read as far as it goes.</summary>
static class TransferDecoder
{
    public static bool IsKnown(string encoding) =>
        encoding is "" or "7bit" or "8bit" or "binary" || ContentDecoder.For(encoding) is not null;

    /// <summary>Never throws; an unknown encoding leaves the bytes as they are. Time is linear.</summary>
    public static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> raw, string encoding)
    {
        if (ContentDecoder.For(encoding) is not { } decoder) return raw;
        var most = encoding == "base64" ? raw.Length / 4 * 3 : raw.Length;
        var result = GC.AllocateUninitializedArray<byte>(most + 2 * ContentDecoder.Slack);
        var length = decoder.Decode(raw.Span, result);
        length += decoder.Finish(result.AsSpan(length));
        return result.AsMemory(0, length);
    }

    public static int Hex(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        _ => -1,
    };
}
