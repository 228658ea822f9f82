using System.Net.Http.Headers;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using Microsoft.AspNetCore.Http;

namespace CxPlatform.ServiceDefaults;

/// <summary>Files that come with a form (multipart/form-data), and files that are given out again.</summary>
public sealed class Uploads(IBlobs blobs)
{
    /// <summary>Files of one form.</summary>
    public const int MaxFiles = 20;

    /// <summary>Bytes of a file.</summary>
    public const int MaxFile = 10 * 1024 * 1024;

    /// <summary>Bytes of a form with files: room for 25 MB of them.</summary>
    public const int MaxForm = 26 * 1024 * 1024;

    private const int MaxName = 200;

    /// <summary>The files that somebody chose; a browser sends a nameless empty one for a field that was left alone.</summary>
    public static IReadOnlyList<IFormFile> Of(IFormCollection form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return [.. form.Files.Where(file => file.Length > 0 || file.FileName.Length > 0)];
    }

    public async Task<IReadOnlyList<Attachment>> StoreAsync(IReadOnlyList<IFormFile> files, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(files);
        var attachments = new List<Attachment>(files.Count);
        foreach (var file in files)
        {
            await using var content = file.OpenReadStream();
            var type = file.ContentType is { Length: > 0 and <= MaxName } stated && MediaTypeHeaderValue.TryParse(stated, out _)
                ? stated
                : FileTypes.Octets;
            attachments.Add(new(NameOf(file), type, file.Length, (await blobs.PutAsync(content, ct)).Hash));
        }
        return attachments;
    }

    /// <summary>A stranger's file to be saved, as what its bytes show it to be; null when it is gone.</summary>
    public async Task<IResult?> ServeAsync(Attachment file, HttpContext context, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (await blobs.OpenAsync(file.Blob, ct) is not { } content)
            return null;
        var start = new byte[FileTypes.Looked];
        var read = await content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct);
        content.Position = 0;
        return Serve(context, content, FileTypes.Safe(file.ContentType, start.AsSpan(0, read)), file.Name);
    }

    /// <summary>Strangers' bytes: with a name they are saved; without one they are pictures. Nothing in them runs.</summary>
    public static IResult Serve(HttpContext context, Stream content, string type, string? name)
    {
        ArgumentNullException.ThrowIfNull(context);
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        headers.CacheControl = "private, no-store";
        return TypedResults.Stream(content, type, name);
    }

    // Some browsers send the whole path.
    private static string NameOf(IFormFile file)
    {
        var name = string.Concat(file.FileName.Split('/', '\\')[^1].Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        if (name.Length > MaxName)
            name = name[..(char.IsHighSurrogate(name[MaxName - 1]) ? MaxName - 1 : MaxName)];
        return name.Length == 0 ? "file" : name;
    }
}
