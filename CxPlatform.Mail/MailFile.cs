using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace CxPlatform.Mail;

/// <summary>
/// A message read from a file, for messages of any size up to 2 GB: the file is mapped, not loaded, and attachments are decoded while they
/// are copied. Memory of our own stays below a bound whatever the size: what <see cref="MimeLimits"/> allows for headers, structure and
/// text, and a piece of 64 KB for each attachment that is being read. What is taken from <see cref="Mail"/> is valid until disposal.
/// </summary>
public sealed class MailFile : IDisposable
{
    const int CopyBuffer = 128 * 1024;

    readonly MappedBytes? bytes;

    MailFile(FileStream file)
    {
        // An empty file cannot be mapped.
        if (file.Length > 0) bytes = new(file);
        Raw = bytes?.Memory ?? default;
        Mail = MimeReader.Read(Raw);
    }

    public InboundMail Mail { get; }

    /// <summary>The message as it came.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>Reads a file, which must not be changed before disposal.</summary>
    public static MailFile Open(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        return new(file);
    }

    /// <summary>Writes what arrives to a temporary file, which is gone after disposal, and reads that.</summary>
    /// <param name="folder">On a disk rather than in memory; null for the system's.</param>
    public static async Task<MailFile> ReceiveAsync(Stream source, string? folder = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var path = Path.Combine(folder ?? Path.GetTempPath(), $"cx-mail-{Guid.NewGuid():n}");
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
            BufferSize = 0,
        });
        await source.CopyToAsync(file, CopyBuffer, ct);
        // The mapping keeps the content after the file's name is gone.
        return new(file);
    }

    public void Dispose() => ((IDisposable?)bytes)?.Dispose();

    sealed unsafe class MappedBytes : MemoryManager<byte>
    {
        readonly MemoryMappedFile mapping;
        readonly MemoryMappedViewAccessor view;
        readonly int length;
        byte* start;

        public MappedBytes(FileStream file)
        {
            // Nobody sends more; of a file that is longer its beginning is read.
            length = (int)Math.Min(file.Length, Array.MaxLength);
            mapping = MemoryMappedFile.CreateFromFile(
                file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        }

        public override Span<byte> GetSpan()
        {
            ObjectDisposedException.ThrowIf(start is null, this);
            return new(start, length);
        }

        public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);
        public override void Unpin() { }

        protected override void Dispose(bool disposing)
        {
            if (start is null) return;
            start = null;
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            mapping.Dispose();
        }
    }
}
