using CxPlatform.Mail;
using CxPlatform.Messaging;

namespace CxPlatform.Intake;

/// <summary>Keeps bytes of unknown length: few in memory, more in the blob store, never more in memory than <see cref="Limits.InlineRaw"/>.
/// </summary>
internal static class RawContent
{
    public static async Task<(byte[]? Raw, string? Blob)> KeepAsync(Stream content, IBlobs blobs, CancellationToken ct)
    {
        var head = new byte[Limits.InlineRaw + 1];
        var read = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        if (read <= Limits.InlineRaw)
            return (head[..read], null);
        await using var whole = new Joined(head, content);
        return (null, (await blobs.PutAsync(whole, ct)).Hash);
    }

    /// <summary>Hands the bytes to a reader. Many of them are mapped from a file rather than held in memory, so the reader must be done with
    /// them when it answers.</summary>
    public static async Task<T> UseAsync<T>(
        byte[]? raw, string? blob, IBlobs blobs, Func<ReadOnlyMemory<byte>, Task<T>> read, CancellationToken ct)
    {
        if (raw is not null || blob is null)
            return await read(raw);
        await using var stream = await blobs.OpenAsync(blob, ct) ?? throw new FileNotFoundException("A raw contact is not in the blob store.");
        using var file = await MailFile.ReceiveAsync(stream, ct: ct);
        return await read(file.Raw);
    }

    /// <summary>What was read already, and then the rest.</summary>
    private sealed class Joined(ReadOnlyMemory<byte> head, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> _head = head;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_head.IsEmpty)
                return await rest.ReadAsync(buffer, cancellationToken);
            var taken = Math.Min(_head.Length, buffer.Length);
            _head[..taken].CopyTo(buffer);
            _head = _head[taken..];
            return taken;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
