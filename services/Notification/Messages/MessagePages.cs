using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;

namespace CxPlatform.Notifications.Messages;

/// <summary>Messages out, for people: found, read with every attempt, cancelled, sent again.</summary>
internal static class MessagePages
{
    public const string Path = "/messages";

    public static string AddressOf(Guid id) => $"{Path}/{id}";

    public static void MapMessagePages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).RequireAuthorization(Policies.Agent).ExcludeFromDescription();
        pages.MapGet("", ListAsync);
        pages.MapGet("/{id:guid}", ShowAsync);
        pages.MapPost("/{id:guid}/resend", (Guid id, Work<NotificationDb> work, MessageSearch search, HttpContext http, CancellationToken ct) => ActAsync(
                id, work.RunAsync<ResendMessage, Outcome<MessageSummary>>((handler, token) => handler.HandleAsync(id, token), ct), search, http, ct))
            .RequireAuthorization(Policies.Admin).RequireAntiforgery();
        pages.MapPost("/{id:guid}/cancel", (Guid id, Work<NotificationDb> work, MessageSearch search, HttpContext http, CancellationToken ct) => ActAsync(
                id, work.RunAsync<CancelMessage, Outcome<MessageSummary>>((handler, token) => handler.HandleAsync(id, token), ct), search, http, ct))
            .RequireAuthorization(Policies.Admin).RequireAntiforgery();
    }

    private static async Task<IResult> ListAsync(HttpRequest http, MessageSearch search, CancellationToken ct)
    {
        // A form sends its empty fields too.
        string? Given(string name) => http.Query[name].ToString() is { Length: > 0 } text ? text : null;
        var query = new MessageQuery(
            Guid.TryParse(Given("caseId"), out var caseId) ? caseId : null, Guid.TryParse(Given("customerId"), out var customerId) ? customerId : null,
            Given("state"), Given("template"), Given("channel"), Given("recipient"), After: Given("after"));
        var (page, errors) = await search.FindAsync(query, ct);
        return page is null ? errors.ToHttp() : Page.Of<MessageListPage>(new { Query = query, Found = page, search.Templates });
    }

    private static async Task<IResult> ShowAsync(Guid id, MessageSearch search, HttpContext http, CancellationToken ct) =>
        await search.ReadAsync(id, ct) is { } message ? Show(message, null, http) : Problems.Of(MessageRefusals.NotFound);

    private static async Task<IResult> ActAsync(Guid id, Task<Outcome<MessageSummary>> action, MessageSearch search, HttpContext http, CancellationToken ct)
    {
        var outcome = await action;
        if (!outcome.IsRefused)
            return Page.SeeOther(AddressOf(outcome.Value.Id));
        return await search.ReadAsync(id, ct) is { } message ? Show(message, outcome.Refusal.Detail, http) : Problems.Of(MessageRefusals.NotFound);
    }

    private static IResult Show(MessageDetail message, string? refused, HttpContext http) => Page.Of<MessagePageView>(
        new { Detail = message, Refused = refused, MayAct = http.User.HasRole(Roles.Admin) || http.User.HasScope(Scopes.Admin) },
        refused is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
}
