using System.ComponentModel.DataAnnotations;
using CxPlatform.Cases.Domain;

namespace CxPlatform.Cases;

/// <summary><c>Cx:Case:Phones:n</c>: where the customers of some cases can call a person. The first that fits counts, then
/// <c>Cx:Brand:Phone</c>.</summary>
internal sealed class PhoneOptions
{
    /// <summary>Absent: of every queue.</summary>
    public string? Queue { get; set; }

    /// <summary>Absent: of every brand.</summary>
    public string? Brand { get; set; }

    /// <summary>As it is to be read: <c>+49 30 1234567</c>.</summary>
    [Required, RegularExpression("^[+0-9][0-9 ()/-]{2,30}$", ErrorMessage = "must be a phone number such as +49 30 1234567.")]
    public string Number { get; set; } = "";

    public PhoneRule Rule() => new(Queue, Brand, Number);
}

/// <summary><c>Cx:Case:CallBacks:n</c>: when customers may book a call. The first that fits the case's queue counts; slots begin with the
/// opening hours of its calendar.</summary>
internal sealed class CallBackOptions : IValidatableObject
{
    /// <summary>Absent: of every queue.</summary>
    public string? Queue { get; set; }

    public TimeSpan SlotLength { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How many calls fit into one slot.</summary>
    [Range(1, 1000)]
    public int Capacity { get; set; } = 1;

    /// <summary>How long before a slot it can be booked at the latest.</summary>
    public TimeSpan Lead { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many days ahead.</summary>
    [Range(1, 31)]
    public int Days { get; set; } = 7;

    public CallBackRule Rule() => new(Queue, SlotLength, Capacity, Lead, TimeSpan.FromDays(Days));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SlotLength < TimeSpan.FromMinutes(5) || SlotLength > TimeSpan.FromHours(8))
            yield return new("must be from five minutes to eight hours.", [nameof(SlotLength)]);
        if (Lead < TimeSpan.Zero || Lead > TimeSpan.FromDays(31))
            yield return new("must be from nothing to 31 days.", [nameof(Lead)]);
    }
}

/// <summary><c>Cx:Case:Helps:n</c>: what else helps while a customer waits. All that fit are shown.</summary>
internal sealed class HelpOptions : IValidatableObject
{
    /// <summary>Categories of Routing; none: every one.</summary>
    public List<string> Category { get; set; } = [];

    /// <summary>Absent: in every language.</summary>
    [RegularExpression("^[a-z]{2}$", ErrorMessage = "must be a two-letter language.")]
    public string? Language { get; set; }

    [Required, StringLength(300)]
    public string Text { get; set; } = "";

    public Uri? Link { get; set; }

    public bool Fits(string category, string language) =>
        (Category.Count == 0 || Category.Contains(category)) && (Language is null || Language == language);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Link is { IsAbsoluteUri: false } or { Scheme: not ("https" or "http") })
            yield return new("must be an address such as https://help.example.com/refunds.", [nameof(Link)]);
    }
}
