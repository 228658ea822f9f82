using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// What people at the desk do with a case: own it, understand it, answer.
internal static partial class Decider
{
    private const int TextLength = 20_000;
    private const int LineLength = 500;

    private static Refusal? Unassigned(Story story, Unassign c) => story.Case.OwnerId is not { } owner
        ? Nothing
        : story.Add(new CaseUnassigned(story.Case.Id, owner, story.Queue, c.Reason));

    private static Refusal? Corrected(Story story, CorrectNeed c)
    {
        if (Required("need", c.Need, 2000) is { } refusal)
            return refusal;
        var need = NeedSentence.Tidy(c.Need);
        return need == story.Case.Need ? Nothing : story.Add(
            new NeedCorrected(story.Case.Id, need, c.ByCustomer, c.By?.Id, c.By?.Name));
    }

    private static Refusal? Replied(Story story, SendReply c)
    {
        if (CheckReply(story.Case, c) is { } refusal)
            return refusal;
        SendWhatWaitsForUndo(story);
        TakeIfNobodyHas(story, c.By);
        Sent(story, c);
        return CloseIfDue(story);
    }

    private static Refusal? CheckReply(CaseState s, SendReply c) =>
        Moves.Refuse(s, c) ?? Required("text", c.Text, TextLength) ?? Readable(s, c);

    private static void Sent(Story story, SendReply c)
    {
        story.Add(new ReplySent
        {
            CaseId = story.Case.Id,
            Number = story.Case.Number,
            MessageId = c.MessageId,
            CustomerId = story.Case.CustomerId,
            AgentId = c.By.Id,
            AgentName = c.By.Name,
            Text = c.Text,
            Attachments = c.Attachments,
            AsksCustomer = c.AsksCustomer,
            Visibility = c.Visibility,
        });
        // Who was to be replaced has not given the answer that was promised.
        if (story.Case.SecondOpinion?.Excludes(c.By.Id) != true)
            KeepAnswerPromises(story);
        Suggest(story, c.MessageId, c.By, c.Text);
    }

    private static Refusal? Noted(Story story, AddNote c) =>
        Required("text", c.Text, TextLength)
        ?? story.Add(new NoteAdded(story.Case.Id, c.NoteId, c.By.Id, c.By.Name, c.Text, c.Mentions is { Count: > 0 } mentions ? mentions : null));

    // Who answers a case that nobody has, has it: the customer needs one name.
    private static void TakeIfNobodyHas(Story story, Person by)
    {
        if (story.Case is { OwnerId: null, IsOpen: true } s && by.Id is { } agent && s.SecondOpinion?.Excludes(agent) != true)
            story.Add(new CaseAssigned(story.Case.Id, agent, by.Name, story.Queue, "Answered first"));
    }
}
