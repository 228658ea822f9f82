using System.Text.Json;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Plans;

/// <summary>A plan template as it is written.</summary>
internal sealed record PlanTemplateRequest(IReadOnlyList<TemplateStep> Steps)
{
    public InputErrors Check(string category)
    {
        var errors = new InputErrors()
            .Check(category.Length <= 100, "category", "must be at most 100 characters.")
            .Check(Steps.Count is > 0 and <= Decider.MostSteps, "steps", $"must be 1 to {Decider.MostSteps}.");
        for (var i = 0; i < Steps.Count; i++)
        {
            var (step, at) = (Steps[i], $"steps[{i}]");
            errors.Check(step.Words.Count > 0, at + ".words", "must say the step in one language at least, such as en.");
            foreach (var (language, words) in step.Words)
            {
                errors.Check(language.Length is 2 or 3 && language.All(char.IsAsciiLetterLower), at + ".words", $"'{language}' must be a language, such as en or de.")
                    .Required($"{at}.words.{language}.title", words.Title)
                    .MaxLength($"{at}.words.{language}.title", words.Title, 500)
                    .MaxLength($"{at}.words.{language}.forCustomer", words.ForCustomer, 500);
            }
            errors.Check(step.Key is null || StepKeys.All.Contains(step.Key), at + ".key", $"must be one of {string.Join(", ", StepKeys.All)}, or absent.")
                .Check(step.Key is null || Steps.Take(i).All(other => other.Key != step.Key), at + ".key", "must not come twice.")
                .Check(!step.Promise || step.Key is null, at + ".promise", "must be false for a step with a key: what happens marks it as done.")
                .Check(!step.Promise || step.Within is not null, at + ".within", "is required for a step that carries a promise.")
                .Check(step.Within is null || (step.Within > TimeSpan.Zero && step.Within <= TimeSpan.FromDays(365)), at + ".within", "must be longer than zero and at most 365 days.")
                .Check(step.Owner is StepOwner.Owner or StepOwner.Team or StepOwner.Customer, at + ".owner", "must be owner, team or customer.")
                .MaxLength(at + ".detail", step.Detail, 20_000);
        }
        return errors;
    }
}

/// <summary>Plan templates as a transaction sees them: few, so all of them are read at once.</summary>
internal sealed class PlanBook(CaseDb db)
{
    private Dictionary<string, PlanTemplate>? _all;

    public async Task<PlanTemplate?> ForAsync(string category, CancellationToken ct)
    {
        _all ??= (await db.PlanTemplates.ToListAsync(ct)).Select(Read).ToDictionary(plan => plan.Category, StringComparer.OrdinalIgnoreCase);
        return _all.GetValueOrDefault(category);
    }

    public static PlanTemplate Read(PlanTemplateRow row) => JsonSerializer.Deserialize<PlanTemplate>(row.Definition, EventTypes.Json)!;
}

internal sealed class WritePlanTemplate(Unit<CaseDb> unit)
{
    /// <param name="plan">Null: the category has the default plan again.</param>
    public async Task<Outcome<Done>> HandleAsync(string category, PlanTemplate? plan, CancellationToken ct)
    {
        var row = await unit.Db.PlanTemplates.FindAsync([category], ct);
        if (plan is null && row is not null)
            unit.Db.PlanTemplates.Remove(row);
        if (plan is null)
            return Done.Value;
        if (row is null)
            unit.Db.PlanTemplates.Add(row = new() { Category = category });
        row.Definition = JsonSerializer.Serialize(plan, EventTypes.Json);
        return Done.Value;
    }
}

internal static class PlanTemplateEndpoints
{
    public static void MapPlanTemplates(this IEndpointRouteBuilder plans)
    {
        plans.MapGet("", async (Work<CaseDb> work, CancellationToken ct) => TypedResults.Ok(new PlanTemplates(
                await work.ReadAsync(async (db, token) => (await db.PlanTemplates.OrderBy(row => row.Category).ToListAsync(token)).ConvertAll(PlanBook.Read), ct))))
            .RequireAuthorization(Policies.CasesRead).WithName("ListPlanTemplates").WithSummary("The plans that cases begin with, by category");

        plans.MapGet("/{category}", async (string category, Work<CaseDb> work, CancellationToken ct) =>
                await work.ReadAsync((db, token) => db.PlanTemplates.FirstOrDefaultAsync(row => row.Category == Key(category), token), ct) is { } row
                    ? TypedResults.Ok(PlanBook.Read(row))
                    : (IResult)Problems.Of(new("plan-template-not-found", $"There is no plan template for {category}: its cases begin with the default plan.")))
            .RequireAuthorization(Policies.CasesRead).WithName("GetPlanTemplate").WithSummary("The plan that cases of a category begin with")
            .Produces<PlanTemplate>().ProducesProblem(404);

        plans.MapPut("/{category}", async (string category, PlanTemplateRequest request, Work<CaseDb> work, CancellationToken ct) =>
            {
                if (request.Check(category).ToRefusal() is { } refusal)
                    return Problems.Of(refusal);
                var plan = new PlanTemplate(Key(category), request.Steps);
                return (await work.RunAsync<WritePlanTemplate, Outcome<Done>>((handler, token) => handler.HandleAsync(plan.Category, plan, token), ct))
                    .ToHttp(_ => TypedResults.Ok(plan));
            })
            .RequireAuthorization(Policies.Admin).WithName("PutPlanTemplate").Produces<PlanTemplate>().ProducesProblem(400)
            .WithSummary("Writes the plan that new cases of a category begin with; plans that were made stay as they are");

        plans.MapDelete("/{category}", async (string category, Work<CaseDb> work, CancellationToken ct) =>
                (await work.RunAsync<WritePlanTemplate, Outcome<Done>>((handler, token) => handler.HandleAsync(Key(category), null, token), ct))
                    .ToHttp(_ => TypedResults.NoContent()))
            .RequireAuthorization(Policies.Admin).WithName("DeletePlanTemplate").WithSummary("New cases of the category begin with the default plan again")
            .Produces(StatusCodes.Status204NoContent);
    }

    private static string Key(string category) => category.Trim().ToLowerInvariant();

    internal sealed record PlanTemplates(IReadOnlyList<PlanTemplate> Items);
}
