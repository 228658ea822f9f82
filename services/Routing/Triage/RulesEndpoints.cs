using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.Routing.Assigning;
using CxPlatform.Routing.Domain;
using CxPlatform.Routing.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Routing.Triage;

/// <summary>Saves a new version of the rules. Cases that are understood already stay as they are.</summary>
internal sealed class SaveRules(Unit<RoutingDb> unit, Assigner assigner)
{
    public async Task<Outcome<SavedRules>> SaveAsync(RuleSet rules, long? expected, CancellationToken ct)
    {
        var current = (await assigner.CatalogAsync(ct)).RulesVersion;
        if (expected is not null && expected != current)
            return new Refusal("rules-version-mismatch", $"The rules are at version {current} by now: read them again.");
        unit.Db.RuleSets.Add(new() { Version = current + 1, State = rules, Actor = Ambient.Current.Actor, CreatedAt = unit.Now });
        await CatalogCache.ChangedAsync(unit.Db, ct);
        return new SavedRules(current + 1);
    }
}

internal sealed record SavedRules(int Version);

/// <param name="Rules">Rules that are not saved yet; those in force when absent.</param>
internal sealed record TryInput(
    string Text, string? Subject = null, string? Language = null, Channel? Channel = null, string? Brand = null,
    IReadOnlyList<string>? Tags = null, RuleSet? Rules = null);

/// <param name="Reasons">Why, one sentence each.</param>
internal sealed record TryResult(
    Kind Kind, string Category, Priority Priority, Feeling Feeling, string Language, string Queue, IReadOnlyList<string> Reasons);

internal static class RulesEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var rules = app.Group("/v1/rules", "Rules");

        rules.MapGet("", async (Work<RoutingDb> work, HttpContext context, CancellationToken ct) =>
        {
            var row = await InForceAsync(work, ct);
            context.SetVersion(row?.Version ?? 0);
            return TypedResults.Ok(row?.State ?? BuiltInRules.Reader.Rules);
        }).RequireAuthorization(Policies.CasesRead)
            .WithName("getRules").WithSummary("The rules in force; their version is the ETag, 0 for those that come with the platform");

        rules.MapPut("", async (RuleSet input, Work<RoutingDb> work, HttpContext context, CancellationToken ct) => await context.WriteAsync(
            await FaultsAsync(input, work, ct),
            seen => work.RunAsync<SaveRules, Outcome<SavedRules>>((save, token) => save.SaveAsync(input, seen, token), ct),
            saved =>
            {
                context.SetVersion(saved.Version);
                return Task.FromResult<IResult>(TypedResults.Ok(input));
            }))
            .RequireAuthorization(Policies.Admin).Produces<RuleSet>()
            .WithName("saveRules").WithSummary("Puts new rules in force for the next contacts: the whole of them");

        rules.MapPost("/try", async Task<IResult> (TryInput input, Work<RoutingDb> work, CancellationToken ct) =>
        {
            if (new InputErrors().MaxLength("text", input.Text, 65536).MaxLength("subject", input.Subject, 1000) is { Any: true } errors)
                return errors.ToHttp();
            if (input.Rules is not null && await FaultsAsync(input.Rules, work, ct, "rules.") is { Any: true } faults)
                return faults.ToHttp();
            var set = input.Rules ?? (await InForceAsync(work, ct))?.State;
            var reader = set is null ? BuiltInRules.Reader : new(set);
            var understood = Understanding.Of(reader.Read(input.Subject, input.Text, input.Language), reader.Rules.Defaults, null, null);
            var queues = await QueueIdsAsync(work, ct);
            var queue = reader.QueueFor(understood, input.Channel ?? Channel.Api, input.Brand ?? "main", input.Tags ?? [], queues);
            return TypedResults.Ok(new TryResult(
                understood.Kind.Value, understood.Category.Value, understood.Priority.Value, understood.Feeling.Value, understood.Language,
                queue.Value, [.. understood.Reasons, queue.Reason]));
        }).RequireAuthorization(Policies.Lead).Produces<TryResult>()
            .WithName("tryRules").WithSummary("How a text would be understood; nothing is kept");
    }

    private static Task<RuleSetRow?> InForceAsync(Work<RoutingDb> work, CancellationToken ct) =>
        work.ReadAsync((db, token) => db.RuleSets.OrderByDescending(row => row.Version).FirstOrDefaultAsync(token), ct);

    private static async Task<InputErrors> FaultsAsync(RuleSet rules, Work<RoutingDb> work, CancellationToken ct, string prefix = "")
    {
        var errors = new InputErrors();
        foreach (var (field, rule) in RuleSetCheck.Check(rules, await QueueIdsAsync(work, ct)))
            errors.Add(prefix + field, rule);
        return errors;
    }

    private static async Task<IReadOnlySet<string>> QueueIdsAsync(Work<RoutingDb> work, CancellationToken ct) =>
        (await work.ReadAsync((db, token) => db.Queues.Select(row => row.Id).ToListAsync(token), ct)).ToHashSet();
}
