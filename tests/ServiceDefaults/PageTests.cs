using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CxPlatform.ServiceDefaults.Tests;

public sealed partial class PageTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(app =>
    {
        app.MapSignIn();
        app.MapPost("/by-hand", async Task<IResult> (HttpContext context) => TypedResults.Text((await context.Request.ReadFormAsync())["a"]!)).RequireAntiforgery();
    });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_page_names_its_language_leads_past_the_header_and_has_one_heading()
    {
        var html = await _host.Client.GetStringAsync("/sign-in");
        Assert.StartsWith("<!DOCTYPE html>", html.TrimStart(), StringComparison.Ordinal);
        Assert.Contains("<html lang=\"en\"", html, StringComparison.Ordinal);
        Assert.Contains("href=\"#main\"", html, StringComparison.Ordinal);
        Assert.Contains("width=device-width", html, StringComparison.Ordinal);
        Assert.Single(Heading().Matches(html));
        Assert.Contains("<title>Sign in · Customer care</title>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stylesheet_in_the_page_is_the_one_the_policy_allows()
    {
        using var response = await _host.Client.GetAsync("/sign-in");
        var style = Style().Match(await response.Content.ReadAsStringAsync()).Groups[1].Value;
        var hash = "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains($"style-src '{hash}'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_response_keeps_addresses_and_types_to_itself()
    {
        foreach (var path in new[] { "/sign-in", "/v1/nothing", "/alive" })
        {
            using var response = await _host.Client.GetAsync(path);
            Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Contains("no-store", response.Headers.GetValues("Cache-Control").Single(), StringComparison.Ordinal);
            Assert.False(response.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task A_form_read_by_hand_needs_its_token_too()
    {
        using var form = new FormUrlEncodedContent([new("a", "b")]);
        using var refused = await _host.Client.PostAsync("/by-hand", form);
        Assert.Equal(400, (int)refused.StatusCode);

        var browser = new Browsing(_host);
        var accepted = await browser.SubmitAsync("/by-hand", await browser.GetAsync("/sign-in"), ("a", "b"));
        Assert.Equal("b", await accepted.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("#1f5f8b")]
    [InlineData("#ffee00")]
    [InlineData("#000000")]
    [InlineData("#ffffff")]
    [InlineData("#e4002b")]
    public void Any_brand_colour_is_made_readable_in_light_and_dark(string colour)
    {
        var style = new PageAssets(Options.Create(new BrandOptions { Colour = colour })).Style;
        var pairs = Brand().Matches(style);
        Assert.Equal(2, pairs.Count);
        Colour[] grounds = [Colour.Parse("#f4f5f7"), Colour.Parse("#22282f")];
        for (var i = 0; i < 2; i++)
        {
            var brand = Colour.Parse(pairs[i].Groups[1].Value);
            Assert.True(Colour.Contrast(brand, grounds[i]) >= 4.5);
            Assert.True(Colour.Contrast(brand, Colour.Parse(pairs[i].Groups[2].Value)) >= 4.5);
        }
    }

    [Fact]
    public void The_palette_meets_AA_in_light_and_dark()
    {
        var style = new PageAssets(Options.Create(new BrandOptions())).Style;
        foreach (var block in new[] { style[..style.IndexOf("@media", StringComparison.Ordinal)], style[style.IndexOf("prefers-color-scheme:dark", StringComparison.Ordinal)..] })
        {
            Colour Of(string name) => Colour.Parse(Regex.Match(block, $"--{name}:(#[0-9a-f]{{3,6}})").Groups[1].Value is { Length: 4 } s
                ? $"#{s[1]}{s[1]}{s[2]}{s[2]}{s[3]}{s[3]}" : Regex.Match(block, $"--{name}:(#[0-9a-f]{{6}})").Groups[1].Value);
            foreach (var ground in new[] { "ground", "card" })
            {
                Assert.True(Colour.Contrast(Of("text"), Of(ground)) >= 7, "text on " + ground);
                Assert.True(Colour.Contrast(Of("muted"), Of(ground)) >= 4.5, "muted on " + ground);
                Assert.True(Colour.Contrast(Of("bad"), Of(ground)) >= 4.5, "bad on " + ground);
                Assert.True(Colour.Contrast(Of("edge"), Of(ground)) >= 3, "edge on " + ground);
            }
            foreach (var tone in new[] { "info", "good", "warn", "bad" })
                Assert.True(Colour.Contrast(Of(tone), Of(tone + "-bg")) >= 4.5, tone);
        }
    }

    [GeneratedRegex("<h1")]
    private static partial Regex Heading();

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("--brand:(#[0-9a-f]{6});--on-brand:(#[0-9a-f]{6})")]
    private static partial Regex Brand();
}
