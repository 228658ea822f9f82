using System.ComponentModel.DataAnnotations;

namespace CxPlatform.Intake.Channels.Media;

/// <summary>Who keeps it.</summary>
internal enum MediaProvider
{
    /// <summary>At an address, behind the account's password.</summary>
    Twilio,

    /// <summary>Under an id, which Meta's Graph answers with an address.</summary>
    MetaId,

    /// <summary>At an address that is itself the secret.</summary>
    MetaAddress,
}

/// <summary>A picture, a recording, a document that a provider keeps for us.</summary>
/// <param name="Reference">Its address or id there.</param>
/// <param name="Name">Without an extension, it gets one by its type.</param>
/// <param name="ContentType">As announced; the provider's answer says it better.</param>
/// <param name="Account">Whose it is at the provider.</param>
internal sealed record MediaFile(MediaProvider Provider, string Reference, string Name, string? ContentType = null, string? Account = null);

/// <summary><c>Cx:Intake:Media</c>: fetching what providers keep for us.</summary>
internal sealed class MediaOptions
{
    /// <summary>Off: what is kept is where it is.</summary>
    public bool Fetch { get; set; } = true;

    /// <summary>Further hosts to fetch from, beside the providers' own: <c>media.example.com</c>, <c>*.example.com</c>, or an origin such as
    /// <c>http://10.0.0.5:8080</c>. From no other is anything ever fetched.</summary>
    public IReadOnlyList<string> Hosts { get; set; } = [];

    /// <summary>Bytes of one file; a larger one stays where it is.</summary>
    [Range(1, 1024 * 1024 * 1024)]
    public int MaxSize { get; set; } = 25 * 1024 * 1024;

    /// <summary>How long a contact waits for its files; then it goes on without them, and says so.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(10);
}
