using System.ComponentModel.DataAnnotations;
using CxPlatform.Contracts;

namespace CxPlatform.Intake.Channels.Webhook;

/// <summary><c>Cx:Intake:Webhooks:{source}</c>: how a tool of somebody else's signs, and where in its JSON things are.</summary>
internal sealed class WebhookOptions : IValidatableObject
{
    public const string AlwaysPublic = "always";

    /// <summary>What signs the requests; during a change of secrets the old and the new one. None: the endpoint answers 503.</summary>
    public IReadOnlyList<string> Secrets { get; set; } = [];

    public WebhookSignature Signature { get; set; } = WebhookSignature.Standard;

    /// <summary>The header of a <see cref="WebhookSignature.Hub"/> signature.</summary>
    public string Header { get; set; } = "X-Hub-Signature-256";

    public Channel Channel { get; set; } = Channel.Social;

    /// <summary>Pointer (RFC 6901) to the list of messages; unset, the body is one message. The other pointers start at a message.</summary>
    public string? Items { get; set; }

    /// <summary>The message's own id: sent twice, it is stored once. Unset: the webhook's id, else the body's hash.</summary>
    public string? Id { get; set; }

    public string From { get; set; } = "/from";

    /// <summary>What the sender is known by.</summary>
    public IdentityKind FromKind { get; set; } = IdentityKind.Handle;

    public string Text { get; set; } = "/text";
    public string? Name { get; set; }
    public string? Subject { get; set; }
    public string? To { get; set; }
    public string? Language { get; set; }

    /// <summary>RFC 3339, or seconds or milliseconds since 1970.</summary>
    public string? Time { get; set; }

    /// <summary>Whether everybody could read the message: <c>always</c>, or a pointer to what says so: true, <c>public</c> or <c>world</c>. Unset: it
    /// was written to us alone.</summary>
    public string? Public { get; set; }

    /// <summary>Reference name and pointer to its value: <c>order</c>, <c>/data/order/id</c>.</summary>
    public Dictionary<string, string> References { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, string? Pointer)[] pointers =
        [
            (nameof(Items), Items), (nameof(Id), Id), (nameof(From), From), (nameof(Text), Text), (nameof(Name), Name),
            (nameof(Subject), Subject), (nameof(To), To), (nameof(Language), Language), (nameof(Time), Time),
            (nameof(Public), Public == AlwaysPublic ? null : Public),
            .. References.Select(reference => (nameof(References), (string?)reference.Value)),
        ];
        foreach (var (name, pointer) in pointers)
            if (pointer is not null && !JsonPointer.IsOne(pointer))
                yield return new("must be a JSON pointer (RFC 6901) such as /data/id.", [name]);
        if (Channel == Channel.Unknown)
            yield return new("must be a channel.", [nameof(Channel)]);
        if (Public is not null && Channel != Channel.Social)
            yield return new("goes with the channel social alone.", [nameof(Public)]);
        if (FromKind == IdentityKind.Unknown)
            yield return new("must be emailAddress, phoneNumber, handle or externalId.", [nameof(FromKind)]);
        if (References.Count > Limits.References || References.Keys.Any(key => key.Length > Limits.ReferenceKey))
            yield return new($"must be at most {Limits.References}, with names of up to {Limits.ReferenceKey} characters.", [nameof(References)]);
    }
}

internal enum WebhookSignature
{
    /// <summary>Standard Webhooks: <c>webhook-id</c>, <c>webhook-timestamp</c>, <c>webhook-signature</c>.</summary>
    Standard,

    /// <summary>HMAC-SHA256 of the body in hexadecimal digits after <c>sha256=</c>, as Meta and GitHub have it.</summary>
    Hub,
}
