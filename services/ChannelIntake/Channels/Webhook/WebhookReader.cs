using System.Security.Cryptography;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Webhook;

/// <summary>Makes arrivals of a webhook's messages, found by its source's pointers as they are configured when it is read.</summary>
internal sealed class WebhookReader(SpamFilter spam, IOptions<IntakeOptions> options) : IRawReader
{
    public const string Reader = "webhook";

    // Longer ones than are kept are known by their hash.
    private const int LongestId = 4000;

    public string Name => Reader;

    public async Task<RawReading> ReadAsync(RawArrival raw, CancellationToken ct)
    {
        if (!options.Value.Webhooks.TryGetValue(raw.Envelope.Source ?? "", out var webhook))
            return RawReading.NotUnderstood("source: is configured no more under Cx:Intake:Webhooks.");
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
        if (webhook.Items is not null && body.RootElement.At(webhook.Items) is not { ValueKind: JsonValueKind.Array })
            return RawReading.NotUnderstood($"{webhook.Items}: is no list.");
        var messages = webhook.Items is null ? [body.RootElement] : body.RootElement.Items(webhook.Items);
        var fallback = raw.Envelope.Id ?? Convert.ToHexStringLower(SHA256.HashData(raw.Raw!));
        var arrivals = new List<Arrival>();
        string? fault = null;
        foreach (var (n, message) in messages.Index())
        {
            // Its sender was erased.
            if (webhook.Items is not null && message.ValueKind == JsonValueKind.Null)
                continue;
            if (Read(raw, webhook, message, n == 0 ? fallback : $"{fallback}/{n}", out var problem) is { } arrival)
                arrivals.Add(await spam.JudgeAsync(arrival, raw, ct));
            fault ??= problem;
        }
        return new(arrivals, fault);
    }

    public IEnumerable<RawPart> PartsOf(RawArrival raw, ReadOnlyMemory<byte> bytes)
    {
        if (!options.Value.Webhooks.TryGetValue(raw.Envelope.Source ?? "", out var webhook) || bytes.ParsedOrNull() is not { } body)
            return [];
        using (body)
        {
            return webhook.Items is null
                ? [new(SenderOrNull(body.RootElement), ..)]
                : [.. body.RootElement.Items(webhook.Items).Where(message => message.ValueKind != JsonValueKind.Null)
                    .Select(message => new RawPart(SenderOrNull(message), message.RangeIn(bytes)))];
        }

        Identity? SenderOrNull(JsonElement message) =>
            SenderOf(raw.Envelope.Source!, webhook, message) is { IsRefused: false } from ? from.Value : null;
    }

    private Outcome<Identity> SenderOf(string source, WebhookOptions webhook, JsonElement message)
    {
        var from = Identities.Read(
            webhook.FromKind, Clean.Line(message.Text(webhook.From), Limits.Name), options.Value.DefaultCountryCode, webhook.From);
        // Another tool's ada is another person.
        return from is { IsRefused: false } && webhook.FromKind is IdentityKind.Handle or IdentityKind.ExternalId
            ? Identities.Named(webhook.FromKind, Limits.Cut($"{source}:{from.Value.Value}", Limits.Name))!
            : from;
    }

    private Arrival? Read(RawArrival raw, WebhookOptions webhook, JsonElement message, string fallbackId, out string? fault)
    {
        string? Line(string? pointer, int characters) => pointer is null ? null : Clean.Line(message.Text(pointer), characters);

        var source = raw.Envelope.Source!;
        var from = SenderOf(source, webhook, message);
        fault = from.IsRefused ? $"{webhook.From}: {from.Refusal.Detail}" : null;
        if (from.IsRefused)
            return null;
        var sender = from.Value;
        var to = Line(webhook.To, Limits.Name);
        return new()
        {
            ContactId = raw.Id,
            Channel = webhook.Channel,
            ProviderId = $"{source}:{Line(webhook.Id, LongestId) ?? fallbackId}",
            ReceivedAt = (webhook.Time is null ? null : message.Time(webhook.Time, raw.TakenAt)) ?? raw.TakenAt,
            From = sender,
            Name = Line(webhook.Name, Limits.Name),
            To = to,
            Subject = Line(webhook.Subject, Limits.Subject),
            Text = Clean.Text(message.Text(webhook.Text)),
            Language = Line(webhook.Language, 35) is { } language && Language.IsTag(language) ? language : null,
            References = webhook.References
                .Select(reference => (reference.Key, Value: Line(reference.Value, Limits.ReferenceValue)))
                .Where(reference => reference.Value is not null).ToDictionary(reference => reference.Key, reference => reference.Value!),
            IsPublic = webhook.Public is { } tells && (tells == WebhookOptions.AlwaysPublic || message.Text(tells) is "true" or "public" or "world"),
            Evidence = [new(EvidenceKind.Conversation, $"{sender.Value} {to ?? source}")],
            Raw = message.Bytes(),
            RawType = raw.RawType,
        };
    }
}
