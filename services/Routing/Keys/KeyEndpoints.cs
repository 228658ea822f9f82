using CxPlatform.Messaging;
using CxPlatform.Routing.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Routing.Keys;

/// <param name="Name">What it is for, at most 100 characters; an agent's key is named after them when absent.</param>
/// <param name="Scopes">What it may do: intake, events, cases:read, cases:write, admin.</param>
/// <param name="AgentId">The agent who signs in with it.</param>
internal sealed record KeyInput(string? Name = null, IReadOnlyList<string>? Scopes = null, Guid? AgentId = null)
{
    private static string Known => string.Join(", ", ServiceDefaults.Scopes.All);

    public InputErrors Check()
    {
        var errors = new InputErrors().MaxLength("name", Name, 100);
        if (AgentId is null)
            errors.Required("name", Name).Check(Scopes is { Count: > 0 }, "scopes", $"must hold at least one of {Known}.");
        for (var i = 0; i < Scopes?.Count; i++)
            errors.Check(ServiceDefaults.Scopes.All.Contains(Scopes[i]), $"scopes[{i}]", $"must be one of {Known}.");
        return errors;
    }
}

internal sealed record AgentKeyInput(string? Name = null, IReadOnlyList<string>? Scopes = null);

/// <param name="Key">The key itself, shown this once; absent when the same request was answered before.</param>
internal sealed record IssuedKey(
    string KeyId, string Name, IReadOnlyList<string> Scopes, Guid? AgentId, DateTimeOffset CreatedAt, string? Key);

internal static class KeyEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var keys = app.Group("/v1/keys", "Keys").RequireAuthorization(Policies.Admin);

        keys.MapGet("", async (Work<RoutingDb> work, CancellationToken ct) => TypedResults.Ok(new Listed<KeyView>(await work.ReadAsync(
            async (db, token) => (await db.Keys.OrderBy(row => row.CreatedAt).ToListAsync(token)).ConvertAll(KeyView.Of), ct))))
            .WithName("listKeys").WithSummary("All keys, revoked ones included, without their secrets");

        keys.MapPost("", (KeyInput input, Work<RoutingDb> work, CancellationToken ct) => IssueAsync(input, work, ct))
            .Produces<IssuedKey>(StatusCodes.Status201Created).WithName("createKey").WithSummary("Makes a key; shown this once");

        keys.MapDelete("/{keyId}", (string keyId, Work<RoutingDb> work, CancellationToken ct) =>
            work.RunAsync<KeyCommands, Outcome<Done>>((commands, token) => commands.RevokeAsync(keyId, token), ct).ToHttp())
            .Produces(StatusCodes.Status204NoContent).WithName("revokeKey").WithSummary("Revokes a key everywhere, within five seconds");
    }

    /// <param name="agentInPath">An unknown agent is then an address that is not there, else a faulty field.</param>
    public static async Task<IResult> IssueAsync(KeyInput input, Work<RoutingDb> work, CancellationToken ct, bool agentInPath = false)
    {
        if (input.Check() is { Any: true } errors)
            return errors.ToHttp();
        // Made outside of the transaction: what is kept under an Idempotency-Key must not hold the secret.
        var key = ApiKey.Create();
        var stored = new NewKey(key.KeyId, key.Hash, input.Name, input.Scopes ?? [], input.AgentId);
        var outcome = await work.RunAsync<KeyCommands, Outcome<KeyView>>((commands, token) => commands.IssueAsync(stored, token), ct);
        if (outcome.IsRefused)
            return Problems.Of(agentInPath ? outcome.Refusal with { Field = null } : outcome.Refusal);
        var view = outcome.Value;
        var plaintext = view.KeyId == key.KeyId ? key.Plaintext : null;
        var issued = new IssuedKey(view.KeyId, view.Name, view.Scopes, view.AgentId, view.CreatedAt, plaintext);
        return issued.Key is null ? TypedResults.Ok(issued) : TypedResults.Created($"/v1/keys/{view.KeyId}", issued);
    }
}
