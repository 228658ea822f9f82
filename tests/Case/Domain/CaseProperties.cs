using System.Text.Json;
using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using FsCheck;
using FsCheck.Fluent;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>Whatever people, machines and timers do to a case, in whatever order.</summary>
public sealed partial class CaseProperties
{
    private static readonly Ending Ending = new("A rule", "Another way", "Somebody", "By phone");
    internal static readonly Arbitrary<int[]> Lives = Gen.ArrayOf(Gen.Choose(0, int.MaxValue - 1)).ToArbitrary();
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(60);

    [Fact]
    public void The_log_replayed_gives_the_stored_state() => Prop.ForAll(Lives, choices =>
    {
        var scene = Live(choices);
        CaseState? replayed = null;
        foreach (var (e, at) in scene.Log)
            replayed = Evolution.Evolve(replayed, EventTypes.Read(EventTypes.NameOf(e.GetType()), EventTypes.Write(e)), at);
        return Json(replayed!) == Json(scene.State) && Json(Stored(scene.State)) == Json(scene.State);
    }).Check(Thorough);

    [Fact]
    public void Lives_are_made_of_every_command_there_is()
    {
        var random = new Random(4711);
        var scene = Scene.Opened();
        var seen = new HashSet<Type>();
        for (var i = 0; i < 20_000; i++)
        {
            var command = Command(scene, random.Next());
            seen.Add(command.GetType());
            scene.Now += TimeSpan.FromMinutes(random.Next(600));
            // A life ends; another begins.
            if ((scene.Try(command).IsRefused && scene.State.Status == CaseStatus.Closed) || i % 400 == 0)
                scene = Scene.Opened();
        }
        Assert.Equal(Moves.Table.Select(move => move.Command.Name).Distinct().Order(), seen.Select(type => type.Name).Order());
    }

    [Fact]
    public void Versions_count_the_events() => Prop.ForAll(Lives, choices =>
    {
        var scene = Live(choices);
        return scene.State.Version == scene.Log.Count;
    }).Check(Thorough);

    [Fact]
    public void No_life_leads_to_a_state_that_makes_no_sense() =>
        Prop.ForAll(Lives, choices => Live(choices, after: IsSound).State is not null).Check(Thorough);

    [Fact]
    public void Nobody_is_proposed_as_a_participant_twice_or_after_somebody_decided_about_them() => Prop.ForAll(Lives, choices =>
    {
        var scene = Live(choices);
        var known = new HashSet<string> { "mia@example.org" };
        return scene.Log.Select(entry => entry.Event).OfType<ParticipantAdded>().Where(e => e.Address is not null)
            .All(e => known.Add(e.Address!.Value) || e.Role != ParticipantRole.Suggested);
    }).Check(Thorough);

    [Fact]
    public void A_machine_is_never_spoken_to() => Prop.ForAll(Lives, choices =>
    {
        var scene = Live(choices, Scene.Contact(automatic: Automatic.List));
        return scene.Log.All(entry => entry.Event is not CaseAcknowledged);
    }).Check(Thorough);

    [Fact]
    public void Every_date_told_to_a_customer_is_a_promise_on_the_case() => Prop.ForAll(Lives, choices =>
    {
        var scene = Live(choices);
        var promised = new HashSet<DateTimeOffset>();
        foreach (var (e, _) in scene.Log)
        {
            if (e is PromiseMade made)
                promised.Add(made.Due);
            if (e is PromiseRenegotiated again)
                promised.Add(again.Due);
        }
        return scene.Log.Select(entry => entry.Event switch { CaseAcknowledged a => a.By, CustomerReplied r => r.By, _ => null })
            .OfType<DateTimeOffset>().All(promised.Contains);
    }).Check(Thorough);

    private static void IsSound(CaseState s)
    {
        Assert.True(s.Status != CaseStatus.Unknown);
        if (s.MergedInto is null)
            Assert.Equal(s.Status is CaseStatus.Resolved or CaseStatus.Closed, s.Resolution is not null && s.ResolvedAt is not null);
        else
            Assert.Equal(CaseStatus.Closed, s.Status);
        Assert.False(s.Status == CaseStatus.Proposed && s.Proposal is null, "Proposed without a proposal.");
        Assert.False(!s.IsOpen && (s.Proposal is not null || s.WaitingSince is not null), "An end with something open.");
        Assert.False(s.Status == CaseStatus.Closed && s.OpenPromises.Any(), "Closed over an open promise.");
        Assert.False(s.Status == CaseStatus.Closed && s.Scheduled.Count > 0, "Closed over an answer that waits to be sent.");
        Assert.True(s.OpenPromises.Count(p => p.Source == PromiseSource.Policy) <= 1, "Promises to answer pile up.");
        Assert.Equal((s.OwnerId is null), s.OwnerName is null);
        Assert.Equal(s.Plan.Count, s.Plan.Select(step => step.Key).Distinct().Count());
        Assert.All(s.Promises, p => Assert.Equal(p.State == PromiseState.Open, p.EndedAt is null));
        Assert.Equal(s.Participants.Count, s.Participants.Select(p => p.Id).Distinct().Count());
        Assert.All(s.Participants, p => Assert.True(
            (p.Role == ParticipantRole.Follower) == p.AgentId.HasValue && (p.AgentId.HasValue || p.From is not null), $"{p}"));
        Assert.All(s.Participants.Where(p => p is { Role: ParticipantRole.Suggested, Left: false }), p => Assert.True(
            p.CustomerId is null && !s.IsCustomers(p.From!), $"{p}"));
        Assert.InRange(s.Participants.Count(p => p is { Role: ParticipantRole.Suggested, Left: false }), 0, 20);
        Assert.InRange(s.Need.Length, 1, NeedSentence.MaxLength);
    }

    internal static Scene Live(int[] choices, ContactReceived? contact = null, Action<CaseState>? after = null)
    {
        var scene = Scene.Opened(contact);
        foreach (var choice in choices)
        {
            scene.Now += TimeSpan.FromMinutes(Math.Pow(choice % 97, 2)); // up to six days
            scene.Try(choice % 13 == 0 ? Beside(scene, choice / 13) : Command(scene, choice / 97));
            after?.Invoke(scene.State);
        }
        return scene;
    }

    private static CaseCommand Command(Scene scene, int choice)
    {
        var s = scene.State;
        var detail = choice / 32;
        var person = detail % 2 == 0 ? Scene.Ada : Scene.Bob;
        var promise = s.Promises.Count == 0 ? Guid.NewGuid() : s.Promises[detail % s.Promises.Count].Id;
        var kinds = Enum.GetValues<Kind>();
        return (choice % 32) switch
        {
            1 or 10 or 15 or 20 => Further(scene, detail, person),
            0 => new JoinContact(Wrote(scene, detail), EvidenceKind.ReplyToken),
            2 => new ReplyAsCustomer(scene.NewId(), "And another thing."),
            3 or 4 => new Triage(scene.Decision(kinds[detail % kinds.Length], agent: detail % 3 == 0 ? null
                : person, version: Math.Max(1, s.Version - (detail % 4)))),
            5 => (detail % 5) switch
            {
                0 => new AcknowledgeByDefault(s.Id),
                1 => new ReplyDue(s.Id, Waiting(s, detail).MessageId, Waiting(s, detail).SendAt),
                2 => new PromiseNear(s.Id, promise, s.NextDue ?? scene.Now),
                3 => new Cover(person.Id!.Value, person.Name, detail % 3 == 0 ? null : Scene.Bob.Id, Scene.Bob.Name, scene.Now.AddDays(2)),
                _ => new ClockDue(s.Id),
            },
            6 => new Assign(person.Id!.Value, person.Name, null),
            7 => detail % 3 == 0 ? new Unassign("Holiday") : Further(scene, detail / 3, person),
            8 => new CorrectNeed("Something else " + detail, detail % 2 == 0),
            9 => new SendReply(scene.NewId(), detail % 11 == 0 ? new(null, "A key") : person, "An answer", [], detail % 3 == 0,
                detail % 7 == 0 ? Visibility.World : Visibility.Customer),
            11 => (detail % 8) switch
            {
                0 => new ScheduleReply(new(scene.NewId(), person, "Later", [], detail % 3 == 0), scene.Now.AddHours(1 + detail % 50)),
                1 => new ScheduleReply(new(scene.NewId(), person, "In a moment", [], detail % 3 == 0), Hold: TimeSpan.FromSeconds(10)),
                2 => new CancelReply(Waiting(s, detail).MessageId),
                3 => new ChangeScheduledReply(Waiting(s, detail).MessageId, "Other words", null, scene.Now.AddHours(2)),
                4 => new SendScheduledNow(Waiting(s, detail).MessageId),
                5 => new ChangePriority((Priority)(detail % 5), person, null),
                6 => new ChangeTags(["a", "b"], detail % 2 == 0 ? ["c"] : ["a"], person),
                _ => Further(scene, detail / 8, person),
            },
            12 => new DraftPlan([new("a", "A", null, null), new("work", "B", person.Name, scene.Now.AddDays(1)),
                new("a", "C", null, null)], detail % 2 == 0 ? "A reason" : null),
            13 => new ChangeStep(s.Plan.Count == 0 || detail % 3 == 0 ? null
                : s.Plan[detail % s.Plan.Count].Key, "A title", null, detail % 5 < 3 ? scene.Now.AddHours(detail % 90) : null, (StepState)(detail % 4))
            {
                Reason = detail % 2 == 0 ? "A reason" : null,
                Promise = detail % 4 == 1,
            },
            14 => new MakePromise(scene.NewId(), person, "A promise", scene.Now.AddHours(detail % 300)),
            16 => new KeepPromise(promise),
            17 => new RenegotiatePromise(promise, scene.Now.AddHours(detail % 200), "A reason"),
            18 => new WithdrawPromise(promise, "A reason"),
            19 or 21 => s.OpenPromises.FirstOrDefault() is { } open ? new PromiseDue(s.Id, open.Id, open.Due)
                : new PromiseDue(s.Id, promise, scene.Now),
            22 or 23 => new Propose(scene.NewId(), scene.NewId(), person, "A solution", detail % 4 == 0 ? scene.Now.AddDays(detail % 9)
                : null),
            24 => new AcceptSolution(null),
            25 => new DeclineSolution(null, "Not this"),
            26 => new ProposalSilence(s.Id, s.Proposal?.Id ?? Guid.NewGuid(), s.Proposal?.AnswerBy ?? scene.Now),
            27 => new ResolveCase((CaseResult)(detail % 5), "A reason", Ending, person),
            28 => new ReopenCase("A reason"),
            29 => new CloseDue(s.Id, s.ResolvedAt ?? scene.Now),
            30 => detail % 2 == 0 ? new RecordMessageOutcome(scene.NewId(), detail % 4 == 0 ? "reply" : "proposal", Channel.Email, detail % 3 > 0, null)
                : new RecordFeedback(Guid.NewGuid(), Measure.Csat, 1 + (detail % 5), null),
            _ => detail % 2 == 0 ? new StartRecovery(Guid.NewGuid(), 1) : new ChangeCustomer(Guid.NewGuid(), s.CustomerId),
        };
    }

    private static CaseCommand Further(Scene scene, int detail, Person person)
    {
        var all = scene.State.Participants;
        var someone = all.Count == 0 ? Guid.NewGuid() : all[detail % all.Count].Id;
        (var way, detail) = (detail % 23, detail / 23);
        return way switch
        {
            12 => new Assign(Scene.Bob.Id!.Value, "Bob", null, Scene.Ada, new("Done", "Next", null, "Dogs", detail % 2 == 0 ? scene.State.Promises.Select(p => p.Id).Take(1).ToList() : [])),
            13 => new AcknowledgeHandover(person),
            14 => new AwaitThirdParty(detail % 2 == 0 ? "the bank" : "the post"),
            15 => new EndWaiting(),
            16 => new AskSecondOpinion(detail % 2 == 0, null),
            17 => scene.State.Suggestions is [var sounds, ..] ? detail % 3 == 0 ? new DismissSuggestion(sounds.Id) : new ConfirmSuggestion(sounds.Id, person, null, null)
                : new SendReply(scene.NewId(), person, "I will call you tomorrow at 10:00.", [], false),
            18 => new SetReminder(scene.NewId(), person, "Look", null, TimeSpan.FromHours(1 + (detail % 40)), detail % 2 == 0),
            19 => scene.State.Reminders is [var first, ..] ? detail % 2 == 0 ? new CancelReminder(first.Id) : new ReminderTime(scene.State.Id, first.Id, first.At)
                : new DismissSuggestion(Guid.NewGuid()),
            20 => new ChangeTier(detail % 2 == 0 ? "gold" : null),
            21 => detail % 2 == 0 ? new BookCallBack(scene.NewId(), scene.Now.AddDays(1), "+4930123") : new CancelCallBack(null),
            22 => Beside(scene, detail),
            5 => new LinkCase((LinkKind)(detail % 10), Guid.NewGuid(), "CX-2026-000009", person),
            6 => scene.State.Links is [var link, ..] ? new UnlinkCase(link.Kind, link.CaseId, person) : new UnlinkCase(LinkKind.Related, Guid.NewGuid(), person),
            7 => new TakeIn(Other(detail), detail % 2 == 0, detail % 3 > 0, person),
            8 => new MergeInto(Other(detail), detail % 3 == 0 ? "A reason" : null, person),
            9 => new UndoMerge([.. scene.State.Promises.Take(detail % 3)], person),
            10 => scene.State.Merged is [var merged, ..] ? new GiveBack(Other(detail) with { Id = merged.CaseId }, [.. scene.State.SideConversations.Select(side => side.Id)], person) : new GiveBack(Other(detail), [], person),
            11 => new SplitOff(
                scene.NewId(), "CX-2026-000008", detail % 4 == 0 ? [scene.State.ContactId] : [Guid.NewGuid()], detail % 3 == 0 ? "The lid leaks." : null, person),
            0 => new CopyParticipant(scene.NewId(), $"p{detail % 4}@example.org", null, person),
            1 => new FollowCase(scene.NewId(), person.Id!.Value, person.Name, person),
            2 => new ChangeParticipant(someone, (ParticipantRole)(detail % 6), person),
            3 => new RemoveParticipant(someone, person),
            _ => new AddNote(scene.NewId(), person, "A note"),
        };
    }

    private static ContactReceived Wrote(Scene scene, int detail)
    {
        var (text, customer) = (detail % 3 == 0 ? "Thank you!" : "It is broken again.", detail % 5 == 0 ? Guid.NewGuid() : (Guid?)null);
        return Scene.Contact(text, customer, (Automatic)(detail % 7 == 0 ? 1 : 0), scene.Now) with { Cc = InCopy(detail) };
    }

    // Of few people, so that the same are met again after whatever was decided about them.
    private static PersonInCopy[] InCopy(int detail) => (detail % 3) switch
    {
        0 => [],
        1 => [new($"p{detail % 4}@example.org"), new($"q{detail % 6}@example.org", "Q", detail % 2 == 0 ? Scene.Customer : null)],
        _ => [new($"q{detail % 6}@example.org"), new("mia@example.org", "Mia")],
    };

    private static CaseState Other(int detail) => (detail % 4) switch
    {
        0 => Scene.Acknowledged(Scene.Ada).State,
        1 => Scene.Opened(Scene.Contact(customer: Guid.NewGuid())).State,
        2 => Scene.Proposed().State,
        _ => Scene.Resolved().State,
    };

    private static ScheduledReply Waiting(CaseState s, int detail) =>
        s.Scheduled.Count > 0 ? s.Scheduled[detail % s.Scheduled.Count] : new(Guid.NewGuid(), null, "", "", [], false, default, false);

    private static CaseState Stored(CaseState state) => JsonSerializer.Deserialize<CaseState>(Json(state), EventTypes.Json)!;

    private static string Json(CaseState state) => JsonSerializer.Serialize(state, EventTypes.Json);
}
