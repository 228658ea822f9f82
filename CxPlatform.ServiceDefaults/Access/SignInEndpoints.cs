using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CxPlatform.ServiceDefaults;

/// <summary>Signing in to the desk: with a key, or through the OIDC issuer when one is configured. Routing maps it.</summary>
public static class SignInEndpoints
{
    public const string SignInPath = "/sign-in";
    public const string SignOutPath = "/sign-out";
    internal const string ReturnUrl = "returnUrl";
    private const int TriesPerWindow = 10;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var issuer = routes.ServiceProvider.GetService<OidcIssuer>();
        var oidcUrl = issuer?.Options.ClientId is null ? null : OidcSignIn.StartPath;
        routes.MapGet(SignInPath, ([FromQuery] string? returnUrl) => Show(returnUrl, oidcUrl)).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost(SignInPath, async (
            [FromForm] string? key, [FromForm] string? returnUrl, HttpContext context, KeyAccess access, ISharedLimiter limiter,
            ILoggerFactory loggers) =>
        {
            var identity = await access.IdentifyAsync(key?.Trim() ?? "", context.RequestAborted);
            if (identity is null || !new ClaimsPrincipal(identity).HasRole(Roles.Agent))
            {
                // Only what fails is counted: a whole office comes in from one address at nine.
                var limit = await limiter.TryAcquireAsync("sign-in:" + Caller(context), TriesPerWindow, Window, context.RequestAborted);
                if (!limit.Allowed)
                {
                    var seconds = (int)Math.Ceiling(limit.RetryAfter.TotalSeconds);
                    context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
                    return Show(returnUrl, oidcUrl, "Too many tries. Please wait a few minutes.", StatusCodes.Status429TooManyRequests);
                }
                Log.SignInRefused(loggers.CreateLogger("CxPlatform.SignIn"), identity is null ? "unknown or revoked key" : "key without a person");
                return Show(returnUrl, oidcUrl, identity is null
                    ? "This key is unknown or no longer valid."
                    : "This key is for programs. Ask your administrator for one in your name.", StatusCodes.Status401Unauthorized);
            }
            await SignInAsync(context, identity);
            return Page.SeeOther(LocalPath.Or(returnUrl, "/desk"));
        }).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost(SignOutPath, async Task<IResult> (HttpContext context) =>
        {
            await context.SignOutAsync(AccessSetup.Session);
            return Page.SeeOther(SignInPath);
        }).AllowAnonymous().RequireAntiforgery().ExcludeFromDescription();
        if (oidcUrl is not null)
            OidcSignIn.Map(routes);
    }

    internal static Task SignInAsync(HttpContext context, ClaimsIdentity identity) => context.SignInAsync(
        AccessSetup.Session,
        // A session is a person's: a key's scopes stay with the key.
        new ClaimsPrincipal(new ClaimsIdentity(
            identity.Claims.Where(c => c.Type != CxClaims.Scope), AccessSetup.Session, CxClaims.Name, CxClaims.Role)));

    private static RazorComponentResult<SignInPage> Show(string? returnUrl, string? oidcUrl, string? error = null, int status = StatusCodes.Status200OK)
    {
        var local = LocalPath.Or(returnUrl, "/desk");
        return Page.Of<SignInPage>(
            new { ReturnUrl = local, Error = error, OidcUrl = oidcUrl is null ? null : $"{oidcUrl}?{ReturnUrl}={Uri.EscapeDataString(local)}" }, status);
    }

    // An address is personal data: the limiter sees a hash of it.
    private static string Caller(HttpContext context) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(context.Connection.RemoteIpAddress?.ToString() ?? "")))[..16];
}
