using CxPlatform.Contracts;

namespace CxPlatform.Intake.Customers;

/// <summary>Whether a contact shows that its sender's identity is theirs. One that does not still finds its customer; what staff may
/// do with either is the same, but only a verified identity is proof of who somebody is.</summary>
internal static class Verification
{
    public static bool Of(Arrival arrival) =>
        arrival is { Automatic: Automatic.None, State: not ContactState.Held }
        && (arrival.From.Verified
            // The provider has signed for the number or account; a caller's number it only passes on.
            || arrival.Channel is Channel.Sms or Channel.Whatsapp
            // Only who reads mail to that address can answer with the secret that we sent there.
            || (arrival is { Channel: Channel.Email, From.Kind: IdentityKind.EmailAddress }
                && arrival.Evidence.Any(evidence => evidence.Kind == EvidenceKind.ReplyToken)));
}
