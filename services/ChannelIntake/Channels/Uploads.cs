using System.Net.Http.Headers;
using CxPlatform.Contracts;
using CxPlatform.Messaging;

namespace CxPlatform.Intake.Channels;

/// <summary>Files that came with a form (multipart/form-data).</summary>
internal sealed class Uploads(IBlobs blobs)
{
    /// <summary>The files that somebody chose; a browser sends a nameless empty one for a field that was left alone.</summary>
    public static IReadOnlyList<IFormFile> Of(IFormCollection form) => [.. form.Files.Where(file => file.Length > 0 || file.FileName.Length > 0)];

    public async Task<IReadOnlyList<Attachment>> StoreAsync(IReadOnlyList<IFormFile> files, CancellationToken ct)
    {
        var attachments = new List<Attachment>(files.Count);
        foreach (var file in files)
        {
            await using var content = file.OpenReadStream();
            // Some browsers send the whole path.
            var name = Clean.Line(file.FileName.Split('/', '\\')[^1], Limits.Name) ?? "file";
            var type = file.ContentType is { Length: > 0 and <= Limits.Name } stated && MediaTypeHeaderValue.TryParse(stated, out _)
                ? stated
                : "application/octet-stream";
            attachments.Add(new(name, type, file.Length, (await blobs.PutAsync(content, ct)).Hash));
        }
        return attachments;
    }
}
