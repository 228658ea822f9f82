using System.Globalization;
using System.Text.Json;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>Access tokens for the relay: from a file that somebody else keeps fresh, or from the provider's token endpoint (RFC 6749), kept until shortly before
/// they end. However many connections want one, the endpoint is asked once.</summary>
internal sealed class SmtpTokens(IHttpClientFactory clients, IOptions<MailOptions> options, TimeProvider clock, ILogger<SmtpTokens> log)
{
    public const string Client = "smtp-token";

    /// <summary>For so long before its end a token is not used any more; of a short life, half of it.</summary>
    private static readonly TimeSpan Spare = TimeSpan.FromMinutes(1);

    /// <summary>What an endpoint that does not say is taken to mean.</summary>
    private static readonly TimeSpan UsualLife = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    // RFC 6749 section 5.2. What else an endpoint says may hold what it was asked with.
    private static readonly HashSet<string> Refusals =
        ["invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope"];

    private readonly Lock _gate = new();
    private Token? _token;
    private Task<Token>? _fetching;
    private string? _refresh = options.Value.Smtp.OAuth.RefreshToken;

    private sealed record Token(string Text, DateTimeOffset Until);

    /// <summary>What one connection takes its tokens from; told whether the relay has refused the last.</summary>
    /// <remarks>The connection knows which that was: one that others have replaced already is not replaced again. It throws IOException when there is none to be
    /// had now.</remarks>
    public Func<bool, CancellationToken, ValueTask<string>> ForConnection()
    {
        string? last = null;
        return async (refused, ct) => last = await GetAsync(refused ? last : null, ct);
    }

    private async Task<string> GetAsync(string? refused, CancellationToken ct)
    {
        if (options.Value.Smtp.OAuth.TokenFile is { Length: > 0 } file)
            return await ReadAsync(file, ct);
        Task<Token> fetching;
        lock (_gate)
        {
            if (_token is { } token && token.Text != refused && clock.GetUtcNow() < token.Until)
                return token.Text;
            if (_fetching is null or { IsCompleted: true })
                _fetching = Task.Run(FetchAsync, CancellationToken.None);
            fetching = _fetching;
        }
        return (await fetching.WaitAsync(ct)).Text;
    }

    private async Task<string> ReadAsync(string file, CancellationToken ct)
    {
        try
        {
            var token = (await File.ReadAllTextAsync(file, ct)).Trim();
            return token.Length > 0 && token.All(c => c is > ' ' and <= '~') ? token : throw Missing("the token file holds no token");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing("the token file cannot be read", e);
        }
    }

    private async Task<Token> FetchAsync()
    {
        var oauth = options.Value.Smtp.OAuth;
        var form = new Dictionary<string, string> { ["client_id"] = oauth.ClientId!, ["grant_type"] = "client_credentials" };
        if (_refresh is { Length: > 0 } refresh)
            (form["grant_type"], form["refresh_token"]) = ("refresh_token", refresh);
        if (oauth.ClientSecret is { Length: > 0 } secret)
            form["client_secret"] = secret;
        if (oauth.Scope is { Length: > 0 } scope)
            form["scope"] = scope;
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        try
        {
            using var client = clients.CreateClient(Client);
            using var content = new FormUrlEncodedContent(form);
            using var response = await client.PostAsync(oauth.TokenUrl, content, deadline.Token);
            await using var body = await response.Content.ReadAsStreamAsync(deadline.Token);
            if (!response.IsSuccessStatusCode)
                throw Missing($"the token endpoint answers {(int)response.StatusCode} {await RefusalAsync(body, deadline.Token)}".TrimEnd());
            using var answer = await JsonDocument.ParseAsync(body, cancellationToken: deadline.Token);
            var token = new Token(
                answer.RootElement.GetProperty("access_token").GetString() ?? throw new KeyNotFoundException(), clock.GetUtcNow() + Use(LifeOf(answer.RootElement)));
            // It may have given another one in its place (section 6): the one it had counts no longer then.
            if (form.ContainsKey("refresh_token") && answer.RootElement.TryGetProperty("refresh_token", out var next) && next.GetString() is { Length: > 0 } rotated)
                _refresh = rotated;
            lock (_gate)
                _token = token;
            return token;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException or OperationCanceledException)
        {
            throw Missing($"the token endpoint gives none ({e.GetType().Name})", e);
        }
    }

    private static async Task<string?> RefusalAsync(Stream body, CancellationToken ct)
    {
        try
        {
            using var answer = await JsonDocument.ParseAsync(body, cancellationToken: ct);
            return answer.RootElement.TryGetProperty("error", out var error) && error.GetString() is { } code && Refusals.Contains(code) ? code : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // Seconds; some write them as text.
    private static TimeSpan LifeOf(JsonElement answer) =>
        answer.TryGetProperty("expires_in", out var seconds)
        && int.TryParse(seconds.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? TimeSpan.FromSeconds(count) : UsualLife;

    private static TimeSpan Use(TimeSpan life) => life > 2 * Spare ? life - Spare : life / 2;

    private IOException Missing(string why, Exception? e = null)
    {
        log.NoAccessToken(why);
        return new($"{why}.", e);
    }
}
