using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// A case goes from one person to another, and what was promised with it.
internal static partial class Decider
{
    private static Refusal? Assigned(Story story, Assign c)
    {
        var s = story.Case;
        if (s.SecondOpinion?.Excludes(c.AgentId) == true)
            return SomebodyElse(s, "agentId");
        if (s.OwnerId == c.AgentId)
            return Nothing;
        if ((c.Handover is { } note ? CheckHandover(note) : HandoverMissing(story, c)) is { } refusal)
            return refusal;
        if (c.Handover is { } given)
            story.Add(new CaseHandedOver(
                s.Id, s.OwnerId, s.Who, c.AgentId, c.AgentName, given.Done.Trim(), given.Next.Trim(), Trimmed(given.Promised), Trimmed(given.Beware),
                c.By?.Id, c.By?.Name));
        // Whom the customer was told of keeps it no longer: they hear who does.
        if (s.OwnerId is { } before && Moving(s, before, c.Handover) is { Count: > 0 } moving)
            story.Add(new PromisesMoved(
                s.Id, before, s.OwnerName!, c.AgentId, c.AgentName, [.. moving.Select(p => p.Id)], moving.Min(p => p.Due)));
        return story.Add(new CaseAssigned(s.Id, c.AgentId, c.AgentName, story.Queue, c.Reason, s.OwnerId));
    }

    // What goes with the case whoever has it, and of what a person promised, what they do not keep themselves.
    private static List<Promise> Moving(CaseState s, Guid before, HandoverNote? note) => [.. s.OpenPromises.Where(p => p.OwnerId == before
        && (p.Source is PromiseSource.Policy or PromiseSource.CallBack || (note is not null && !note.Stay.Contains(p.Id))))];

    private static Refusal? CheckHandover(HandoverNote note) => Refusal.OfAll(
        Required("done", note.Done, TextLength), Required("next", note.Next, TextLength), TooLong("promised", note.Promised, TextLength),
        TooLong("beware", note.Beware, TextLength));

    // Who takes a case for themselves cannot write down what somebody else knows.
    private static Refusal? HandoverMissing(Story story, Assign c) =>
        story.Given.Policy.RequireHandover && story.Case.OwnerId is not null && c.By?.Id != c.AgentId
            && story.Case.OpenPromises.Any(p => p.Source != PromiseSource.Policy)
            ? new("handover-required",
                $"is required: on case {story.Case.Number} something is promised. Say what was done and what is next for {c.AgentName}.", "handover")
            : null;

    private static Refusal? HandoverRead(Story story, AcknowledgeHandover c) => story.Case.Handover is null
        ? Nothing
        : story.Add(new HandoverAcknowledged(story.Case.Id, c.By.Id, c.By.Name));

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
