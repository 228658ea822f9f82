using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Mail;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// What is asked of others beside. Nothing of it is a word to the customer or from them: no clock, no promise and no state follows from it,
// but the wait for an answer that somebody chose.
internal static partial class Decider
{
    private const int MostSideConversations = 100;

    private static Refusal? AskedAside(Story story, AskAside c)
    {
        var s = story.Case;
        var read = ReadAddress(c.To);
        var to = new Identity(IdentityKind.EmailAddress, read?.Address ?? "");
        if (Refusal.OfAll(
                read is null ? new("to-invalid", "must be one mail address, such as orders@supplier.example.", "to")
                : s.IsCustomers(to) || s.Participants.Any(p => p.IsIn && p.IsAt(to)) ? new(
                    "to-invalid", $"is on case {s.Number} and gets what the customer is answered; what is asked beside is for somebody else.", "to")
                : null,
                TooLong("name", c.Name, NameLength), Required("subject", c.Subject, LineLength), Writable(c.Text, c.Awaited)) is { } refusal)
            return refusal;
        if (s.SideConversations.Count >= MostSideConversations)
            return new("side-conversations-too-many", $"Case {s.Number} has {MostSideConversations} side conversations, which is the most: go on in one.");
        story.Add(new SideConversationOpened
        {
            CaseId = s.Id,
            SideConversationId = c.SideConversationId,
            Ordinal = s.SideConversations.Count + 1,
            MessageId = c.MessageId,
            AgentId = c.By.Id,
            AgentName = c.By.Name,
            To = to,
            Name = string.IsNullOrWhiteSpace(c.Name) ? read?.Name : DisplayName.Plain(c.Name.Trim()),
            Subject = string.Concat(c.Subject.Select(ch => char.IsControl(ch) ? ' ' : ch)).Trim(),
            Text = c.Text,
            Attachments = c.Attachments,
        });
        return Await(story, c.Awaited, c.SideConversationId);
    }

    private static Refusal? WroteAside(Story story, WriteAside c)
    {
        if ((FindAside(story.Case, c.SideConversationId, out var side) ?? Writable(c.Text, c.Awaited)) is { } refusal)
            return refusal;
        if (side.To.Value.Length == 0)
            return new("side-conversation-forgotten", "Whom this was with had their data erased: there is no address to write to any more.");
        story.Add(new SideMessageSent
        {
            CaseId = story.Case.Id,
            SideConversationId = side.Id,
            MessageId = c.MessageId,
            AgentId = c.By.Id,
            AgentName = c.By.Name,
            Text = c.Text,
            Attachments = c.Attachments,
        });
        return c.OnPart ? null : Await(story, c.Awaited, side.Id);
    }

    private static Refusal? ClosedAside(Story story, CloseAside c)
    {
        if (FindAside(story.Case, c.SideConversationId, out var side) is { } refusal)
            return refusal;
        if (!side.IsOpen)
            return Nothing;
        story.Add(new SideConversationClosed(story.Case.Id, side.Id, c.By.Id, c.By.Name));
        return WaitIsOver(story, side.Id);
    }

    private static Refusal? HeardAside(Story story, HearAside c)
    {
        if (FindAside(story.Case, c.SideConversationId, out var side) is { } refusal)
            return refusal;
        var contact = c.Contact;
        story.Add(new SideMessageReceived
        {
            CaseId = story.Case.Id,
            Number = story.Case.Number,
            SideConversationId = side.Id,
            ContactId = contact.ContactId,
            CustomerId = contact.CustomerId,
            From = contact.From,
            Name = contact.CustomerName,
            Text = contact.Text,
            Attachments = contact.Attachments,
            Automatic = contact.Automatic,
            MessageId = contact.MessageId,
            JoinedBy = c.By,
            ReceivedAt = contact.ReceivedAt,
        });
        // "I am on holiday" is not the answer that we wait for.
        return contact.Automatic == Automatic.None ? WaitIsOver(story, side.Id) : null;
    }

    private static Refusal? Writable(string text, string? awaited) =>
        Refusal.OfAll(Required("text", text, TextLength), awaited is null ? null : Required("awaited", awaited, LineLength));

    private static Refusal? Await(Story story, string? who, Guid? side) =>
        who is null ? null : story.Add(new ThirdPartyAwaited(story.Case.Id, who.Trim(), side));

    private static Refusal? WaitIsOver(Story story, Guid side) =>
        story.Case.WaitingOn?.SideConversationId == side ? story.Add(new ThirdPartyAnswered(story.Case.Id, side)) : null;

    private static Refusal? FindAside(CaseState s, Guid id, out SideConversation side)
    {
        side = s.SideConversations.FirstOrDefault(one => one.Id == id)!;
        return side is not null ? null : new("side-conversation-not-found", $"Case {s.Number} has no side conversation {id}.");
    }
}
