namespace CxPlatform.Mail;

/// <summary>A mail while it comes in: in memory while it is small, then in a temporary file that goes with this object.</summary>
sealed class MailSpool(int threshold, string folder) : IDisposable
{
    byte[] memory = [];
    FileStream? file;

    public long Length { get; private set; }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        if (file is null && Length + bytes.Length > threshold) await SpillAsync(cancel).ConfigureAwait(false);
        if (file is not null)
            await file.WriteAsync(bytes, cancel).ConfigureAwait(false);
        else
        {
            if (Length + bytes.Length > memory.Length)
                Array.Resize(ref memory, (int)Math.Min(threshold, Math.Max(memory.Length * 2L, Length + bytes.Length)));
            bytes.Span.CopyTo(memory.AsSpan((int)Length));
        }
        Length += bytes.Length;
    }

    /// <summary>All of it from the start; valid as long as this object, and only one at a time.</summary>
    public async Task<Stream> OpenAsync(CancellationToken cancel)
    {
        if (file is null) return new MemoryStream(memory, 0, (int)Length, writable: false);
        await file.FlushAsync(cancel).ConfigureAwait(false);
        file.Position = 0;
        return file;
    }

    async Task SpillAsync(CancellationToken cancel)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 64 * 1024,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        file = new(Path.Combine(folder, $"cx-mail-{Guid.NewGuid():n}"), options);
        await file.WriteAsync(memory.AsMemory(0, (int)Length), cancel).ConfigureAwait(false);
        memory = [];
    }

    public void Dispose() => file?.Dispose();
}
