using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace CxPlatform.Client;

/// <summary>Where a reader keeps how far it has read: best in the transaction of what it does with the events.</summary>
public interface ICheckpoint
{
    /// <summary>The cursor that was saved last; null for the beginning.</summary>
    Task<string?> LoadAsync(CancellationToken ct);

    /// <summary>Everything up to here is handled.</summary>
    Task SaveAsync(string cursor, CancellationToken ct);
}

/// <summary>A checkpoint in a file, which is whole whatever happens.</summary>
public sealed class FileCheckpoint(string path) : ICheckpoint
{
    /// <inheritdoc/>
    public async Task<string?> LoadAsync(CancellationToken ct) =>
        File.Exists(path) && (await File.ReadAllTextAsync(path, ct)).Trim() is { Length: > 0 } cursor ? cursor : null;

    /// <inheritdoc/>
    public async Task SaveAsync(string cursor, CancellationToken ct)
    {
        var next = path + ".new";
        await using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(cursor), ct);
            file.Flush(flushToDisk: true);
        }
        File.Move(next, path, overwrite: true);
    }
}

/// <summary>A checkpoint that the platform keeps, for the key that the client has. It moves forward only: of two readers of one name the slower
/// does not put it back.</summary>
public sealed class ServerCheckpoint(HttpClient client, string name) : ICheckpoint
{
    private readonly string _path = "v1/events/checkpoints/" + Uri.EscapeDataString(name);

    /// <inheritdoc/>
    public async Task<string?> LoadAsync(CancellationToken ct)
    {
        using var response = await client.GetAsync(_path, ct);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        await CxApiException.ThrowIfRefusedAsync(response, ct);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("cursor").GetString();
    }

    /// <inheritdoc/>
    public async Task SaveAsync(string cursor, CancellationToken ct)
    {
        using var response = await client.PutAsJsonAsync(_path, new { cursor }, ct);
        if (response.StatusCode != HttpStatusCode.Conflict) // Somebody else is further already.
            await CxApiException.ThrowIfRefusedAsync(response, ct);
    }
}
