using System.Text.Json;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CxPlatform.Cases.Clocks;

/// <summary>Targets as they are written; the first that fits a case and states a clock holds.</summary>
internal sealed record TargetPoliciesRequest(IReadOnlyList<TargetOptions> Items);

/// <param name="Configured">They are those of Cx:Case:Targets: nobody has written others.</param>
internal sealed record TargetPoliciesView(bool Configured, IReadOnlyList<TargetOptions> Items);

/// <summary>The policy that holds in a transaction: the configured one, with the targets that were written since.</summary>
internal sealed class PolicyBook(CaseDb db, PolicyShelf shelf)
{
    public const string Setting = "target-policies";

    private CasePolicy? _policy;

    public async Task<CasePolicy> NowAsync(CancellationToken ct) =>
        _policy ??= shelf.Take((await db.Settings.FirstOrDefaultAsync(row => row.Name == Setting, ct))?.Value);
}

/// <summary>Targets that were read before.</summary>
internal sealed class PolicyShelf(CasePolicy configured, IOptions<CaseOptions> options)
{
    private Tuple<string, CasePolicy>? _known;

    public CasePolicy Take(string? written)
    {
        if (written is null)
            return configured;
        var known = _known;
        if (known?.Item1 != written)
            _known = known = new(written, configured with { Targets = [.. Read(written).Select(target => target.Policy(options.Value.WarnAt))] });
        return known.Item2;
    }

    public static IReadOnlyList<TargetOptions> Read(string written) => JsonSerializer.Deserialize<List<TargetOptions>>(written, EventTypes.Json)!;
}

internal sealed class WriteTargetPolicies(Unit<CaseDb> unit, FollowPolicy follow, PolicyShelf shelf)
{
    /// <param name="items">Null: the configured ones again.</param>
    public async Task<Outcome<Done>> HandleAsync(IReadOnlyList<TargetOptions>? items, CancellationToken ct)
    {
        if (items is not null && await CheckAsync(items, ct) is { } refusal)
            return refusal;
        var row = await unit.Db.Settings.FindAsync([PolicyBook.Setting], ct);
        var written = items is null ? null : JsonSerializer.Serialize(items, EventTypes.Json);
        if (written is null && row is not null)
            unit.Db.Settings.Remove(row);
        else if (written is not null && row is null)
            unit.Db.Settings.Add(new() { Name = PolicyBook.Setting, Value = written });
        else if (written is not null)
            row!.Value = written;
        return await follow.HandleAsync(shelf.Take(written), ct);
    }

    private async Task<Refusal?> CheckAsync(IReadOnlyList<TargetOptions> items, CancellationToken ct)
    {
        var errors = new InputErrors().Check(items.Count <= 200, "items", "must be at most 200.");
        var calendars = (await unit.Db.Calendars.Select(row => row.Id).ToListAsync(ct)).Append(BusinessCalendar.AlwaysId).ToHashSet();
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            errors.Required($"items[{i}].name", item.Name).MaxLength($"items[{i}].name", item.Name, 100)
                .Check(item.Clocks.Any(), $"items[{i}]", "must state at least one of acknowledgement, firstResponse, nextResponse, resolution.");
            foreach (var (name, clock) in item.Clocks)
            {
                var at = $"items[{i}].{JsonNamingPolicy.CamelCase.ConvertName(name)}";
                errors.Check(clock.Within > TimeSpan.Zero && clock.Within <= TimeSpan.FromDays(365), at + ".within", "must be longer than zero and at most 365 days.")
                    .Check(clock.WarnAt is null or (> 0 and < 1), at + ".warnAt", "must be over 0 and under 1, such as 0.75.")
                    .Check(clock.Calendar is null || calendars.Contains(clock.Calendar), at + ".calendar", $"must be a calendar; there is no {clock.Calendar}.");
            }
        }
        return errors.ToRefusal();
    }
}

internal static class TargetPolicyEndpoints
{
    public static void MapTargetPolicies(this IEndpointRouteBuilder policies)
    {
        policies.MapGet("", async (Work<CaseDb> work, IOptions<CaseOptions> options, CancellationToken ct) =>
                TypedResults.Ok(await ReadAsync(work, options, ct)))
            .RequireAuthorization(Policies.CasesRead).WithName("GetTargetPolicies").WithSummary("The targets that clocks run by, in order");

        policies.MapPut("", async (TargetPoliciesRequest request, Work<CaseDb> work, IOptions<CaseOptions> options, CancellationToken ct) =>
                await WriteAsync(request.Items, work, options, ct))
            .RequireAuthorization(Policies.Admin).WithName("PutTargetPolicies").Produces<TargetPoliciesView>().ProducesProblem(400)
            .WithSummary("Writes all targets; the clocks of every case are measured by them, from their beginning");

        policies.MapDelete("", async (Work<CaseDb> work, IOptions<CaseOptions> options, CancellationToken ct) =>
                await WriteAsync(null, work, options, ct))
            .RequireAuthorization(Policies.Admin).WithName("DeleteTargetPolicies").Produces<TargetPoliciesView>()
            .WithSummary("The targets of the configuration hold again");
    }

    private static async Task<IResult> WriteAsync(
        IReadOnlyList<TargetOptions>? items, Work<CaseDb> work, IOptions<CaseOptions> options, CancellationToken ct)
    {
        var done = await work.RunAsync<WriteTargetPolicies, Outcome<Done>>((handler, token) => handler.HandleAsync(items, token), ct);
        return done.IsRefused ? Problems.Of(done.Refusal) : TypedResults.Ok(await ReadAsync(work, options, ct));
    }

    private static Task<TargetPoliciesView> ReadAsync(Work<CaseDb> work, IOptions<CaseOptions> options, CancellationToken ct) => work.ReadAsync(
        async (db, token) => await db.Settings.FirstOrDefaultAsync(row => row.Name == PolicyBook.Setting, token) is { } row
            ? new TargetPoliciesView(false, PolicyShelf.Read(row.Value))
            : new(true, options.Value.Targets),
        ct);
}
