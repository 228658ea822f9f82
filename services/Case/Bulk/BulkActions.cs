using System.Text.Json.Serialization;
using CxPlatform.Cases.Actions;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Bulk;

/// <summary>What can be done with many cases at once.</summary>
internal enum BulkDo
{
    Unknown,
    Assign,
    Unassign,
    Tag,
    Untag,
    Priority,
    Note,
    Resolve,
}

/// <param name="Cases">Ids or numbers, at most 500.</param>
/// <param name="AgentId">For assign.</param>
/// <param name="Tags">For tag and untag.</param>
/// <param name="Priority">For priority.</param>
/// <param name="Text">For note.</param>
/// <param name="Result">For resolve.</param>
/// <param name="Reason">For resolve, where the customer reads it; for assign, unassign and priority, where it is optional.</param>
/// <param name="Policy">To resolve as notPossible: the rule in plain words.</param>
/// <param name="Alternative">To resolve as notPossible: what is possible instead.</param>
/// <param name="ReferredTo">To resolve as referred: who helps from here on.</param>
/// <param name="Reach">To resolve as referred: how the customer reaches them.</param>
internal sealed record BulkRequest(
    BulkDo Do, IReadOnlyList<string> Cases, Guid? AgentId = null, IReadOnlyList<string>? Tags = null, Priority? Priority = null,
    string? Text = null, CaseResult? Result = null, string? Reason = null, string? Policy = null, string? Alternative = null,
    string? ReferredTo = null, string? Reach = null);

/// <summary>What became of one of the cases.</summary>
/// <param name="Case">As it was asked for.</param>
/// <param name="Problem">Why it was not done; null when it was, or was so already.</param>
internal sealed record BulkItem(string Case, string? Number, long? Version, CaseStatus? Status, BulkProblem? Problem)
{
    [JsonIgnore]
    public bool IsDone => Problem is null;
}

internal sealed record BulkProblem(string Code, string Detail);

internal sealed record BulkAnswer(int Done, int Failed, IReadOnlyList<BulkItem> Items);

/// <summary>Does one thing with many cases, each in a transaction of its own: what one refuses stops no other. Sent again with the same
/// Idempotency-Key it goes on where it stopped, and does nothing twice.</summary>
internal sealed class BulkActions(CaseActions actions, CaseReader reader)
{
    public const int Most = 500;

    public async Task<Outcome<BulkAnswer>> DoAsync(BulkRequest r, Person by, CancellationToken ct)
    {
        if (Check(r) is { } refusal)
            return refusal;
        var request = Ambient.Current;
        var items = new List<BulkItem>();
        foreach (var key in r.Cases.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            // Each case has its own answer under the one key.
            using var one = Ambient.Use(request with
            {
                Idempotency = request.Idempotency is { } once ? once with { Route = $"{once.Route} {key.ToUpperInvariant()}" } : null,
            });
            var outcome = await reader.IdOfAsync(key, ct) is { } id
                ? await OneAsync(r, id, by, ct)
                : new Refusal("case-not-found", $"There is no case {key}.");
            items.Add(outcome.IsRefused
                ? new(key, null, null, null, new(outcome.Refusal.Code, outcome.Refusal.Text))
                : new(key, outcome.Value.Number, outcome.Value.Version, outcome.Value.Status, null));
        }
        return new BulkAnswer(items.Count(item => item.IsDone), items.Count(item => !item.IsDone), items);
    }

    private Task<Outcome<CaseChanged>> OneAsync(BulkRequest r, Guid id, Person by, CancellationToken ct) => r.Do switch
    {
        BulkDo.Assign => actions.AssignAsync(id, r.AgentId!.Value, r.Reason, by, null, ct),
        BulkDo.Unassign => actions.DoAsync(id, new Unassign(r.Reason), ct),
        BulkDo.Tag => actions.DoAsync(id, new ChangeTags(r.Tags!, [], by), ct),
        BulkDo.Untag => actions.DoAsync(id, new ChangeTags([], r.Tags!, by), ct),
        BulkDo.Priority => actions.DoAsync(id, new ChangePriority(r.Priority!.Value, by, r.Reason), ct),
        BulkDo.Note => actions.DoAsync(id, new AddNote(Guid.CreateVersion7(), by, r.Text!), ct),
        _ => actions.DoAsync(id, new ResolveCase(r.Result!.Value, r.Reason!, new(r.Policy, r.Alternative, r.ReferredTo, r.Reach), by), ct),
    };

    private static Refusal? Check(BulkRequest r)
    {
        var errors = new InputErrors()
            .Check(r.Cases.Count is > 0 and <= Most, "cases", $"must be 1 to {Most}.")
            .Check(r.Cases.All(key => !string.IsNullOrWhiteSpace(key)), "cases", "must be ids or numbers.")
            .Check(r.Do != BulkDo.Unknown, "do", "must be assign, unassign, tag, untag, priority, note or resolve.")
            .Check(r.Do != BulkDo.Assign || r.AgentId is not null, "agentId", "is required to assign.")
            .Check(r.Do is not (BulkDo.Tag or BulkDo.Untag) || r.Tags is { Count: > 0 }, "tags", "are required.")
            .Check(r.Do != BulkDo.Priority || r.Priority is not (null or Contracts.Priority.Unknown), "priority", "must be low, normal, high or urgent.")
            .Check(r.Do != BulkDo.Note || !string.IsNullOrWhiteSpace(r.Text), "text", "is required for a note.")
            .Check(r.Do != BulkDo.Resolve || r.Result is not (null or CaseResult.Unknown), "result", "must be solved, partly, notPossible or referred.")
            .Check(r.Do != BulkDo.Resolve || !string.IsNullOrWhiteSpace(r.Reason), "reason", "is required to resolve.");
        return errors.ToRefusal();
    }
}

internal static class BulkEndpoints
{
    public static void MapBulk(this IEndpointRouteBuilder cases) => cases
        .MapPost("/bulk", (BulkRequest r, BulkActions bulk, HttpContext context) =>
            bulk.DoAsync(r, context.User.Person(), context.RequestAborted).ToHttp(answer => TypedResults.Ok(answer)))
        .RequireAuthorization(Policies.CasesWrite).WithName("ActOnCases")
        .WithSummary("Does one thing with up to 500 cases; each has its own result").Produces<BulkAnswer>().ProducesProblem(400);
}
