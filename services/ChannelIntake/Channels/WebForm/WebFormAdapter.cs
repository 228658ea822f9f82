using System.Text.Json.Serialization;
using CxPlatform.Contracts;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.WebForm;

/// <summary>What a contact form holds.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WebFormFields
{
    /// <summary>The filled form's own id: sent twice, it is stored once.</summary>
    public string? Id { get; init; }

    /// <summary>At most 200 characters.</summary>
    public string? Name { get; init; }

    /// <summary>This or <see cref="Phone"/> is needed, so that somebody can answer.</summary>
    public string? Email { get; init; }
    public string? Phone { get; init; }

    /// <summary>At most 500 characters.</summary>
    public string? Subject { get; init; }

    /// <summary>At most 100,000 characters.</summary>
    public string? Message { get; init; }

    /// <summary>A case it is about. Counts only when the sender is already on that case.</summary>
    public string? CaseNumber { get; init; }

    /// <summary>BCP 47.</summary>
    public string? Language { get; init; }

    /// <summary>A trap for programs that fill in everything: what is in it makes the contact look like spam.</summary>
    public string? Website { get; init; }

    public static WebFormFields Of(IFormCollection form) => new()
    {
        Id = form["id"],
        Name = form["name"],
        Email = form["email"],
        Phone = form["phone"],
        Subject = form["subject"],
        Message = form["message"],
        CaseNumber = form["caseNumber"],
        Language = form["language"] is { Count: > 0 } language ? language : default(string),
        Website = form["website"],
    };
}

/// <summary>What may be wrong with a field; the words are the page's.</summary>
public enum FormRule
{
    Needed,
    Reachable,
    Address,
    Phone,
    TooLong,
    CaseNumber,
    Language,
    TooManyFiles,
    FileTooLarge,
}

/// <summary>Checks a filled form and makes it an arrival.</summary>
internal sealed class WebFormAdapter(ContactIntake intake, Tokens tokens, IOptions<IntakeOptions> options)
{
    public const int MostText = 100_000;

    // Enough to be held until somebody looks, and a strong hint: a person needs longer, unless the text was pasted.
    private static readonly SpamScore Trapped = SpamScore.Of(10, "honeypot: filled in");
    private static readonly SpamScore Hasty = SpamScore.Of(3, "form: filled in within two seconds");
    private static readonly SpamScore Foreign = SpamScore.Of(3, "form: not the one that was handed out");
    private static readonly TimeSpan Filling = TimeSpan.FromSeconds(2);

    public string NewFormId() => tokens.Form(intake.NewId());

    /// <param name="isPage">It was sent to our own page, which handed out what it gets back.</param>
    public (Arrival? Arrival, IReadOnlyDictionary<string, FormRule> Errors) Read(
        WebFormFields fields, IReadOnlyList<IFormFile> files, ReadOnlyMemory<byte> raw, string rawType, string pageLanguage,
        bool isPage = false)
    {
        var errors = new Dictionary<string, FormRule>();
        void Check(bool holds, string field, FormRule rule)
        {
            if (!holds)
                errors.TryAdd(field, rule);
        }

        var email = string.IsNullOrWhiteSpace(fields.Email) ? null : Identities.Address(fields.Email);
        var phone = string.IsNullOrWhiteSpace(fields.Phone) ? null : Identities.Phone(fields.Phone, options.Value.DefaultCountryCode);
        var number = string.IsNullOrWhiteSpace(fields.CaseNumber) ? null : CaseNumber.Read(fields.CaseNumber);
        Check(email is not null || string.IsNullOrWhiteSpace(fields.Email), "email", FormRule.Address);
        Check(phone is not null || string.IsNullOrWhiteSpace(fields.Phone), "phone", FormRule.Phone);
        Check(!string.IsNullOrWhiteSpace(fields.Email) || !string.IsNullOrWhiteSpace(fields.Phone), "email", FormRule.Reachable);
        Check(!string.IsNullOrWhiteSpace(fields.Message), "message", FormRule.Needed);
        Check(fields.Message is null || fields.Message.Length <= MostText, "message", FormRule.TooLong);
        Check(fields.Name is null || fields.Name.Length <= Limits.Name, "name", FormRule.TooLong);
        Check(fields.Subject is null || fields.Subject.Length <= Limits.Subject, "subject", FormRule.TooLong);
        Check(fields.Id is null || fields.Id.Length <= 100, "id", FormRule.TooLong);
        Check(number is not null || string.IsNullOrWhiteSpace(fields.CaseNumber), "caseNumber", FormRule.CaseNumber);
        Check(fields.Language is null || Language.IsTag(fields.Language), "language", FormRule.Language);
        Check(files.Count <= Limits.Attachments, "files", FormRule.TooManyFiles);
        Check(files.All(file => file.Length <= Limits.Attachment), "files", FormRule.FileTooLarge);
        if (errors.Count > 0)
            return (null, errors);

        var text = Clean.Text(fields.Message);
        var id = intake.NewId();
        return (new()
        {
            ContactId = id,
            Channel = Channel.WebForm,
            ProviderId = Clean.Line(fields.Id, 100) ?? id.ToString("n"),
            ReceivedAt = intake.Now,
            From = email is not null ? new(IdentityKind.EmailAddress, email) : new(IdentityKind.PhoneNumber, phone!),
            Name = Clean.Line(fields.Name, Limits.Name),
            Subject = Clean.Line(fields.Subject, Limits.Subject),
            Text = text,
            // The language of what they wrote says more than that of their browser.
            Language = fields.Language ?? Language.Guess(text) ?? pageLanguage,
            // Anybody can type a number: it counts like one in a mail's subject.
            Evidence = number is null ? [] : [new Evidence(EvidenceKind.SubjectNumber, number)],
            References = email is not null && phone is not null ? new() { ["phone"] = phone } : new Dictionary<string, string>(),
            Spam = SpamOf(fields, isPage),
            Raw = raw,
            RawType = rawType,
        }, errors);
    }

    // Never refused and never dropped: a person whose browser filled in the trap is found among what is held.
    private SpamScore SpamOf(WebFormFields fields, bool isPage)
    {
        var spam = string.IsNullOrEmpty(fields.Website) ? SpamScore.None : Trapped;
        // A form of ours has an id that nobody else can make, and that tells when it was handed out.
        if (!tokens.TryReadForm(fields.Id, out var handedOut))
            return isPage ? spam + Foreign : spam;
        return intake.Now - handedOut < Filling ? spam + Hasty : spam;
    }
}
