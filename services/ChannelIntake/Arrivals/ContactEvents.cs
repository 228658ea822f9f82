using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Intake;

/// <summary>What the others hear of a contact: as soon as it is stored, or when it is released.</summary>
internal static class ContactEvents
{
    /// <param name="ownerOf">Whose a mail address is, if that is known.</param>
    public static List<NewEvent> Of(ReadyArrival ready, KnownCustomer customer, Func<string, Guid?> ownerOf)
    {
        var arrival = ready.Arrival;
        return Of(
            arrival.ContactId, arrival.Channel, arrival.ProviderId, arrival.ReceivedAt, arrival.Automatic, ready.RawBlob,
            ContactDocument.Of(arrival, false), ownerOf, customer.Id, customer.Name, customer.Language, customer.TimeZone);
    }

    public static List<NewEvent> Of(ContactRow row, ContactDocument document, CustomerRow customer, Func<string, Guid?> ownerOf) => Of(
        row.Id, Words.Read<Channel>(row.Channel), row.ProviderId, row.ReceivedAt, Words.Read<Automatic>(row.Automatic), row.RawBlob, document,
        ownerOf, customer.Id, customer.Name, customer.Language, customer.TimeZone);

    public static NewEvent OfBounce(Guid contactId, Bounce bounce) => new(new BounceReceived(
        contactId, bounce.Recipient, bounce.Hard, bounce.Status, bounce.Reason, bounce.CaseId, bounce.MessageId));

    private static List<NewEvent> Of(
        Guid id, Channel channel, string providerId, DateTimeOffset receivedAt, Automatic automatic, string? rawBlob,
        ContactDocument document, Func<string, Guid?> ownerOf, Guid customerId, string? customerName, string? language, string? timeZone)
    {
        var events = new List<NewEvent>
        {
            new(new ContactReceived
            {
                ContactId = id,
                Channel = channel,
                ProviderId = providerId,
                ReceivedAt = receivedAt,
                CustomerId = customerId,
                CustomerName = document.Name ?? customerName,
                From = document.From,
                AnswerTo = document.AnswerTo,
                To = document.To,
                // Who writes to a further address of their own is nobody else.
                Cc = [.. (document.InCopy ?? []).Select(person => person with { CustomerId = ownerOf(person.Address) })
                    .Where(person => person.CustomerId != customerId)],
                Language = document.Language ?? language,
                TimeZone = document.TimeZone ?? timeZone,
                Subject = document.Subject,
                Text = document.Text,
                Attachments = document.Attachments ?? [],
                Raw = rawBlob,
                Automatic = automatic,
                Evidence = document.Evidence ?? [],
                MessageId = document.MessageId,
                References = document.References ?? new Dictionary<string, string>(),
                Tags = document.Tags ?? [],
                Kind = document.Kind,
                Priority = document.Priority,
                Visibility = document.Visibility,
            }),
        };
        if (document.Bounce is { } bounce)
            events.Add(OfBounce(id, bounce));
        return events;
    }
}
