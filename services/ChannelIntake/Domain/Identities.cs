using System.Buffers;
using System.Globalization;
using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Messaging;

namespace CxPlatform.Intake;

/// <summary>One spelling per identity, so that a customer is found again however the address was typed.</summary>
internal static class Identities
{
    private static readonly IdnMapping Idn = new() { AllowUnassigned = true };

    private static readonly SearchValues<char> Invisible = SearchValues.Create(
        "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff");

    /// <summary>Reads an identity as people and programs write it.</summary>
    /// <param name="kind">Null: an address when there is an @, a phone number when there are only digits and their punctuation.</param>
    /// <param name="countryCode">Digits that replace a national phone number's leading zero, e.g. <c>49</c>; null refuses national
    /// numbers.</param>
    /// <param name="field">Which input field to name in a refusal.</param>
    public static Outcome<Identity> Read(IdentityKind? kind, string? value, string? countryCode, string field)
    {
        value = value?.Trim();
        if (string.IsNullOrEmpty(value))
            return new Refusal("input-invalid", "is required.", field);
        kind ??= value.Contains('@', StringComparison.Ordinal) ? IdentityKind.EmailAddress
            : LooksLikePhone(value) ? IdentityKind.PhoneNumber
            : null;
        return kind switch
        {
            IdentityKind.EmailAddress => Address(value) is { } address
                ? new Identity(IdentityKind.EmailAddress, address)
                : new Refusal("input-invalid", "must be an email address such as name@example.com, at most 254 characters.", field),
            IdentityKind.PhoneNumber => Phone(value, countryCode) is { } phone
                ? new Identity(IdentityKind.PhoneNumber, phone)
                : new Refusal("input-invalid", countryCode is null
                    ? "must be a phone number with its country code, such as +493012345678 "
                        + "(set Cx:Intake:DefaultCountryCode to accept national numbers)."
                    : "must be a phone number of 7 to 15 digits, such as +493012345678.", field),
            IdentityKind.Handle or IdentityKind.ExternalId => Named(kind.Value, value) is { } identity
                ? identity
                : new Refusal("input-invalid", $"must be at most {Limits.Name} characters without control characters.", field),
            _ => new Refusal(
                "input-invalid",
                "is neither an email address nor a phone number: say which kind it is (emailAddress, phoneNumber, handle, externalId).",
                field),
        };
    }

    /// <summary>Trimmed, lower-case, the domain in ASCII (IDNA); null when it is no address.</summary>
    public static string? Address(string? value)
    {
        if (value is null)
            return null;
        var text = Whole(value).Replace('\uff20', '@').Trim();
        if (text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
            text = text[7..];
        text = text.Trim().TrimStart('<').TrimEnd('>');
        var at = text.LastIndexOf('@');
        if (at <= 0 || at == text.Length - 1 || text.Length > 400)
            return null;
        var domain = text[(at + 1)..].TrimEnd('.');
        var local = Unquoted(text[..at]);
        if (local.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) && !local.StartsWith('"'))
            return null;
        try
        {
            if (!domain.StartsWith('['))
                domain = Idn.GetAscii(domain.Normalize(NormalizationForm.FormC)).TrimEnd('.');
        }
        catch (ArgumentException)
        {
            return null;
        }
        if (!(domain is ['[', .. var literal, ']'] ? IsLiteral(literal) : IsHost(domain)))
            return null;
        var result = (local.Normalize(NormalizationForm.FormC) + "@" + domain).ToLowerInvariant();
        return result.Length <= 254 ? result : null;
    }

    /// <summary>E.164: a plus and 7 to 15 digits; null when it is no number.</summary>
    public static string? Phone(string? value, string? countryCode) => Phones.Read(value, countryCode);

    /// <summary>The domain of a normalised address; null for anything else.</summary>
    public static string? DomainOf(Identity identity) => identity.Kind == IdentityKind.EmailAddress
        ? identity.Value[(identity.Value.LastIndexOf('@') + 1)..]
        : null;

    /// <summary>Text without what copying brings along and nobody sees: zero-width spaces, soft hyphens, marks of direction.</summary>
    public static string WithoutInvisible(string text) =>
        text.AsSpan().IndexOfAny(Invisible) < 0 ? text : string.Concat(text.Where(c => !Invisible.Contains(c)));

    /// <summary>A handle (case does not matter; <c>network:name</c> where the network is known) or an id of another system
    /// (kept as it is).</summary>
    public static Identity? Named(IdentityKind kind, string value)
    {
        value = Whole(value).Normalize(NormalizationForm.FormC).Trim();
        if (value.Length is 0 or > Limits.Name || value.Any(char.IsControl))
            return null;
        // With the network's name before it, the sign that marks a handle says nothing more.
        return new(kind, kind == IdentityKind.Handle ? value.ToLowerInvariant().Replace(":@", ":", StringComparison.Ordinal) : value);
    }

    // Half a surrogate pair can neither be normalised nor stored.
    private static string Whole(string value) => Clean.Text(WithoutInvisible(value));

    // A Punycode domain must be host name characters; what is left of a malformed one must not become somebody's identity.
    private static bool IsHost(string domain) =>
        domain.Length > 0 && domain[0] != '.' && !domain.Contains("..", StringComparison.Ordinal)
        && domain.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    private static bool IsLiteral(string address) =>
        address.Length > 0 && address.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '-');

    // Quotes around what needs none are only another way to write it (RFC 5321 section 4.1.2).
    private static string Unquoted(string local) =>
        local is ['"', .. { Length: > 0 } inner, '"'] && inner.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or '+')
        && inner[0] != '.' && inner[^1] != '.' && !inner.Contains("..", StringComparison.Ordinal)
            ? inner
            : local;

    private static bool LooksLikePhone(string value) =>
        value.Any(char.IsDigit) && value.All(c => char.IsDigit(c) || Phones.IsPunctuation(c) || c is '+' or '\uff0b');
}
