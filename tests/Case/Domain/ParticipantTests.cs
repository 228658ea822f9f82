using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>Who takes part in a case beside its customer.</summary>
public sealed class ParticipantTests
{
    private static readonly Identity Ivo = new(IdentityKind.EmailAddress, "ivo@example.org");

    [Fact]
    public void A_name_turns_nothing_that_stands_after_it()
    {
        var scene = Scene.Answered();
        scene.Do(new CopyParticipant(scene.NewId(), "ivo@example.org", "Ivo\u202e", Scene.Ada));
        scene.Do(new AskAside(scene.NewId(), scene.NewId(), Scene.Ada, "mill@example.org", "\u2067Mill", "A part", "Have you got it?", []));
        Assert.Equal(("Ivo", "Mill"), (scene.State.Participants[^1].Name, scene.State.SideConversations[^1].Name));
    }

    [Fact]
    public void Somebody_is_copied_by_address_and_a_second_time_changes_nothing()
    {
        var scene = Scene.Answered();
        var added = Assert.IsType<ParticipantAdded>(Assert.Single(Copy(scene, "Ivo Berg <Ivo@Example.org>")));
        Assert.Equal((ParticipantRole.Cc, "Ivo Berg", Ivo, Channel.Email, "Ada"), (added.Role, added.Name, added.Address, added.Channel, added.ByName));
        Assert.Empty(Copy(scene, "ivo@example.org"));
        Assert.Equal(added.ParticipantId, Assert.Single(scene.State.Participants).Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ivo")]
    [InlineData("@example.org")]
    [InlineData("a@example.org, b@example.org")]
    [InlineData("ivo berg@example.org\r\nBcc: x@example.org")]
    [InlineData("MIA@example.org")]
    public void What_is_no_address_or_the_customers_own_is_refused_by_field(string address)
    {
        var refusal = Scene.Answered().Refused(new CopyParticipant(Guid.NewGuid(), address, null, Scene.Ada));
        Assert.Equal(("address-invalid", "address"), (refusal.Code, refusal.Field));
    }

    [Fact]
    public void A_domain_is_kept_as_mail_carries_it()
    {
        var scene = Scene.Answered();
        Copy(scene, "Ivo@Bücher.example");
        Assert.Equal("ivo@xn--bcher-kva.example", scene.State.Participants[0].From!.Value);
    }

    [Fact]
    public void Whoever_is_copied_and_answers_is_no_stranger_and_stays_copied()
    {
        var scene = Scene.Answered();
        Copy(scene, "ivo@example.org");
        var customer = Guid.NewGuid();
        var replied = scene.Do(new JoinContact(From(customer), EvidenceKind.ReplyToken)).OfType<CustomerReplied>().Single();
        Assert.False(replied.NewParticipant);
        var ivo = Assert.Single(scene.State.Participants);
        Assert.Equal((ParticipantRole.Cc, customer, "Ivo"), (ivo.Role, ivo.CustomerId, ivo.Name));
        Assert.True(scene.State.Includes(customer, new(IdentityKind.EmailAddress, "elsewhere@example.org")));
    }

    [Fact]
    public void A_stranger_who_writes_is_a_guest_until_somebody_copies_them_and_again_after()
    {
        var scene = Scene.Answered();
        scene.Do(new JoinContact(From(Guid.NewGuid()), EvidenceKind.ReplyToken));
        var guest = Assert.Single(scene.State.Participants);
        Assert.Equal(ParticipantRole.Guest, guest.Role);

        var added = Assert.IsType<ParticipantAdded>(Assert.Single(scene.Do(new ChangeParticipant(guest.Id, ParticipantRole.Cc, Scene.Ada))));
        Assert.Equal((guest.Id, guest.CustomerId, Ivo), (added.ParticipantId, added.CustomerId, added.Address));
        Assert.Empty(scene.Do(new ChangeParticipant(guest.Id, ParticipantRole.Cc, Scene.Ada)));
        scene.Do(new ChangeParticipant(guest.Id, ParticipantRole.Guest, Scene.Ada));
        Assert.Equal(ParticipantRole.Guest, Assert.Single(scene.State.Participants).Role);
    }

    [Fact]
    public void Who_was_taken_off_is_not_forgotten_and_joins_again_by_writing_without_copies()
    {
        var scene = Scene.Answered();
        Copy(scene, "ivo@example.org");
        var customer = Guid.NewGuid();
        scene.Do(new JoinContact(From(customer), EvidenceKind.ReplyToken));
        var removed = Assert.IsType<ParticipantRemoved>(Assert.Single(
            scene.Do(new RemoveParticipant(scene.State.Participants[0].Id, Scene.Bob))));
        Assert.Equal((customer, "Bob"), (removed.CustomerId, removed.ByName));
        Assert.Equal("participant-not-found", scene.Refused(new RemoveParticipant(removed.ParticipantId, Scene.Bob)).Code);
        Assert.True(scene.State.Concerns(customer));
        Assert.False(scene.State.Includes(customer, Ivo));

        scene.Do(new JoinContact(From(customer), EvidenceKind.ReplyToken));
        Assert.Equal((ParticipantRole.Guest, false), (scene.State.Participants[0].Role, scene.State.Participants[0].Left));
    }

    [Fact]
    public void A_colleague_follows_once_and_cannot_be_copied()
    {
        var scene = Scene.Closed();
        var added = Assert.IsType<ParticipantAdded>(Assert.Single(Follow(scene)));
        Assert.Equal((ParticipantRole.Follower, Scene.Bob.Id, "Bob", null), (added.Role, added.AgentId, added.AgentName, added.Name));
        Assert.Empty(Follow(scene));
        scene.Do(new RemoveParticipant(added.ParticipantId, Scene.Bob));
        Assert.Equal(added.ParticipantId, Assert.IsType<ParticipantAdded>(Assert.Single(Follow(scene))).ParticipantId);

        var open = Scene.Answered();
        Follow(open);
        Assert.Equal("role", open.Refused(new ChangeParticipant(open.State.Participants[0].Id, ParticipantRole.Cc, Scene.Ada)).Field);
        Assert.Equal("case-closed", scene.Refused(new CopyParticipant(Guid.NewGuid(), "ivo@example.org", null, Scene.Ada)).Code);
    }

    [Fact]
    public void Who_is_on_a_case_may_name_it_in_a_subject_and_who_was_only_in_copy_may_not()
    {
        var scene = Scene.Answered();
        scene.Do(new CopyParticipant(scene.NewId(), "ivo@example.org", null, Scene.Ada));
        Assert.True(scene.State.Includes(Guid.NewGuid(), Ivo));
        var suggested = scene.State with { Participants = [scene.State.Participants[0] with { Role = ParticipantRole.Suggested }] };
        Assert.False(suggested.Includes(Guid.NewGuid(), Ivo));
    }

    [Fact]
    public void A_case_has_no_more_than_fifty()
    {
        var scene = Scene.Answered();
        for (var i = 0; i < 50; i++)
            Copy(scene, $"p{i}@example.org");
        Assert.Equal("participants-full", scene.Refused(new CopyParticipant(scene.NewId(), "one@more.example", null, Scene.Ada)).Code);
    }

    private static IReadOnlyList<object> Copy(Scene scene, string address) =>
        scene.Do(new CopyParticipant(scene.NewId(), address, null, Scene.Ada));

    private static IReadOnlyList<object> Follow(Scene scene) =>
        scene.Do(new FollowCase(scene.NewId(), Scene.Bob.Id!.Value, Scene.Bob.Name, Scene.Bob));

    private static Contracts.Intake.V1.ContactReceived From(Guid customer) =>
        Scene.Contact("It leaks here too.", customer, name: "Ivo") with { From = Ivo };
}
