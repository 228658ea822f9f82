using System.Text.Json;

namespace CxPlatform.Messaging;

/// <summary>A public event as CloudEvents 1.0 structured JSON: the same bytes for feed, live stream, webhook and AMQP.</summary>
public static class CloudEvent
{
    /// <summary>Writes an event of a stream <c>case/{id}</c>. An event without a public face has empty data, so that sequences stay contiguous.</summary>
    public static byte[] Write(LoggedEvent e)
    {
        using var buffer = new MemoryStream(512);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", e.Id);
            json.WriteString("source", SourceOf(e.Stream));
            json.WriteString("type", TypeOf(e));
            if (e.PublicSubject is not null)
                json.WriteString("subject", e.PublicSubject);
            json.WriteString("time", e.Time.UtcDateTime);
            json.WriteString("sequence", e.Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (e.Trace is not null)
                json.WriteString("traceparent", e.Trace);
            json.WriteString("datacontenttype", "application/json");
            json.WritePropertyName("data");
            json.WriteRawValue(e.PublicData ?? "{}");
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <summary><c>cx.case.opened.v1</c> for <c>case.opened.v1</c>.</summary>
    public static string TypeOf(LoggedEvent e) => e.PublicType ?? "cx." + e.Type;

    /// <summary>AMQP routing key: the event type without vendor prefix and version, e.g. <c>case.promise.kept</c>.</summary>
    public static string RoutingKeyOf(LoggedEvent e)
    {
        var type = TypeOf(e);
        var start = type.StartsWith("cx.", StringComparison.Ordinal) ? 3 : 0;
        var version = type.LastIndexOf(".v", StringComparison.Ordinal);
        return version > start ? type[start..version] : type[start..];
    }

    private static string SourceOf(string stream)
    {
        var slash = stream.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? "/" + stream : $"/{stream[..slash]}s{stream[slash..]}";
    }
}
