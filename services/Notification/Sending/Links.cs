using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>Where customers find things: addresses below the one public address.</summary>
internal sealed class Links(IOptions<PlatformOptions> platform, IOptions<NotificationOptions> options, IOptions<MailOptions> mail, Tokens tokens, IServer server)
{
    private readonly Lazy<Uri> _base = new(() => platform.Value.PublicUrl ?? Listening(server));
    private readonly Lazy<string> _domain = new(() =>
        mail.Value.Domain ?? (platform.Value.PublicUrl is { HostNameType: UriHostNameType.Dns } url ? url.Host : "localhost"));

    /// <summary>The domain that our mail comes from and that answers go to.</summary>
    public string MailDomain => _domain.Value;

    /// <summary>Whether mail to it comes to the platform itself. Colleagues may well have mailboxes in the same domain.</summary>
    public bool IsOurs(string address)
    {
        var at = address.LastIndexOf('@');
        if (at < 0 || !address[(at + 1)..].Equals(MailDomain, StringComparison.OrdinalIgnoreCase))
            return false;
        var local = address[..at].Split('+')[0].ToLowerInvariant();
        return local is "case" or "bounce" || local.Equals(mail.Value.From, StringComparison.OrdinalIgnoreCase);
    }

    public string Status(Guid caseId, int generation, DateTimeOffset now) => Of($"s/{tokens.StatusLink(caseId, generation, now + options.Value.LinkLifetime)}");

    public string Survey(Guid surveyId, Guid caseId, DateTimeOffset expiry) => Of($"survey/{tokens.SurveyLink(surveyId, caseId, expiry)}");

    /// <summary>Where a customer chooses what they want to hear.</summary>
    public string Choices(Guid customerId) => Of($"updates/{tokens.ChoicesLink(customerId)}");

    /// <summary>A page of the desk, for agents.</summary>
    public string Desk(string path) => Of($"desk/{path}");

    private string Of(string path) => $"{_base.Value.AbsoluteUri.TrimEnd('/')}/{path}";

    // Without a public address (development only) the links lead to where this process listens.
    private static Uri Listening(IServer server)
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?.Replace("*", "localhost", StringComparison.Ordinal)
            .Replace("+", "localhost", StringComparison.Ordinal);
        return Uri.TryCreate(address, UriKind.Absolute, out var url) ? url : new("http://localhost:5080/");
    }
}
