using System.Text.Json;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Templating;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Choices;

/// <summary>Where a customer chooses what they want to hear, by the link in our updates; and where a mail client's "unsubscribe" goes (RFC 8058).
/// A GET changes nothing: mail scanners follow links.</summary>
internal static class ChoicePages
{
    // As RFC 8058 section 3.1 has it; sent as a form of either kind.
    private const string OneClick = "List-Unsubscribe";

    public static void MapChoices(this IEndpointRouteBuilder app)
    {
        // The token in the address is what authorises, not a cookie: there is nothing that another site could make a browser send along.
        var pages = app.MapGroup("/updates/{token}").AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        pages.MapGet("", ShowAsync);
        pages.MapPost("", ChooseAsync).WithMetadata(new RequestSizeLimitAttribute(8 * 1024));
    }

    private static async Task<IResult> ShowAsync(
        string token, Tokens tokens, Work<NotificationDb> work, TemplateBook templates, IOptions<NotificationOptions> options, CancellationToken ct) =>
        tokens.TryReadChoicesLink(token, out var customerId)
            ? await PageAsync(customerId, token, null, work, templates, options, ct)
            : Unknown();

    private static async Task<IResult> ChooseAsync(
        string token, HttpRequest http, Tokens tokens, Work<NotificationDb> work, TemplateBook templates, IOptions<NotificationOptions> options, CancellationToken ct)
    {
        if (!tokens.TryReadChoicesLink(token, out var customerId))
            return Unknown();
        if (!http.HasFormContentType)
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "A choice is sent as a form.");
        var form = await http.ReadFormAsync(new FormOptions { ValueCountLimit = 16 }, ct);
        Updates updates;
        if (form.ContainsKey(OneClick))
            updates = Updates.Important;
        else if (!Enum.TryParse(form["updates"], ignoreCase: true, out updates) || !Enum.IsDefined(updates))
            return Problems.Invalid("updates", "must be one of everything, important, answers.");
        await work.RunAsync<ChooseUpdates, Done>((handler, stop) => handler.HandleAsync(customerId, updates, stop), ct);
        return await PageAsync(customerId, token, updates, work, templates, options, ct);
    }

    private static async Task<IResult> PageAsync(
        Guid customerId, string token, Updates? chosen, Work<NotificationDb> work, TemplateBook templates, IOptions<NotificationOptions> options, CancellationToken ct)
    {
        var (state, row) = await work.ReadAsync(
            async (db, stop) =>
            {
                var id = await CustomerMerges.CurrentAsync(db, customerId, stop);
                return (
                    await db.Customers.Where(row => row.CustomerId == id).Select(row => row.State).SingleOrDefaultAsync(stop),
                    await db.Choices.SingleOrDefaultAsync(row => row.CustomerId == id, stop));
            },
            ct);
        var tag = state is null ? null : JsonSerializer.Deserialize<CustomerChanged>(state, EventTypes.Json)!.Language;
        return Page.Of<ChoicePage>(new
        {
            Address = "/updates/" + token,
            Chosen = (chosen ?? row?.Updates ?? Updates.Everything).ToString().ToLowerInvariant(),
            Saved = chosen is not null,
            Lang = templates.Current.LanguageFor(tag, options.Value.Language),
        });
    }

    private static IResult Unknown() =>
        Problems.Of(StatusCodes.Status404NotFound, "link-unknown", "This link is not complete. Please open it from our message once more, or just reply to the message.");
}
