using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CxPlatform.Messaging;

/// <summary>A blob by what it holds.</summary>
/// <param name="Hash">SHA-256, lower-case hex.</param>
/// <param name="Size">Bytes.</param>
public sealed record BlobRef(string Hash, long Size);

/// <summary>Write-once storage by content, shared by all services. Durable when <see cref="PutAsync"/> returns: put before the commit that refers to it.</summary>
public interface IBlobs
{
    Task<BlobRef> PutAsync(ReadOnlyMemory<byte> content, CancellationToken ct = default);

    Task<BlobRef> PutAsync(Stream content, CancellationToken ct = default);

    /// <returns>Null when there is no such blob (or it was erased).</returns>
    Task<Stream?> OpenAsync(string hash, CancellationToken ct = default);

    /// <summary>For erasure: nothing may refer to it any more. One that was put lately stays: whoever put it may be about to commit what refers
    /// to it.</summary>
    /// <returns>Whether it is gone; else ask again later, after looking whether something refers to it now.</returns>
    Task<bool> DeleteAsync(string hash, CancellationToken ct = default);
}

/// <summary>Blobs in a folder: <c>ab/cdef...</c>, written beside, fsynced, renamed. A blob that is put again is touched; one that is deleted is
/// first put aside, where its time cannot be touched any more, and then looked at: so a put and a deletion cannot miss each other.</summary>
internal sealed class FolderBlobs(string folder, TimeProvider? clock = null) : IBlobs
{
    /// <summary>How long a put protects a blob; longer than any transaction that refers to it.</summary>
    public static readonly TimeSpan Lately = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    public async Task<BlobRef> PutAsync(ReadOnlyMemory<byte> content, CancellationToken ct = default)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        if (!TryTouch(PathOf(hash)))
        {
            var temporary = NewTemporary();
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                await file.WriteAsync(content, ct);
                file.Flush(flushToDisk: true);
            }
            Keep(temporary, hash);
        }
        return new(hash, content.Length);
    }

    public async Task<BlobRef> PutAsync(Stream content, CancellationToken ct = default)
    {
        var temporary = NewTemporary();
        try
        {
            using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long size = 0;
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                var buffer = new byte[81920];
                int read;
                while ((read = await content.ReadAsync(buffer, ct)) > 0)
                {
                    sha.AppendData(buffer, 0, read);
                    await file.WriteAsync(buffer.AsMemory(0, read), ct);
                    size += read;
                }
                file.Flush(flushToDisk: true);
            }
            var hash = Convert.ToHexStringLower(sha.GetHashAndReset());
            Keep(temporary, hash);
            return new(hash, size);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public Task<Stream?> OpenAsync(string hash, CancellationToken ct = default)
    {
        if (!IsHash(hash))
            return Task.FromResult<Stream?>(null);
        // Twice: it may be put back between the first two looks.
        foreach (var path in (string[])[PathOf(hash), AsideOf(hash), PathOf(hash)])
        {
            try
            {
                return Task.FromResult<Stream?>(
                    new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 81920, useAsync: true));
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // It is not there.
            }
        }
        return Task.FromResult<Stream?>(null);
    }

    public Task<bool> DeleteAsync(string hash, CancellationToken ct = default)
    {
        if (!IsHash(hash))
            return Task.FromResult(true);
        var (path, aside) = (PathOf(hash), AsideOf(hash));
        // Most are old or gone, and need not be moved to see that. One that is aside was left there by a crash.
        if (File.Exists(path) && WasPutLately(path))
            return Task.FromResult(false);
        try
        {
            File.Move(path, aside, overwrite: true);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            if (!File.Exists(aside))
                return Task.FromResult(true);
        }
        if (WasPutLately(aside))
        {
            // Put between the two looks: it goes back, over a new copy of the same content if there is one.
            File.Move(aside, path, overwrite: true);
            return Task.FromResult(false);
        }
        File.Delete(aside);
        return Task.FromResult(!File.Exists(path));
    }

    private static bool IsHash(string hash) => hash.Length == 64 && hash.All(char.IsAsciiHexDigitLower);

    private bool WasPutLately(string path) => _clock.GetUtcNow() - File.GetLastWriteTimeUtc(path) < Lately;

    /// <summary>Whether it is there, and protected from a deletion from now on.</summary>
    private bool TryTouch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, _clock.GetUtcNow().UtcDateTime);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private string AsideOf(string hash) => PathOf(hash) + ".aside";

    private string PathOf(string hash) => Path.Combine(folder, hash[..2], hash[2..]);

    private string NewTemporary()
    {
        var temporary = Path.Combine(folder, "new", Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(Path.GetDirectoryName(temporary)!);
        return temporary;
    }

    private void Keep(string temporary, string hash)
    {
        var path = PathOf(hash);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (TryTouch(path))
        {
            File.Delete(temporary);
        }
        else
        {
            _ = TryTouch(temporary); // By our clock, like every other.
            File.Move(temporary, path, overwrite: true);
        }
        // The rename itself must survive a power cut.
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    private static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        // File.OpenHandle refuses folders.
        var handle = open(path, 0);
        if (handle < 0)
            throw new IOException($"Cannot open {path} to flush it.");
        var failed = fsync(handle) != 0;
        _ = close(handle);
        if (failed)
            throw new IOException($"Cannot flush {path}.");
    }

#pragma warning disable CA5392, IDE1006, SYSLIB1054 // libc's own names.
    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true, SetLastError = true)]
    private static extern int open(string path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(int handle);

    [DllImport("libc")]
    private static extern int close(int handle);
#pragma warning restore CA5392, IDE1006, SYSLIB1054
}
