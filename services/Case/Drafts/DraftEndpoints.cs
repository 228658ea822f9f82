using System.Security.Claims;
using CxPlatform.Cases.Presence;
using CxPlatform.Cases.Reading;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Drafts;

internal sealed record DraftRequest(string Text, bool AsksCustomer = false);

/// <summary>The drafts of whoever asks, and whose else there are.</summary>
internal static class DraftEndpoints
{
    public static void MapDrafts(this IEndpointRouteBuilder cases)
    {
        var drafts = cases.MapGroup("/{key}/drafts").RequireAuthorization(Policies.CasesWrite);
        drafts.MapGet("", async (string key, CaseReader reader, DraftBook book, ClaimsPrincipal user, CancellationToken ct) =>
                await reader.IdOfAsync(key, ct) is { } id
                    ? TypedResults.Ok(await book.ReadAsync(id, user.ActorId(), ct))
                    : Http.NotFound(key))
            .WithName("GetDrafts").WithSummary("What you have begun to write on a case, and who else has").Produces<CaseDrafts>()
            .ProducesProblem(404);

        drafts.MapPut("/{kind}", async (
                string key, string kind, DraftRequest r, CaseReader reader, DraftBook book, CasePresence presence, ClaimsPrincipal user,
                CancellationToken ct) =>
                await reader.IdOfAsync(key, ct) is { } id
                    ? await SaveAsync(id, KindOf(kind), r, book, presence, user, ct)
                    : Http.NotFound(key))
            .WithName("SaveDraft").WithSummary("Saves your draft of a reply or a note; an empty text removes it. It is gone when it is sent")
            .Produces(204).ProducesProblem(400).ProducesProblem(404);
    }

    internal static DraftKind KindOf(string word) => word switch { "reply" => DraftKind.Reply, "note" => DraftKind.Note, _ => DraftKind.Unknown };

    internal static async Task<IResult> SaveAsync(
        Guid caseId, DraftKind kind, DraftRequest r, DraftBook book, CasePresence presence, ClaimsPrincipal user, CancellationToken ct)
    {
        if (kind == DraftKind.Unknown)
            return Problems.Invalid("kind", "must be reply or note.");
        var saved = await book.SaveAsync(caseId, kind, user.ActorId(), user.StaffName(), r.Text, r.AsksCustomer, ct);
        // Who saves is typing: nothing else has to say so.
        if (!saved.IsRefused && r.Text.Length > 0)
            await presence.TypingAsync(caseId, user, ct);
        return saved.ToHttp();
    }
}
