using System.Globalization;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Public;

namespace CxPlatform.Client;

/// <summary>A case event: a CloudEvent 1.0 as the platform writes it.</summary>
public sealed record CxEvent
{
    /// <summary>The same however often and in whatever way the event comes: remember it to handle each event once.</summary>
    public required string Id { get; init; }

    /// <summary>What it is about: <c>/cases/{id}</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Such as <c>cx.case.promise.kept.v1</c>; the catalogue is in <c>docs/events.md</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The case's number.</summary>
    public string? Subject { get; init; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Counts the case's events from 1, without gaps; null when no case is concerned.</summary>
    public long? Sequence { get; init; }

    /// <summary>W3C Trace Context of what made the event.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The facts as a class of <c>CxPlatform.Contracts.Public.V1</c>: <c>PromiseKeptFacts</c>. Null when the type is not known to this
    /// version, or the event is nobody else's business and tells nothing; <see cref="Data"/> has what there is.</summary>
    public EventFacts? Facts { get; init; }

    /// <summary>The <c>data</c> as it came.</summary>
    public JsonElement Data { get; init; }

    /// <summary>Where to read on after this event; known of events of the live stream.</summary>
    public string? Cursor { get; init; }

    /// <summary>Reads the body of a webhook, of an AMQP message or of a server-sent event.</summary>
    /// <exception cref="FormatException">It is no CloudEvent of the platform.</exception>
    public static CxEvent Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return Of(JsonElement.ParseValue(ref reader));
        }
        // A text that is no Unicode is found when it is read.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException("This is no event: " + e.Message, e);
        }
    }

    internal static CxEvent Of(JsonElement e)
    {
        if (e.ValueKind != JsonValueKind.Object || Text(e, "specversion") != "1.0")
            throw new FormatException("This is no CloudEvent 1.0.");
        var type = Text(e, "type") ?? throw new FormatException("The event has no type.");
        var data = e.TryGetProperty("data", out var value) ? value : default;
        return new()
        {
            Id = Text(e, "id") ?? throw new FormatException("The event has no id."),
            Source = Text(e, "source") ?? throw new FormatException("The event has no source."),
            Type = type,
            Subject = Text(e, "subject"),
            Time = DateTimeOffset.TryParse(Text(e, "time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : default,
            Sequence = long.TryParse(Text(e, "sequence"), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : null,
            TraceParent = Text(e, "traceparent"),
            Data = data,
            Facts = EventCatalogue.Find(type) is { } known && data.ValueKind == JsonValueKind.Object ? (EventFacts?)data.Deserialize(known, ContractJson.Options) : null,
        };
    }

    private static string? Text(JsonElement e, string name) => e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
