using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Notifications.Agents;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.Testing;

namespace CxPlatform.Notification.Tests.Agents;

/// <summary>Who is told what, and in which mail.</summary>
public sealed class TellingTests
{
    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Each_hears_of_what_concerns_them_and_nobody_of_what_they_did(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var staff = await Staff.AtAsync(host);
        var (id, promise, due) = (staff.Story.CaseId, Guid.CreateVersion7(), Story.Monday);
        await host.DeliverAsync(staff.Assigned(staff.Anna));
        await host.DeliverAsync($"agent:{staff.Ben}", staff.Note(staff.Ben, "@Anna @Ben look", staff.Anna, staff.Ben), staff.Note(staff.Ben, "Nobody is meant"));
        await host.DeliverAsync(staff.Story.Replied(), staff.Story.Replied(automatic: Automatic.AutoReply, messageId: "<third@customer.example>"));
        await host.DeliverAsync($"customer:{staff.Story.CustomerId}", new NeedCorrected(id, "The kettle leaks.", ByCustomer: true));
        await host.DeliverAsync(
            new PromiseWarned(id, promise, due, staff.Anna),
            new PromiseEscalated(id, promise, due, staff.Anna, "support"),
            new CaseClockWarned(id, ClockKind.NextResponse, 1, due.AddHours(-1), due, TimeSpan.FromHours(4)),
            new CaseClockBreached(id, ClockKind.NextResponse, 1, due, TimeSpan.FromHours(4)),
            new ReminderDue(id, Guid.CreateVersion7(), due, staff.Anna, "Ask the workshop"),
            new SolutionDeclined(id, Guid.CreateVersion7(), "A new one"),
            new SecondOpinionAsked(id, staff.Story.Number, staff.Story.CustomerId, true, staff.Anna, "Anna Berger", null, due, null),
            new MessageOutcome(id, Guid.CreateVersion7(), "reply", Channel.Email, Sent: false, "550 5.1.1 no such user"),
            new MessageOutcome(id, Guid.CreateVersion7(), "reply", Channel.Email, Sent: true),
            new RecoveryStarted(id, Guid.CreateVersion7(), 1));
        await host.DeliverAsync($"agent:{staff.Anna}", staff.Assigned(staff.Ben, staff.Anna));
        await host.DeliverAsync($"agent:{staff.Lea}", staff.Assigned(staff.Anna, staff.Ben), new CaseUnassigned(id, staff.Anna, "support"));

        Assert.Equal(
            "Assigned Mentioned CustomerReplied NeedCorrected PromiseDueSoon PromiseBroken ClockWarned ClockBreached Reminder Declined SecondOpinion Undelivered Recovery Assigned Unassigned",
            await staff.KindsAsync(staff.Anna));
        Assert.Equal("Assigned Unassigned", await staff.KindsAsync(staff.Ben));
        Assert.Equal("PromiseEscalated ClockBreached SecondOpinion Recovery", await staff.KindsAsync(staff.Lea));
        Assert.Empty(await staff.NoticesAsync(staff.Max));
        Assert.Equal(Enumerable.Range(1, 15).Select(number => (long)number), (await staff.NoticesAsync(staff.Anna)).Select(row => row.Number));
        await host.SettledAsync();
        Assert.Equal(13, (await staff.MailsAsync(staff.Anna)).Count(row => row is { State: MessageState.Sent, Template: AgentWords.Template }));
        Assert.Empty(await host.ParkedAsync());
        // What agents are told is nothing that was said on the case.
        Assert.All((await host.AppendedAsync<MessageSent>()).Where(sent => sent.Template == AgentWords.Template), sent => Assert.Null(sent.CaseId));
    }

    [Fact]
    public async Task A_mail_says_what_happened_where_it_is_and_how_to_hear_less_and_nothing_that_the_customer_wrote()
    {
        await using var host = await NotificationHost.StartAsync();
        var staff = await Staff.AtAsync(host);
        await host.DeliverAsync(staff.Assigned(staff.Anna), staff.Story.Replied("CANARY it got worse"));
        await host.SettledAsync();
        var mail = (await host.MailsAsync(2)).Single(mail => mail.Subject == "The customer has written [CX-2026-000123]");
        Assert.Equal("anna@desk.example", Assert.Single(mail.To).Address);
        Assert.Contains("Hello Anna Berger,", mail.TextBody);
        Assert.Contains("The coffee machine leaks.", mail.TextBody);
        Assert.Contains("https://help.example.com/desk/cases/CX-2026-000123", mail.TextBody);
        Assert.Contains("https://help.example.com/desk/notices", mail.TextBody);
        Assert.Equal("auto-generated", mail.AutoSubmitted);
        Assert.DoesNotContain("CANARY", mail.TextBody + mail.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", host.Log.All, StringComparison.Ordinal);
        Assert.DoesNotContain("anna@desk.example", host.Log.All, StringComparison.Ordinal);
        // An answer to it must not stand where the customer reads.
        Assert.Equal("support@help.example.com", Assert.Single(mail.ReplyTo).Address);
        Assert.False(host.Tokens.TryReadMessageId(mail.MessageId, out _, out _));
        Assert.DoesNotContain("/s/", mail.TextBody + mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_away_is_stood_in_for_by_whom_they_named_by_whom_the_case_has_or_by_the_leads()
    {
        var clock = new SteppedTime();
        await using var host = await NotificationHost.StartAsync(clock: clock);
        var staff = await Staff.AtAsync(host);
        var now = clock.GetUtcNow();
        await host.DeliverAsync(staff.Assigned(staff.Anna));
        var away = new Absence(now.AddDays(-1), now.AddDays(1), staff.Ben);
        await host.DeliverAsync(staff.Of(staff.Anna) with { Absence = away });
        await host.DeliverAsync(staff.Story.Replied());
        Assert.Equal("Assigned", await staff.KindsAsync(staff.Anna));
        Assert.Equal("The customer has written (Anna Berger is not there)", Assert.Single(await staff.NoticesAsync(staff.Ben)).What);

        await host.DeliverAsync(staff.Of(staff.Anna) with { Absence = away with { CoverId = null } });
        await host.DeliverAsync(new CaseCovered(staff.Story.CaseId, staff.Anna, "Anna Berger", staff.Ben, "Ben Koch", [], now, now));
        await host.DeliverAsync(staff.Story.Replied(messageId: "<third@customer.example>"));
        Assert.Equal("CustomerReplied Covering CustomerReplied", await staff.KindsAsync(staff.Ben));

        await host.DeliverAsync(staff.Of(staff.Ben) with { Absence = away });
        await host.DeliverAsync(staff.Story.Replied(messageId: "<fourth@customer.example>"));
        Assert.Equal("CustomerReplied", await staff.KindsAsync(staff.Lea));

        clock.Advance(TimeSpan.FromDays(2));
        await host.DeliverAsync(staff.Story.Replied(messageId: "<fifth@customer.example>"));
        Assert.Equal("Assigned CustomerReplied", await staff.KindsAsync(staff.Anna));
    }

    [Fact]
    public async Task What_nobody_has_is_told_to_the_leads_and_where_there_are_none_to_whoever_runs_the_place()
    {
        await using var host = await NotificationHost.StartAsync();
        var staff = await Staff.AtAsync(host);
        var warned = new CaseClockWarned(staff.Story.CaseId, ClockKind.FirstResponse, 1, Story.Monday, Story.Monday, TimeSpan.FromHours(4));
        await host.DeliverAsync(warned);
        Assert.Equal("ClockWarned", await staff.KindsAsync(staff.Lea));
        await host.DeliverAsync(staff.Of(staff.Lea) with { Active = false });
        await host.DeliverAsync(warned);
        Assert.Equal("ClockWarned", await staff.KindsAsync(staff.Max));
        await host.DeliverAsync(staff.Of(staff.Max) with { Role = "agent" }, staff.Of(staff.Ben) with { Role = "admin" });
        await host.DeliverAsync(warned);
        Assert.Equal("ClockWarned", await staff.KindsAsync(staff.Ben));
    }

    [Fact]
    public async Task Who_gets_a_case_with_a_note_reads_it_in_the_notice_and_who_gave_it_hears_that_it_was_read()
    {
        await using var host = await NotificationHost.StartAsync();
        var staff = await Staff.AtAsync(host);
        var id = staff.Story.CaseId;
        await host.DeliverAsync(staff.Assigned(staff.Anna));
        await host.DeliverAsync(
            $"agent:{staff.Anna}",
            new CaseHandedOver(id, staff.Anna, "Anna Berger", staff.Ben, "Ben Koch", "Called the workshop.", "Order the seal.", Beware: "She is deaf.", ById: staff.Anna, ByName: "Anna Berger"),
            staff.Assigned(staff.Ben, staff.Anna));
        await host.DeliverAsync($"agent:{staff.Ben}", new HandoverAcknowledged(id, staff.Ben, "Ben Koch"));
        var given = Assert.Single(await staff.NoticesAsync(staff.Ben));
        Assert.Equal(
            (NoticeKind.HandedOver, "Anna Berger hands the case over to you", "Called the workshop.\n\nOrder the seal.\n\nShe is deaf."), (given.Kind, given.What, given.Detail));
        Assert.Equal("Ben Koch has read your handover", (await staff.NoticesAsync(staff.Anna))[^1].What);
        Assert.Equal("Assigned HandoverAcknowledged", await staff.KindsAsync(staff.Anna));

        // Given back without a word, and once more: the note is an old story.
        await host.DeliverAsync(staff.Assigned(staff.Anna, staff.Ben), staff.Assigned(staff.Ben, staff.Anna));
        Assert.Equal("HandedOver Unassigned Assigned", await staff.KindsAsync(staff.Ben));
        await host.SettledAsync();
        Assert.Contains("Order the seal.", (await host.MailsAsync(2)).Single(mail => mail.Subject.StartsWith("Anna Berger hands", StringComparison.Ordinal)).TextBody);
        await host.DeliverAsync(new CustomerErased(staff.Story.CustomerId));
        Assert.All(await staff.NoticesAsync(staff.Ben), row => Assert.Null(row.Detail));
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Who_follows_a_case_hears_of_the_customer_of_its_end_and_when_we_are_late_and_once(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var staff = await Staff.AtAsync(host);
        var (id, due) = (staff.Story.CaseId, Story.Monday);
        var follow = Following(staff, staff.Ben);
        await host.DeliverAsync(staff.Assigned(staff.Anna), follow, Following(staff, staff.Anna), Following(staff, staff.Lea), Following(staff, staff.Max));
        // Away, and nobody stands in for curiosity.
        await host.DeliverAsync(staff.Of(staff.Max) with { Absence = new(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddDays(-1), staff.Ben) });
        await host.DeliverAsync(staff.Story.Replied(), staff.Story.Replied(automatic: Automatic.AutoReply, messageId: "<third@customer.example>"));
        await host.DeliverAsync(
            new CaseClockWarned(id, ClockKind.NextResponse, 1, due, due, TimeSpan.FromHours(4)),
            new CaseClockBreached(id, ClockKind.NextResponse, 1, due, TimeSpan.FromHours(4)),
            new PromiseEscalated(id, Guid.CreateVersion7(), due, staff.Anna, "support"));
        await host.DeliverAsync($"agent:{staff.Ben}", staff.Story.Resolved(Agreement.Agent, "Done."));
        await host.DeliverAsync($"customer:{staff.Story.CustomerId}", staff.Story.Resolved(Agreement.Customer));

        Assert.Equal(
            [
                "The customer has written (you follow it)", "The time for this case is over since Mon 23 Nov 09:00; Anna Berger has it (you follow it)",
                "A promise was not kept: it was due Mon 23 Nov 09:00; Anna Berger has the case (you follow it)", "The case is resolved (you follow it)",
            ],
            (await staff.NoticesAsync(staff.Ben)).Select(row => row.What));
        Assert.All(await staff.NoticesAsync(staff.Ben), row => Assert.Equal(NoticeKind.Followed, row.Kind));
        Assert.Equal("Assigned CustomerReplied ClockWarned ClockBreached PromiseBroken Resolved Resolved", await staff.KindsAsync(staff.Anna));
        Assert.Equal("Followed ClockBreached PromiseEscalated Followed Followed", await staff.KindsAsync(staff.Lea));
        Assert.Empty(await staff.NoticesAsync(staff.Max));
        // It asks for nothing: on the desk, and by mail for who wants it so.
        Assert.Empty(await staff.MailsAsync(staff.Ben));

        await host.DeliverAsync(new ParticipantRemoved(id, follow.ParticipantId, AgentId: staff.Ben), staff.Story.Replied(messageId: "<fourth@customer.example>"));
        Assert.Equal(4, (await staff.NoticesAsync(staff.Ben)).Count);
        Assert.Empty(await host.ParkedAsync());
    }

    [Fact]
    public async Task Who_asked_beside_hears_that_a_person_has_answered_and_nothing_of_what()
    {
        await using var host = await NotificationHost.StartAsync();
        var staff = await Staff.AtAsync(host);
        var asked = new SideConversationOpened
        {
            CaseId = staff.Story.CaseId,
            SideConversationId = Guid.CreateVersion7(),
            Ordinal = 1,
            MessageId = Guid.CreateVersion7(),
            AgentId = staff.Ben,
            AgentName = "Ben Koch",
            To = new(IdentityKind.EmailAddress, "orders@supplier.example"),
            Subject = "Part 7",
            Text = "Is it in stock?",
        };
        SideMessageReceived Answer(Automatic automatic) => new()
        {
            CaseId = asked.CaseId,
            Number = staff.Story.Number,
            SideConversationId = asked.SideConversationId,
            ContactId = Guid.CreateVersion7(),
            CustomerId = Guid.CreateVersion7(),
            From = asked.To,
            Text = "CANARY yes",
            Automatic = automatic,
            JoinedBy = EvidenceKind.SideToken,
            ReceivedAt = Story.Monday,
        };
        await host.DeliverAsync(staff.Assigned(staff.Anna), asked, Answer(Automatic.AutoReply), Answer(Automatic.None));
        Assert.Equal("What you asked beside is answered", Assert.Single(await staff.NoticesAsync(staff.Ben)).What);
        Assert.Equal("Assigned", await staff.KindsAsync(staff.Anna));
        await host.SettledAsync();
        Assert.DoesNotContain("CANARY", Assert.Single(await staff.MailsAsync(staff.Ben)).Content, StringComparison.Ordinal);
    }

    private static ParticipantAdded Following(Staff staff, Guid agent) => new()
    {
        CaseId = staff.Story.CaseId,
        ParticipantId = Guid.CreateVersion7(),
        Role = ParticipantRole.Follower,
        AgentId = agent,
        AgentName = staff.NameOf(agent),
    };

    [Fact]
    public async Task An_event_that_comes_again_tells_nothing_again()
    {
        await using var host = await NotificationHost.StartAsync();
        var staff = await Staff.AtAsync(host);
        var events = await host.DeliverAsync(staff.Assigned(staff.Anna));
        await host.DeliverAgainAsync("case", events);
        Assert.Single(await staff.NoticesAsync(staff.Anna));
        Assert.Single(await staff.MailsAsync(staff.Anna));
    }

    [Fact]
    public async Task A_case_that_a_machine_opened_is_told_on_the_desk_only()
    {
        await using var host = await NotificationHost.StartAsync();
        var staff = await Staff.AtAsync(host);
        var machine = new Story { Automatic = Automatic.AutoReply };
        await host.DeliverAsync(machine.Opened(), staff.Assigned(staff.Anna) with { CaseId = machine.CaseId });
        Assert.Single(await staff.NoticesAsync(staff.Anna));
        Assert.Empty(await staff.MailsAsync(staff.Anna));
    }

    [Fact]
    public async Task The_oldest_notices_make_room()
    {
        await using var host = await NotificationHost.StartAsync();
        var staff = await Staff.AtAsync(host);
        var most = NoticeWrites.Kept;
        await host.DeliverAsync([.. Enumerable.Range(0, most + 5).Select(_ => new CaseCovered(staff.Story.CaseId, staff.Anna, "Anna", staff.Ben, "Ben", [], Story.Monday, Story.Monday))]);
        await host.DeliverAsync(staff.Assigned(staff.Ben));
        var kept = await staff.NoticesAsync(staff.Ben);
        Assert.Equal((most, most + 6), (kept.Count, (int)kept[^1].Number));
    }

    [Fact]
    public async Task An_erased_customers_notes_are_gone_from_notices_and_mail()
    {
        await using var host = await NotificationHost.StartAsync();
        var staff = await Staff.AtAsync(host);
        await host.DeliverAsync(staff.Assigned(staff.Anna), staff.Note(staff.Ben, "@Anna CANARY is angry", staff.Anna));
        await host.SettledAsync();
        Assert.Contains("CANARY", (await staff.NoticesAsync(staff.Anna))[1].Detail);
        await host.DeliverAsync(new CustomerErased(staff.Story.CustomerId));
        Assert.All(await staff.NoticesAsync(staff.Anna), row => Assert.Null(row.Detail));
        Assert.All(await host.MessagesAsync(), row => Assert.DoesNotContain("CANARY", row.Content, StringComparison.Ordinal));
    }
}
