using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CxPlatform.Demo;

/// <summary>The platform as an integrator has it: an address, a key, JSON over HTTP.</summary>
internal sealed class Platform : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly HttpClient _http;

    public Platform(Uri address, string key)
    {
        Address = address;
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Uri Address { get; }

    /// <summary>The same platform seen by somebody else: an agent with a key of their own.</summary>
    public Platform As(string key) => new(Address, key);

    public async Task<JsonNode> GetAsync(string path) => await AskAsync(HttpMethod.Get, path, null);

    public async Task<JsonNode> PostAsync(string path, object body) => await AskAsync(HttpMethod.Post, path, JsonContent.Create(body));

    public async Task<JsonNode> PutAsync(string path, object body) => await AskAsync(HttpMethod.Put, path, JsonContent.Create(body));

    public async Task<JsonNode> SendAsync(HttpMethod method, string path, HttpContent content) => await AskAsync(method, path, content);

    /// <summary>What was answered whatever the status, for requests that may be refused.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> TryAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        try
        {
            using var response = await _http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            return (response.StatusCode, Parse(text));
        }
        catch (HttpRequestException e)
        {
            throw new StoryException($"Nobody answers at {Address} ({e.Message}). Is the platform running? Start it with ./cx up.");
        }
        catch (TaskCanceledException)
        {
            throw new StoryException($"{method} {path} was not answered within {_http.Timeout.TotalSeconds:0} seconds.");
        }
    }

    /// <summary>Asks again and again until the answer is what the story needs next.</summary>
    /// <param name="what">For the failure: "Jonas's mail becomes a case".</param>
    public static Task<T> UntilAsync<T>(string what, TimeSpan within, Func<Task<T?>> look)
        where T : class => UntilAsync(what, within, "", look);

    /// <param name="advice">What to do when it does not happen.</param>
    /// <inheritdoc cref="UntilAsync{T}(string, TimeSpan, Func{Task{T?}})"/>
    public static async Task<T> UntilAsync<T>(string what, TimeSpan within, string advice, Func<Task<T?>> look)
        where T : class
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await look() is { } found)
                return found;
            if (Stopwatch.GetElapsedTime(started) > within)
                throw new StoryException($"This did not happen within {within.TotalSeconds:0} seconds: {what}. {advice}".TrimEnd());
            await Task.Delay(Pause);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> AskAsync(HttpMethod method, string path, HttpContent? content)
    {
        var (status, body) = await TryAsync(method, path, content);
        return (int)status < 300
            ? body ?? new JsonObject()
            : throw new StoryException($"{method} {path} was answered {(int)status}: {Reason(body) ?? "without a reason"}{Advice(status)}");
    }

    private static string Advice(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized =>
            " The key is not known there: pass the admin key that ./cx up printed with --key, or make one with ./cx key create.",
        HttpStatusCode.Forbidden => " The story needs an admin key.",
        _ => "",
    };

    private static string? Reason(JsonNode? problem) =>
        problem is JsonObject o ? o["detail"]?.ToString() ?? o["title"]?.ToString() : problem?.ToString();

    private static JsonNode? Parse(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text.Length > 300 ? text[..300] : text);
        }
    }
}

internal static class JsonNodes
{
    /// <summary>The member as text; empty when it is not there.</summary>
    public static string Text(this JsonNode node, string name) => node[name]?.ToString() ?? "";

    public static DateTimeOffset? Time(this JsonNode node, string name) =>
        DateTimeOffset.TryParse(node.Text(name), System.Globalization.CultureInfo.InvariantCulture, out var time) ? time : null;

    public static IEnumerable<JsonNode> Items(this JsonNode node, string name = "items") =>
        node[name] is JsonArray items ? items.Where(item => item is not null).Select(item => item!) : [];
}
