using System.Net.Http.Json;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Notifications.Agents;
using CxPlatform.Notifications.Domain;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Notification.Tests.Agents;

/// <summary>When mail to agents leaves, and when it does not.</summary>
public sealed class AgentMailTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 11, 10, 0, TimeSpan.Zero);
    private static readonly QuietHours Evenings = new(new(18, 0), new(8, 0), "Europe/Vienna");

    [Theory]
    [InlineData(NoticeKind.Assigned, "2026-11-23T11:10:00Z", "2026-11-23T12:00:00Z")]
    [InlineData(NoticeKind.Assigned, "2026-11-23T16:50:00Z", "2026-11-24T07:00:00Z")]
    [InlineData(NoticeKind.PromiseDueSoon, "2026-11-23T11:10:00Z", "2026-11-23T11:10:00Z")]
    [InlineData(NoticeKind.PromiseEscalated, "2026-11-23T17:30:00Z", "2026-11-24T07:00:00Z")]
    public void A_mail_waits_for_the_hour_unless_it_cannot_and_for_the_morning_always(NoticeKind kind, string now, string leaves) =>
        Assert.Equal(Time(leaves), AgentMail.Leaves(new() { Mails = MailPace.Hourly, QuietHours = Evenings }, kind, Time(now)).At);

    [Fact]
    public void Without_a_wish_it_leaves_at_once() => Assert.Equal((Noon, null), AgentMail.Leaves(new(), NoticeKind.Assigned, Noon));

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task What_comes_within_the_hour_is_one_mail_and_the_desk_shows_it_at_once(Store store)
    {
        var clock = new SteppedTime();
        clock.Set(Noon);
        await using var host = await NotificationHost.StartAsync(store, clock);
        var staff = await Staff.AtAsync(host);
        using var anna = await staff.SignInAsync(staff.Anna);
        using var chosen = await anna.PutAsJsonAsync("/v1/agents/me/notices/choices", new { mails = "hourly" });
        chosen.EnsureSuccessStatusCode();
        await host.DeliverAsync(staff.Assigned(staff.Anna));
        await host.DeliverAsync(staff.Note(staff.Ben, "@Anna CANARY", staff.Anna), staff.Story.Replied(acknowledge: false));
        Assert.Equal(3, (await staff.NoticesAsync(staff.Anna)).Count);
        var waiting = Assert.Single(await staff.MailsAsync(staff.Anna), row => row.State == MessageState.Pending);
        Assert.Equal((AgentWords.DigestTemplate, Noon.AddMinutes(50), AgentMail.HourReason), (waiting.Template, waiting.Due, waiting.Reason));
        Assert.Null(waiting.CaseId);

        clock.Set(waiting.Due);
        var mail = Assert.Single(await host.MailsAsync(1));
        Assert.Contains("- The case is yours now [CX-2026-000123] https://help.example.com/desk/cases/CX-2026-000123", mail.TextBody);
        Assert.Contains("- Ben Koch mentions you in a note [CX-2026-000123]", mail.TextBody);
        Assert.Contains("- The customer has written [CX-2026-000123]", mail.TextBody);
        // Cases of several customers stand in it, so none of them is spoken of.
        Assert.DoesNotContain("CANARY", mail.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("coffee", mail.TextBody, StringComparison.OrdinalIgnoreCase);
        await host.SettledAsync();

        // The next one begins anew.
        await host.DeliverAsync(staff.Story.Replied(acknowledge: false, messageId: "<third@customer.example>"));
        Assert.Equal(AgentWords.Template, Assert.Single(await staff.MailsAsync(staff.Anna), row => row.State == MessageState.Pending).Template);
        Assert.Empty(await host.ParkedAsync());
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Who_has_the_case_open_gets_no_mail_about_it(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var staff = await Staff.AtAsync(host);
        var marks = host.App.Services.GetRequiredService<ISharedMarks>();
        await marks.SetAsync(MarkKeys.OfCase(staff.Story.CaseId), $"agent:{staff.Anna}", "Anna", TimeSpan.FromMinutes(10));
        await host.DeliverAsync(staff.Assigned(staff.Anna), staff.Note(staff.Anna, "@Ben", staff.Ben));
        await host.SettledAsync();
        var seen = Assert.Single(await staff.MailsAsync(staff.Anna));
        Assert.Equal((MessageState.Withheld, AgentPresence.Reason, 0), (seen.State, seen.Reason, seen.Attempts));
        Assert.Equal(MessageState.Sent, Assert.Single(await staff.MailsAsync(staff.Ben)).State);
        Assert.Single(await staff.NoticesAsync(staff.Anna));
    }

    [Fact]
    public async Task Each_kind_goes_where_the_agent_wants_it_in_their_language()
    {
        await using var host = await NotificationHost.StartAsync();
        var staff = await Staff.AtAsync(host);
        using var anna = await staff.SignInAsync(staff.Anna);
        using var chosen = await anna.PutAsJsonAsync("/v1/agents/me/notices/choices", new
        {
            ways = new { assigned = "live", mentioned = "mail", customerReplied = "none" },
            language = "de",
        });
        chosen.EnsureSuccessStatusCode();
        await host.DeliverAsync(staff.Assigned(staff.Anna), staff.Note(staff.Ben, "@Anna", staff.Anna), staff.Story.Replied(acknowledge: false));
        Assert.Equal("Der Vorgang ist jetzt bei Ihnen", Assert.Single(await staff.NoticesAsync(staff.Anna)).What);
        Assert.Equal("Ben Koch erwähnt Sie in einer Notiz [CX-2026-000123]", (await host.MailsAsync(1)).Single().Subject);
        await host.SettledAsync();
        Assert.Single(await staff.MailsAsync(staff.Anna));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
