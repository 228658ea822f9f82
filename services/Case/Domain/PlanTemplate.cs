using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

/// <summary>Who does a step of a template.</summary>
internal enum StepOwner
{
    Unknown,

    /// <summary>Whoever has the case.</summary>
    Owner,
    Team,
    Customer,
}

/// <summary>The plan that a case of a category begins with.</summary>
internal sealed record PlanTemplate(string Category, IReadOnlyList<TemplateStep> Steps);

/// <param name="Words">By language.</param>
/// <param name="Detail">For staff only.</param>
/// <param name="Within">Business time from the case's opening within which it is done.</param>
/// <param name="Promise">Its date is a promise, kept when the step is done.</param>
internal sealed record TemplateStep(
    IReadOnlyDictionary<string, StepWords> Words, string? Key = null, string? Detail = null, StepOwner Owner = StepOwner.Owner,
    TimeSpan? Within = null, bool Promise = false)
{
    public StepWords In(string? language) => Words.GetValueOrDefault((language ?? "").Split('-')[0].ToLowerInvariant())
        ?? Words.GetValueOrDefault("en") ?? Words.First().Value;
}

/// <param name="ForCustomer">A sentence more for the customer.</param>
internal sealed record StepWords(string Title, string? ForCustomer = null);
