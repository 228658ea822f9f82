using CxPlatform.Cases.Actions;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.SideConversations;

/// <param name="To">A mail address of somebody who is not on the case.</param>
/// <param name="Files">Files of the case, by their blob, that go with it.</param>
/// <param name="Awaited">The case waits for the answer: for whom, in words that the customer reads, such as "the manufacturer".</param>
internal sealed record AskRequest(
    string To, string Subject, string Text, string? Name = null, IReadOnlyList<string>? Files = null, string? Awaited = null);

/// <param name="Files">Files of the case, by their blob, that go with it.</param>
/// <param name="Awaited">The case waits for the answer: for whom, in words that the customer reads.</param>
internal sealed record WriteRequest(string Text, IReadOnlyList<string>? Files = null, string? Awaited = null);

/// <param name="Items">Oldest first, each with what was said in it.</param>
internal sealed record SideConversationList(IReadOnlyList<SideConversationView> Items);

internal static class SideConversationEndpoints
{
    public static void MapSideConversations(this IEndpointRouteBuilder cases)
    {
        var all = cases.MapGroup("/{key}/side-conversations");
        all.MapGet("", async (string key, CaseReader reader, CancellationToken ct) => await reader.FindAsync(key, ct) is { } state
                ? TypedResults.Ok(new SideConversationList(SideConversationView.Of(state, await reader.WholeTimelineAsync(state, ct))))
                : Http.NotFound(key))
            .RequireAuthorization(Policies.CasesRead)
            .WithName("ListSideConversations").WithSummary("What colleagues and suppliers were asked by mail beside, and what they answered")
            .Produces<SideConversationList>().ProducesProblem(404);

        var write = all.MapGroup("").RequireAuthorization(Policies.CasesWrite);
        write.MapPost("", (string key, AskRequest r, CaseActions actions, CaseReader reader, HttpContext context) =>
            {
                var (made, mail, by) = (Guid.CreateVersion7(), Guid.CreateVersion7(), context.User.Person());
                return context.ActAsync(key, reader, (id, expected, ct) => WithFilesAsync(
                    reader, id, r.Files,
                    files => actions.DoAsync(id, new AskAside(made, mail, by, r.To, r.Name, r.Subject, r.Text, files, r.Awaited), ct, expected), ct));
            })
            .Described("AskAside", "Asks somebody who is not on the case by mail; the answer lands on the case, for staff alone");
        write.MapPost("/{sideConversationId:guid}/messages", (
                string key, Guid sideConversationId, WriteRequest r, CaseActions actions, CaseReader reader, HttpContext context) =>
            {
                var (mail, by) = (Guid.CreateVersion7(), context.User.Person());
                return context.ActAsync(key, reader, (id, expected, ct) => WithFilesAsync(
                    reader, id, r.Files,
                    files => actions.DoAsync(id, new WriteAside(sideConversationId, mail, by, r.Text, files, r.Awaited), ct, expected), ct));
            })
            .Described("WriteAside", "Writes again in a side conversation");
        write.MapPost("/{sideConversationId:guid}/close", (
                string key, Guid sideConversationId, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) =>
                    actions.DoAsync(id, new CloseAside(sideConversationId, context.User.Person()), ct, expected)))
            .Described("CloseAside", "Closes a side conversation; whoever waits for it waits no longer, and an answer opens it again");
    }

    private static async Task<Outcome<CaseChanged>> WithFilesAsync(
        CaseReader reader, Guid caseId, IReadOnlyList<string>? blobs, Func<IReadOnlyList<Attachment>, Task<Outcome<CaseChanged>>> act,
        CancellationToken ct)
    {
        var files = await reader.FilesAsync(caseId, blobs, ct);
        return files.IsRefused ? files.Refusal : await act(files.Value);
    }
}
