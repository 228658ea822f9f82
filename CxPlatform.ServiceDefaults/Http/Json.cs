using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Xml;

namespace CxPlatform.ServiceDefaults;

/// <summary>
/// JSON as the API speaks it: camelCase, enums as camelCase strings from a closed list, RFC 3339 times in UTC with microseconds,
/// ISO 8601 durations. A member that cannot be null is required, so a missing one is named instead of becoming a null inside.
/// </summary>
public static class CxJson
{
    /// <summary>The options of every endpoint, also for writing JSON by hand (server-sent events, exports).</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    internal static void Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DictionaryKeyPolicy = null;
        options.PropertyNameCaseInsensitive = true;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.RespectNullableAnnotations = true;
        options.AllowDuplicateProperties = false;
        options.MaxDepth = 32;
        options.Converters.Add(new ClosedEnumConverter());
        options.Converters.Add(new TimeConverter());
        options.Converters.Add(new DurationConverter());
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver().WithAddedModifier(RequireWhatCannotBeNull)
            .WithAddedModifier(RefuseNothingAsElement);
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Apply(options);
        options.MakeReadOnly();
        return options;
    }

    private static void RequireWhatCannotBeNull(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            if (property is { AssociatedParameter.HasDefaultValue: false, IsSetNullable: false, Set: not null }
                && Nullable.GetUnderlyingType(property.PropertyType) is null)
                property.IsRequired = true;
    }

    // The annotations of members are looked at, those of elements are not: no list or map of ours has room for nothing.
    private static void RefuseNothingAsElement(JsonTypeInfo type)
    {
        if (type.Kind is not (JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary)
            || type.ElementType is not { IsValueType: false } element || element == typeof(object) || element.IsAssignableTo(typeof(JsonNode)))
            return;
        type.OnDeserialized = read =>
        {
            foreach (var one in read is IDictionary map ? map.Values : (IEnumerable)read)
                if (one is null)
                    throw new JsonException("must not contain null.");
        };
    }

    /// <summary>The JSON name of an enum member: <c>[JsonStringEnumMemberName]</c> where given (kebab-case channels), else camelCase.</summary>
    internal static string NameOf(Type type, string member) =>
        type.GetField(member)?.GetCustomAttributes(typeof(JsonStringEnumMemberNameAttribute), false) is [JsonStringEnumMemberNameAttribute named]
            ? named.Name
            : JsonNamingPolicy.CamelCase.ConvertName(member);

    /// <summary>The values a client may send: <c>Unknown</c> is for reading what a newer version wrote, nobody sends it.</summary>
    internal static IEnumerable<string> NamesOf(Type type) => Enum.GetNames(type).Where(n => n != "Unknown").Select(n => NameOf(type, n));

    private sealed class ClosedEnumConverter : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(ClosedEnumConverter<>).MakeGenericType(typeToConvert))!;
    }

    private sealed class ClosedEnumConverter<T> : JsonConverter<T> where T : struct, Enum
    {
        private readonly Dictionary<string, T> values = Enum.GetNames<T>()
            .Where(n => n != "Unknown").ToDictionary(n => NameOf(typeof(T), n), Enum.Parse<T>, StringComparer.OrdinalIgnoreCase);

        private readonly Dictionary<T, string> names = Enum.GetNames<T>()
            .DistinctBy(Enum.Parse<T>).ToDictionary(Enum.Parse<T>, n => NameOf(typeof(T), n));

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && values.TryGetValue(reader.GetString()!, out var value)
                ? value
                : throw new JsonException("must be one of " + string.Join(", ", values.Keys) + ".");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(names.GetValueOrDefault(value) ?? value.ToString());

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            values.TryGetValue(reader.GetString()!, out var value)
                ? value
                : throw new JsonException("must be one of " + string.Join(", ", values.Keys) + ".");

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WritePropertyName(names.GetValueOrDefault(value) ?? value.ToString());
    }

    private sealed class TimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            // A time without offset would be read as this machine's local time: RFC 3339 wants one, and so do we.
            if (reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: >= 20 } text
                && (text.EndsWith('Z') || text.EndsWith('z') || text.AsSpan(19).IndexOfAny('+', '-') >= 0)
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
                return Rfc3339.Truncate(time.ToUniversalTime());
            throw new JsonException("must be a time with an offset, such as 2026-03-01T09:30:00Z (RFC 3339).");
        }

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Rfc3339.Format(value));
    }

    private sealed class DurationConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                // Years and months have no length of their own: it would be read as 365 and as 30 days.
                if (reader.TokenType == JsonTokenType.String && reader.GetString() is { } text && text.Split('T')[0].IndexOfAny(['Y', 'M']) < 0)
                    return XmlConvert.ToTimeSpan(text);
            }
            catch (Exception e) when (e is FormatException or OverflowException)
            {
                // Answered below, in the same words as any other wrong value.
            }
            throw new JsonException("must be an ISO 8601 duration in days, hours, minutes and seconds, such as PT30M or P2D.");
        }

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteStringValue(XmlConvert.ToString(value));
    }
}

/// <summary>Times on the wire: RFC 3339, UTC, at most microseconds.</summary>
public static class Rfc3339
{
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Cut to the microseconds that every store keeps.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset time) => new(time.Ticks - time.Ticks % TimeSpan.TicksPerMicrosecond, time.Offset);
}
