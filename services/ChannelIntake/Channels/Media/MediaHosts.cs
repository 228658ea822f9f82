namespace CxPlatform.Intake.Channels.Media;

/// <summary>Where media may be fetched from: addresses come with messages, and must not lead into our own network.</summary>
internal sealed class MediaHosts(IReadOnlyList<string> further)
{
    // Those that are shown the account's password or token.
    private static readonly Dictionary<MediaProvider, string[]> Own = new()
    {
        [MediaProvider.Twilio] = ["*.twilio.com"],
        [MediaProvider.MetaId] = ["graph.facebook.com", "lookaside.fbsbx.com"],
        [MediaProvider.MetaAddress] = [],
    };

    // Where those send us on to.
    private static readonly Dictionary<MediaProvider, string[]> Stores = new()
    {
        [MediaProvider.Twilio] = ["*.twiliocdn.com", "s3-external-1.amazonaws.com"],
        [MediaProvider.MetaId] = ["*.fbcdn.net", "*.fbsbx.com"],
        [MediaProvider.MetaAddress] = ["*.fbcdn.net", "*.fbsbx.com", "*.cdninstagram.com"],
    };

    public bool MayFetch(MediaProvider provider, Uri address) => MaySignIn(provider, address) || Matches(Stores[provider], address);

    public bool MaySignIn(MediaProvider provider, Uri address) => Matches(Own[provider], address) || Matches(further, address);

    private static bool Matches(IReadOnlyList<string> entries, Uri address)
    {
        foreach (var entry in entries)
            if (Matches(entry, address))
                return true;
        return false;
    }

    private static bool Matches(string entry, Uri address)
    {
        if (entry.Contains("://", StringComparison.Ordinal))
            return Uri.TryCreate(entry, UriKind.Absolute, out var origin)
                && Uri.Compare(origin, address, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
        // A host by its name: the web's own port, encrypted.
        return address.Scheme == Uri.UriSchemeHttps && address.IsDefaultPort
            && (entry.StartsWith("*.", StringComparison.Ordinal)
                ? address.Host.EndsWith(entry[1..], StringComparison.OrdinalIgnoreCase)
                : address.Host.Equals(entry, StringComparison.OrdinalIgnoreCase));
    }
}
