using CxPlatform.Cases.Domain;
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
        into.Do(new GiveBack(from.State, Scene.Ada));
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
    public void The_first_message_stays_and_none_is_split_off_twice()
    {
        var scene = Scene.Answered();
        Assert.Equal("contacts", scene.Refused(new SplitOff(Guid.NewGuid(), "", [], Scene.Ada)).Field);
        Assert.Equal("contacts", scene.Refused(new SplitOff(Guid.NewGuid(), "", [scene.State.ContactId], Scene.Ada)).Field);
        var contact = Guid.NewGuid();
        scene.Do(new SplitOff(contact, "CX-2026-000002", [contact], Scene.Ada));
        Assert.Equal(new CaseLink(LinkKind.SplitInto, contact, "CX-2026-000002"), Assert.Single(scene.State.Links));
        Assert.Equal("contacts-invalid", scene.Refused(new SplitOff(contact, "", [contact], Scene.Ada)).Code);
    }
}
