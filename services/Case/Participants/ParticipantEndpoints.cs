using CxPlatform.Cases.Actions;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Participants;

/// <summary>Somebody who takes part in a case beside its customer.</summary>
/// <param name="CustomerId">Once they have written.</param>
/// <param name="From">Where they are reached; a follower has none.</param>
/// <param name="AgentId">The follower.</param>
internal sealed record ParticipantView(
    Guid Id, ParticipantRole Role, string? Name, Guid? CustomerId, Channel? Channel, Identity? From, Guid? AgentId)
{
    public static IReadOnlyList<ParticipantView> Of(CaseState s) =>
        [.. s.Participants.Where(p => !p.Left).Select(p => new ParticipantView(p.Id, p.Role, p.Name, p.CustomerId, p.Channel, p.From, p.AgentId))];

    public static ParticipantView Requester(CaseState s) =>
        new(s.CustomerId, ParticipantRole.Requester, s.CustomerName, s.CustomerId, s.Channel, s.From, null);
}

/// <param name="Items">The requester first.</param>
internal sealed record ParticipantList(IReadOnlyList<ParticipantView> Items);

/// <param name="Role"><c>cc</c> gets copies of what the customer is answered; <c>follower</c> is a colleague who wants to hear of it.</param>
/// <param name="Address">Of a cc: a mail address.</param>
/// <param name="Name">Of a cc.</param>
/// <param name="AgentId">Of a follower; whoever asks when absent.</param>
internal sealed record ParticipantRequest(ParticipantRole Role, string? Address = null, string? Name = null, Guid? AgentId = null);

/// <param name="Role"><c>cc</c>, or <c>guest</c>: on the case, and not copied.</param>
internal sealed record RoleRequest(ParticipantRole Role);

internal static class ParticipantEndpoints
{
    public static void MapParticipants(this IEndpointRouteBuilder cases)
    {
        var all = cases.MapGroup("/{key}/participants");
        all.MapGet("", async (string key, CaseReader reader, CancellationToken ct) => await reader.FindAsync(key, ct) is { } state
                ? TypedResults.Ok(new ParticipantList([ParticipantView.Requester(state), .. ParticipantView.Of(state)]))
                : Http.NotFound(key))
            .RequireAuthorization(Policies.CasesRead)
            .WithName("ListParticipants").WithSummary("Who takes part in the case: its customer, copies, followers, who joined by writing, and as suggested who was in copy on what the customer wrote")
            .Produces<ParticipantList>().ProducesProblem(404);

        var write = all.MapGroup("").RequireAuthorization(Policies.CasesWrite);
        write.MapPost("", (string key, ParticipantRequest r, CaseActions actions, CaseReader reader, HttpContext context) =>
            {
                var (made, by) = (Guid.CreateVersion7(), context.User.Person());
                return context.ActAsync(key, reader, (id, expected, ct) => r.Role switch
                {
                    ParticipantRole.Cc => actions.DoAsync(id, new CopyParticipant(made, r.Address ?? "", r.Name, by), ct, expected),
                    ParticipantRole.Follower => actions.FollowAsync(id, made, r.AgentId, by, ct, expected),
                    _ => Task.FromResult<Outcome<Storage.CaseChanged>>(
                        new Refusal("role-invalid", "must be cc or follower; others take part by writing.", "role")),
                });
            })
            .Described("AddParticipant", "Copies somebody on what the customer is answered, or lets a colleague follow the case");
        write.MapPut("/{participantId:guid}", (
                string key, Guid participantId, RoleRequest r, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) =>
                    actions.DoAsync(id, new ChangeParticipant(participantId, r.Role, context.User.Person()), ct, expected)))
            .Described("ChangeParticipant", "Copies somebody who is on the case already or was in copy (suggested), or no longer");
        write.MapDelete("/{participantId:guid}", (
                string key, Guid participantId, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) =>
                    actions.DoAsync(id, new RemoveParticipant(participantId, context.User.Person()), ct, expected)))
            .Described("RemoveParticipant", "Takes somebody off the case; what they wrote stays. Who was in copy (suggested) is not proposed again");
    }
}
