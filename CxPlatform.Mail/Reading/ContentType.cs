using System.Collections.Frozen;

namespace CxPlatform.Mail;

/// <summary>A value with parameters: Content-Type or Content-Disposition.</summary>
/// <param name="Value">In lower case, without parameters.</param>
sealed record ContentType(string Value, IReadOnlyDictionary<string, string> Parameters)
{
    public static ContentType None { get; } = new("", FrozenDictionary<string, string>.Empty);

    public string? this[string name] => Parameters.GetValueOrDefault(name);

    public bool Is(string mediaType) => Value == mediaType;
    public bool IsMultipart => Value.StartsWith("multipart/", StringComparison.Ordinal);
    public bool IsText => Value.StartsWith("text/", StringComparison.Ordinal);

    /// <summary>What a part is when its header does not say (RFC 2045 section 5.2, RFC 2046 section 5.1.5).</summary>
    public static ContentType Default(string mediaType) => new(mediaType, FrozenDictionary<string, string>.Empty);
}
