using CxPlatform.Cases.Actions;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.CallBacks;

/// <param name="From">The beginning of a slot.</param>
/// <param name="Phone">Where to call; absent: where the customer wrote from, or what an earlier booking gave.</param>
internal sealed record CallBackRequest(DateTimeOffset From, string? Phone = null);

/// <param name="Booked">The call that is booked; null when there is none.</param>
/// <param name="Free">The slots that can be booked now.</param>
internal sealed record CallBackView(CallBackView.Call? Booked, IReadOnlyList<Opening> Free)
{
    internal sealed record Call(Guid PromiseId, DateTimeOffset From, DateTimeOffset To, string? Phone, string Owner);

    public static Call? BookedOf(CaseState s) =>
        s.OpenPromises.FirstOrDefault(p => p is { Source: PromiseSource.CallBack, From: not null }) is { } p
            ? new(p.Id, p.From!.Value, p.Due, p.Phone, p.Owner) : null;
}

/// <summary>Calls that customers asked for, as staff books, moves and cancels them; customers do so on their page.</summary>
internal static class CallBackEndpoints
{
    public static void MapCallBacks(this IEndpointRouteBuilder cases)
    {
        cases.MapGet("/{key}/call-back", async (
                string key, CaseReader reader, CaseCalendars calendars, CasePolicy policy, Work<CaseDb> work, TimeProvider clock,
                CancellationToken ct) =>
            {
                if (await reader.FindAsync(key, ct) is not { } state)
                    return Http.NotFound(key);
                var calendar = await calendars.ForAsync(state.CalendarId, ct);
                return TypedResults.Ok(new CallBackView(CallBackView.BookedOf(state), await work.ReadAsync(
                    (db, token) => CallBackSlots.FreeAsync(db, state, policy, calendar, clock.GetUtcNow(), token), ct)));
            })
            .RequireAuthorization(Policies.CasesRead)
            .WithName("GetCallBack").WithSummary("The call that a customer has booked, and when one can be booked").Produces<CallBackView>()
            .ProducesProblem(404);

        var write = cases.MapGroup("/{key}/call-back").RequireAuthorization(Policies.CasesWrite);
        write.MapPost("", (string key, CallBackRequest r, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) =>
                    actions.DoAsync(id, new BookCallBack(Guid.CreateVersion7(), r.From, r.Phone), ct, expected)))
            .Described("BookCallBack", "Books a call for the customer, or moves it to another slot");
        write.MapPost("/cancel", (string key, ReasonRequest r, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) => actions.DoAsync(id, new CancelCallBack(r.Reason), ct, expected)))
            .Described("CancelCallBack", "Cancels the call that is booked, with the reason");
    }
}
