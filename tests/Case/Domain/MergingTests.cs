using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Merging;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>Cases among each other, each as it decides for itself.</summary>
public sealed class MergingTests
{
    private static string[] Names(IEnumerable<object> events) => [.. events.Select(e => e.GetType().Name)];

    [Fact]
    public void A_merged_case_is_over_and_what_is_promised_on_it_is_promised_where_it_goes_on()
    {
        var (from, into) = (Scene.Acknowledged(), Scene.Answered());
        var promise = from.Promise(TimeSpan.FromHours(3));
        var answerBy = from.State.OpenPromises.Single(p => p.Source == PromiseSource.Policy).Due;

        into.Do(new TakeIn(from.State, OtherCustomer: false, Promises: true, Scene.Ada));
        from.Do(new MergeInto(into.State, null, Scene.Ada));

        Assert.Equal((CaseStatus.Closed, into.State.Id), (from.State.Status, from.State.MergedInto!.CaseId));
        Assert.Empty(from.State.OpenPromises);
        Assert.Equal(
            [(PromiseSource.Policy, answerBy), (PromiseSource.Agent, Scene.Monday.AddHours(3))],
            into.State.OpenPromises.Select(p => (p.Source, p.Due)).OrderBy(p => p.Due));
        Assert.All(into.State.OpenPromises, p => Assert.Equal(from.State.Id, p.FromCaseId));
        Assert.NotEqual(promise, into.State.OpenPromises.First(p => p.Source == PromiseSource.Agent).Id);
        Assert.Equal(from.State.OpenedAt, into.State.WaitingSince);
    }

    [Fact]
    public void Whom_the_merged_case_waits_for_is_waited_for_where_it_goes_on_until_the_merge_is_undone()
    {
        var (from, into) = (Scene.Answered(), Scene.Answered());
        from.Do(new AwaitThirdParty("the manufacturer"));
        into.Do(new TakeIn(from.State, false, true, Scene.Ada));
        Assert.Equal((CaseStatus.WaitingOnThirdParty, "the manufacturer"), (into.State.Status, into.State.WaitingOn?.Who));
        into.Do(new GiveBack(from.State, [], Scene.Ada));
        Assert.Equal((CaseStatus.InProgress, null), (into.State.Status, into.State.WaitingOn));

        // Whom it waits for itself, or that it is the customer's turn, stays.
        var (waits, asks) = (Scene.Answered(), Scene.Proposed());
        waits.Do(new AwaitThirdParty("the carrier"));
        waits.Do(new TakeIn(from.State, false, true, Scene.Ada));
        asks.Do(new TakeIn(from.State, false, true, Scene.Ada));
        waits.Do(new GiveBack(from.State, [], Scene.Ada));
        Assert.Equal(("the carrier", CaseStatus.Proposed), (waits.State.WaitingOn?.Who, asks.State.Status));
    }

    [Fact]
    public void Who_was_found_not_needed_or_taken_off_is_not_proposed_where_the_case_goes_on()
    {
        var (from, into) = (Scene.Answered(), Scene.Answered());
        foreach (var address in (string[])["ivo@example.org", "eva@example.org"])
        {
            from.Do(new CopyParticipant(from.NewId(), address, null, Scene.Ada));
            from.Do(new RemoveParticipant(from.State.Participants[^1].Id, Scene.Ada));
        }
        into.Do(new CopyParticipant(Guid.NewGuid(), "eva@example.org", null, Scene.Bob));
        into.Do(new TakeIn(from.State, false, true, Scene.Ada));
        into.Do(new JoinContact(Scene.Contact("With Ivo.", at: into.Now) with { Cc = [new("ivo@example.org", "Ivo")] }, EvidenceKind.ReplyToken));
        Assert.Equal(
            [("ivo@example.org", true), ("eva@example.org", false)],
            into.State.Participants.OrderByDescending(p => p.From!.Value).Select(p => (p.From!.Value, p.Left)));
    }

    [Theory]
    [InlineData(IdentityKind.EmailAddress, Channel.Email)]
    [InlineData(IdentityKind.Handle, Channel.Chat)]
    public void What_is_split_off_a_chat_is_answered_by_mail_where_the_visitor_has_left_an_address(IdentityKind kind, Channel channel)
    {
        var said = new Written(Scene.Contact(channel: Channel.Chat) with { From = new(kind, "mia@example.org") }, Opened: false, Thanks: false);
        Assert.Equal(channel, said.Apart.Channel);
        Assert.Equal(Channel.Sms, (said with { Contact = said.Contact with { Channel = Channel.Sms } }).Apart.Channel);
    }

    [Fact]
    public void Of_two_dates_to_answer_by_the_earlier_holds()
    {
        var from = Scene.Acknowledged();
        var into = Scene.Opened();
        into.Now += TimeSpan.FromHours(1);
        into.Do(new Triage(into.Decision() with { FirstResponseTarget = TimeSpan.FromHours(6) }));
        var (early, late) = (from.State.NextDue, into.State.NextDue);
        Assert.True(early < late);
        into.Do(new TakeIn(from.State, false, true, Scene.Ada));
        Assert.Equal(early, Assert.Single(into.State.OpenPromises).Due);

        // The other way round nothing changes.
        var other = Scene.Acknowledged();
        var kept = other.State.OpenPromises.Single().Id;
        other.Do(new TakeIn(into.State, false, true, Scene.Ada));
        Assert.Equal(kept, Assert.Single(other.State.OpenPromises).Id);
    }

    [Fact]
    public void Promises_may_be_withdrawn_with_a_reason_and_who_waits_is_still_promised_an_answer()
    {
        var (from, into) = (Scene.Acknowledged(), Scene.Answered());
        from.Promise(TimeSpan.FromHours(3));
        into.Do(new TakeIn(from.State, false, Promises: false, Scene.Ada));
        from.Do(new MergeInto(into.State, "Sent twice", Scene.Ada));
        Assert.All(from.State.Promises, p => Assert.Equal((PromiseState.Withdrawn, "Sent twice"), (p.State, p.Reason)));
        Assert.Equal(PromiseSource.Policy, Assert.Single(into.State.OpenPromises).Source);
    }

    [Fact]
    public void Another_customers_case_is_merged_only_when_that_is_said_and_they_are_copied()
    {
        var from = Scene.Opened(Scene.Contact(customer: Guid.NewGuid(), name: "Ivo") with { From = new(IdentityKind.EmailAddress, "ivo@example.org") });
        from.Do(new CopyParticipant(from.NewId(), "una@example.org", null, Scene.Ada));
        var into = Scene.Answered();
        var refusal = into.Refused(new TakeIn(from.State, OtherCustomer: false, true, Scene.Ada));
        Assert.Equal(("other-customer", "otherCustomer"), (refusal.Code, refusal.Field));
        into.Do(new TakeIn(from.State, OtherCustomer: true, true, Scene.Ada));
        Assert.Equal(
            [("ivo@example.org", ParticipantRole.Cc), ("una@example.org", ParticipantRole.Cc)],
            into.State.Participants.Select(p => (p.From!.Value, p.Role)));
        Assert.True(into.State.Concerns(from.State.CustomerId));

        var texting = Scene.Opened(Scene.Contact(customer: Guid.NewGuid()) with { From = new(IdentityKind.PhoneNumber, "+491") });
        Assert.Equal("no-way-to-copy", Scene.Answered().Refused(new TakeIn(texting.State, true, true, Scene.Ada)).Code);
    }

    [Fact]
    public void What_waits_to_be_sent_or_is_booked_stands_in_the_way()
    {
        var from = Scene.Answered();
        from.Do(new ScheduleReply(new(from.NewId(), Scene.Ada, "Later", [], false), from.Now.AddHours(1)));
        Assert.Equal("replies-scheduled", from.Refused(new MergeInto(Scene.Answered().State, null, Scene.Ada)).Code);
        var closed = Scene.Closed();
        Assert.Equal("case-closed", closed.Refused(new TakeIn(Scene.Answered().State, false, true, Scene.Ada)).Code);
        Assert.Equal("into", Scene.Answered() is var s ? s.Refused(new TakeIn(s.State, false, true, Scene.Ada)).Field : null);
    }

    [Fact]
    public void What_is_asked_of_a_merged_case_is_refused_with_where_it_goes_on()
    {
        var (from, into) = (Scene.Answered(), Scene.Answered());
        from.Do(new MergeInto(into.State, null, Scene.Ada));
        var refusal = from.Refused(new AddNote(Guid.NewGuid(), Scene.Ada, "A note"));
        Assert.Equal("case-merged", refusal.Code);
        Assert.Contains(into.State.Number, refusal.Detail, StringComparison.Ordinal);
        Assert.Empty(from.Do(new MergeInto(into.State, null, Scene.Ada)));
        Assert.Equal("case-merged", from.Refused(new MergeInto(Scene.Answered().State, null, Scene.Ada)).Code);
        Assert.Empty(from.Do(new StartRecovery(Guid.NewGuid(), 1)));
    }

    [Fact]
    public void A_merge_is_undone_within_a_day_with_the_promises_that_are_still_open()
    {
        var (from, into) = (Scene.Acknowledged(), Scene.Answered());
        from.Promise(TimeSpan.FromDays(3));
        into.Do(new TakeIn(from.State, false, true, Scene.Ada));
        from.Do(new MergeInto(into.State, null, Scene.Ada));
        var back = into.State.OpenPromises.Where(p => p.FromCaseId == from.State.Id).ToList();
        into.Do(new GiveBack(from.State, [], Scene.Ada));
        Assert.DoesNotContain(into.State.OpenPromises, p => p.FromCaseId is not null);
        Assert.Empty(into.State.Merged);

        from.Now += TimeSpan.FromHours(1);
        from.Do(new UndoMerge(back, Scene.Ada));
        Assert.Equal((CaseStatus.InProgress, null, Scene.Monday), (from.State.Status, from.State.MergedInto, from.State.WaitingSince));
        Assert.Equal([PromiseSource.Policy, PromiseSource.Agent], from.State.OpenPromises.OrderBy(p => p.Due).Select(p => p.Source));
        Assert.Equal("not-merged", from.Refused(new UndoMerge([], Scene.Ada)).Code);

        from.Do(new MergeInto(into.State, null, Scene.Ada));
        from.Now += TimeSpan.FromHours(25);
        Assert.Equal("undo-too-late", from.Refused(new UndoMerge([], Scene.Ada)).Code);
    }

    [Fact]
    public void Both_cases_say_what_they_are_to_each_other_once()
    {
        foreach (var kind in Enum.GetValues<LinkKind>())
            Assert.Equal(kind, Decider.Inverse(Decider.Inverse(kind)));
        var (one, other) = (Scene.Closed(), Guid.NewGuid());
        one.Do(new LinkCase(LinkKind.DuplicateOf, other, "CX-2026-000009", Scene.Ada));
        Assert.Empty(one.Do(new LinkCase(LinkKind.DuplicateOf, other, "CX-2026-000009", Scene.Ada)));
        Assert.Equal(new CaseLink(LinkKind.DuplicateOf, other, "CX-2026-000009"), Assert.Single(one.State.Links));
        Assert.Equal("to", one.Refused(new LinkCase(LinkKind.Related, one.State.Id, "", Scene.Ada)).Field);
        Assert.Equal(["CaseUnlinked"], Names(one.Do(new UnlinkCase(LinkKind.DuplicateOf, other, Scene.Ada))));
        Assert.Empty(one.Do(new UnlinkCase(LinkKind.DuplicateOf, other, Scene.Ada)));
    }

    [Fact]
    public void None_is_split_off_twice_and_one_message_of_the_customer_stays()
    {
        var scene = Scene.Answered();
        SplitOff Off(params Guid[] contacts) => new(Guid.NewGuid(), "CX-2026-000002", contacts, null, Scene.Ada);
        Assert.Equal("contacts", scene.Refused(Off()).Field);
        var refusal = scene.Refused(Off(scene.State.ContactId));
        Assert.Equal("contacts", refusal.Field);
        Assert.Contains("put its need right", refusal.Detail, StringComparison.Ordinal);
        var (contact, need) = (Guid.NewGuid(), scene.State.Need);
        var off = Off(contact);
        scene.Do(off);
        Assert.Equal(new CaseLink(LinkKind.SplitInto, off.IntoId, "CX-2026-000002"), Assert.Single(scene.State.Links));
        Assert.Equal(need, scene.State.Need);
        Assert.Equal("contacts-invalid", scene.Refused(Off(contact)).Code);
    }

    [Fact]
    public void When_the_first_message_goes_the_need_is_read_from_the_next_unless_somebody_had_put_it_right()
    {
        var scene = Scene.Answered();
        SplitOff Off() => new(Guid.NewGuid(), "CX-2026-000002", [scene.State.ContactId], "Hello,\n\nmy toaster burns. Bye", Scene.Ada);
        var (plan, promises, waits) = (scene.State.Plan, scene.State.Promises, scene.State.WaitingSince);
        Assert.Equal(["CaseSplit", "NeedCorrected"], Names(scene.Do(Off())));
        Assert.Equal("My toaster burns.", scene.State.Need);
        Assert.Equal(("Ada", false), (scene.State.PastNeeds[0].CorrectedBy, scene.State.PastNeeds[0].CorrectedByCustomer));
        Assert.Equal((plan, promises, waits), (scene.State.Plan, scene.State.Promises, scene.State.WaitingSince));
        Assert.Equal("contacts-invalid", scene.Refused(Off()).Code);

        scene = Scene.Answered();
        scene.Do(new CorrectNeed("Both at once", ByCustomer: true));
        Assert.Equal(["CaseSplit"], Names(scene.Do(Off())));
        Assert.Equal("Both at once", scene.State.Need);
    }

    [Fact]
    public void Under_a_public_post_that_is_another_cases_nothing_is_said_here()
    {
        var scene = Scene.Opened(Scene.Contact(channel: Channel.Social) with { Visibility = Visibility.World });
        Assert.NotNull(scene.State.PublicPost);
        scene.Do(new SplitOff(Guid.NewGuid(), "CX-2026-000002", [scene.State.ContactId], "The other thing.", Scene.Ada));
        Assert.Null(scene.State.PublicPost);
    }
}
