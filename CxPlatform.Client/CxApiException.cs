using System.Net;
using System.Text.Json;

namespace CxPlatform.Client;

/// <summary>The platform refused a request, and says why.</summary>
public sealed class CxApiException : Exception
{
    private CxApiException(HttpStatusCode status, string? code, string detail, string? oldest)
        : base($"{(int)status} {code}: {detail}") => (Status, Code, Oldest) = (status, code, oldest);

    /// <summary>The status of the answer.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>Stable, for programs: <c>cursor-gone</c>.</summary>
    public string? Code { get; }

    /// <summary>With <c>cursor-gone</c>: the cursor from which to read on.</summary>
    public string? Oldest { get; }

    /// <summary>The same request may succeed later.</summary>
    public bool IsTransient => Status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)Status >= 500;

    internal static async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.IsSuccessStatusCode)
            return;
        var text = await response.Content.ReadAsStringAsync(ct);
        JsonElement problem = default;
        try
        {
            problem = JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            // Whatever is in between has answered.
        }
        string? Text(string name) => problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(name, out var value) ? value.ToString() : null;
        throw new CxApiException(response.StatusCode, Text("code"), Text("detail") ?? response.ReasonPhrase ?? "", Text("oldest"));
    }
}
