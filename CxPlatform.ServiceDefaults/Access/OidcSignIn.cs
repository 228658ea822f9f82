using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace CxPlatform.ServiceDefaults;

/// <summary>The authorization code flow with PKCE (RFC 7636) and a nonce (OpenID Connect Core section 3.1).</summary>
internal static class OidcSignIn
{
    public const string StartPath = "/sign-in/oidc";
    public const string CallbackPath = "/sign-in/oidc/callback";
    private const string Cookie = "cx.oidc";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private sealed record Attempt(string State, string Nonce, string Verifier, string ReturnUrl);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(StartPath, StartAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet(CallbackPath, FinishAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> StartAsync(
        HttpContext context, [FromQuery] string? returnUrl, OidcIssuer issuer, IDataProtectionProvider protection, IOptions<PlatformOptions> platform)
    {
        var attempt = new Attempt(Random(), Random(), Random(), LocalPath.Or(returnUrl, "/desk"));
        // Lax, not Strict: the issuer sends the browser back from another site.
        context.Response.Cookies.Append(Cookie, Protector(protection).Protect(JsonSerializer.Serialize(attempt), Patience), new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps || platform.Value.PublicUrl?.Scheme == Uri.UriSchemeHttps,
            Path = StartPath,
            MaxAge = Patience,
        });
        var discovered = await issuer.DiscoverAsync(context.RequestAborted);
        var message = new OpenIdConnectMessage
        {
            IssuerAddress = discovered.AuthorizationEndpoint,
            ClientId = issuer.Options.ClientId,
            ResponseType = OpenIdConnectResponseType.Code,
            Scope = issuer.Options.Scope,
            RedirectUri = RedirectUri(context, platform.Value),
            State = attempt.State,
            Nonce = attempt.Nonce,
        };
        message.SetParameter("code_challenge", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(attempt.Verifier))));
        message.SetParameter("code_challenge_method", "S256");
        return TypedResults.Redirect(message.CreateAuthenticationRequestUrl());
    }

    private static async Task<IResult> FinishAsync(
        HttpContext context, [FromQuery] string? code, [FromQuery] string? state, [FromQuery] string? error,
        OidcIssuer issuer, IHttpClientFactory http, IDataProtectionProvider protection, IOptions<PlatformOptions> platform)
    {
        var attempt = Read(context, protection);
        context.Response.Cookies.Delete(Cookie, new CookieOptions { Path = StartPath });
        if (attempt is null || code is null || error is not null || !CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(attempt.State), Encoding.UTF8.GetBytes(state ?? "")))
            return Refuse(error is "access_denied" ? "You did not allow it." : "This sign-in was not started here or took too long. Please try again.");
        var ct = context.RequestAborted;
        var discovered = await issuer.DiscoverAsync(ct);
        using var request = new HttpRequestMessage(HttpMethod.Post, discovered.TokenEndpoint);
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = RedirectUri(context, platform.Value),
            ["client_id"] = issuer.Options.ClientId!,
            ["code_verifier"] = attempt.Verifier,
        };
        if (issuer.Options.ClientSecret is { Length: > 0 } secret)
            form["client_secret"] = secret;
        request.Content = new FormUrlEncodedContent(form);
        using var client = http.CreateClient(OidcIssuer.HttpClientName);
        using var response = await client.SendAsync(request, ct);
        var tokens = response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>(ct) : default;
        var identity = tokens.ValueKind == JsonValueKind.Object && tokens.TryGetProperty("id_token", out var idToken)
            ? await issuer.ValidateAsync(idToken.GetString() ?? "", issuer.Options.ClientId, attempt.Nonce, ct)
            : null;
        if (identity is null)
            return Refuse("The sign-in could not be confirmed with the issuer. Please try again.");
        if (!new ClaimsPrincipal(identity).HasRole(Roles.Agent))
            return Problems.Of(StatusCodes.Status403Forbidden, "forbidden", "Your account has no role at this desk. Ask your administrator for one.");
        await SignInEndpoints.SignInAsync(context, identity);
        return TypedResults.LocalRedirect(attempt.ReturnUrl);
    }

    private static RazorComponentResult<SignInPage> Refuse(string detail) =>
        Page.Of<SignInPage>(new { Error = detail, OidcUrl = StartPath }, StatusCodes.Status401Unauthorized);

    private static Attempt? Read(HttpContext context, IDataProtectionProvider protection)
    {
        try
        {
            return context.Request.Cookies[Cookie] is { } cookie ? JsonSerializer.Deserialize<Attempt>(Protector(protection).Unprotect(cookie)) : null;
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }

    private static ITimeLimitedDataProtector Protector(IDataProtectionProvider protection) =>
        protection.CreateProtector("oidc-sign-in").ToTimeLimitedDataProtector();

    private static string RedirectUri(HttpContext context, PlatformOptions platform) =>
        (platform.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? $"{context.Request.Scheme}://{context.Request.Host}") + CallbackPath;

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
