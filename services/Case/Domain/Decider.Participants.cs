using System.Globalization;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Mail;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// Who takes part beside the customer.
internal static partial class Decider
{
    private const int MostParticipants = 50;
    private const int MostUndecided = 20;
    private const int NameLength = 200;

    private static Refusal? Copied(Story story, CopyParticipant c)
    {
        var s = story.Case;
        var read = ReadAddress(c.Address);
        var at = new Identity(IdentityKind.EmailAddress, read?.Address ?? "");
        if (Refusal.OfAll(
                read is null ? new("address-invalid", "must be one mail address, such as mia@example.org.", "address")
                : s.From == at with { Verified = s.From.Verified }
                    ? new("address-invalid", $"is the customer's own on case {s.Number}, who gets every answer anyway.", "address")
                : null,
                TooLong("name", c.Name, NameLength)) is { } refusal)
            return refusal;
        var name = string.IsNullOrWhiteSpace(c.Name) ? read?.Name : DisplayName.Plain(c.Name.Trim());
        var person = s.Participants.FirstOrDefault(p => p.IsAt(at)) ?? new(c.ParticipantId, ParticipantRole.Suggested, null, null, Channel.Email, at);
        return Joining(s, person) ?? Become(story, person with { Name = name ?? person.Name, Left = false }, ParticipantRole.Cc, c.By);
    }

    /// <summary>Proposes to staff whom the customer has put in copy. Each once: who takes part, was proposed before or was taken off is known.</summary>
    private static void SuggestPeople(Story story, IReadOnlyList<PersonInCopy> people)
    {
        foreach (var person in people)
        {
            var (s, at) = (story.Case, new Identity(IdentityKind.EmailAddress, person.Address));
            // Of a case that is over for good nobody gets a copy any more.
            if (s.Status == CaseStatus.Closed || s.Participants.Count(p => p is { Left: false, Role: ParticipantRole.Suggested }) >= MostUndecided)
                return;
            if (!s.IsCustomers(at) && !s.Participants.Any(p => p.IsAt(at)) && !(person.CustomerId is { } known && s.Concerns(known)))
                Become(story, new(story.Given.NewId(), ParticipantRole.Guest, null, person.Name, Channel.Email, at), ParticipantRole.Suggested, null);
        }
    }

    private static Refusal? Followed(Story story, FollowCase c)
    {
        var known = story.Case.Participants.FirstOrDefault(p => p.AgentId == c.AgentId);
        if (known is { Left: false })
            return Nothing;
        return Joining(story.Case, known) ?? Become(
            story, new(known?.Id ?? c.ParticipantId, ParticipantRole.Guest, null, c.AgentName, null, null, c.AgentId), ParticipantRole.Follower, c.By);
    }

    private static Refusal? ParticipantChanged(Story story, ChangeParticipant c)
    {
        if (FindParticipant(story.Case, c.ParticipantId, out var participant) is { } refusal)
            return refusal;
        if (c.Role is not (ParticipantRole.Cc or ParticipantRole.Guest))
            return new("role-invalid", "must be cc (gets copies) or guest (takes part, and gets none).", "role");
        if (participant.AgentId is not null)
            return new("role-invalid", $"must stay follower: {participant.Name} is a colleague, who follows the case or does not.", "role");
        return c.Role == ParticipantRole.Cc && participant.From?.Kind != IdentityKind.EmailAddress
            ? new("role-invalid", "must be guest: copies go by mail, and no mail address of theirs is known here.", "role")
            : Joining(story.Case, participant) ?? Become(story, participant, c.Role, c.By);
    }

    private static Refusal? ParticipantRemoved(Story story, RemoveParticipant c)
    {
        if (FindParticipant(story.Case, c.ParticipantId, out var p) is { } refusal)
            return refusal;
        return story.Add(new ParticipantRemoved(story.Case.Id, p.Id, p.CustomerId, p.AgentId, c.By.Id, c.By.Name));
    }

    private static Refusal? Become(Story story, Participant p, ParticipantRole role, Person? by) =>
        story.Case.Participants.Any(now => now == p with { Role = role }) ? Nothing : story.Add(new ParticipantAdded
        {
            CaseId = story.Case.Id,
            ParticipantId = p.Id,
            Role = role,
            CustomerId = p.CustomerId,
            Name = p.AgentId is null ? p.Name : null,
            Address = p.From,
            Channel = p.Channel,
            AgentId = p.AgentId,
            AgentName = p.AgentId is null ? null : p.Name,
            ById = by?.Id,
            ByName = by?.Name,
        });

    // Who was only in copy takes nobody's place.
    private static Refusal? Joining(CaseState s, Participant? person) => person is { IsIn: true } || s.Participants.Count(p => p.IsIn) < MostParticipants
        ? null
        : new("participants-full", $"Case {s.Number} has {MostParticipants} participants, which is the most.");

    private static Refusal? FindParticipant(CaseState s, Guid id, out Participant participant)
    {
        participant = s.Participants.FirstOrDefault(p => p.Id == id && !p.Left)!;
        return participant is not null ? null : new("participant-not-found", $"Case {s.Number} has no participant {id}.");
    }

    /// <summary>As Intake writes addresses: in lower case, the domain in ASCII.</summary>
    private static (string? Name, string Address)? ReadAddress(string? text)
    {
        if (text is not { Length: > 0 and <= 500 } || MailAddress.ParseList(text) is not [var one])
            return null;
        if (one.Address.Length > 320 || one.LocalPart.Length == 0 || one.Domain.Length == 0 || one.Address.Any(c => c <= ' ' || char.IsControl(c)))
            return null;
        try
        {
            var domain = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(one.Domain.TrimEnd('.'));
            return (string.IsNullOrWhiteSpace(one.Name) ? null : one.Name.Trim(), $"{one.LocalPart}@{domain}".ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
