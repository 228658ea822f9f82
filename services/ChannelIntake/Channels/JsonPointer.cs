using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace CxPlatform.Intake.Channels;

/// <summary>Reads JSON of others by RFC 6901 pointers and takes it as it is: what is missing or of another kind is null.</summary>
internal static class JsonPointer
{
    public static bool IsOne(string pointer) => pointer.Length == 0 || pointer[0] == '/';

    public static JsonElement? At(this JsonElement element, string pointer)
    {
        foreach (var part in pointer.Split('/').Skip(1))
        {
            var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member))
                element = member;
            else if (element.ValueKind == JsonValueKind.Array
                && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < element.GetArrayLength())
                element = element[index];
            else
                return null;
        }
        return element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : element;
    }

    /// <summary>A text, or a number or truth value as text.</summary>
    public static string? Text(this JsonElement element, string pointer) => element.At(pointer) switch
    {
        { ValueKind: JsonValueKind.String } found => StringOf(found),
        { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } found => found.GetRawText(),
        _ => null,
    };

    public static IEnumerable<JsonElement> Items(this JsonElement element, string pointer) =>
        element.At(pointer) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>An instant as others write it: RFC 3339, or seconds or milliseconds since 1970. Null when it is none or yet to come.</summary>
    public static DateTimeOffset? Time(this JsonElement element, string pointer, DateTimeOffset now)
    {
        if (element.Text(pointer) is not { } text)
            return null;
        DateTimeOffset time;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            // In milliseconds from 1973 on; seconds reach that number in the year 5138.
            if (number is 0 or > 253_402_300_799_999)
                return null;
            time = number < 100_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(number) : DateTimeOffset.FromUnixTimeMilliseconds(number);
        }
        else if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
        {
            return null;
        }
        return time <= now ? Messaging.Time.Truncate(time.ToUniversalTime()) : null;
    }

    /// <summary>Null when it is no JSON.</summary>
    public static JsonDocument? ParsedOrNull(this ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Where it stands in the bytes that its document was parsed from.</summary>
    public static Range RangeIn(this JsonElement element, ReadOnlyMemory<byte> parsed)
    {
        var bytes = JsonMarshal.GetRawUtf8Value(element);
        return parsed.Span.Overlaps(bytes, out var start)
            ? start..(start + bytes.Length)
            : throw new ArgumentException("Not the bytes that it was parsed from.", nameof(parsed));
    }

    /// <summary>The bytes of it as they came.</summary>
    public static byte[] Bytes(this JsonElement element) => JsonMarshal.GetRawUtf8Value(element).ToArray();

    // Bytes that are no UTF-8, or an escaped half of a surrogate pair are well-formed JSON, and no text.
    private static string? StringOf(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(element)).Trim('"');
        }
    }
}
