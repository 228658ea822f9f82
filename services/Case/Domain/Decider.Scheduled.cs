using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// Answers that are sent later. Until then nothing counts: no clock ends and no promise is kept by what nobody has received.
internal static partial class Decider
{
    private const int MostScheduled = 10;
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(10);

    private static Refusal? ReplyScheduling(Story story, ScheduleReply c)
    {
        var hold = c.Hold ?? story.Given.Policy.UndoWithin;
        if (c is { SendAt: null } && hold == TimeSpan.Zero)
            return Replied(story, c.Reply);
        if (c is { SendAt: not null, Hold: not null })
            return new("hold-for-invalid", "goes without sendAt; an answer waits for one of them.", "holdFor");
        if (hold < TimeSpan.Zero || hold > LongestHold)
            return new("hold-for-invalid", $"must be at most {LongestHold.TotalMinutes} minutes.", "holdFor");
        var at = Time.Truncate(c.SendAt ?? story.Now + hold);
        if (Refusal.OfAll(CheckReply(story.Case, c.Reply), Date("sendAt", at, story)) is { } refusal)
            return refusal;
        if (story.Case.Scheduled.Count >= MostScheduled)
            return new("replies-too-many", $"Case {story.Case.Number} has {MostScheduled} answers that wait to be sent: send or take back one.");
        SendWhatWaitsForUndo(story);
        TakeIfNobodyHas(story, c.Reply.By);
        return story.Add(new ReplyScheduled
        {
            CaseId = story.Case.Id,
            MessageId = c.Reply.MessageId,
            AgentId = c.Reply.By.Id,
            AgentName = c.Reply.By.Name,
            Text = c.Reply.Text,
            Attachments = c.Reply.Attachments,
            AsksCustomer = c.Reply.AsksCustomer,
            SendAt = at,
            ForUndo = c.SendAt is null,
            Visibility = c.Reply.Visibility,
        });
    }

    private static Refusal? ScheduledChanged(Story story, ChangeScheduledReply c)
    {
        if (FindScheduled(story, c.MessageId, out var reply) is { } refusal)
            return refusal;
        var at = Time.Truncate(c.SendAt ?? reply.SendAt);
        var words = ReplyOf(reply) with { Text = c.Text ?? reply.Text };
        if (Refusal.OfAll(Required("text", words.Text, TextLength), Readable(story.Case, words), Date("sendAt", at, story)) is { } wrong)
            return wrong;
        var changed = new ReplyScheduled
        {
            CaseId = story.Case.Id,
            MessageId = reply.MessageId,
            AgentId = reply.AgentId,
            AgentName = reply.AgentName,
            Text = words.Text,
            Attachments = reply.Attachments,
            AsksCustomer = c.AsksCustomer ?? reply.AsksCustomer,
            SendAt = at,
            ForUndo = reply.ForUndo && c.SendAt is null,
            Visibility = reply.Visibility,
        };
        return story.Add(changed);
    }

    private static Refusal? ReplyCancelled(Story story, CancelReply c)
    {
        if (FindScheduled(story, c.MessageId, out _) is { } refusal)
            return refusal;
        story.Add(new ReplyUnscheduled(story.Case.Id, c.MessageId));
        return CloseIfDue(story);
    }

    private static Refusal? SentNow(Story story, SendScheduledNow c) =>
        FindScheduled(story, c.MessageId, out var reply) ?? Send(story, reply);

    private static Refusal? ReplyDueNow(Story story, ReplyDue c) =>
        story.Case.Scheduled.FirstOrDefault(r => r.MessageId == c.MessageId) is { Held: false } reply
        && reply.SendAt == c.SendAt && story.Now >= c.SendAt
            ? Send(story, reply)
            : Nothing;

    /// <summary>What somebody has just sent goes out before anything else that the customer gets: they read it in the order in which it
    /// was written. The case is not closed over what they get then.</summary>
    private static void SendWhatWaitsForUndo(Story story)
    {
        foreach (var reply in story.Case.Scheduled.Where(reply => reply.ForUndo).ToList())
            SentAsWritten(story, reply);
    }

    /// <summary>The customer has spoken: what was written before is looked at again. What its author sent a moment ago is as good as
    /// sent.</summary>
    private static void HoldScheduled(Story story)
    {
        foreach (var reply in story.Case.Scheduled.Where(reply => reply is { ForUndo: false, Held: false }).ToList())
            story.Add(new ReplyHeld(story.Case.Id, reply.MessageId));
    }

    private static Refusal? Send(Story story, ScheduledReply reply)
    {
        SentAsWritten(story, reply);
        return CloseIfDue(story);
    }

    private static void SentAsWritten(Story story, ScheduledReply reply)
    {
        var sent = ReplyOf(reply);
        Sent(story, sent with { AsksCustomer = sent.AsksCustomer && story.Case.IsOpen }); // whoever has what they needed is asked nothing more
    }

    private static SendReply ReplyOf(ScheduledReply reply) => new(
        reply.MessageId, new(reply.AgentId, reply.AgentName), reply.Text, reply.Attachments, reply.AsksCustomer, reply.Visibility);

    private static Refusal? FindScheduled(Story story, Guid messageId, out ScheduledReply reply)
    {
        reply = story.Case.Scheduled.FirstOrDefault(r => r.MessageId == messageId)!;
        return reply is not null ? null : new("reply-not-waiting", "No such answer waits to be sent: it has gone out, or was taken back.");
    }
}
