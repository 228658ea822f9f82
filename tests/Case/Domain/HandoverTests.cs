using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>A case goes from one person to another; how it is understood; and praise.</summary>
public sealed class HandoverTests
{
    private static readonly HandoverNote Note = new("Ordered the part.", "Send it on.", "A call on Tuesday.", null, []);

    private static string[] Names(IEnumerable<object> events) => [.. events.Select(e => e.GetType().Name)];

    private static Assign ToBob(HandoverNote? note = null, Person? by = null) => new(Scene.Bob.Id!.Value, "Bob", null, by ?? Scene.Ada, note);

    [Fact]
    public void With_a_handover_what_was_promised_goes_along_and_the_customer_hears_who_keeps_it()
    {
        var scene = Scene.Answered();
        var (goes, stays) = (scene.Promise(TimeSpan.FromHours(5)), scene.Promise(TimeSpan.FromHours(2)));
        var events = scene.Do(ToBob(Note with { Stay = [stays] }));
        Assert.Equal(["CaseHandedOver", "PromisesMoved", "CaseAssigned"], Names(events));
        var moved = events.OfType<PromisesMoved>().Single();
        Assert.Equal(("Ada", "Bob", Scene.Monday.AddHours(5)), (moved.FromName, moved.AgentName, moved.By));
        Assert.Equal([goes], moved.Promises);
        Assert.Equal(("Bob", "Ada"), (scene.Find(goes).Owner, scene.Find(stays).Owner));

        Assert.Equal(("Ada", "Bob", "Ordered the part.", "Send it on.", null),
            (scene.State.Handover!.FromName, scene.State.Handover.ToName, scene.State.Handover.Done, scene.State.Handover.Next, scene.State.Handover.Beware));
        scene.Do(new AcknowledgeHandover(Scene.Bob));
        Assert.Null(scene.State.Handover);
        Assert.Empty(scene.Do(new AcknowledgeHandover(Scene.Bob)));
    }

    [Fact]
    public void Without_one_only_the_promised_answer_goes_along()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        var own = scene.Promise(TimeSpan.FromHours(5));
        var moved = scene.Do(ToBob()).OfType<PromisesMoved>().Single();
        Assert.Equal(PromiseSource.Policy, scene.Find(Assert.Single(moved.Promises)).Source);
        Assert.Equal("Ada", scene.Find(own).Owner);
        Assert.Empty(Scene.Answered() is var quiet ? quiet.Do(ToBob()).OfType<PromisesMoved>() : []);
    }

    [Fact]
    public void Where_it_is_required_nobody_gives_away_a_promise_without_a_word()
    {
        var scene = new Scene { Policy = new() { RequireHandover = true } };
        scene.Do(new OpenCase(Guid.NewGuid(), "CX-2026-000001", Scene.Contact()));
        scene.Do(new Triage(scene.Decision(agent: Scene.Ada)));
        scene.Do(new Assign(Scene.Bob.Id!.Value, "Bob", null, Scene.Ada)); // nothing but an answer is promised
        scene.Do(new MakePromise(scene.NewId(), Scene.Bob, "A new kettle", scene.Now.AddHours(4)));
        var toAda = new Assign(Scene.Ada.Id!.Value, "Ada", null, Scene.Bob);
        Assert.Equal(("handover-required", "handover"), (scene.Refused(toAda).Code, scene.Refused(toAda).Field));
        Assert.Equal("next", scene.Refused(toAda with { Handover = Note with { Next = " " } }).Field);
        scene.Do(toAda with { By = Scene.Ada }); // who takes it cannot know
        Assert.Equal("Ada", scene.State.OwnerName);
    }

    [Fact]
    public void How_a_case_was_understood_is_kept_with_who_said_so_until_somebody_answers_a_doubt()
    {
        var scene = Scene.Answered();
        scene.Now += TimeSpan.FromHours(1);
        scene.Do(new CorrectNeed("The toaster burns.", ByCustomer: true));
        Assert.Equal(scene.Now, scene.State.NeedDoubtedAt);
        scene.Reply();
        Assert.Null(scene.State.NeedDoubtedAt);
        scene.Do(new CorrectNeed("The toaster smokes.", ByCustomer: false, Scene.Bob));
        Assert.Equal(
            [
                ("My kettle does not heat any more.", Scene.Monday, false, null), ("The toaster burns.", scene.Now, true, null),
                ("The toaster smokes.", scene.Now, false, "Bob"),
            ],
            scene.State.Needs.Select(n => (n.Need, n.At, n.ByCustomer, n.By)));
    }

    [Fact]
    public void A_thank_you_is_praise_for_whoever_has_the_case_also_when_it_is_over()
    {
        var scene = Scene.Resolved();
        var contact = Scene.Contact("Merci beaucoup !", at: scene.Now);
        var praise = scene.Do(new JoinContact(contact, EvidenceKind.ReplyToken)).OfType<PraiseGiven>().Single();
        Assert.Equal((contact.ContactId, Scene.Ada.Id, "help"), (praise.ContactId, praise.AgentId, praise.QueueId));
        Assert.Equal("Ada", Assert.Single(scene.State.Praise).AgentName);
        Assert.Equal(CaseStatus.Resolved, scene.State.Status);

        var letter = Scene.Opened(Scene.Contact("What a lovely shop you have!"));
        Assert.Single(letter.Do(new Triage(letter.Decision(Kind.Praise))).OfType<PraiseGiven>());
    }
}
