using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// Who may read an answer. To the customer alone, unless somebody says that it goes where everybody reads it.
internal static partial class Decider
{
    private const int ShortestReference = 4;
    private const int DigitsOfNumber = 7;

    private static Refusal? Readable(CaseState s, SendReply c) => c.Visibility switch
    {
        Visibility.Customer => null,
        Visibility.World when s.PublicPost is null => new(
            "visibility-not-public", $"must be customer: nothing on case {s.Number} was said in public.", "visibility"),
        Visibility.World when c.Attachments.Count > 0 => new(
            "attachments-not-public", "must be empty in public: files go to the customer alone.", "attachments"),
        Visibility.World => PersonalIn(s, c.Text) is { } what
            ? new("text-not-public", $"holds {what}, and everybody would read it. That goes to the customer alone.", "text")
            : null,
        _ => new("visibility-invalid", "must be customer or world; what only staff is to read is a note.", "visibility"),
    };

    // What we know of the customer and they never said in public.
    private static string? PersonalIn(CaseState s, string text)
    {
        var digits = Digits(text);
        bool Says(string value) => text.Contains(value, StringComparison.OrdinalIgnoreCase);
        bool SaysNumber(string number) => Digits(number) is { Length: >= DigitsOfNumber } all && digits.Contains(all[^DigitsOfNumber..], StringComparison.Ordinal);
        foreach (var identity in s.Participants.Select(participant => participant.From).OfType<Identity>().Prepend(s.From))
        {
            if (identity.Kind == IdentityKind.EmailAddress && identity.Value.Length > 0 && Says(identity.Value))
                return "a mail address of somebody on the case";
            if (identity.Kind == IdentityKind.PhoneNumber && SaysNumber(identity.Value))
                return "a phone number of somebody on the case";
        }
        if (s.Promises.Any(promise => promise.Phone is { } phone && SaysNumber(phone)))
            return "a phone number of the customer";
        // Where something stands on the web is no secret: the post's own address is among the references.
        return s.References.FirstOrDefault(reference =>
            reference.Value.Length >= ShortestReference && !Uri.IsWellFormedUriString(reference.Value, UriKind.Absolute) && Says(reference.Value))
            is { Key: { } name } ? $"the customer's {name}" : null;
    }

    // However it is punctuated.
    private static string Digits(string text)
    {
        var digits = new StringBuilder();
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
                digits.Append(c);
            else if (!(char.IsWhiteSpace(c) || c is '-' or '/' or '.' or '(' or ')'))
                digits.Append('|');
        }
        return digits.ToString();
    }
}
