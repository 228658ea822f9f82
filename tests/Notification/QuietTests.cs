using System.Net;
using System.Text.RegularExpressions;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Notifications.Domain;
using CxPlatform.Testing;

namespace CxPlatform.Notification.Tests;

/// <summary>What a customer wants to hear, and when.</summary>
public sealed partial class QuietTests
{
    private static readonly Identity Mail = new(IdentityKind.EmailAddress, "maria@customer.example");

    // 23:00 in Vienna.
    private static readonly DateTimeOffset Night = new(2026, 11, 23, 22, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task What_happens_in_a_customers_night_is_told_in_one_message_in_the_morning(Store store)
    {
        var clock = new SteppedTime();
        clock.Set(Night);
        await using var host = await NotificationHost.StartAsync(store, clock);
        var story = new Story();
        await host.DeliverAsync(story.Customer(Mail) with { QuietHours = new(new(22, 0), new(7, 0), "Europe/Vienna") });
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await host.DeliverAsync(story.Opened(), story.Promised(first));
        await host.DeliverAsync(story.Promised(second) with { Text = "Anna calls you." });
        await host.DeliverAsync(new PromiseBroken(story.CaseId, first, Story.Monday));
        var waiting = Assert.Single(await host.MessagesAsync(), row => row.State == MessageState.Pending);
        Assert.Equal(("digest", new DateTimeOffset(2026, 11, 24, 6, 0, 0, TimeSpan.Zero)), (waiting.Template, waiting.Due));

        clock.Set(waiting.Due);
        var mail = Assert.Single(await host.MailsAsync(1));
        Assert.Contains("- Anna Berger promises you by Mon 23 Nov 10:00: You get a new seal.", mail.TextBody);
        Assert.Contains("Anna calls you.", mail.TextBody);
        Assert.Contains("- We did not keep what we promised", mail.TextBody);
        await host.SettledAsync();
        // Three, and the two digests of which the second took in the first.
        Assert.Equal(4, (await host.MessagesAsync()).Count(row => row.State == MessageState.Collected));
        Assert.Single(await host.AppendedAsync<MessageSent>());
        Assert.Empty(await host.ParkedAsync());
    }

    [Fact]
    public async Task An_answer_waits_for_the_morning_and_stays_as_it_was_written()
    {
        var clock = new SteppedTime();
        clock.Set(Night);
        await using var host = await NotificationHost.StartAsync(clock: clock);
        var story = new Story();
        await host.DeliverAsync(story.Customer(Mail) with { QuietHours = new(new(22, 0), new(7, 0), "Europe/Vienna") });
        await host.DeliverAsync(story.Opened(), story.Answered(), story.Answered("And a second one."));
        Assert.All(await host.MessagesAsync(), row => Assert.Equal((MessageState.Pending, Care.QuietReason), (row.State, row.Reason)));
        clock.Advance(TimeSpan.FromHours(9));
        Assert.Equal(2, (await host.MailsAsync(2)).Count);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Who_wants_no_contact_is_answered_all_the_same_and_told_nothing_else(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var story = new Story();
        await host.DeliverAsync(story.Customer(Mail) with { DoNotContact = true });
        await host.DeliverAsync(story.Opened(), story.Acknowledged(), story.Answered(), story.Promised(Guid.CreateVersion7()));
        await host.DeliverAsync(story.Surveyed());
        await host.SettledAsync();
        Assert.Equal(2, (await host.MailsAsync(2)).Count);
        var withheld = (await host.MessagesAsync()).Where(row => row.State == MessageState.Withheld).ToList();
        Assert.Equal(["promise-made", "survey"], withheld.Select(row => row.Template).Order());
        Assert.All(withheld, row => Assert.Equal(Care.Unwanted, row.Reason));
        Assert.Empty(await host.AppendedAsync<MessageFailed>());
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task One_click_ends_updates_and_no_answer(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var story = new Story();
        await host.DeliverAsync(story.Customer(Mail));
        await host.DeliverAsync(story.Opened(), story.Answered());
        await host.DeliverAsync(story.Surveyed());
        var mails = await host.MailsAsync(2);
        var survey = mails.Single(mail => mail.AutoSubmitted is not null);
        Assert.Null(mails.Single(mail => mail != survey).Header("List-Unsubscribe"));
        Assert.Equal("List-Unsubscribe=One-Click", survey.Header("List-Unsubscribe-Post"));
        var link = survey.Header("List-Unsubscribe")!.Trim('<', '>');
        Assert.StartsWith("https://help.example.com/updates/", link, StringComparison.Ordinal);
        Assert.Contains(link, survey.TextBody);

        // As RFC 8058 says: no cookie, no page in between.
        using var clicked = await host.Anonymous.PostAsync(
            new Uri(link).AbsolutePath, new FormUrlEncodedContent(new Dictionary<string, string> { ["List-Unsubscribe"] = "One-Click" }));
        Assert.Equal(HttpStatusCode.OK, clicked.StatusCode);

        await host.DeliverAsync(story.Surveyed());
        await host.DeliverAsync(story.Answered("Yes, gladly."));
        Assert.Equal(3, (await host.MailsAsync(3)).Count);
        await host.SettledAsync();
        Assert.Equal(MessageState.Withheld, (await host.MessagesAsync()).Last(row => row.Template == "survey").State);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task What_waits_and_is_not_wanted_any_more_is_not_sent_and_an_answer_is(Store store)
    {
        var clock = new SteppedTime();
        clock.Set(Night);
        await using var host = await NotificationHost.StartAsync(store, clock);
        var (story, other) = (new Story(), new Story { From = new(IdentityKind.EmailAddress, "mia@customer.example") });
        var quiet = new QuietHours(new(22, 0), new(7, 0), "Europe/Vienna");
        var mia = other.Customer(other.From) with { QuietHours = quiet };
        await host.DeliverAsync(story.Customer(Mail) with { QuietHours = quiet }, mia);
        await host.DeliverAsync(story.Opened(), story.Answered(), other.Opened(), other.Answered(), other.Promised(Guid.CreateVersion7()));
        await host.DeliverAsync(story.Surveyed());
        using var chosen = await host.Anonymous.PostAsync(
            $"/updates/{host.Tokens.ChoicesLink(story.CustomerId)}", new FormUrlEncodedContent(new Dictionary<string, string> { ["List-Unsubscribe"] = "One-Click" }));
        chosen.EnsureSuccessStatusCode();
        await host.DeliverAsync(mia with { DoNotContact = true });
        Assert.Equal(
            ["promise-made Withheld", "reply Pending", "reply Pending", "survey Withheld"], (await host.MessagesAsync()).Select(row => $"{row.Template} {row.State}").Order());
        clock.Advance(TimeSpan.FromHours(9));
        Assert.Equal(2, (await host.MailsAsync(2)).Count);
    }

    [Fact]
    public async Task A_customer_chooses_on_a_page_in_their_language_and_a_look_at_it_changes_nothing()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story { Language = "de" };
        await host.DeliverAsync(story.Customer(Mail));
        var path = $"/updates/{host.Tokens.ChoicesLink(story.CustomerId)}";
        var page = WebUtility.HtmlDecode(await host.Anonymous.GetStringAsync(path));
        Assert.Contains("lang=\"de\"", page);
        Assert.Contains("Was Sie von uns hören", page);
        Assert.Equal("everything", Checked().Match(page).Groups[1].Value);

        using var chosen = await host.Anonymous.PostAsync(path, new FormUrlEncodedContent(new Dictionary<string, string> { ["updates"] = "important" }));
        page = await chosen.Content.ReadAsStringAsync();
        Assert.Contains("Das gilt ab sofort.", page);
        Assert.Equal("important", Checked().Match(page).Groups[1].Value);
        Assert.Equal("important", Checked().Match(await host.Anonymous.GetStringAsync(path)).Groups[1].Value);

        using var odd = await host.Anonymous.PostAsync(path, new FormUrlEncodedContent(new Dictionary<string, string> { ["updates"] = "never" }));
        Assert.Equal(HttpStatusCode.BadRequest, odd.StatusCode);
        using var forged = await host.Anonymous.GetAsync("/updates/AAAA");
        Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
    }

    [Fact]
    public async Task Updates_keep_their_distance_and_are_told_together()
    {
        var clock = new SteppedTime();
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: [("Cx:Notification:Weights:promise-made", "update"), ("Cx:Notification:Updates:Gap", "00:15:00")]);
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Promised(Guid.CreateVersion7()));
        await host.MailsAsync(1);
        await host.SettledAsync();
        await host.DeliverAsync(story.Promised(Guid.CreateVersion7()), story.Promised(Guid.CreateVersion7()) with { Text = "Anna calls you." });
        var waiting = Assert.Single(await host.MessagesAsync(), row => row.State == MessageState.Pending);
        Assert.Equal("digest", waiting.Template);
        clock.Set(waiting.Due);
        Assert.Contains("Anna calls you.", string.Join(' ', (await host.MailsAsync(2)).Select(mail => mail.TextBody)));
    }

    [Fact]
    public async Task Updates_keep_their_distance_whichever_way_they_go()
    {
        var clock = new SteppedTime();
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: [("Cx:Notification:Weights:promise-made", "update"), ("Cx:Notification:Updates:Gap", "00:15:00")]);
        var story = new Story();
        var phone = new Story { From = new(IdentityKind.PhoneNumber, "+491701234567"), Channel = Channel.Sms };
        await host.DeliverAsync(story.Opened(), story.Promised(Guid.CreateVersion7()));
        await host.MailsAsync(1);
        await host.DeliverAsync(phone.Opened() with { CustomerId = story.CustomerId }, phone.Promised(Guid.CreateVersion7()));
        var waiting = Assert.Single(await host.MessagesAsync(), row => row.Channel == Channel.Sms);
        Assert.Equal((MessageState.Pending, Care.SpaceReason), (waiting.State, waiting.Reason));
    }

    [GeneratedRegex("value=\"([a-z]+)\" checked")]
    private static partial Regex Checked();
}
