using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

// Who takes part beside the customer.
internal static partial class Evolution
{
    private static CaseState TakingPart(CaseState s, object e) => e switch
    {
        ParticipantAdded x => s with
        {
            Participants = Put(
                s.Participants,
                new(x.ParticipantId, x.Role, x.CustomerId, x.AgentName ?? x.Name, x.Channel, x.Address, x.AgentId)),
        },
        ParticipantRemoved x => s with
        {
            Participants = [.. s.Participants.Select(p => p.Id == x.ParticipantId ? p with { Left = true } : p)],
        },
        _ => throw new InvalidOperationException($"{e.GetType().Name} is about nobody who takes part."),
    };

    /// <summary>Who writes takes part: somebody new, or somebody of whom an address was known or who had left.</summary>
    private static CaseState Joined(CaseState s, CustomerReplied e)
    {
        if (e.CustomerId == s.CustomerId || e.Automatic != Automatic.None)
            return s;
        var known = s.Participants.FirstOrDefault(p => p.CustomerId == e.CustomerId) ?? s.Participants.FirstOrDefault(p => p.IsAt(e.From));
        if (known is null)
            return e.NewParticipant
                ? s with { Participants = [.. s.Participants, new(e.ContactId, ParticipantRole.Guest, e.CustomerId, e.CustomerName, e.Channel, e.From)] }
                : s;
        var now = known with
        {
            CustomerId = e.CustomerId,
            Name = known.Name ?? e.CustomerName,
            Role = known.IsIn ? known.Role : ParticipantRole.Guest,
            Left = false,
        };
        return now == known ? s : s with { Participants = Put(s.Participants, now) };
    }

    private static List<Participant> Put(IReadOnlyList<Participant> all, Participant one) =>
        all.Any(p => p.Id == one.Id) ? [.. all.Select(p => p.Id == one.Id ? one : p)] : [.. all, one];
}
