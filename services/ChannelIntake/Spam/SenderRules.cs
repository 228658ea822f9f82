using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake;

internal enum SenderVerdict
{
    Unknown,

    /// <summary>Always held.</summary>
    Block,

    /// <summary>Never held.</summary>
    Allow,
}

/// <summary>An address, a domain with all below it, a number or a handle.</summary>
internal sealed record SenderRule(string Pattern, SenderVerdict Verdict, string? Note, string By, DateTimeOffset Since);

/// <param name="Note">Why; at most 500 characters.</param>
internal sealed record SenderRuleChange(SenderVerdict Verdict, string? Note = null);

/// <summary>Whom people have decided about.</summary>
internal static class SenderRules
{
    /// <summary>The address, its domain and the domains above it: what a rule on this sender may be about.</summary>
    public static IReadOnlyList<string> PatternsOf(Identity from)
    {
        if (from.Kind != IdentityKind.EmailAddress)
            return [from.Value];
        var patterns = new List<string> { from.Value };
        var domain = from.Value[(from.Value.LastIndexOf('@') + 1)..];
        for (var dot = -1; (dot = domain.IndexOf('.', dot + 1)) >= 0;)
        {
            if (patterns.Count == 1)
                patterns.Add(domain);
            if (domain.IndexOf('.', dot + 1) >= 0)
                patterns.Add(domain[(dot + 1)..]);
        }
        return patterns;
    }

    public static void MapSenderRules(this IEndpointRouteBuilder app)
    {
        var senders = app.MapGroup("/v1/intake/senders").RequireAuthorization(Policies.Admin).WithTags("Spam");
        senders.MapGet("/", async (Work<IntakeDb> work, CancellationToken ct) => TypedResults.Ok(await work.ReadAsync(
                async (db, token) => (IReadOnlyList<SenderRule>)[.. (await db.SenderRules.OrderBy(rule => rule.Pattern).ToListAsync(token))
                    .Select(rule => new SenderRule(
                        rule.Pattern, Words.Read<SenderVerdict>(rule.Verdict), rule.Note, rule.Actor, rule.CreatedAt))],
                ct)))
            .WithName("ListSenderRules").WithSummary("Senders that are always held, and senders that never are.");
        senders.MapPut("/{pattern}", async (string pattern, SenderRuleChange change, Work<IntakeDb> work, CancellationToken ct) =>
            {
                if (Read(pattern) is not { } read)
                    return Problems.Invalid("pattern", "must be an address, a domain such as example.com, a number such as +4930123456, or a handle such as instagram:erika.");
                if (change.Note is { Length: > 500 })
                    return Problems.Invalid("note", "must be at most 500 characters.");
                return (await work.RunAsync<Unit<IntakeDb>, Outcome<Done>>(
                    (unit, token) => SetAsync(unit, read, change.Verdict, change.Note, token), ct)).ToHttp();
            })
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("PutSenderRule").WithSummary("Blocks or allows an address, a domain with all below it, a number or a handle.");
        senders.MapDelete("/{pattern}", async (string pattern, Work<IntakeDb> work, CancellationToken ct) =>
            {
                var read = Read(pattern) ?? pattern;
                return (await work.RunAsync<Unit<IntakeDb>, Outcome<Done>>(
                    async (unit, token) => await unit.Db.SenderRules.Where(rule => rule.Pattern == read).ExecuteDeleteAsync(token) > 0
                        ? Done.Value
                        : new Refusal("sender-rule-not-found", "There is no rule on this sender."),
                    ct)).ToHttp();
            })
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("DeleteSenderRule").WithSummary("Forgets a decision about a sender.");
    }

    public static async Task<Outcome<Done>> SetAsync(
        Unit<IntakeDb> unit, string pattern, SenderVerdict verdict, string? note, CancellationToken ct)
    {
        var rule = await unit.Db.SenderRules.AsTracking().FirstOrDefaultAsync(rule => rule.Pattern == pattern, ct);
        if (rule is null)
            unit.Db.SenderRules.Add(rule = new() { Pattern = pattern });
        (rule.Verdict, rule.Note, rule.Actor, rule.CreatedAt) = (Words.Of(verdict), Clean.Line(note, 500), Ambient.Current.Actor, unit.Now);
        return Done.Value;
    }

    private static string? Read(string pattern) => Identities.Address(pattern) ??
        (Identities.Address("somebody@" + pattern) is { } address ? address["somebody@".Length..] : null)
        ?? Identities.Phone(pattern, null)
        // Handles have the name of their network before them.
        ?? (pattern.Contains(':', StringComparison.Ordinal) ? Identities.Named(IdentityKind.Handle, pattern)?.Value : null);
}
