using System.Text.Json;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using FsCheck;
using FsCheck.Fluent;

namespace CxPlatform.Case.Tests.Domain;

public sealed class SideConversationTests
{
    private const string Supplier = "orders@supplier.example";

    [Theory]
    [InlineData("inProgress")]
    [InlineData("resolved")]
    [InlineData("closed")]
    public void An_answer_from_aside_is_no_word_of_the_customers(string status)
    {
        var scene = Asked(status);
        var before = scene.State;
        Assert.IsType<SideMessageReceived>(Assert.Single(scene.Do(Answer(before.SideConversations[0].Id, "The part is sold out."))));
        Assert.Equal(
            (before.Status, before.WaitingSince, before.FirstAnswerAt, before.Proposal, before.ResolvedAt),
            (scene.State.Status, scene.State.WaitingSince, scene.State.FirstAnswerAt, scene.State.Proposal, scene.State.ResolvedAt));
        Assert.Equal(before.Marks, scene.State.Marks);
        Assert.Equal(before.Promises, scene.State.Promises);
        Assert.Empty(scene.State.Participants);
    }

    [Fact]
    public void The_case_waits_for_an_answer_that_somebody_chose_to_wait_for_and_only_a_persons_ends_it()
    {
        var scene = Scene.Answered();
        var side = Ask(scene, awaited: "the manufacturer");
        Assert.Equal((CaseStatus.WaitingOnThirdParty, "the manufacturer", side), (scene.State.Status, scene.State.WaitingOn!.Who, scene.State.WaitingOn.SideConversationId));
        var other = Ask(scene);
        scene.Do(Answer(other, "Ours never leak."));
        scene.Do(Answer(side, "I am away until Monday.", Automatic.AutoReply));
        scene.Do(Answer(side, "Undeliverable.", Automatic.Bounce));
        Assert.Equal(CaseStatus.WaitingOnThirdParty, scene.State.Status);
        Assert.IsType<ThirdPartyAnswered>(scene.Do(Answer(side, "It ships on Tuesday."))[^1]);
        Assert.Equal(CaseStatus.InProgress, scene.State.Status);

        scene.Do(new WriteAside(side, scene.NewId(), Scene.Ada, "Which one?", [], "the manufacturer"));
        Assert.Equal(CaseStatus.WaitingOnThirdParty, scene.State.Status);
        scene.Do(new CloseAside(side, Scene.Ada));
        Assert.Equal((CaseStatus.InProgress, false), (scene.State.Status, scene.State.SideConversations[0].IsOpen));
    }

    [Fact]
    public void Several_have_numbers_of_their_own_and_what_comes_late_opens_one_again()
    {
        var scene = Scene.Answered();
        var (first, second) = (Ask(scene), Ask(scene));
        Assert.Equal([1, 2], scene.State.SideConversations.Select(side => side.Ordinal));
        scene.Do(new CloseAside(first, Scene.Ada));
        Assert.Empty(scene.Do(new CloseAside(first, Scene.Ada)));
        scene.Do(Answer(first, "Out of office.", Automatic.AutoReply));
        Assert.Equal([false, true], scene.State.SideConversations.Select(side => side.IsOpen));
        scene.Do(Answer(first, "One more thing.", from: "boss@supplier.example"));
        Assert.Equal([true, true], scene.State.SideConversations.Select(side => side.IsOpen));
        Assert.Equal(first, scene.State.SideWith(new(IdentityKind.EmailAddress, "boss@supplier.example"))!.Id);
        Assert.Equal(second, scene.State.SideWith(new(IdentityKind.EmailAddress, Supplier))!.Id);
    }

    [Fact]
    public void A_mail_beside_that_did_not_arrive_is_told_there_and_not_as_one_to_the_customer()
    {
        var scene = Scene.Answered();
        var side = Ask(scene);
        var mail = scene.State.SideConversations[0].Messages[0];
        scene.Do(new RecordMessageOutcome(mail, SideConversationOpened.Template, Channel.Email, false, "550 5.1.1"));
        Assert.Equal((null, "550 5.1.1"), (scene.State.Undelivered, scene.State.SideConversations[0].Undelivered));
        scene.Do(new RecordMessageOutcome(scene.NewId(), "reply", Channel.Email, false, "552"));
        scene.Do(new RecordMessageOutcome(scene.NewId(), ParticipantAdded.CopyTemplate, Channel.Email, false, "553"));
        scene.Do(new RecordMessageOutcome(mail, SideConversationOpened.Template, Channel.Email, true, null));
        Assert.Equal(("552", null), (scene.State.Undelivered, scene.State.SideConversations[0].Undelivered));
        Assert.Equal(side, scene.State.SideConversations[0].Id);
    }

    [Theory]
    [InlineData("nobody", "S", "T", null, "to")]
    [InlineData("mia@example.org", "S", "T", null, "to")]
    [InlineData("Ivo <IVO@copy.example>", "S", "T", null, "to")]
    [InlineData("a@b.example, c@d.example", "S", "T", null, "to")]
    [InlineData(Supplier, " ", "T", null, "subject")]
    [InlineData(Supplier, "S", "", null, "text")]
    [InlineData(Supplier, "S", "T", " ", "awaited")]
    public void What_cannot_be_asked_is_refused_with_the_field(string to, string subject, string text, string? awaited, string field)
    {
        var scene = Scene.Answered();
        scene.Do(new CopyParticipant(scene.NewId(), "ivo@copy.example", null, Scene.Ada));
        Assert.Equal(field, scene.Refused(new AskAside(scene.NewId(), scene.NewId(), Scene.Ada, to, null, subject, text, [], awaited)).Field);
        Assert.Empty(scene.State.SideConversations);
    }

    [Fact]
    public void A_case_that_is_over_waits_for_nobody()
    {
        var scene = Scene.Resolved();
        Assert.Equal("case-resolved", scene.Refused(Question(scene, "the manufacturer")).Code);
        scene.Do(Question(scene, null));
        Assert.Equal("case-closed", Scene.Closed().Refused(Question(scene, null)).Code);
    }

    [Fact]
    public void No_byte_of_a_side_conversation_is_in_any_public_view_whatever_happens()
    {
        Prop.ForAll(CaseProperties.Lives, choices =>
        {
            var scene = CaseProperties.Live(choices);
            var timeline = scene.Log.Select((entry, i) => TimelineEntry.Of(new LoggedEvent
            {
                Position = i + 1,
                Id = Guid.NewGuid(),
                Stream = CaseState.StreamOf(scene.State.Id),
                Version = i + 1,
                Type = EventTypes.NameOf(entry.Event.GetType()),
                Data = EventTypes.Write(entry.Event),
                Actor = "system",
                CorrelationId = Guid.NewGuid(),
                Time = entry.At,
            })).ToList();
            var view = JsonSerializer.Serialize(PublicView.Of(scene.State, timeline), EventTypes.Json);
            var facts = string.Concat(scene.Log.Select(entry => PublicFacts.Of(entry.Event, scene.State).Json));
            return !view.Contains("canary", StringComparison.OrdinalIgnoreCase) && !facts.Contains("canary", StringComparison.OrdinalIgnoreCase);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(60));
    }

    private static AskAside Question(Scene scene, string? awaited) =>
        new(scene.NewId(), scene.NewId(), Scene.Ada, Supplier, "Supplier", "Part 7", "Is part 7 in stock?", [], awaited);

    private static Guid Ask(Scene scene, string? awaited = null)
    {
        scene.Do(Question(scene, awaited));
        return scene.State.SideConversations[^1].Id;
    }

    private static Scene Asked(string status)
    {
        var scene = Scene.Answered();
        Ask(scene);
        if (status == "inProgress")
            return scene;
        scene.Do(new ResolveCase(CaseResult.Solved, "A new one was sent"));
        if (status == "resolved")
            return scene;
        var resolvedAt = scene.State.ResolvedAt!.Value;
        scene.Now = resolvedAt.AddDays(14);
        scene.Do(new CloseDue(scene.State.Id, resolvedAt));
        return scene;
    }

    private static HearAside Answer(Guid side, string text, Automatic automatic = Automatic.None, string from = Supplier) => new(
        Scene.Contact(text, Guid.NewGuid(), automatic) with { From = new(IdentityKind.EmailAddress, from) }, side, EvidenceKind.SideToken);
}
