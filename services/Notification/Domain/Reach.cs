using CxPlatform.Contracts;

namespace CxPlatform.Notifications.Domain;

/// <summary>How a message gets to somebody.</summary>
/// <param name="Channel">Mail or one of the channels of text messages.</param>
/// <param name="Address">The mail address or E.164 number; a WhatsApp number is <c>whatsapp:</c> and the number, so that it is another way than its SMS;
/// whoever wrote by Messenger or Instagram is <c>messenger:</c> or <c>instagram:</c> and their id there; where everybody reads it, <c>post:</c> and whose post it
/// answers.</param>
internal sealed record Reach(Channel Channel, string Address)
{
    private const string PostPrefix = "post:";

    public const string NoAddress = "No mail address or phone number of the customer is known; the status page shows it.";
    public const string WhatsappPrefix = "whatsapp:";

    /// <summary>Everybody reads what goes there.</summary>
    public bool IsPublic => Address.StartsWith(PostPrefix, StringComparison.Ordinal);

    /// <summary>Where a post of that handle is answered in public.</summary>
    public static Reach Public(Channel channel, string handle) => new(channel, PostPrefix + handle);

    /// <summary>Ways that are tried at most, one after the other.</summary>
    private const int Most = 3;

    /// <summary>The ways to somebody who wrote on <paramref name="channel"/> as <paramref name="from"/>, the best first: where they want to hear from us;
    /// where they wrote, if that can be; then by mail; then by text message.</summary>
    /// <param name="known">What else they are known by.</param>
    /// <param name="preferred">Where they want to hear from us.</param>
    /// <param name="products">What can leave here beside mail and SMS: <c>whatsapp</c>, <c>messenger</c>, <c>instagram</c>.</param>
    public static IReadOnlyList<Reach> Ways(Channel channel, Identity? from, IReadOnlyList<Identity> known, Channel? preferred, IReadOnlySet<string> products)
    {
        var direct = Of(from, products);
        var whatsapp = products.Contains("whatsapp");
        if (whatsapp && channel == Channel.Whatsapp && direct is { Channel: Channel.Sms } phone)
            direct = OverWhatsapp(phone);
        var all = known.Select(identity => Of(identity, products)).OfType<Reach>().ToList();
        if (direct is not null)
            all.Insert(0, direct.Channel == Channel.Whatsapp ? new(Channel.Sms, direct.Address[WhatsappPrefix.Length..]) : direct);
        var mails = all.Where(reach => reach.Channel == Channel.Email);
        var texts = all.Where(reach => reach.Channel == Channel.Sms);
        IEnumerable<Reach?> wanted = preferred switch
        {
            Channel.Email => mails,
            Channel.Sms => texts,
            Channel.Whatsapp when whatsapp => texts.Select(OverWhatsapp),
            Channel.Social => all.Where(reach => reach.Channel == Channel.Social),
            _ => [],
        };
        // Who writes text messages as somebody without a number is not answered there.
        IEnumerable<Reach?> here = channel != Channel.Sms || direct?.Channel == Channel.Sms ? [direct] : [];
        return [.. wanted.Take(1).Concat(here).Concat(mails).Concat(texts).OfType<Reach>().Distinct().Take(Most)];
    }

    private static Reach OverWhatsapp(Reach phone) => new(Channel.Whatsapp, WhatsappPrefix + phone.Address);

    private static Reach? Of(Identity? identity, IReadOnlySet<string> products) => identity switch
    {
        { Kind: IdentityKind.EmailAddress } when identity.Value.Contains('@', StringComparison.Ordinal) => new(Channel.Email, identity.Value),
        { Kind: IdentityKind.PhoneNumber } when identity.Value.StartsWith('+') => new(Channel.Sms, identity.Value),
        { Kind: IdentityKind.Handle } when identity.Value.Split(':') is ["messenger" or "instagram", { Length: > 0 }] parts && products.Contains(parts[0]) =>
            new(Channel.Social, identity.Value),
        _ => null,
    };
}
