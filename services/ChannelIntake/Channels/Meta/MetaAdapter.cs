using System.Text.Json;
using CxPlatform.Contracts;

namespace CxPlatform.Intake.Channels.Meta;

/// <summary>Makes arrivals of a batch of Meta's: what people wrote. Receipts, echoes of our own messages and other news are nobody's
/// contact.</summary>
internal sealed class MetaAdapter(ContactIntake intake)
{
    private const string Json = "application/json";

    // Longer ones than are kept are known by their hash.
    private const int LongestId = 4000;

    public IEnumerable<Arrival> Read(JsonElement body)
    {
        var product = body.Text("/object");
        foreach (var entry in body.Items("/entry"))
        {
            if (product == "whatsapp_business_account")
            {
                foreach (var value in entry.Items("/changes").Select(change => change.At("/value")).OfType<JsonElement>())
                    foreach (var message in value.Items("/messages"))
                        if (Whatsapp(value, message) is { } arrival)
                            yield return arrival;
                continue;
            }
            foreach (var message in entry.Items("/messaging"))
                if (Messenger(product == "instagram" ? "instagram" : "messenger", message) is { } arrival)
                    yield return arrival;
        }
    }

    private Arrival? Whatsapp(JsonElement value, JsonElement message)
    {
        // A message without a sender or an id is none that anybody could be answered for.
        if (message.Text("/id") is not { Length: > 0 } id || message.Text("/from") is not { Length: > 0 } sender)
            return null;
        var from = Identities.Phone(sender[0] == '+' ? sender : "+" + sender, null) is { } number
            ? new Identity(IdentityKind.PhoneNumber, number)
            : Identities.Named(IdentityKind.Handle, "whatsapp:" + Limits.Cut(sender, 100))!;
        var name = value.Items("/contacts").FirstOrDefault(contact => contact.Text("/wa_id") == sender);
        var to = value.Text("/metadata/display_phone_number") is { } shown ? Identities.Phone("+" + shown.TrimStart('+'), null) ?? shown : null;
        return Arrival(Channel.Whatsapp, id, from, to, message, "/timestamp") with
        {
            Name = name.ValueKind == JsonValueKind.Object ? Clean.Line(name.Text("/profile/name"), Limits.Name) : null,
            Text = Clean.Text(TextOf(message)),
            Automatic = AutomaticOf(message.Text("/type") == "reaction"),
            References = Media(message.Text("/type") is { } type ? [message.Text($"/{type}/id")] : []),
        };
    }

    private Arrival? Messenger(string product, JsonElement message)
    {
        var id = message.Text("/message/mid") ?? message.Text("/postback/mid")
            ?? (message.At("/reaction") is null ? null
                : $"reaction:{message.Text("/reaction/mid")}:{message.Text("/timestamp")}:{message.Text("/reaction/action")}");
        if (id is not { Length: > 0 } || message.Text("/sender/id") is not { Length: > 0 } sender || message.Text("/message/is_echo") == "true")
            return null;
        // Whose id it is depends on the page: the same person has another one elsewhere.
        var from = Identities.Named(IdentityKind.Handle, product + ":" + Limits.Cut(sender, 100))!;
        var text = message.Text("/message/text") ?? message.Text("/postback/title") ?? message.Text("/postback/payload");
        var files = message.Items("/message/attachments").Take(Limits.References).ToList();
        if (string.IsNullOrWhiteSpace(text))
            text = message.Text("/reaction/emoji") ?? string.Join('\n', files.Select(file => $"[{file.Text("/type") ?? "attachment"}]"));
        return Arrival(Channel.Social, id, from, message.Text("/recipient/id"), message, "/timestamp") with
        {
            Text = Clean.Text(text),
            Automatic = AutomaticOf(message.At("/reaction") is not null),
            References = Media(files.Select(file => file.Text("/payload/url"))),
        };
    }

    private Arrival Arrival(Channel channel, string id, Identity from, string? to, JsonElement message, string time) => new()
    {
        ContactId = intake.NewId(),
        Channel = channel,
        ProviderId = Clean.Line(id, LongestId)!,
        ReceivedAt = message.Time(time, intake.Now) ?? intake.Now,
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

    // Media stay with Meta until somebody fetches them: what is kept is their ids or where they are.
    private static Dictionary<string, string> Media(IEnumerable<string?> media) => media
        .Select(item => Clean.Line(item, Limits.ReferenceValue)).OfType<string>()
        .Select((item, n) => ($"media{n}", item)).ToDictionary();
}
