using System.Text.Json;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>Access tokens for the relay: from a file that somebody else keeps fresh, or from the provider's token endpoint (RFC 6749), kept until shortly before
/// they end.</summary>
internal sealed class SmtpTokens(IHttpClientFactory clients, IOptions<MailOptions> options, TimeProvider clock) : IDisposable
{
    public const string Client = "smtp-token";

    /// <summary>For so long before its end a token is not used any more.</summary>
    private static readonly TimeSpan Spare = TimeSpan.FromMinutes(1);

    /// <summary>What an endpoint that does not say is taken to mean.</summary>
    private static readonly TimeSpan UsualLife = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private string? _token;
    private DateTimeOffset _until;

    /// <param name="refused">The relay did not take the last one.</param>
    /// <exception cref="IOException">There is none to be had now.</exception>
    public async ValueTask<string> GetAsync(bool refused, CancellationToken ct)
    {
        var oauth = options.Value.Smtp.OAuth;
        if (oauth.TokenFile is { Length: > 0 } file)
            return (await File.ReadAllTextAsync(file, ct)).Trim();
        await _gate.WaitAsync(ct);
        try
        {
            if (refused || _token is null || clock.GetUtcNow() > _until - Spare)
                (_token, _until) = await FetchAsync(oauth, ct);
            return _token;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<(string Token, DateTimeOffset Until)> FetchAsync(MailOptions.OAuthOptions oauth, CancellationToken ct)
    {
        var form = new Dictionary<string, string> { ["client_id"] = oauth.ClientId!, ["grant_type"] = "client_credentials" };
        if (oauth.RefreshToken is { Length: > 0 } refresh)
            (form["grant_type"], form["refresh_token"]) = ("refresh_token", refresh);
        if (oauth.ClientSecret is { Length: > 0 } secret)
            form["client_secret"] = secret;
        if (oauth.Scope is { Length: > 0 } scope)
            form["scope"] = scope;
        try
        {
            using var client = clients.CreateClient(Client);
            using var response = await client.PostAsync(oauth.TokenUrl, new FormUrlEncodedContent(form), ct);
            // Its answer to a refusal may hold what was asked for: the status says enough.
            if (!response.IsSuccessStatusCode)
                throw new IOException($"The token endpoint answered {(int)response.StatusCode}.");
            await using var body = await response.Content.ReadAsStreamAsync(ct);
            using var answer = await JsonDocument.ParseAsync(body, cancellationToken: ct);
            var life = answer.RootElement.TryGetProperty("expires_in", out var seconds) && seconds.TryGetInt32(out var count) ? TimeSpan.FromSeconds(count) : UsualLife;
            return (answer.RootElement.GetProperty("access_token").GetString() ?? throw new KeyNotFoundException(), clock.GetUtcNow() + life);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new IOException($"The token endpoint gave no token: {e.GetType().Name}.", e);
        }
    }

    public void Dispose() => _gate.Dispose();
}
