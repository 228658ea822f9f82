using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Testing;

/// <summary>An OAuth provider: gives tokens to whoever asks at <c>/token</c> (RFC 6749), and says at <c>/introspect</c> (RFC 7662) whether one still counts.</summary>
public sealed class TokenServer : IAsyncDisposable
{
    readonly WebApplication app;
    readonly ConcurrentDictionary<string, bool> tokens = new();

    TokenServer(WebApplication app, Uri address) => (this.app, Address) = (app, address);

    public Uri Address { get; }

    /// <summary>The refresh token that counts; each use gives another one in its place (RFC 6749 section 6). Null: none is asked for.</summary>
    public string? Refresh { get; set; }

    /// <summary>It refuses whoever asks, and repeats what it was asked with.</summary>
    public bool Refuses { get; set; }

    /// <summary>What was asked for, as forms.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> Requests { get; } = new();

    public static async Task<TokenServer> StartAsync()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = new TokenServer(builder.Build(), address);
        server.app.Urls.Add(address.ToString());
        server.app.MapPost("/token", server.GiveAsync);
        server.app.MapPost("/introspect", server.IntrospectAsync);
        await server.app.StartAsync();
        return server;
    }

    public string Give()
    {
        // As long as real ones are: it does not fit into a line of SMTP.
        var token = $"{Guid.NewGuid():n}{new string('x', 1000)}";
        tokens[token] = true;
        return token;
    }

    /// <summary>No token that was given counts any more.</summary>
    public void Withdraw() => tokens.Clear();

    async Task<IResult> GiveAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        Requests.Enqueue(form.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()));
        // Time for others to ask at once.
        await Task.Delay(TimeSpan.FromMilliseconds(50), request.HttpContext.RequestAborted);
        if (Refuses || (Refresh is not null && form["refresh_token"] != Refresh))
            return Results.Json(new { error = "invalid_grant", error_description = string.Join(' ', form.Select(pair => pair.Value)) }, statusCode: 400);
        if (Refresh is not null)
            Refresh = Guid.NewGuid().ToString("n");
        return Results.Json(new { access_token = Give(), token_type = "Bearer", expires_in = 3600, refresh_token = Refresh });
    }

    async Task<IResult> IntrospectAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        return tokens.ContainsKey(form["token"].ToString()) ? Results.Json(new { active = true, username = "user" }) : Results.Json(new { active = false });
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
