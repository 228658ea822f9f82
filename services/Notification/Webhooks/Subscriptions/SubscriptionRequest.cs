using System.Net.Mail;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Delivery;
using CxPlatform.Notifications.Webhooks.Egress;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Notifications.Webhooks.Subscriptions;

/// <summary>How an event is put into a request.</summary>
internal enum EventFormat
{
    /// <summary>CloudEvents 1.0 structured mode: the one that the signature covers as a whole.</summary>
    Structured,
}

/// <summary>What somebody wants to hear of, and where.</summary>
/// <param name="Url">Where events are posted to: https, on an allowed port, at a public address.</param>
/// <param name="Types">Event types, or beginnings with a star: <c>cx.case.opened.v1</c>, <c>cx.case.promise.*</c>, <c>*</c>.</param>
/// <param name="Name">For people; the URL's host when absent.</param>
/// <param name="Filter">Which cases; all when absent.</param>
/// <param name="Rate">Deliveries per second at most.</param>
/// <param name="Contact">The mail address that hears when deliveries stop.</param>
/// <param name="Secret"><c>whsec_</c> and base64 of 24 to 64 bytes; made for you when absent. Only taken at the beginning: later ones are rotated in.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SubscriptionRequest(
    string Url, IReadOnlyList<string> Types, string? Name = null, EventFilter? Filter = null, EventFormat Format = EventFormat.Structured, int? Rate = null,
    string? Contact = null, string? Secret = null)
{
    private const int FastestRate = 10_000;

    public static SubscriptionRequest Of(SubscriptionRow row) => new(
        row.Url, JsonSerializer.Deserialize<List<string>>(row.Types, EventTypes.Json)!, row.Name, EventFilter.Read(row.Filter), EventFormat.Structured, row.Rate, row.Contact);

    /// <exception cref="JsonException">What comes of it is no subscription.</exception>
    public SubscriptionRequest With(JsonObject patch) =>
        MergePatch.Apply(JsonSerializer.SerializeToNode(this, CxJson.Options), patch).Deserialize<SubscriptionRequest>(CxJson.Options)!;

    public InputErrors Check(EgressRules egress)
    {
        var errors = new InputErrors()
            .Required("url", Url)
            .MaxLength("name", Name, 100)
            .Check(Name is null || (Name.Trim().Length > 0 && !Name.Any(char.IsControl)), "name", "must hold a visible character and no control characters.")
            .Check(Types.Count > 0, "types", "must name at least one event type.")
            .Check(Rate is null or >= 1 and <= FastestRate, "rate", $"must be 1 to {FastestRate} per second.")
            .MaxLength("contact", Contact, 254)
            .Check(Contact is null || (MailAddress.TryCreate(Contact, out var contact) && contact.Address == Contact), "contact", "must be a mail address, such as integrations@example.com.")
            .Check(Secret is null || Signature.KeyOf(Secret) is not null, "secret", $"must be {Signature.Prefix} followed by base64 of {Signature.ShortestKey} to {Signature.LongestKey} bytes.");
        if (!string.IsNullOrWhiteSpace(Url) && egress.FaultOf(Url) is { } fault)
            errors.Add("url", fault);
        errors.CheckTypes("types", Types);
        if (Filter is { } filter)
            errors.CheckFilter(filter, "filter.");
        return errors;
    }

    public void Write(SubscriptionRow row)
    {
        row.Name = Name?.Trim() ?? new Uri(Url).Host;
        row.Url = Url;
        row.Types = JsonSerializer.Serialize(Types.Distinct(), EventTypes.Json);
        row.Filter = (Filter ?? new()).Write();
        row.Rate = Rate;
        row.Contact = Contact;
    }
}
