namespace CxPlatform.Mail;

/// <summary>HTML of a mail that may be shown within a page of ours.</summary>
/// <param name="Html">A fragment for a <c>div</c>; made of harmless elements and attributes alone.</param>
/// <param name="BlockedRemote">
/// Whether images from elsewhere wait in <c>data-src</c>: fetching them would tell the sender who reads the mail, when and where.
/// </param>
public sealed record SanitisedHtml(string Html, bool BlockedRemote);

public sealed record HtmlSanitizerOptions
{
    public static HtmlSanitizerOptions Default { get; } = new();

    /// <summary>Loads images from elsewhere, because the reader asked for them.</summary>
    public bool ShowRemote { get; init; }

    /// <summary>
    /// Where we serve the part with this Content-ID (without angle brackets); null leaves the image out. Without it all such images are
    /// left out.
    /// </summary>
    public Func<string, string?>? ContentIdToUrl { get; init; }
}
