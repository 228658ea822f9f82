using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notification.Tests;

public sealed class AcknowledgementTests
{
    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_customer_is_told_what_we_understood_who_has_it_what_is_next_by_when_and_how_to_answer(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged());

        var mail = Assert.Single(await host.MailsAsync(1));
        Assert.Equal("Re: Coffee machine [CX-2026-000123]", mail.Subject);
        Assert.Contains("Hello Maria Huber,", mail.TextBody);
        Assert.Contains("What we understood: The coffee machine leaks.", mail.TextBody);
        Assert.Contains("Who has it: Anna Berger", mail.TextBody);
        Assert.Contains("What happens next: We look at your order and get back to you.", mail.TextBody);
        Assert.Contains("By when: Monday, 23 November", mail.TextBody);
        Assert.Contains("10:00", mail.TextBody); // 09:00 UTC in the customer's zone
        Assert.Contains("just reply", mail.TextBody);
        var link = mail.TextBody!.Split("https://help.example.com/s/")[1].Split('\n')[0].Trim();
        Assert.True(host.Tokens.TryReadStatusLink(link, out var status));
        Assert.Equal(story.CaseId, status.CaseId);

        await host.SettledAsync();
        var message = Assert.Single(await host.MessagesAsync());
        Assert.Equal(MessageState.Sent, message.State);
        var sent = Assert.Single(await host.AppendedAsync<MessageSent>());
        Assert.Equal((message.Id, story.CaseId, "acknowledgement", Channel.Email), (sent.MessageId, sent.CaseId!.Value, sent.Template, sent.Channel));
        Assert.Empty(await host.ParkedAsync());
    }

    [Fact]
    public async Task A_mail_can_be_answered_and_its_answer_names_the_case()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged());

        var mail = Assert.Single(await host.MailsAsync(1));
        Assert.Equal(("Support", "support@help.example.com"), (mail.From[0].Name, mail.From[0].Address));
        Assert.Equal("maria@customer.example", mail.To[0].Address);
        var reply = mail.ReplyTo[0].Address;
        Assert.StartsWith("case+", reply);
        Assert.EndsWith("@help.example.com", reply);
        Assert.True(host.Tokens.TryReadReplyToken(reply["case+".Length..reply.IndexOf('@')], out var caseId));
        Assert.Equal(story.CaseId, caseId);
        Assert.True(host.Tokens.TryReadMessageId(mail.MessageId, out var messageId, out caseId));
        Assert.Equal(story.CaseId, caseId);
        Assert.Equal(messageId, Assert.Single(await host.MessagesAsync()).Id);
        Assert.Equal(["first@customer.example"], mail.InReplyTo);
        Assert.Equal(["first@customer.example"], mail.References);
        Assert.Equal("auto-replied", mail.AutoSubmitted);
        Assert.Equal("OOF, AutoReply", mail.Header("X-Auto-Response-Suppress"));
        Assert.NotNull(mail.HtmlBody);
    }

    [Fact]
    public async Task An_event_that_comes_again_sends_nothing_again()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var events = await host.DeliverAsync(story.Opened(), story.Acknowledged());
        await host.DeliverAgainAsync("case", events);
        await host.SettledAsync();
        Assert.Single(await host.MessagesAsync());
        Assert.Single(await host.MailsAsync(1));
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task There_is_one_message_per_event_recipient_and_template_even_when_the_inbox_has_forgotten_the_event(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var story = new Story();
        var survey = story.Surveyed();
        await host.DeliverAsync(story.Opened());
        var events = await host.DeliverAsync(survey);
        await host.SettledAsync();
        await host.ReadAsync(db => db.Database.ExecuteSqlRawAsync("delete from inbox"));
        await host.DeliverAgainAsync("feedback", events);
        await host.SettledAsync();
        Assert.Single(await host.MessagesAsync());
        Assert.Single(await host.MailsAsync(1));
        Assert.Empty(await host.ParkedAsync());
    }

    [Theory]
    [InlineData(Kind.Praise, Feeling.Happy, "acknowledgement-praise")]
    [InlineData(Kind.Problem, Feeling.Unhappy, "acknowledgement-unhappy")]
    [InlineData(Kind.Complaint, Feeling.Angry, "acknowledgement-unhappy")]
    [InlineData(Kind.Question, Feeling.Happy, "acknowledgement")]
    [InlineData(Kind.Problem, Feeling.Unknown, "acknowledgement")]
    public async Task The_words_mirror_what_the_customer_brought_and_how_they_feel(Kind kind, Feeling feeling, string template)
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged(kind, feeling));
        Assert.Equal(template, Assert.Single(await host.MessagesAsync()).Template);
    }

    [Fact]
    public async Task While_nobody_is_named_the_team_has_it_and_a_person_is_named_by_a_date()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged(owner: null));
        var mail = Assert.Single(await host.MailsAsync(1));
        Assert.Contains("Who has it: Support. You will see the name of the person who takes it on the page below, by Monday, 23 November", mail.TextBody);
    }

    [Theory]
    [InlineData(Automatic.AutoReply)]
    [InlineData(Automatic.Bounce)]
    [InlineData(Automatic.List)]
    [InlineData(Automatic.Loop)]
    public async Task A_machine_is_never_answered(Automatic automatic)
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story { Automatic = automatic };
        await host.DeliverAsync(story.Opened(), story.Acknowledged(), story.Replied(automatic: automatic), story.Resolved(Agreement.Silence), story.Surveyed());
        Assert.Empty(await host.MessagesAsync());
        Assert.Empty(await host.ParkedAsync());
    }

    [Fact]
    public async Task What_joins_a_case_is_acknowledged_with_who_has_it_in_the_same_thread()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged(by: DateTimeOffset.UtcNow.AddDays(1)));
        var first = Assert.Single(await host.MailsAsync(1));
        await host.DeliverAsync(story.Assigned("Ben Kurz"), story.Replied());

        var joined = (await host.MailsAsync(2))[1];
        Assert.Contains("is now part of case CX-2026-000123", joined.TextBody);
        Assert.Contains("Who has it: Ben Kurz", joined.TextBody);
        Assert.Contains("What happens next: We look at your order", joined.TextBody);
        Assert.Equal(["second@customer.example"], joined.InReplyTo);
        Assert.Equal(["first@customer.example", first.MessageId!, "second@customer.example"], joined.References);
    }

    [Fact]
    public async Task A_contact_from_the_status_page_needs_no_acknowledgement()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Replied(acknowledge: false));
        Assert.Empty(await host.MessagesAsync());
    }

    [Fact]
    public async Task Somebody_else_on_the_case_is_answered_where_they_wrote_and_the_customer_stays_the_customer()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var other = story.Replied() with
        {
            CustomerId = Guid.CreateVersion7(),
            CustomerName = "Jo",
            From = new(IdentityKind.EmailAddress, "jo@customer.example"),
            NewParticipant = true,
        };
        await host.DeliverAsync(story.Opened(), other, story.Answered());
        var mails = await host.MailsAsync(2);
        Assert.Contains(mails, mail => mail.To[0].Address == "jo@customer.example" && mail.TextBody!.Contains("Hello Jo", StringComparison.Ordinal));
        Assert.Contains(mails, mail => mail.To[0].Address == "maria@customer.example" && mail.TextBody!.Contains("new seal", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_link_to_the_page_goes_to_the_customer_alone()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var other = story.Replied() with
        {
            CustomerId = Guid.CreateVersion7(),
            From = new(IdentityKind.EmailAddress, "jo@customer.example"),
            NewParticipant = true,
        };
        await host.DeliverAsync(story.Opened(), other, story.Answered());
        var mails = await host.MailsAsync(2);
        var withLink = mails.Where(mail => (mail.TextBody + mail.HtmlBody).Contains("/s/", StringComparison.Ordinal));
        Assert.Equal("maria@customer.example", Assert.Single(withLink).To[0].Address);
    }

    [Fact]
    public async Task A_message_that_nobody_can_get_is_on_record_with_the_reason()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story { Channel = Channel.Api, From = new(IdentityKind.ExternalId, "4711") };
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        var message = Assert.Single(await host.MessagesAsync());
        Assert.Equal(MessageState.Undeliverable, message.State);
        Assert.Equal(Reach.NoAddress, Assert.Single(await host.AppendedAsync<MessageFailed>()).Reason);
    }

    [Fact]
    public async Task A_customer_who_used_a_form_is_answered_at_the_address_that_is_known()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story { Channel = Channel.WebForm, From = new(IdentityKind.ExternalId, "4711"), MessageId = null, Subject = null };
        await host.DeliverAsync(story.Customer(new(IdentityKind.PhoneNumber, "+431234567"), new(IdentityKind.EmailAddress, "maria@customer.example")));
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        var mail = Assert.Single(await host.MailsAsync(1));
        Assert.Equal("maria@customer.example", mail.To[0].Address);
        Assert.Equal("We got this [CX-2026-000123]", mail.Subject);
        Assert.Empty(mail.InReplyTo);
    }

    [Fact]
    public async Task An_event_of_a_case_that_was_never_opened_is_parked()
    {
        await using var host = await NotificationHost.StartAsync();
        await host.DeliverAsync(new Story().Acknowledged());
        Assert.Contains(nameof(Notifications.Conversations.ConversationBook), Assert.Single(await host.ParkedAsync()));
    }
}
