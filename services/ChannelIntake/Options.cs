using System.ComponentModel.DataAnnotations;
using CxPlatform.Intake.Channels.Imap;
using CxPlatform.Intake.Channels.Kiosk;
using CxPlatform.Intake.Channels.Media;
using CxPlatform.Intake.Channels.Smtp;
using CxPlatform.Intake.Channels.Webhook;

namespace CxPlatform.Intake;

/// <summary><c>Cx:Intake</c>.</summary>
internal sealed class IntakeOptions
{
    public const string Section = "Cx:Intake";

    /// <summary>Digits of the country code that completes national phone numbers (030 123 becomes +4930123 with 49); unset, national
    /// numbers are refused.</summary>
    [RegularExpression("^[1-9][0-9]{0,2}$", ErrorMessage = "must be the 1 to 3 digits of a country code, such as 49.")]
    public string? DefaultCountryCode { get; set; }

    /// <summary>The addresses and domains that we send from: mail from them is our own coming back.</summary>
    public IReadOnlyList<string> OwnAddresses { get; set; } = [];

    /// <summary>How many contacts one API key may hand in per minute; unset, as many as it likes.</summary>
    [Range(1, 10_000_000)]
    public int? PerSourcePerMinute { get; set; }

    public WebFormOptions WebForm { get; set; } = new();

    public TwilioOptions Twilio { get; set; } = new();

    public MetaOptions Meta { get; set; } = new();

    public ChatOptions Chat { get; set; } = new();

    /// <summary>Tools whose webhooks are taken, by the name in their address: <c>/v1/channels/webhook/{source}</c>.</summary>
    public Dictionary<string, WebhookOptions> Webhooks { get; set; } = [];

    public KioskOptions Kiosk { get; set; } = new();

    public MediaOptions Media { get; set; } = new();

    public SpamOptions Spam { get; set; } = new();

    public SmtpListenerOptions Smtp { get; set; } = new();

    public ImapPollerOptions Imap { get; set; } = new();

    public sealed class SpamOptions
    {
        /// <summary>Points from which a contact is held until somebody looks.</summary>
        [Range(1, 1000)]
        public double HoldAt { get; set; } = 5;

        /// <summary>Names under which our own mail servers write Authentication-Results (RFC 8601). They must remove such fields that come
        /// from outside. Unset: none is believed.</summary>
        public IReadOnlyList<string> TrustedAuthservIds { get; set; } = [];

        /// <summary>X-Spam-* and X-Rspamd-Action are our own server's, which removes what comes from outside.</summary>
        public bool TrustScannerHeaders { get; set; }

        /// <summary>A scanner that takes a mail by POST and answers JSON with an <c>action</c>, such as rspamd's
        /// <c>http://rspamd:11333/checkv2</c>. One that fails accuses nobody.</summary>
        public Uri? ScannerUrl { get; set; }

        /// <summary>Mails of one sender within the window, above which further ones of somebody unknown are held.</summary>
        [Range(1, 1_000_000)]
        public int FloodSameSender { get; set; } = 30;

        /// <summary>Messages of one number or handle (SMS, WhatsApp, social, calls) within the window, above which further ones of somebody
        /// unknown are held.</summary>
        [Range(1, 1_000_000)]
        public int FloodSameHandle { get; set; } = 60;

        /// <summary>Mails or messages with one text within the window, above which further ones of somebody unknown are held.</summary>
        [Range(1, 1_000_000)]
        public int FloodSameText { get; set; } = 20;

        public TimeSpan FloodWindow { get; set; } = TimeSpan.FromHours(1);
    }

    public sealed class WebFormOptions
    {
        /// <summary>How many contacts one network address may send per minute.</summary>
        [Range(1, 100_000)]
        public int PerMinute { get; set; } = 6;
    }

    public sealed class TwilioOptions
    {
        /// <summary>The account's auth token, which signs the webhooks. Unset: the endpoints answer 503.</summary>
        public string? AuthToken { get; set; }

        /// <summary>The address of messages that Twilio was told, when it is not <c>Cx:PublicUrl</c> with the endpoint's path.</summary>
        public Uri? WebhookUrl { get; set; }

        /// <summary>The same for calls.</summary>
        public Uri? VoiceWebhookUrl { get; set; }
    }

    public sealed class ChatOptions
    {
        /// <summary>The origins whose pages may embed the chat, such as https://shop.example.com; our own may at all times.</summary>
        public IReadOnlyList<string> Origins { get; set; } = [];

        /// <summary>How many conversations one network address may open per minute.</summary>
        [Range(1, 100_000)]
        public int PerMinute { get; set; } = 6;

        /// <summary>How many lines a conversation may have per minute.</summary>
        [Range(1, 100_000)]
        public int LinesPerMinute { get; set; } = 60;

        /// <summary>How long a conversation may go on.</summary>
        public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(3);
    }

    public sealed class MetaOptions
    {
        /// <summary>The app's secret, which signs the webhooks. Unset: the endpoint answers 503.</summary>
        public string? AppSecret { get; set; }

        /// <summary>A word of your choice that is entered at Meta, too; it proves that the address is yours.</summary>
        public string? VerifyToken { get; set; }

        /// <summary>A system user's token with <c>whatsapp_business_messaging</c>, to fetch what was sent with WhatsApp messages. Unset: it
        /// stays at Meta, and its id is kept.</summary>
        public string? AccessToken { get; set; }

        /// <summary>Meta's Graph, with its version.</summary>
        public Uri GraphUrl { get; set; } = new("https://graph.facebook.com/v23.0");
    }
}
