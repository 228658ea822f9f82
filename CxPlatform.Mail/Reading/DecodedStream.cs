using System.Buffers;

namespace CxPlatform.Mail;

/// <summary>Reads a part's content without ever holding more of it than a piece.</summary>
sealed class DecodedStream(ReadOnlyMemory<byte> raw, string encoding) : Stream
{
    const int PieceSize = 64 * 1024;

    readonly ContentDecoder? decoder = ContentDecoder.For(encoding);
    byte[]? buffer;
    ReadOnlyMemory<byte> rest = raw, ready;
    bool finished;

    public override int Read(Span<byte> destination)
    {
        if (decoder is null) return Take(ref rest, destination);
        while (ready.Length == 0 && !finished) DecodePiece(decoder);
        return Take(ref ready, destination);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    static int Take(ref ReadOnlyMemory<byte> source, Span<byte> destination)
    {
        var count = Math.Min(source.Length, destination.Length);
        source.Span[..count].CopyTo(destination);
        source = source[count..];
        return count;
    }

    void DecodePiece(ContentDecoder decoder)
    {
        buffer ??= ArrayPool<byte>.Shared.Rent(PieceSize + 2 * ContentDecoder.Slack);
        var piece = rest[..PieceLength(rest.Span)];
        rest = rest[piece.Length..];
        var length = decoder.Decode(piece.Span, buffer);
        finished = rest.Length == 0;
        if (finished) length += decoder.Finish(buffer.AsSpan(length));
        ready = buffer.AsMemory(0, length);
    }

    /// <summary>A piece ends with a line, or, where one line is longer, at least not within an escape.</summary>
    static int PieceLength(ReadOnlySpan<byte> rest)
    {
        if (rest.Length <= PieceSize) return rest.Length;
        var piece = rest[..PieceSize];
        if (piece.LastIndexOf((byte)'\n') is var end and > 0) return end + 1;
        return piece[^1] == '=' ? PieceSize - 1 : piece[^2] == '=' ? PieceSize - 2 : PieceSize;
    }

    protected override void Dispose(bool disposing)
    {
        if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
        buffer = null;
        rest = ready = default;
        finished = true;
        base.Dispose(disposing);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
