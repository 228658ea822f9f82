using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;

namespace CxPlatform.Cases.Merging;

/// <summary>A message that came in on a case, as the contact that it was.</summary>
/// <param name="Opened">It opened the case.</param>
/// <param name="Thanks">A thank-you and nothing else.</param>
internal sealed record Written(ContactReceived Contact, bool Opened, bool Thanks)
{
    /// <summary>Null when the event is no message.</summary>
    /// <param name="s">The case that it came in on.</param>
    public static Written? Of(object e, CaseState s) => e switch
    {
        CaseOpened x => new(
            new()
            {
                ContactId = x.ContactId,
                Channel = x.Channel,
                ProviderId = x.ContactId.ToString(),
                Brand = s.Brand,
                ReceivedAt = x.ReceivedAt,
                CustomerId = s.CustomerId,
                CustomerName = x.CustomerName,
                From = x.From,
                Language = s.Language,
                TimeZone = s.TimeZone,
                Subject = x.Subject,
                Text = x.Text,
                Attachments = x.Attachments,
                Automatic = x.Automatic,
                MessageId = x.MessageId,
                References = x.References,
                Tags = x.Tags,
                Kind = x.Kind,
                Priority = x.Priority,
                Visibility = x.Visibility,
            },
            Opened: true, Thanks: false),
        CustomerReplied x => new(
            new()
            {
                ContactId = x.ContactId,
                Channel = x.Channel,
                ProviderId = x.ContactId.ToString(),
                Brand = s.Brand,
                ReceivedAt = x.ReceivedAt,
                // Records that turned out to be one person are one by now.
                CustomerId = x.CustomerId == s.OpenedFor ? s.CustomerId : x.CustomerId,
                CustomerName = x.CustomerName,
                From = x.From,
                Language = s.Language,
                TimeZone = x.CustomerId == s.OpenedFor ? s.TimeZone : null,
                Text = x.Text,
                Attachments = x.Attachments,
                Automatic = x.Automatic,
                MessageId = x.MessageId,
                Visibility = x.Visibility,
            },
            Opened: false, x.Thanks),
        _ => null,
    };

    /// <summary>As it comes in on a case of its own. Nobody is in a chat of that case: it is answered by mail where the visitor has left an address.</summary>
    public ContactReceived Apart =>
        Contact is { Channel: Channel.Chat, From.Kind: IdentityKind.EmailAddress } ? Contact with { Channel = Channel.Email } : Contact;

    /// <summary>The customer wrote it, and wants something.</summary>
    public bool IsWordOf(Guid customerId) => Contact.CustomerId == customerId && Contact.Automatic == Automatic.None && !Thanks;
}
