using System.Net.Mail;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Delivery;
using CxPlatform.Notifications.Webhooks.Egress;
using CxPlatform.Notifications.Webhooks.Events;
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
internal sealed record SubscriptionRequest(
    string Url, IReadOnlyList<string> Types, string? Name = null, EventFilter? Filter = null, EventFormat Format = EventFormat.Structured, int? Rate = null,
    string? Contact = null, string? Secret = null)
{
    private const int MostTypes = 100;
    private const int MostValues = 100;
    private const int LongestValue = 200;
    private const int FastestRate = 10_000;

    public InputErrors Check(EgressRules egress)
    {
        var errors = new InputErrors()
            .Required("url", Url)
            .MaxLength("name", Name, 100)
            .Check(Name is null || (Name.Trim().Length > 0 && !Name.Any(char.IsControl)), "name", "must hold a visible character and no control characters.")
            .Check(Types.Count is >= 1 and <= MostTypes, "types", $"must name 1 to {MostTypes} event types.")
            .Check(Rate is null or >= 1 and <= FastestRate, "rate", $"must be 1 to {FastestRate} per second.")
            .MaxLength("contact", Contact, 254)
            .Check(Contact is null || (MailAddress.TryCreate(Contact, out var contact) && contact.Address == Contact), "contact", "must be a mail address, such as integrations@example.com.")
            .Check(Secret is null || Signature.KeyOf(Secret) is not null, "secret", $"must be {Signature.Prefix} followed by base64 of {Signature.ShortestKey} to {Signature.LongestKey} bytes.");
        if (!string.IsNullOrWhiteSpace(Url) && egress.FaultOf(Url) is { } fault)
            errors.Add("url", fault);
        for (var i = 0; i < Types.Count; i++)
            errors.Check(
                Types[i] is { } type && TypePattern.IsKnown(type), $"types[{i}]",
                $"must be an event type, or the beginning of some with .* for the rest, such as cx.case.promise.*. There are: {string.Join(", ", TypePattern.Known)}.");
        if (Filter is { } filter)
            CheckFilter(errors, filter);
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

    private static void CheckFilter(InputErrors errors, EventFilter filter)
    {
        CheckWords<Kind>(errors, "filter.kind", filter.Kind);
        CheckWords<Priority>(errors, "filter.priority", filter.Priority);
        CheckWords<Channel>(errors, "filter.channel", filter.Channel);
        CheckValues(errors, "filter.category", filter.Category);
        CheckValues(errors, "filter.queue", filter.Queue);
        CheckValues(errors, "filter.tag", filter.Tag);
        CheckValues(errors, "filter.brand", filter.Brand);
    }

    // As public data writes them.
    private static void CheckWords<T>(InputErrors errors, string field, IReadOnlyList<string>? values)
        where T : struct, Enum
    {
        var words = Enum.GetNames<T>().Where(name => name != "Unknown").Select(JsonNamingPolicy.CamelCase.ConvertName).ToList();
        foreach (var value in values ?? [])
            errors.Check(words.Contains(value, StringComparer.OrdinalIgnoreCase), field, $"must hold only words of {string.Join(", ", words)}.");
    }

    private static void CheckValues(InputErrors errors, string field, IReadOnlyList<string>? values) => errors
        .Check(values is not { Count: > MostValues }, field, $"must name at most {MostValues}.")
        .Check(values is null || values.All(value => value?.Trim().Length is >= 1 and <= LongestValue), field, $"must hold texts of 1 to {LongestValue} characters.");
}
