using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace CxPlatform.ServiceDefaults.Pages;

/// <summary>
/// The one stylesheet and the one script, inlined in every page and allowed by their hashes: the content security policy is the
/// same for all responses, and no page needs a second request.
/// </summary>
public sealed class PageAssets
{
    public PageAssets(IOptions<BrandOptions> brand)
    {
        ArgumentNullException.ThrowIfNull(brand);
        Brand = brand.Value.Name;
        var colour = Colour.Parse(brand.Value.Colour);
        Colour white = new(255, 255, 255), black = new(0, 0, 0);
        // The two grounds that cards have in cx.css.
        var light = colour.ReadableOn(new Colour(0xf4, 0xf5, 0xf7), black);
        var dark = colour.ReadableOn(new Colour(0x22, 0x28, 0x2f), white);
        Style = Read("cx.css")
            .Replace("/*brand-light*/", $"--brand:{light};--on-brand:{white}", StringComparison.Ordinal)
            .Replace("/*brand-dark*/", $"--brand:{dark};--on-brand:{dark.ReadableGround()}", StringComparison.Ordinal);
        Script = Read("cx.js");
        string Policy(string styles) =>
            $"default-src 'none'; style-src {styles}; script-src '{Hash(Script)}'; img-src 'self' data:; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        (ContentSecurityPolicy, PolicyAroundMails) = (Policy($"'{Hash(Style)}'"), Policy("'unsafe-inline'"));
    }

    public string Brand { get; }

    public string Style { get; }

    public string Script { get; }

    public string ContentSecurityPolicy { get; }

    /// <summary>For a page with mails in frames: those carry their styles with them, and a frame's document has its page's policy.</summary>
    public string PolicyAroundMails { get; }

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("CxPlatform.ServiceDefaults.Pages." + name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(stream);
        // Browsers hash what they parsed: carriage returns would be gone by then.
        return reader.ReadToEnd().Replace("\r", "", StringComparison.Ordinal);
    }
}
