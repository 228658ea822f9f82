using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace CxPlatform.Contracts;

/// <summary>How contracts are written and read: camelCase, enums as words, absent nulls; unknown enum words read as <c>Unknown</c>, so that an
/// older reader survives a newer writer.</summary>
public static class ContractJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new TolerantEnumConverter() },
        };
        options.MakeReadOnly();
        return options;
    }

    /// <summary>Writes enums as camelCase words; reads a word it does not know as the member <c>Unknown</c>, so that an older reader survives a newer writer.</summary>
    private sealed class TolerantEnumConverter : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert))!;

        private sealed class Converter<T> : JsonConverter<T>
            where T : struct, Enum
        {
            private readonly FrozenDictionary<T, string> _words = Enum.GetValues<T>().Distinct()
                .ToFrozenDictionary(value => value, value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));

            private readonly FrozenDictionary<string, T> _values = Enum.GetValues<T>().Distinct()
                .ToFrozenDictionary(value => value.ToString(), StringComparer.OrdinalIgnoreCase);

            public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            {
                var word = reader.GetString() ?? "";
                return _values.TryGetValue(word, out var value) || _values.TryGetValue("Unknown", out value)
                    ? value
                    : throw new JsonException($"'{word}' is none of {string.Join(", ", _words.Values)}.");
            }

            public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
                writer.WriteStringValue(_words.TryGetValue(value, out var word) ? word : value.ToString());

            public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
                Read(ref reader, typeToConvert, options);

            public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
                writer.WritePropertyName(_words.TryGetValue(value, out var word) ? word : value.ToString());
        }
    }
}
