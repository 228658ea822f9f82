using System.Globalization;
using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Messaging;

namespace CxPlatform.Intake;

/// <summary>One spelling per identity, so that a customer is found again however the address was typed.</summary>
internal static class Identities
{
    private static readonly IdnMapping Idn = new() { AllowUnassigned = true };

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
        var text = value.Trim();
        if (text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
            text = text[7..];
        text = text.Trim().TrimStart('<').TrimEnd('>');
        var at = text.LastIndexOf('@');
        if (at <= 0 || at == text.Length - 1 || text.Length > 400)
            return null;
        var domain = text[(at + 1)..].TrimEnd('.');
        var local = text[..at];
        if (local.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) && !local.StartsWith('"'))
            return null;
        try
        {
            if (!domain.StartsWith('['))
                domain = Idn.GetAscii(domain.Normalize(NormalizationForm.FormC));
        }
        catch (ArgumentException)
        {
            return null;
        }
        // A Punycode domain must be host name characters; what is left of a malformed one must not become somebody's identity.
        if (domain.Length == 0 || domain.StartsWith('.') || domain.Contains("..", StringComparison.Ordinal)
            || domain.Any(c => !(char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '[' or ']' or ':')))
            return null;
        var result = (local.Normalize(NormalizationForm.FormC) + "@" + domain).ToLowerInvariant();
        return result.Length <= 254 ? result : null;
    }

    /// <summary>E.164: a plus and 7 to 15 digits; null when it is no number.</summary>
    public static string? Phone(string? value, string? countryCode)
    {
        if (value is null || value.Length > 60)
            return null;
        var text = value.Trim();
        if (text.StartsWith("tel:", StringComparison.OrdinalIgnoreCase))
            text = text[4..];
        // In +49 (0)30 123 the zero in brackets is for callers at home.
        text = text.Replace("(0)", "", StringComparison.Ordinal);
        var digits = new StringBuilder(text.Length);
        var international = false;
        foreach (var c in text)
        {
            if (c == '+' && digits.Length == 0)
                international = true;
            else if (char.IsAsciiDigit(c))
                digits.Append(c);
            else if (!(c is ' ' or '-' or '.' or '/' or '(' or ')' or '\u00a0' or '\u2011' or '\u2013'))
                return null;
        }
        var number = digits.ToString();
        if (!international)
        {
            if (number.StartsWith("00", StringComparison.Ordinal))
                number = number[2..];
            else if (countryCode is null)
                return null;
            else
                number = countryCode + (number.StartsWith('0') ? number[1..] : number);
        }
        return number.Length is >= 7 and <= 15 && number[0] != '0' ? "+" + number : null;
    }

    /// <summary>A handle (case does not matter) or an id of another system (kept as it is).</summary>
    public static Identity? Named(IdentityKind kind, string value)
    {
        value = value.Trim();
        if (value.Length is 0 or > Limits.Name || value.Any(char.IsControl))
            return null;
        return new(kind, kind == IdentityKind.Handle ? value.ToLowerInvariant() : value);
    }

    private static bool LooksLikePhone(string value) =>
        value.Any(char.IsAsciiDigit) && value.All(c => char.IsAsciiDigit(c) || c is '+' or ' ' or '-' or '.' or '/' or '(' or ')');
}
