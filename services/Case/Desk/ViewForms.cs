using System.Security.Claims;
using CxPlatform.Cases.Storage;
using CxPlatform.Cases.Views;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;

namespace CxPlatform.Cases.Desk;

/// <summary>The forms of the inbox that save a view and remove one.</summary>
internal static class ViewForms
{
    public static void MapViewForms(this IEndpointRouteBuilder desk)
    {
        desk.MapPost("/views", SaveAsync).RequireAntiforgery();
        desk.MapPost("/views/{id:guid}/remove", async (
            Guid id, ClaimsPrincipal user, ViewBook book, Work<CaseDb> work, CancellationToken ct) =>
        {
            await ViewEndpoints.ChangeAsync(user, book, work, (save, me, author, token) => save.RemoveAsync(id, me, author, token), ct);
            return Page.SeeOther(DeskEndpoints.Path); // somebody else of the team may have been faster: it is gone either way
        }).RequireAntiforgery();
    }

    private static async Task<IResult> SaveAsync(
        HttpContext context, InboxReader inbox, ViewBook book, Work<CaseDb> work, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        var user = context.User;
        var asked = new InboxParameters
        {
            Status = form["status"],
            Queue = form["queue"],
            Category = form["category"],
            Priority = form["priority"],
            Channel = form["channel"],
            Tag = form["tag"],
            Owner = form["owner"],
            Waiting = form["waiting"],
            DueWithin = form["dueWithin"],
            Order = form["order"],
        };
        var (_, _, view) = await inbox.ViewsAsync(form["view"], user.AgentId(), user.ActorId(), ct);
        var team = form["team"].ToString() is { Length: > 0 } named ? named : null;
        var request = new ViewRequest(form["name"].ToString(), asked.Narrow(view.Filter), team);
        var saved = await ViewEndpoints.ChangeAsync(
            user, book, work, (save, me, author, token) => save.MakeAsync(request, me, author, token), ct);
        return saved.IsRefused ? Problems.Of(saved.Refusal) : Page.SeeOther($"{DeskEndpoints.Path}?view={saved.Value.Key}");
    }
}
