using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>Answers that are sent later, and what happens to them meanwhile.</summary>
public sealed class ScheduledReplyTests
{
    private static SendReply Answer(Scene scene, string text = "We look into it.", bool asks = false) => new(scene.NewId(), Scene.Ada, text, [], asks);

    private static Guid Later(Scene scene, TimeSpan within, bool asks = false)
    {
        var reply = Answer(scene, asks: asks);
        scene.Do(new ScheduleReply(reply, scene.Now + within));
        return reply.MessageId;
    }

    [Fact]
    public void Nothing_counts_until_it_is_sent_and_then_everything_does()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        var id = Later(scene, TimeSpan.FromHours(1));
        var sendAt = scene.Now.AddHours(1);
        Assert.Null(scene.State.FirstAnswerAt);
        Assert.NotNull(scene.State.WaitingSince);
        Assert.Contains(scene.State.OpenPromises, p => p.Source == PromiseSource.Policy);
        scene.Now = sendAt - TimeSpan.FromTicks(10);
        Assert.Empty(scene.Do(new ReplyDue(scene.State.Id, id, sendAt)));
        scene.Now = sendAt;
        Assert.Equal([typeof(ReplySent), typeof(PromiseKept)], scene.Do(new ReplyDue(scene.State.Id, id, sendAt)).Select(e => e.GetType()));
        Assert.Equal(sendAt, scene.State.FirstAnswerAt);
        Assert.Empty(scene.State.Scheduled);
        Assert.Empty(scene.Do(new ReplyDue(scene.State.Id, id, sendAt)));
    }

    [Fact]
    public void What_is_held_for_undo_can_be_taken_back_until_it_goes_out()
    {
        var scene = new Scene { Policy = new() { UndoWithin = TimeSpan.FromSeconds(10) } };
        scene.Do(new OpenCase(Guid.NewGuid(), "CX-2026-000001", Scene.Contact()));
        scene.Do(new Triage(scene.Decision()));
        var reply = Answer(scene);
        scene.Do(new ScheduleReply(reply));
        Assert.Equal("Ada", scene.State.OwnerName);
        scene.Do(new CancelReply(reply.MessageId));
        Assert.DoesNotContain(scene.Log, entry => entry.Event is ReplySent);
        Assert.Equal("reply-not-waiting", scene.Refused(new CancelReply(reply.MessageId)).Code);
        Assert.Equal("reply-not-waiting", scene.Refused(new SendScheduledNow(reply.MessageId)).Code);
    }

    [Fact]
    public void Without_a_time_for_undo_it_goes_out_at_once()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        Assert.Contains(scene.Do(new ScheduleReply(Answer(scene))), e => e is ReplySent);
        Assert.Empty(scene.State.Scheduled);
    }

    [Fact]
    public void The_customer_reads_in_the_order_in_which_it_was_written()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        scene.Do(new ScheduleReply(Answer(scene, "First"), Hold: TimeSpan.FromSeconds(10)));
        var later = Later(scene, TimeSpan.FromHours(1));
        Assert.Equal("First", Assert.Single(scene.Log.Select(entry => entry.Event).OfType<ReplySent>()).Text);
        scene.Do(new ScheduleReply(Answer(scene, "Second"), Hold: TimeSpan.FromSeconds(10)));
        scene.Do(new Propose(scene.NewId(), scene.NewId(), Scene.Ada, "A new one.", null));
        var said = scene.Log.Where(entry => entry.Event is ReplySent or SolutionProposed).Select(entry => entry.Event.GetType());
        Assert.Equal([typeof(ReplySent), typeof(ReplySent), typeof(SolutionProposed)], said);
        Assert.Equal(later, Assert.Single(scene.State.Scheduled).MessageId);
    }

    [Fact]
    public void When_the_customer_writes_what_was_written_for_later_waits_for_a_look_and_what_was_just_sent_does_not()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        var later = Later(scene, TimeSpan.FromHours(1));
        var sendAt = scene.Now.AddHours(1);
        var sent = Answer(scene, "Sent just now");
        scene.Do(new ScheduleReply(sent, Hold: TimeSpan.FromSeconds(10)));
        scene.Do(new JoinContact(Scene.Contact("It works again, never mind.", at: scene.Now), EvidenceKind.ReplyToken));
        Assert.True(scene.State.Scheduled.Single(r => r.MessageId == later).Held);
        Assert.False(scene.State.Scheduled.Single(r => r.MessageId == sent.MessageId).Held);
        scene.Now = sendAt;
        Assert.Empty(scene.Do(new ReplyDue(scene.State.Id, later, sendAt)));
        scene.Do(new ChangeScheduledReply(later, "Glad that it works again.", null, scene.Now.AddMinutes(5)));
        scene.Now += TimeSpan.FromMinutes(5);
        Assert.Contains(scene.Do(new ReplyDue(scene.State.Id, later, scene.Now)), e => e is ReplySent { Text: "Glad that it works again." });
    }

    [Theory]
    [InlineData("Thank you!", false)]
    [InlineData("Please wait, I have more to say.", true)]
    public void A_thank_you_holds_nothing(string text, bool held)
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        Later(scene, TimeSpan.FromHours(1));
        scene.Do(new JoinContact(Scene.Contact(text, at: scene.Now), EvidenceKind.ReplyToken));
        Assert.Equal(held, Assert.Single(scene.State.Scheduled).Held);
    }

    [Fact]
    public void A_case_is_not_closed_over_an_answer_that_is_still_to_be_sent()
    {
        var scene = Scene.Answered();
        var id = Later(scene, TimeSpan.FromDays(20), asks: true);
        var sendAt = scene.Now.AddDays(20);
        scene.Do(new ResolveCase(CaseResult.Solved, "Done"));
        var resolvedAt = scene.State.ResolvedAt!.Value;
        scene.Now = resolvedAt.AddDays(14);
        Assert.Empty(scene.Do(new CloseDue(scene.State.Id, resolvedAt)));
        scene.Now = sendAt;
        var events = scene.Do(new ReplyDue(scene.State.Id, id, sendAt));
        Assert.Contains(events, e => e is ReplySent { AsksCustomer: false });
        Assert.Equal(CaseStatus.Closed, scene.State.Status);
    }

    [Fact]
    public void What_goes_out_before_a_further_answer_does_not_close_the_case_over_it()
    {
        foreach (var later in (bool[])[true, false])
        {
            var scene = Scene.Resolved();
            var resolvedAt = scene.State.ResolvedAt!.Value;
            scene.Now = resolvedAt.AddDays(14).AddSeconds(-1);
            scene.Do(new ScheduleReply(Answer(scene), Hold: TimeSpan.FromSeconds(10)));
            scene.Now = resolvedAt.AddDays(14);
            Assert.Empty(scene.Do(new CloseDue(scene.State.Id, resolvedAt)));
            var events = scene.Do(later ? new ScheduleReply(Answer(scene), scene.Now.AddHours(1)) : Answer(scene));
            Assert.Equal((later ? 1 : 2, later ? 1 : 0), (events.OfType<ReplySent>().Count(), scene.State.Scheduled.Count));
            Assert.Equal(later ? CaseStatus.Resolved : CaseStatus.Closed, scene.State.Status);
            Assert.True(later || events[^1] is CaseClosed);
        }
    }

    [Fact]
    public void Bad_times_are_refused_with_the_field_that_is_wrong()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        Assert.Equal("sendAt", scene.Refused(new ScheduleReply(Answer(scene), scene.Now)).Field);
        Assert.Equal("sendAt", scene.Refused(new ScheduleReply(Answer(scene), scene.Now.AddDays(400))).Field);
        Assert.Equal("holdFor", scene.Refused(new ScheduleReply(Answer(scene), Hold: TimeSpan.FromHours(1))).Field);
        Assert.Equal("holdFor", scene.Refused(new ScheduleReply(Answer(scene), scene.Now.AddHours(1), TimeSpan.FromSeconds(1))).Field);
        Assert.Equal("text", scene.Refused(new ScheduleReply(Answer(scene, " "), scene.Now.AddHours(1))).Field);
        Assert.Equal("case-closed", Scene.Closed() is var closed ? closed.Refused(new ScheduleReply(Answer(closed), closed.Now.AddHours(1))).Code : "");
    }

    [Fact]
    public void Who_is_erased_is_sent_nothing_any_more()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        Later(scene, TimeSpan.FromHours(1));
        Assert.Empty(Evolution.Evolve(scene.State, new CaseCustomerErased(scene.State.Id, scene.State.CustomerId), scene.Now).Scheduled);
    }
}
