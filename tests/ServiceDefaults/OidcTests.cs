using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CxPlatform.ServiceDefaults.Tests;

public sealed class OidcTests : IAsyncLifetime
{
    private readonly KnownAccess _known = new();
    private Issuer _issuer = null!;
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _issuer = await Issuer.StartAsync();
        _host = await TestHost.StartAsync(
            app =>
            {
                app.MapSignIn();
                app.MapGet("/v1/cases", () => TypedResults.Ok()).RequireAuthorization(Policies.CasesRead);
                app.MapGet("/v1/lead", () => TypedResults.Ok()).RequireAuthorization(Policies.Lead);
                app.MapGet("/desk", (HttpContext context) => TypedResults.Text(context.User.ActorId())).RequireAuthorization(Policies.Agent);
            },
            b => b.Services.AddSingleton<IAccessSource>(_known),
            "Cx:Oidc:Authority=" + _issuer.Address, "Cx:Oidc:ClientId=desk", "Cx:Oidc:ClientSecret=hush", "Cx:Oidc:RequireHttps=false",
            "Cx:Oidc:Roles:support-lead=lead");
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private async Task<HttpStatusCode> Status(string token, string path)
    {
        using var client = _host.NewClient(token);
        using var response = await client.GetAsync(path);
        return response.StatusCode;
    }

    [Fact]
    public async Task A_bearer_token_of_the_issuer_acts_in_its_mapped_role()
    {
        var token = _issuer.Token("desk", ("roles", "support-lead"));
        Assert.Equal(HttpStatusCode.OK, await Status(token, "/v1/cases"));
        Assert.Equal(HttpStatusCode.OK, await Status(token, "/v1/lead"));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(_issuer.Token("desk", ("roles", "accounting")), "/v1/cases"));
    }

    [Fact]
    public async Task A_bearer_token_that_does_not_hold_is_refused()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(_issuer.Token("another", ("roles", "lead")), "/v1/cases"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(_issuer.Token("desk", -3600, ("roles", "lead")), "/v1/cases"));
        var token = _issuer.Token("desk", ("roles", "agent"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(token[..^10] + "AAAAAAAAAA", "/v1/cases"));
        var none = $"{Base64Url.EncodeToString("""{"alg":"none"}"""u8)}.{token.Split('.')[1]}.";
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(none, "/v1/cases"));
    }

    [Fact]
    public async Task A_token_under_a_new_key_of_the_issuer_is_accepted()
    {
        Assert.Equal(HttpStatusCode.OK, await Status(_issuer.Token("desk", ("roles", "agent")), "/v1/cases"));
        _issuer.ChangeKey();
        await Eventually.Async(async () => await Status(_issuer.Token("desk", ("roles", "agent")), "/v1/cases") == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_person_signs_in_by_the_code_flow_and_is_the_agent_with_the_same_address()
    {
        var agent = _known.AddAgent("Ada", Roles.Agent, "ada@example.com");
        _issuer.Person = [("email", "Ada@example.com"), ("name", "Ada L."), ("roles", "agent")];
        var browser = new Browsing(_host);

        var answer = await FlowAsync(browser);
        Assert.Equal("/desk?queue=a", answer.Headers.Location!.ToString());
        Assert.Equal($"agent:{agent}", await (await browser.GetAsync("/desk")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_unverified_address_is_nobodys()
    {
        _known.AddAgent("Ada", Roles.Admin, "ada@example.com");
        _issuer.Person = [("email", "ada@example.com"), ("email_verified", "false"), ("roles", "agent")];
        var browser = new Browsing(_host);
        await FlowAsync(browser);
        Assert.Equal("person:sub-1", await (await browser.GetAsync("/desk")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Somebody_without_a_role_is_turned_away()
    {
        _issuer.Person = [("email", "bob@example.com")];
        var answer = await FlowAsync(new Browsing(_host));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task An_answer_to_another_browsers_sign_in_is_refused()
    {
        _issuer.Person = [("roles", "agent")];
        var start = await new Browsing(_host).GetAsync("/sign-in/oidc");
        var callback = await _issuer.AuthorizeAsync(start.Headers.Location!);
        Assert.Equal(HttpStatusCode.Unauthorized, (await new Browsing(_host).GetAsync(callback)).StatusCode);
    }

    [Fact]
    public async Task An_id_token_with_another_nonce_is_refused()
    {
        _issuer.Person = [("roles", "agent")];
        _issuer.WrongNonce = true;
        Assert.Equal(HttpStatusCode.Unauthorized, (await FlowAsync(new Browsing(_host))).StatusCode);
    }

    private async Task<HttpResponseMessage> FlowAsync(Browsing browser)
    {
        var start = await browser.GetAsync("/sign-in/oidc?returnUrl=%2Fdesk%3Fqueue%3Da");
        Assert.Equal(HttpStatusCode.Redirect, start.StatusCode);
        return await browser.GetAsync(await _issuer.AuthorizeAsync(start.Headers.Location!));
    }

    /// <summary>A small OIDC issuer: discovery, keys, token endpoint with PKCE.</summary>
    private sealed class Issuer : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly ConcurrentDictionary<string, (string Nonce, string Challenge, string RedirectUri)> _codes = [];
        private RsaSecurityKey _key = NewKey();

        private Issuer(WebApplication app) => _app = app;

        public string Address { get; private set; } = "";

        public (string Type, string Value)[] Person { get; set; } = [];

        public bool WrongNonce { get; set; }

        public static async Task<Issuer> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
            var app = builder.Build();
            var issuer = new Issuer(app);
            app.MapGet("/.well-known/openid-configuration", () => TypedResults.Json(new Dictionary<string, string>
            {
                ["issuer"] = issuer.Address,
                ["authorization_endpoint"] = issuer.Address + "/authorize",
                ["token_endpoint"] = issuer.Address + "/token",
                ["jwks_uri"] = issuer.Address + "/jwks",
            }));
            app.MapGet("/jwks", () =>
            {
                var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(issuer._key);
                return TypedResults.Json(new { keys = new[] { new { kty = "RSA", use = "sig", kid = jwk.Kid, n = jwk.N, e = jwk.E } } });
            });
            app.MapPost("/token", IResult ([FromForm] string code, [FromForm(Name = "code_verifier")] string verifier, [FromForm(Name = "redirect_uri")] string redirect,
                [FromForm(Name = "client_secret")] string secret) =>
            {
                if (!issuer._codes.TryRemove(code, out var given) || secret != "hush" || redirect != given.RedirectUri
                    || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))) != given.Challenge)
                    return TypedResults.BadRequest(new { error = "invalid_grant" });
                return TypedResults.Json(new Dictionary<string, string>
                {
                    ["id_token"] = issuer.Token("desk", [.. issuer.Person, ("nonce", issuer.WrongNonce ? "other" : given.Nonce)]),
                });
            }).DisableAntiforgery();
            await app.StartAsync();
            issuer.Address = app.Urls.First();
            return issuer;
        }

        public void ChangeKey() => _key = NewKey();

        /// <summary>What the issuer's page does when the person agrees: the path and query that the browser is sent back to.</summary>
        public Task<string> AuthorizeAsync(Uri request)
        {
            var query = QueryHelpers.ParseQuery(request.Query);
            Assert.Equal("S256", query["code_challenge_method"]);
            Assert.Equal("code", query["response_type"]);
            var code = Guid.NewGuid().ToString("n");
            _codes[code] = (query["nonce"]!, query["code_challenge"]!, query["redirect_uri"]!);
            var callback = QueryHelpers.AddQueryString(new Uri(query["redirect_uri"]!).AbsolutePath, new Dictionary<string, string?>
            {
                ["code"] = code,
                ["state"] = query["state"],
            });
            return Task.FromResult(callback);
        }

        public string Token(string audience, params (string Type, string Value)[] claims) => Token(audience, 3600, claims);

        public string Token(string audience, int expiresInSeconds, params (string Type, string Value)[] claims)
        {
            var now = TimeProvider.System.GetUtcNow().UtcDateTime;
            return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
            {
                Issuer = Address,
                Audience = audience,
                NotBefore = now.AddHours(-2),
                IssuedAt = now.AddHours(-2),
                Expires = now.AddSeconds(expiresInSeconds),
                Subject = new ClaimsIdentity([new Claim("sub", "sub-1"), .. claims.Select(c => new Claim(c.Type, c.Value))]),
                SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.RsaSha256),
            });
        }

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();

        private static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("n") };
    }
}
