using CxPlatform.Contracts;

namespace CxPlatform.Notifications.Domain;

/// <summary>How a message gets to somebody.</summary>
/// <param name="Channel"><see cref="Channel.Email"/> or <see cref="Channel.Sms"/>.</param>
/// <param name="Address">The mail address or E.164 number.</param>
internal sealed record Reach(Channel Channel, string Address)
{
    public const string NoAddress = "No mail address or phone number of the customer is known; the status page shows it.";

    /// <summary>Where somebody who wrote on <paramref name="channel"/> as <paramref name="from"/> is answered: there, where that can be; else by mail; else by SMS.</summary>
    /// <returns>Null when nobody can be reached.</returns>
    public static Reach? Of(Channel channel, Identity? from, IReadOnlyList<Identity> known)
    {
        var direct = Of(from);
        if (direct is not null && (channel != Channel.Sms || direct.Channel == Channel.Sms))
            return direct;
        return known.Where(identity => identity.Kind == IdentityKind.EmailAddress).Select(Of).FirstOrDefault(reach => reach is not null)
            ?? known.Where(identity => identity.Kind == IdentityKind.PhoneNumber).Select(Of).FirstOrDefault(reach => reach is not null)
            ?? direct;
    }

    private static Reach? Of(Identity? identity) => identity switch
    {
        { Kind: IdentityKind.EmailAddress } when identity.Value.Contains('@', StringComparison.Ordinal) => new(Channel.Email, identity.Value),
        { Kind: IdentityKind.PhoneNumber } when identity.Value.StartsWith('+') => new(Channel.Sms, identity.Value),
        _ => null,
    };
}
