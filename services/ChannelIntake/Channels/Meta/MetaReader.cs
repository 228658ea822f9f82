using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Intake.Channels.Media;

namespace CxPlatform.Intake.Channels.Meta;

/// <summary>Makes arrivals of a batch of Meta's: what people wrote, to us or below a post of ours. Receipts, echoes of our own messages and other news are nobody's
/// contact.</summary>
internal sealed class MetaReader(SpamFilter spam) : IRawReader
{
    public const string Reader = "meta";
    private const string WhatsappProduct = "whatsapp_business_account";
    private const string Json = "application/json";

    private static readonly string[] CommentMedia = ["photo", "video"];

    // Longer ones than are kept are known by their hash.
    private const int LongestId = 4000;

    public string Name => Reader;

    /// <summary>As what it is counted until it is read.</summary>
    public static Channel ChannelOf(ReadOnlySpan<byte> body) =>
        body.IndexOf("\"whatsapp_business_account\""u8) >= 0 ? Channel.Whatsapp : Channel.Social;

    public async Task<RawReading> ReadAsync(RawArrival raw, CancellationToken ct)
    {
        JsonDocument body;
        try
        {
            body = JsonDocument.Parse(raw.Raw);
        }
        catch (JsonException)
        {
            return RawReading.NotUnderstood("body: is not JSON.");
        }
        using var parsed = body;
        var product = body.RootElement.Text("/object");
        if (product is not (WhatsappProduct or "page" or "instagram") || body.RootElement.At("/entry") is not { ValueKind: JsonValueKind.Array })
            return RawReading.NotUnderstood("object: is no product that is known here, or entry is no list.");
        var read = body.RootElement.Items("/entry").SelectMany(entry => product == WhatsappProduct
            ? entry.Items("/changes").Select(change => change.At("/value")).OfType<JsonElement>()
                .SelectMany(value => value.Items("/messages").Where(IsThere).Select(message => Whatsapp(value, message, raw)))
            : entry.Items("/messaging").Where(IsAPersons).Select(message => Messenger(NameOf(product), message, raw))
                .Concat(entry.Items("/changes").Where(change => IsAComment(entry, change)).Select(change => Comment(entry, change.At("/value")!.Value, raw))));
        var arrivals = new List<Arrival>();
        var faults = 0;
        foreach (var arrival in read)
            if (arrival is null)
                faults++;
            else
                arrivals.Add(await spam.JudgeAsync(arrival, raw, ct));
        return new(arrivals, faults == 0 ? null : $"messages: {faults} without an id or a sender.");
    }

    public IEnumerable<RawPart> PartsOf(RawArrival raw, ReadOnlyMemory<byte> bytes)
    {
        using var body = bytes.ParsedOrNull();
        if (body?.RootElement.Text("/object") is not { } product)
            return [];
        // WhatsApp names the people beside what they wrote.
        var parts = product == WhatsappProduct
            ? body.RootElement.Items("/entry").SelectMany(entry => entry.Items("/changes"))
                .SelectMany(change => change.Items("/value/messages").Select(message => (message, message.Text("/from")))
                    .Concat(change.Items("/value/contacts").Select(contact => (contact, contact.Text("/wa_id")))))
            : body.RootElement.Items("/entry").SelectMany(entry => entry.Items("/messaging"))
                .Select(message => (message, message.Text("/sender/id")))
                .Concat(body.RootElement.Items("/entry").SelectMany(entry => entry.Items("/changes")).Select(change => change.At("/value")).OfType<JsonElement>()
                    .Select(value => (value, value.Text("/from/id"))));
        return [.. parts.Where(part => IsThere(part.Item1)).Select(part => new RawPart(
            part.Item2 is not { Length: > 0 } sender ? null : product == WhatsappProduct ? OfWhatsapp(sender) : OfMessenger(NameOf(product), sender),
            part.Item1.RangeIn(bytes)))];
    }

    private static string NameOf(string product) => product == "page" ? "messenger" : product;

    private static Identity OfWhatsapp(string sender) => Identities.Phone(sender[0] == '+' ? sender : "+" + sender, null) is { } number
        ? new Identity(IdentityKind.PhoneNumber, number)
        : Identities.Named(IdentityKind.Handle, "whatsapp:" + Limits.Cut(sender, 100))!;

    private static Identity OfMessenger(string product, string sender) =>
        Identities.Named(IdentityKind.Handle, product + ":" + Limits.Cut(sender, 100))!;

    // Else its sender was erased.
    private static bool IsThere(JsonElement message) => message.ValueKind != JsonValueKind.Null;

    /// <returns>Null when it has no id or no sender: nobody could be answered for it.</returns>
    private static Arrival? Whatsapp(JsonElement value, JsonElement message, RawArrival raw)
    {
        if (message.Text("/id") is not { Length: > 0 } id || message.Text("/from") is not { Length: > 0 } sender)
            return null;
        var from = OfWhatsapp(sender);
        var name = value.Items("/contacts").FirstOrDefault(contact => contact.Text("/wa_id") == sender);
        var to = value.Text("/metadata/display_phone_number") is { } shown ? Identities.Phone("+" + shown.TrimStart('+'), null) ?? shown : null;
        var media = message.Text("/type") is { } type && message.Text($"/{type}/id") is { } mediaId
            ? new MediaFile(MediaProvider.MetaId, mediaId, Clean.Line(message.Text($"/{type}/filename"), Limits.Name) ?? type, message.Text($"/{type}/mime_type"))
            : null;
        return Arrival(Channel.Whatsapp, id, from, to, message, raw) with
        {
            Name = name.ValueKind == JsonValueKind.Object ? Clean.Line(name.Text("/profile/name"), Limits.Name) : null,
            Text = Clean.Text(TextOf(message)),
            Automatic = AutomaticOf(message.Text("/type") == "reaction"),
            References = References(media is null ? [] : [media]),
            Media = media is null ? [] : [media],
        };
    }

    /// <summary>Delivered, read, and what we said ourselves is not.</summary>
    private static bool IsAPersons(JsonElement message) =>
        (message.At("/message") ?? message.At("/postback") ?? message.At("/reaction")) is not null && message.Text("/message/is_echo") != "true";

    private static Arrival? Messenger(string product, JsonElement message, RawArrival raw)
    {
        var id = message.Text("/message/mid") ?? message.Text("/postback/mid")
            ?? (message.At("/reaction") is null ? null
                : $"reaction:{message.Text("/reaction/mid")}:{message.Text("/timestamp")}:{message.Text("/reaction/action")}");
        if (id is not { Length: > 0 } || message.Text("/sender/id") is not { Length: > 0 } sender)
            return null;
        // Whose id it is depends on the page: the same person has another one elsewhere.
        var from = OfMessenger(product, sender);
        var text = message.Text("/message/text") ?? message.Text("/postback/title") ?? message.Text("/postback/payload");
        var files = message.Items("/message/attachments").Take(Limits.References).ToList();
        if (string.IsNullOrWhiteSpace(text))
            text = message.Text("/reaction/emoji") ?? string.Join('\n', files.Select(file => $"[{file.Text("/type") ?? "attachment"}]"));
        var media = files.Where(file => file.Text("/payload/url") is not null)
            .Select(file => new MediaFile(MediaProvider.MetaAddress, file.Text("/payload/url")!, Clean.Line(file.Text("/type"), 50) ?? "file"))
            .ToList();
        return Arrival(Channel.Social, id, from, message.Text("/recipient/id"), message, raw) with
        {
            Text = Clean.Text(text),
            Automatic = AutomaticOf(message.At("/reaction") is not null),
            References = References(media),
            Media = media,
        };
    }

    /// <summary>Somebody's comment on a post of the page, as it was written or has been changed to. What is taken back was said all the same; what we say there ourselves
    /// is no contact.</summary>
    private static bool IsAComment(JsonElement entry, JsonElement change) =>
        change.Text("/field") == "feed" && change.Text("/value/item") == "comment" && change.Text("/value/verb") is "add" or "edit" or "edited"
        && (change.Text("/value/from/id") is not { } sender || sender != entry.Text("/id"));

    private static Arrival? Comment(JsonElement entry, JsonElement comment, RawArrival raw)
    {
        if (comment.Text("/comment_id") is not { Length: > 0 } id || comment.Text("/from/id") is not { Length: > 0 } sender)
            return null;
        var media = CommentMedia.Where(kind => comment.Text("/" + kind) is { Length: > 0 })
            .Select(kind => new MediaFile(MediaProvider.MetaAddress, comment.Text("/" + kind)!, kind)).ToList();
        var text = comment.Text("/message");
        if (string.IsNullOrWhiteSpace(text))
            text = $"[{(media.Count > 0 ? media[0].Name : "comment")}]";
        // It has one id, whatever becomes of it.
        var isChange = comment.Text("/verb") != "add";
        if (isChange)
            id = $"{id}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]}";
        var references = References(media);
        if (Clean.Line(comment.Text("/post/permalink_url") ?? comment.Text("/post_id"), Limits.ReferenceValue) is { } post)
            references.Add("post", post);
        // The page knows a person by the same id in its comments and in Messenger: who goes on there goes on with their case.
        return Arrival(Channel.Social, id, OfMessenger(NameOf("page"), sender), entry.Text("/id"), comment, raw) with
        {
            ReceivedAt = isChange ? raw.TakenAt : comment.Time("/created_time", raw.TakenAt) ?? raw.TakenAt,
            Name = Clean.Line(comment.Text("/from/name"), Limits.Name),
            Text = Clean.Text(text),
            IsPublic = true,
            References = references,
            Media = media,
        };
    }

    private static Arrival Arrival(Channel channel, string id, Identity from, string? to, JsonElement message, RawArrival raw) => new()
    {
        ContactId = raw.Id,
        Channel = channel,
        ProviderId = Clean.Line(id, LongestId)!,
        ReceivedAt = message.Time("/timestamp", raw.TakenAt) ?? raw.TakenAt,
        From = from,
        To = Clean.Line(to, Limits.Name),
        Text = "",
        Evidence = [new(EvidenceKind.Conversation, $"{from.Value} {to}")],
        // The message alone: others' in the same batch are not this customer's to be exported and erased.
        Raw = message.Bytes(),
        RawType = Json,
    };

    /// <summary>What was written, tapped or sent, in words.</summary>
    private static string TextOf(JsonElement message) => message.Text("/type") switch
    {
        "text" => message.Text("/text/body") ?? "",
        "button" => message.Text("/button/text") ?? message.Text("/button/payload") ?? "",
        "interactive" => message.Text("/interactive/button_reply/title") ?? message.Text("/interactive/list_reply/title")
            ?? message.Text("/interactive/nfm_reply/body") ?? "",
        "reaction" => message.Text("/reaction/emoji") ?? "",
        "location" => Lines(
            message.Text("/location/name"), message.Text("/location/address"),
            $"{message.Text("/location/latitude")}, {message.Text("/location/longitude")}"),
        "contacts" => Lines([.. message.Items("/contacts").Select(contact =>
            $"{contact.Text("/name/formatted_name")} {contact.Text("/phones/0/phone") ?? contact.Text("/emails/0/email")}".Trim())]),
        "order" => Lines(message.Text("/order/text"), $"[order of {message.Items("/order/product_items").Count()} items]"),
        "system" => message.Text("/system/body") ?? "",
        { } media when message.At("/" + media) is { ValueKind: JsonValueKind.Object } file =>
            Lines(file.Text("/caption"), file.Text("/caption") is null || file.Text("/filename") is not null
                ? $"[{file.Text("/filename") ?? media}]" : null),
        var other => $"[{other ?? "a message of an unknown kind"}]",
    };

    private static string Lines(params string?[] lines) => string.Join('\n', lines.Where(line => !string.IsNullOrWhiteSpace(line)));

    // A thumbs-up is kept and asks for nothing: no answer, no reopening.
    private static Automatic AutomaticOf(bool isReaction) => isReaction ? Automatic.AutoReply : Automatic.None;

    // Where they are at Meta, or under which id.
    private static Dictionary<string, string> References(IEnumerable<MediaFile> media) => media
        .Select(file => Clean.Line(file.Reference, Limits.ReferenceValue)).OfType<string>()
        .Select((reference, n) => ($"media{n}", reference)).ToDictionary();
}
