using System.Globalization;
using System.Security.Claims;
using CxPlatform.Cases.Actions;
using CxPlatform.Cases.CallBacks;
using CxPlatform.Cases.Clocks;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Drafts;
using CxPlatform.Cases.Presence;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.SideConversations;
using CxPlatform.Cases.Storage;
using CxPlatform.Cases.Views;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Desk;

/// <summary>The agents' desk: the inbox and the case. GET shows, POST does what the API does, through the same handlers.</summary>
internal static class DeskEndpoints
{
    public const string Path = "/desk";
    private const int MaxForm = 256 * 1024;
    private const string ChangedSince = "case-changed-since";

    public static string AddressOf(string number) => $"{Path}/cases/{number}";

    /// <summary>Of a case that is part of another one.</summary>
    public static string AddressAlone(string number) => AddressOf(number) + "?alone=true";

    public static void MapDesk(this IEndpointRouteBuilder app)
    {
        app.MapGet("/", () => Page.SeeOther(Path)).AllowAnonymous().ExcludeFromDescription(); // leads on, shows nothing
        var desk = app.MapGroup(Path).RequireAuthorization(Policies.Agent).ExcludeFromDescription();
        desk.MapGet("", InboxAsync);
        desk.MapViewForms();
        desk.MapGet("/cases/{number}", ShowAsync);
        desk.MapPost("/cases/{number}/draft", DraftAsync).RequireAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MaxForm));
        desk.MapBulkForm();
        desk.MapPost("/cases/{number}", ActAsync).RequireAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MaxForm));
    }

    private static async Task<IResult> InboxAsync(
        [AsParameters] InboxParameters asked, HttpContext context, InboxReader inbox, ViewBook book, CaseReader reader, CaseCalendars calendars,
        TimeProvider clock, CancellationToken ct)
    {
        if (asked.Q?.Trim() is { } q && CaseNumber.IsOne(q) && await reader.FindAsync(q, ct) is { } found)
            return Page.SeeOther(AddressOf(found.Number));
        var (me, views, view) = await inbox.ViewsAsync(asked.View, context.User.AgentId(), context.User.ActorId(), ct);
        var page = await inbox.ReadAsync(asked, view, me, ct);
        if (page.IsRefused)
            return Page.SeeOther(Path); // a cursor of another view, or of another day: the beginning is where it goes on
        return Page.Of<InboxPage>(new
        {
            Model = new InboxModel(asked, view, me, (await calendars.ForAsync(null, ct)).TimeZone, clock.GetUtcNow())
            {
                Items = page.Value.Items,
                Next = page.Value.Next,
                Views = await book.CountAsync(views, me, ct),
                Queues = await inbox.QueuesAsync(ct),
                Agents = await reader.AgentsAsync(ct),
            },
        });
    }

    // A case that is part of another one leads there; by itself it is shown when that is asked for, and to an open page, which refreshes itself by
    // script and so tells whoever reads it of the merge.
    private static async Task<IResult> ShowAsync(
        string number, string? done, string? timeline, string? part, bool? alone, HttpContext context, DeskPages pages, CaseReader reader,
        CancellationToken ct)
    {
        if (await reader.FindAsync(number, ct) is not { } state)
            return TypedResults.NotFound();
        if (state.MergedInto is not null && alone != true && context.Request.Headers["Sec-Fetch-Dest"] != "empty")
            return Page.SeeOther($"{AddressOf((await reader.LeadAsync(state, ct)).Number)}?part={state.Number}{(done is null ? "" : $"&done={Uri.EscapeDataString(done)}")}");
        var model = await pages.ReadAsync(number, context.User, ct, all: timeline == CaseModel.WholeTimeline);
        var from = part is null ? null : (await reader.PartsAsync(state, ct)).FirstOrDefault(one => one.Number == part);
        return Page.Of<DeskCasePage>(new { Model = model! with { Done = DeskAction.DoneBy(done), CameFrom = from?.Number } });
    }

    private static async Task<IResult> ActAsync(
        string number, HttpContext context, DeskPages pages, CaseActions actions, CancellationToken ct)
    {
        if (await pages.ReadAsync(number, context.User, ct) is not { } model)
            return TypedResults.NotFound();
        var form = await context.Request.ReadFormAsync(ct);
        var what = form["do"].ToString();
        var seen = long.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : (long?)null;
        var (action, deed) = (DeskAction.All.GetValueOrDefault(what), DeskDeed.All.GetValueOrDefault(what));
        if (action is null && deed is null)
        {
            var known = DeskAction.All.Keys.Concat(DeskDeed.All.Keys).Order(StringComparer.Ordinal);
            return Problems.Invalid("do", $"must be one of {string.Join(", ", known)}.");
        }

        var person = new Person(context.User.AgentId(), context.User.StaffName());
        var input = new DeskInput(form, person, model.Zone, model.Files);
        var outcome = await FormOnce.RunAsync(form, () => deed is null
            ? Try(input, action!.Command(input), command => actions.DoAsync(model.Case.Id, command, ct, action.Careful ? seen : null, person.Name))
            : Try(input, deed.Read(input), act => act(new(model.Case.Id, seen, actions, ct))));
        if (outcome is not { IsRefused: true })
            return Page.SeeOther($"{model.Address}?done={(what == "reply" && input.Maybe("sendAt") is not null ? DeskAction.Later : what)}");

        var now = await pages.ReadAsync(number, context.User, ct) ?? model;
        var refusal = outcome.Refusal;
        var refused = new DeskRefusal(
            what,
            form["target"].Count > 0 ? form["target"].ToString() : null,
            form.ToDictionary(field => field.Key, field => field.Value.ToString()),
            Words(refusal),
            refusal.Field,
            refusal.Code == ChangedSince && seen is { } since ? [.. now.Timeline.Where(entry => entry.Version > since && entry.Number is null)] : []);
        return Page.Of<DeskCasePage>(new { Model = now with { Refused = refused } }, Outcomes.StatusOf(refusal));
    }

    private static Task<Outcome<CaseChanged>> Try<T>(DeskInput input, T wish, Func<T, Task<Outcome<CaseChanged>>> act) =>
        input.Wrong is { } wrong ? Task.FromResult<Outcome<CaseChanged>>(wrong) : act(wish);

    // As one types, by script; or by a button, and then the page comes back.
    private static async Task<IResult> DraftAsync(
        string number, HttpContext context, CaseReader reader, DraftBook book, CasePresence presence, CancellationToken ct)
    {
        if (await reader.IdOfAsync(number, ct) is not { } id)
            return TypedResults.NotFound();
        var form = await context.Request.ReadFormAsync(ct);
        var kind = DraftEndpoints.KindOf(form["do"].ToString());
        var text = form["text"].ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
        var saved = await DraftEndpoints.SaveAsync(
            id, kind, new(text, form["asks"].Count > 0), book, presence, context.User, ct);
        return saved is NoContent && context.Request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.Ordinal) == true)
            ? Page.SeeOther($"{AddressOf(number)}?done={DeskAction.Draft}#{form["do"]}")
            : saved;
    }

    private static string Words(Refusal refusal) => refusal.Code == ChangedSince
        ? "Somebody has changed this case since you opened it. Please look, and send again if it still holds." : refusal.AtField;
}

/// <summary>Reads what a case's page shows.</summary>
internal sealed class DeskPages(
    CaseReader reader, CaseCalendars calendars, ClockReader clocks, CasePolicy policy, DraftBook drafts, CasePresence presence,
    Work<CaseDb> work, TimeProvider clock)
{
    /// <param name="all">The timeline tells of all the customer's cases.</param>
    public async Task<CaseModel?> ReadAsync(string number, ClaimsPrincipal user, CancellationToken ct, bool all = false)
    {
        if (await reader.FindAsync(number, ct) is not { } state)
            return null;
        var calendar = await calendars.ForAsync(state.CalendarId, ct);
        var names = await NamesAsync(ct);
        var own = await reader.WholeTimelineAsync(state, ct);
        var entries = all ? await reader.TimelineOfCustomerAsync(state, ct) : own;
        var now = clock.GetUtcNow();
        return new(state, calendar, now, user.AgentId())
        {
            Slots = await work.ReadAsync((db, token) => CallBackSlots.FreeAsync(db, state, policy, calendar, now, token), ct),
            Timeline = [.. entries.Select(entry => Told(entry, state, calendar.TimeZone, names))],
            IsWhole = all,
            CanUndoMerge = state.MergedInto is { } into && now <= into.At + policy.UndoMergeWithin,
            CameIn = [.. own.Where(entry => PublicView.StandsIn(state, entry)).Select(DeskMessage.Of).OfType<DeskMessage>()],
            Clocks = await clocks.ReadAsync(state, ct),
            Agents = await reader.AgentsAsync(ct),
            Others = [.. (await reader.StatesOfCustomerAsync(state.CustomerId, ct)).Where(other => other.Id != state.Id)],
            Drafts = await drafts.ReadAsync(state.Id, user.ActorId(), ct),
            Beside = SideConversationView.Of(state, own),
            Files = [.. own.SelectMany(CaseReader.FilesOf).DistinctBy(file => file.Blob)],
            Present = await presence.OthersAsync(state.Id, user, ct),
        };
    }

    private static DeskEntry Told(TimelineEntry entry, CaseState shown, string zone, Dictionary<string, string> names)
    {
        var of = entry.Case ?? shown;
        return new DeskTimeline(of, zone, names).Of(entry) with { Number = of.Id == shown.Id ? null : of.Number };
    }

    // Former colleagues too: what they did stays theirs.
    private Task<Dictionary<string, string>> NamesAsync(CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var agents = await db.Agents.Select(agent => new { agent.AgentId, agent.Name }).ToListAsync(token);
            var keys = await db.Set<AccessKeyRow>().Select(key => new { key.KeyId, key.Name }).ToListAsync(token);
            return agents.Select(agent => ($"agent:{agent.AgentId}", agent.Name))
                .Concat(keys.Select(key => ($"key:{key.KeyId}", key.Name)))
                .Append(($"key:{KeyAccess.BootstrapId}", "Admin")).ToDictionary(name => name.Item1, name => name.Item2);
        },
        ct);
}
