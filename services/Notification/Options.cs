using System.ComponentModel.DataAnnotations;
using CxPlatform.Contracts;
using CxPlatform.Mail;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Webhooks.Delivery;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications;

/// <summary>How mail leaves and comes back: <c>Cx:Mail</c>.</summary>
internal sealed class MailOptions
{
    /// <summary>The domain whose mail comes to Intake: answers go to <c>case+...@Domain</c>. Required with an SMTP host; else the host of the public address.</summary>
    public string? Domain { get; set; }

    /// <summary>The local part of the sender's address.</summary>
    [Required, RegularExpression("^[A-Za-z0-9._+-]{1,64}$", ErrorMessage = "must be the part of an address before the @: letters, digits and . _ + - only.")]
    public string From { get; set; } = "support";

    public SmtpOptions Smtp { get; set; } = new();

    /// <summary>The folder that messages are written to when no SMTP host is set. Defaults to <c>outbox</c> in the data folder.</summary>
    public string? Outbox { get; set; }

    internal sealed class SmtpOptions
    {
        /// <summary>The relay that takes our mail. Unset: messages are written to the outbox folder.</summary>
        public string? Host { get; set; }

        [Range(1, 65535)]
        public int Port { get; set; } = 587;

        /// <summary>When the connection is encrypted; 465 usually goes with <c>Implicit</c>, a relay on the same machine with <c>None</c>.</summary>
        public SmtpTls Tls { get; set; } = SmtpTls.StartTls;

        public string? User { get; set; }

        public string? Password { get; set; }

        /// <summary>Signs in with an access token in place of a password.</summary>
        public OAuthOptions OAuth { get; set; } = new();

        /// <summary>A PEM file with the certificate of a private authority that is trusted for the relay, beside those that the system trusts.</summary>
        public string? Authority { get; set; }

        /// <summary>Connections kept open at most.</summary>
        [Range(1, 100)]
        public int Connections { get; set; } = 8;

        /// <summary>What one recipient domain gets from this process.</summary>
        public DomainPace EachDomain { get; set; } = new();

        /// <summary>What single domains get: <c>Cx:Mail:Smtp:Domains:example.com:PerMinute</c>.</summary>
        public Dictionary<string, DomainPace> Domains { get; set; } = new(StringComparer.OrdinalIgnoreCase);

        internal DomainPace PaceOf(string domain) => Domains.GetValueOrDefault(domain) ?? EachDomain;
    }

    internal sealed class DomainPace
    {
        /// <summary>Mails at the same time.</summary>
        [Range(1, 100)]
        public int AtOnce { get; set; } = 4;

        /// <summary>Mails in a minute; 0 for no limit but the relay's own.</summary>
        [Range(0, 1_000_000)]
        public int PerMinute { get; set; } = 1800;
    }

    internal sealed class OAuthOptions
    {
        /// <summary>A file that holds the token, and that somebody keeps fresh. Read at every sign-in.</summary>
        public string? TokenFile { get; set; }

        /// <summary>The provider's token endpoint.</summary>
        public Uri? TokenUrl { get; set; }

        public string? ClientId { get; set; }

        public string? ClientSecret { get; set; }

        public string? Scope { get; set; }

        /// <summary>Given: the token is fetched with it; else with the client's own credentials.</summary>
        public string? RefreshToken { get; set; }

        internal bool IsGiven => TokenFile is { Length: > 0 } || TokenUrl is not null;
    }
}

/// <summary><c>Cx:Notification</c>.</summary>
internal sealed class NotificationOptions
{
    /// <summary>The language of customers whose own is not known: <c>en</c> or <c>de</c>.</summary>
    [RegularExpression("^[a-z]{2}$", ErrorMessage = "must be a two-letter language.")]
    public string Language { get; set; } = "en";

    /// <summary>How long a status link opens the case.</summary>
    public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Messages on their way to providers at the same time.</summary>
    [Range(1, 1000)]
    public int Parallelism { get; set; } = 32;

    /// <summary>How long an answer in the chat may wait to be read there before it goes by mail.</summary>
    public TimeSpan ChatPatience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>A folder with further templates, or further languages: <c>name.language.part.hbs</c>, each in place of ours.</summary>
    public string? Templates { get; set; }

    /// <summary>How many updates a customer gets.</summary>
    public UpdateLimits Updates { get; set; } = new();

    /// <summary>Automatic messages that one address gets in a day, from all cases together.</summary>
    [Range(1, 10_000)]
    public int MostAutomaticPerDay { get; set; } = 50;

    /// <summary>What a template is to the one who gets it, where it is to be another than ours: <c>Cx:Notification:Weights:promise-broken</c> = <c>urgent</c>.</summary>
    public Dictionary<string, Weight> Weights { get; set; } = [];

    public TwilioOptions Twilio { get; set; } = new();

    public MetaOptions Meta { get; set; } = new();

    /// <summary>A provider of the operator's own for a channel: <c>Cx:Notification:Http:Sms:Url</c>; <c>Email</c>, <c>Sms</c>, <c>Whatsapp</c>, <c>Social</c>.</summary>
    public Dictionary<string, HttpOptions> Http { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What can leave beside mail and SMS.</summary>
    internal IReadOnlySet<string> Products
    {
        get
        {
            var social = Http.ContainsKey(nameof(Channel.Social));
            var products = new HashSet<string>();
            if (Twilio is { AccountSid.Length: > 0, WhatsappFrom.Length: > 0 } || Meta.Whatsapp.IsGiven || Http.ContainsKey(nameof(Channel.Whatsapp)))
                products.Add("whatsapp");
            if (social || Meta.Messenger.IsGiven)
                products.Add("messenger");
            if (social || Meta.Instagram.IsGiven)
                products.Add("instagram");
            return products;
        }
    }

    internal sealed class HttpOptions
    {
        public Uri? Url { get; set; }

        /// <summary>What requests are signed with: <c>whsec_</c> and base64 of 24 to 64 bytes.</summary>
        public string? Secret { get; set; }
    }

    internal sealed class MetaOptions
    {
        /// <summary>Given when the app asks for proof of it (<c>appsecret_proof</c>).</summary>
        public string? AppSecret { get; set; }

        /// <summary>The WhatsApp Cloud API; its <c>Id</c> is the phone number's.</summary>
        public AccountOptions Whatsapp { get; set; } = new();

        /// <summary>The approved template for what is said a day or more after the customer wrote; its body's one variable is our text. Unset: such a message takes
        /// another way.</summary>
        public string? WhatsappTemplate { get; set; }

        public string WhatsappTemplateLanguage { get; set; } = "en";

        /// <summary>The page that people write to.</summary>
        public AccountOptions Messenger { get; set; } = new();

        /// <summary>The professional account that people write to.</summary>
        public AccountOptions Instagram { get; set; } = new();

        /// <summary>Meta has approved the app for HUMAN_AGENT: what a person of ours writes may go out for seven days after the customer wrote.</summary>
        public bool HumanAgent { get; set; }

        public Uri BaseUrl { get; set; } = new("https://graph.facebook.com/");

        [RegularExpression(@"^v\d+\.\d+$", ErrorMessage = "must be a version of the Graph API, such as v23.0.")]
        public string Version { get; set; } = "v23.0";

        internal sealed class AccountOptions
        {
            public string? Id { get; set; }

            public string? AccessToken { get; set; }

            internal bool IsGiven => Id is { Length: > 0 };
        }
    }

    internal sealed class TwilioOptions
    {
        /// <summary>Unset: text messages are written to the outbox folder.</summary>
        public string? AccountSid { get; set; }

        public string? AuthToken { get; set; }

        /// <summary>Our number, E.164, or a messaging service's id (<c>MG...</c>).</summary>
        public string? From { get; set; }

        /// <summary>Our WhatsApp sender, E.164; unset: who wrote by WhatsApp is answered by SMS.</summary>
        public string? WhatsappFrom { get; set; }

        /// <summary>The approved WhatsApp template (<c>HX...</c>) for what is said a day or more after the customer wrote; its variable 1 is our text.
        /// Unset: such a message takes another way.</summary>
        public string? WhatsappContent { get; set; }

        public Uri BaseUrl { get; set; } = new("https://api.twilio.com/");
    }
}

/// <summary>What the annotations cannot say: what belongs together, and that every message can be answered.</summary>
internal sealed class OptionsRules : IValidateOptions<MailOptions>, IValidateOptions<NotificationOptions>
{
    private static readonly string[] ByHttp = [nameof(Channel.Email), nameof(Channel.Sms), nameof(Channel.Whatsapp), nameof(Channel.Social)];

    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        var faults = new List<string>();
        if ((NoReply.Find(options.From) ?? NoReply.Find(options.Domain ?? "")) is { } words)
            faults.Add($"Cx:Mail:From and Cx:Mail:Domain make an address that says \"{words}\". Every message of this platform can be answered: take an address whose mail people read, such as support.");
        if (options.Domain is not null && Uri.CheckHostName(options.Domain) != UriHostNameType.Dns)
            faults.Add("Cx:Mail:Domain must be a domain name, such as help.example.com.");
        if (options.Smtp.Host is { Length: > 0 } && string.IsNullOrWhiteSpace(options.Domain))
            faults.Add("Cx:Mail:Domain is missing. With an SMTP host it must name the domain whose mail comes back to us, or customers' answers would be lost.");
        var (smtp, oauth) = (options.Smtp, options.Smtp.OAuth);
        if (oauth.IsGiven ? smtp.User is null || smtp.Password is not null : smtp.User is null != smtp.Password is null)
            faults.Add("Cx:Mail:Smtp:User and either Cx:Mail:Smtp:Password or Cx:Mail:Smtp:OAuth are given together, or none of them.");
        if (oauth.TokenFile is { Length: > 0 } && oauth.TokenUrl is not null)
            faults.Add("Cx:Mail:Smtp:OAuth has a TokenFile or a TokenUrl, not both.");
        if (oauth.TokenUrl is { } url && (!Outside.IsSafe(url) || string.IsNullOrWhiteSpace(oauth.ClientId)))
            faults.Add($"Cx:Mail:Smtp:OAuth:TokenUrl {Outside.Rule}, and needs a ClientId.");
        if (smtp.Authority is { Length: > 0 } authority && !File.Exists(authority))
            faults.Add("Cx:Mail:Smtp:Authority must name a PEM file.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    public ValidateOptionsResult Validate(string? name, NotificationOptions options)
    {
        var faults = new List<string>();
        var twilio = options.Twilio;
        if (twilio.AccountSid is { Length: > 0 } && (string.IsNullOrWhiteSpace(twilio.AuthToken) || string.IsNullOrWhiteSpace(twilio.From)))
            faults.Add("Cx:Notification:Twilio:AuthToken and Cx:Notification:Twilio:From (our number, or a messaging service's id) are needed with Cx:Notification:Twilio:AccountSid.");
        if (twilio.AccountSid is { Length: > 0 } && !Outside.IsSafe(twilio.BaseUrl))
            faults.Add($"Cx:Notification:Twilio:BaseUrl {Outside.Rule}.");
        var meta = options.Meta;
        foreach (var (key, account) in new[] { ("Whatsapp", meta.Whatsapp), ("Messenger", meta.Messenger), ("Instagram", meta.Instagram) })
            if (account.IsGiven != account.AccessToken is { Length: > 0 })
                faults.Add($"Cx:Notification:Meta:{key}:Id and Cx:Notification:Meta:{key}:AccessToken are given together or not at all.");
        if (!Outside.IsSafe(meta.BaseUrl))
            faults.Add($"Cx:Notification:Meta:BaseUrl {Outside.Rule}.");
        foreach (var (key, http) in options.Http)
        {
            if (!ByHttp.Contains(key, StringComparer.OrdinalIgnoreCase))
                faults.Add($"Cx:Notification:Http:{key} must be one of {string.Join(", ", ByHttp)}.");
            if (http.Url is null || !Outside.IsSafe(http.Url))
                faults.Add($"Cx:Notification:Http:{key}:Url {Outside.Rule}.");
            if (Signature.KeyOf(http.Secret ?? "") is null)
                faults.Add($"Cx:Notification:Http:{key}:Secret must be whsec_ and base64 of {Signature.ShortestKey} to {Signature.LongestKey} bytes.");
        }
        foreach (var (channel, given) in new (string, bool[])[]
                 {
                     (nameof(Channel.Whatsapp), [twilio is { AccountSid.Length: > 0, WhatsappFrom.Length: > 0 }, meta.Whatsapp.IsGiven, options.Http.ContainsKey(nameof(Channel.Whatsapp))]),
                     (nameof(Channel.Sms), [twilio.AccountSid is { Length: > 0 }, options.Http.ContainsKey(nameof(Channel.Sms))]),
                     (nameof(Channel.Social), [meta.Messenger.IsGiven || meta.Instagram.IsGiven, options.Http.ContainsKey(nameof(Channel.Social))]),
                 })
            if (given.Count(it => it) > 1)
                faults.Add($"Cx:Notification has more than one provider for {channel}: Twilio, Meta and Http exclude each other per channel.");
        if (options.LinkLifetime < TimeSpan.FromDays(1) || options.LinkLifetime > TimeSpan.FromDays(3650))
            faults.Add("Cx:Notification:LinkLifetime must be between 1 and 3650 days.");
        if (options.Updates.Gap < TimeSpan.Zero || options.Updates.Gap > TimeSpan.FromDays(1))
            faults.Add("Cx:Notification:Updates:Gap must be between nothing and a day.");
        if (options.Updates.PerDay is < 1 or > 100)
            faults.Add("Cx:Notification:Updates:PerDay must be between 1 and 100.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}

/// <summary>Where secrets may be sent.</summary>
internal static class Outside
{
    public const string Rule = "must be an https URL (http on this machine only)";

    public static bool IsSafe(Uri url) => url.IsAbsoluteUri && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));
}
