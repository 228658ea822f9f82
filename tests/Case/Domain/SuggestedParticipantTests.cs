using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>Whom a customer puts in copy: proposed to staff, and nobody's participant until somebody decides.</summary>
public sealed class SuggestedParticipantTests
{
    private static readonly PersonInCopy Ivo = new("ivo@example.org", "Ivo Berg");
    private static readonly PersonInCopy Una = new("una@example.org");

    [Fact]
    public void Whom_the_first_message_has_in_copy_is_proposed_by_nobody_but_the_customer_and_takes_no_part_yet()
    {
        var scene = Scene.Opened(Scene.Contact() with { Cc = [Ivo, Una] });
        Assert.Equal(typeof(CaseOpened), scene.Log[0].Event.GetType());
        Assert.Equal(
            [(ParticipantRole.Suggested, "Ivo Berg", At(Ivo), Channel.Email, null), (ParticipantRole.Suggested, null, At(Una), Channel.Email, null)],
            Proposed(scene.Log.Select(entry => entry.Event)).Select(e => (e.Role, e.Name, e.Address!, e.Channel!.Value, e.ById)));
        Assert.All(scene.State.Participants, p => Assert.False(p.IsIn));
        Assert.False(scene.State.Includes(Guid.NewGuid(), At(Ivo)));
    }

    [Fact]
    public void A_later_message_proposes_who_is_new_and_nobody_twice_whatever_was_decided()
    {
        var scene = Scene.Opened(Scene.Contact() with { Cc = [Ivo, Una] });
        scene.Do(new Triage(scene.Decision(agent: Scene.Ada)));
        scene.Do(new ChangeParticipant(scene.State.Participants[0].Id, ParticipantRole.Cc, Scene.Ada));
        scene.Do(new RemoveParticipant(scene.State.Participants[1].Id, Scene.Ada));
        PersonInCopy[] all = [Ivo, Una, new("mia@example.org"), new("otto@example.org"), new("otto@example.org", "Otto")];

        Assert.Equal(["otto@example.org"], Proposed(Wrote(scene, all)).Select(e => e.Address!.Value));
        Assert.Empty(Proposed(Wrote(scene, all)));
        scene.Do(new RemoveParticipant(scene.State.Participants[0].Id, Scene.Ada));
        Assert.Empty(Proposed(Wrote(scene, all)));
    }

    [Fact]
    public void Whoever_is_added_is_the_person_who_was_proposed_by_either_way()
    {
        var scene = Scene.Opened(Scene.Contact() with { Cc = [Ivo, Una] });
        var (ivo, una) = (scene.State.Participants[0].Id, scene.State.Participants[1].Id);
        var added = Assert.IsType<ParticipantAdded>(Assert.Single(scene.Do(new ChangeParticipant(ivo, ParticipantRole.Cc, Scene.Ada))));
        Assert.Equal((ivo, ParticipantRole.Cc, At(Ivo), "Ada"), (added.ParticipantId, added.Role, added.Address, added.ByName));
        added = Assert.IsType<ParticipantAdded>(Assert.Single(scene.Do(new CopyParticipant(scene.NewId(), "Una <UNA@example.org>", null, Scene.Ada))));
        Assert.Equal((una, ParticipantRole.Cc, "Una"), (added.ParticipantId, added.Role, added.Name));
        Assert.Equal(2, scene.State.Participants.Count);
    }

    [Fact]
    public void Who_was_only_in_copy_and_answers_is_on_the_case_as_a_guest_and_gets_no_copies()
    {
        var scene = Scene.Opened(Scene.Contact() with { Cc = [Ivo] });
        var customer = Guid.NewGuid();
        var events = scene.Do(new JoinContact(By(Ivo, customer) with { Cc = [Una] }, EvidenceKind.ReplyToken));
        Assert.False(events.OfType<CustomerReplied>().Single().NewParticipant);
        // Nobody has decided about Ivo, so whom he brings along is nobody's wish.
        Assert.Empty(Proposed(events));
        var ivo = Assert.Single(scene.State.Participants);
        Assert.Equal((ParticipantRole.Guest, customer), (ivo.Role, ivo.CustomerId));
    }

    [Fact]
    public void Only_the_customer_and_who_gets_copies_propose_others_never_a_stranger_or_a_machine()
    {
        var scene = Scene.Answered();
        Assert.Empty(Proposed(scene.Do(new JoinContact(By(Ivo, Guid.NewGuid()) with { Cc = [Una] }, EvidenceKind.ReplyToken))));
        Assert.Empty(Proposed(scene.Do(new JoinContact(By(Ivo, Guid.NewGuid()) with { Cc = [Una] }, EvidenceKind.ReplyToken))));
        Assert.Empty(Proposed(scene.Do(new JoinContact(Scene.Contact(automatic: Automatic.AutoReply) with { Cc = [Una] }, EvidenceKind.ReplyToken))));
        scene.Do(new CopyParticipant(scene.NewId(), Ivo.Address, null, Scene.Ada));
        Assert.Single(Proposed(scene.Do(new JoinContact(By(Ivo, Guid.NewGuid()) with { Cc = [Una] }, EvidenceKind.ReplyToken))));
    }

    [Fact]
    public void Somebody_who_is_on_the_case_under_another_address_is_not_proposed()
    {
        var scene = Scene.Opened();
        var ivo = Guid.NewGuid();
        scene.Do(new JoinContact(By(Ivo, ivo), EvidenceKind.ReplyToken));
        Assert.Empty(Proposed(Wrote(scene, new PersonInCopy("ivo@work.example", "Ivo", ivo), new PersonInCopy("mia@work.example", "Mia", Scene.Customer))));
        Assert.Single(Proposed(Wrote(scene, new PersonInCopy("otto@work.example", "Otto", Guid.NewGuid()))));
    }

    [Fact]
    public void Undecided_ones_are_few_and_take_nobodys_place()
    {
        var scene = Scene.Opened(Scene.Contact() with { Cc = [.. Enumerable.Range(0, 15).Select(i => new PersonInCopy($"a{i}@example.org"))] });
        Wrote(scene, [.. Enumerable.Range(0, 15).Select(i => new PersonInCopy($"b{i}@example.org"))]);
        Assert.Equal(20, scene.State.Participants.Count);
        for (var i = 0; i < 50; i++)
            scene.Do(new CopyParticipant(scene.NewId(), $"p{i}@example.org", null, Scene.Ada));
        var waiting = scene.State.Participants[0].Id;
        Assert.Equal("participants-full", scene.Refused(new ChangeParticipant(waiting, ParticipantRole.Cc, Scene.Ada)).Code);
        scene.Do(new RemoveParticipant(waiting, Scene.Ada));
        Assert.Single(Proposed(Wrote(scene, Una)));
    }

    [Fact]
    public void A_case_that_is_over_for_good_proposes_nobody()
    {
        var scene = Scene.Closed();
        Assert.Empty(Proposed(scene.Do(new JoinContact(Scene.Contact("Thank you!") with { Cc = [Ivo] }, EvidenceKind.ReplyToken))));
        var resolved = Scene.Resolved();
        Assert.Single(Proposed(Wrote(resolved, Ivo)));
        Assert.True(resolved.State.IsOpen);
    }

    [Fact]
    public void A_merge_brings_proposals_along_but_not_who_is_known_where_it_goes_on()
    {
        var from = Scene.Opened(Scene.Contact() with { Cc = [Ivo, Una, new("otto@example.org")] });
        var into = Scene.Opened(Scene.Contact() with { Cc = [Una] });
        into.Do(new RemoveParticipant(into.State.Participants[0].Id, Scene.Ada));
        into.Do(new CopyParticipant(into.NewId(), "otto@example.org", null, Scene.Ada));
        Assert.Equal(
            [("ivo@example.org", (Guid?)null)],
            Proposed(into.Do(new TakeIn(from.State, OtherCustomer: false, Promises: true, Scene.Ada))).Select(e => (e.Address!.Value, e.ById)));

        // What another customer's case proposes may be this one's customer.
        var other = Scene.Opened(By(Ivo, Guid.NewGuid()) with { Cc = [new("mia@example.org")] });
        var mine = Scene.Opened();
        mine.Do(new TakeIn(other.State, OtherCustomer: true, Promises: true, Scene.Ada));
        Assert.Equal([(ParticipantRole.Cc, "ivo@example.org")], mine.State.Participants.Select(p => (p.Role, p.From!.Value)));
    }

    private static IReadOnlyList<object> Wrote(Scene scene, params PersonInCopy[] cc) =>
        scene.Do(new JoinContact(Scene.Contact("And another thing?", at: scene.Now) with { Cc = cc }, EvidenceKind.ReplyToken));

    private static ContactReceived By(PersonInCopy person, Guid customer) =>
        Scene.Contact("It leaks here too.", customer, name: person.Name) with { From = At(person) };

    private static Identity At(PersonInCopy person) => new(IdentityKind.EmailAddress, person.Address);

    private static List<ParticipantAdded> Proposed(IEnumerable<object> events) =>
        [.. events.OfType<ParticipantAdded>().Where(e => e.Role == ParticipantRole.Suggested)];
}
