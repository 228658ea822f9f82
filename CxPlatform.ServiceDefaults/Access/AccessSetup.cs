using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CxPlatform.ServiceDefaults;

internal static class AccessSetup
{
    public const string Selector = "cx";
    public const string Session = "cx-session";

    public static void AddAccessControl(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var oidc = builder.Configuration.GetSection("Cx:Oidc").Get<PlatformOptions.OidcOptions>() ?? new();
        services.AddSingleton<AccessDirectory>();
        services.AddSingleton<KeyAccess>();
        var authentication = services.AddAuthentication(Selector)
            .AddPolicyScheme(Selector, null, o => o.ForwardDefaultSelector = context =>
                ApiKeyHandler.Presented(context.Request) is not null ? ApiKeyHandler.SchemeName
                : oidc.Authority is not null && context.Request.Headers.Authorization.Count > 0 ? BearerHandler.SchemeName
                : Session)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddCookie(Session, Cookie);
        // Behind a gateway that ends TLS a request looks like plain HTTP: the public address decides.
        services.AddOptions<CookieAuthenticationOptions>(Session).Configure<IOptions<PlatformOptions>>((o, platform) =>
            o.Cookie.SecurePolicy = SecurePolicy(platform.Value));
        if (oidc.Authority is not null)
        {
            authentication.AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null);
            services.AddSingleton<OidcIssuer>();
            services.AddHttpClient(OidcIssuer.HttpClientName);
        }
        services.AddAuthorization(AddPolicies);
    }

    private static CookieSecurePolicy SecurePolicy(PlatformOptions platform) =>
        platform.PublicUrl?.Scheme == Uri.UriSchemeHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;

    private static void Cookie(CookieAuthenticationOptions o)
    {
        o.Cookie.Name = "cx.session";
        o.Cookie.HttpOnly = true;
        o.Cookie.SameSite = SameSiteMode.Lax;
        o.ExpireTimeSpan = TimeSpan.FromHours(12);
        o.SlidingExpiration = true;
        o.LoginPath = SignInEndpoints.SignInPath;
        o.ReturnUrlParameter = SignInEndpoints.ReturnUrl;
        o.Events.OnValidatePrincipal = async context =>
        {
            var access = context.HttpContext.RequestServices.GetRequiredService<KeyAccess>();
            if (context.Principal is null || await access.IsInForceAsync(context.Principal, context.HttpContext.RequestAborted))
                return;
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Session);
        };
        // Pages lead to the sign-in page; everything else gets its status, and a problem document with it.
        o.Events.OnRedirectToLogin = context =>
        {
            if (Browser.Wants(context.HttpContext))
                context.Response.Redirect(context.RedirectUri);
            else
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        };
        o.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
    }

    private static void AddPolicies(AuthorizationOptions o)
    {
        Add(Policies.Intake, user => user.HasScope(Scopes.Intake));
        Add(Policies.IntakeOrCasesRead,
            user => user.HasScope(Scopes.Intake) || user.HasScope(Scopes.CasesRead) || user.HasRole(Roles.Agent));
        Add(Policies.EventsRead, user => user.HasScope(Scopes.Events));
        Add(Policies.CasesRead, user => user.HasScope(Scopes.CasesRead) || user.HasRole(Roles.Agent));
        Add(Policies.CasesWrite, user => user.HasScope(Scopes.CasesWrite) || user.HasRole(Roles.Agent));
        Add(Policies.Admin, user => user.HasScope(Scopes.Admin) || user.HasRole(Roles.Admin));
        Add(Policies.PersonalData, user => user.HasScope(Scopes.Admin) || user.HasRole(Roles.Lead));
        Add(Policies.Agent, user => user.HasRole(Roles.Agent));
        Add(Policies.Lead, user => user.HasRole(Roles.Lead));

        void Add(string name, Func<ClaimsPrincipal, bool> allows) =>
            o.AddPolicy(name, p => p.RequireAuthenticatedUser().RequireAssertion(context => allows(context.User)));
    }
}
