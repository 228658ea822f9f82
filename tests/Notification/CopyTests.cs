using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Mail;
using CxPlatform.Notifications.Domain;
using CxPlatform.Testing;

namespace CxPlatform.Notification.Tests;

/// <summary>Copies of what the customer is answered, to whoever is in copy.</summary>
public sealed class CopyTests
{
    private static readonly Identity Ivo = new(IdentityKind.EmailAddress, "ivo@copy.example");
    private static readonly Identity Una = new(IdentityKind.EmailAddress, "una@copy.example");

    [Fact]
    public async Task Everybody_in_copy_gets_a_mail_of_their_own_without_the_customers_link_and_sees_who_else_does()
    {
        await using var smtp = new ScriptedSmtp();
        await using var host = await NotificationHost.StartAsync(
            settings: [("Cx:Mail:Smtp:Host", "127.0.0.1"), ("Cx:Mail:Smtp:Port", $"{smtp.Port}"), ("Cx:Mail:Smtp:Tls", "None")]);
        var story = new Story();
        await host.DeliverAsync(
            story.Opened(), Copied(story, Ivo, "Ivo"), Copied(story, new(IdentityKind.EmailAddress, "una@copy.example")), Copied(story, Ivo, "Ivo again"),
            Copied(story, story.From), Copied(story, new(IdentityKind.EmailAddress, "case+abc@help.example.com")),
            Copied(story, new(IdentityKind.EmailAddress, "support@help.example.com")),
            Copied(story, new(IdentityKind.EmailAddress, "guest@copy.example")) with { Role = ParticipantRole.Guest },
            Copied(story, new(IdentityKind.EmailAddress, "suggested@copy.example")) with { Role = ParticipantRole.Suggested },
            story.Acknowledged(), story.Answered(), story.Proposed());
        await host.SettledAsync();

        var taken = smtp.Taken.Select(one => (one.To, Mail: MimeReader.Read(Encoding.Latin1.GetBytes(one.Message)), one.Message)).ToList();
        Assert.Equal(
            ["ivo@copy.example", "ivo@copy.example", "maria@customer.example", "maria@customer.example", "maria@customer.example", "una@copy.example", "una@copy.example"],
            taken.Select(one => one.To).Order());
        Assert.Equal(7, taken.Select(one => one.Mail.MessageId).Distinct().Count());
        foreach (var (to, mail, raw) in taken.Where(one => one.Mail.Header("Auto-Submitted") is null))
        {
            Assert.Equal("maria@customer.example", Assert.Single(mail.To).Address);
            Assert.Equal(["ivo@copy.example", "una@copy.example"], mail.Cc.Select(cc => cc.Address).Order());
            Assert.Contains("first@customer.example", mail.References.Select(id => id.Trim('<', '>')));
            var reply = Assert.Single(mail.ReplyTo).Address;
            Assert.True(host.Tokens.TryReadReplyToken(reply["case+".Length..reply.IndexOf('@')], out _));
            Assert.Equal(to == "maria@customer.example", (mail.TextBody + mail.HtmlBody).Contains("/s/", StringComparison.Ordinal));
            Assert.DoesNotContain("?answer=", to == "maria@customer.example" ? "" : raw, StringComparison.Ordinal);
        }
        // What is said automatically is the customer's alone.
        Assert.Empty(Assert.Single(taken, one => one.Mail.Header("Auto-Submitted") is not null).Mail.Cc);
        Assert.Equal(4, (await host.AppendedAsync<MessageSent>()).Count(sent => sent.Template == ParticipantAdded.CopyTemplate));
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Whose_mail_came_back_gets_no_copies_and_whoever_left_is_forgotten(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var story = new Story();
        var (ivo, una) = (Copied(story, Ivo, "Ivo"), Copied(story, new(IdentityKind.EmailAddress, "una@copy.example"), "Una"));
        await host.DeliverAsync(story.Opened(), ivo, una, story.Answered());
        await host.SettledAsync();
        var copy = (await host.MessagesAsync()).Single(row => row.Recipient == "una@copy.example");
        await host.DeliverAsync(new BounceReceived(Guid.CreateVersion7(), "una@copy.example", true, "5.1.1", null, story.CaseId, host.Tokens.MessageId(copy.Id, story.CaseId, "help.example.com")));
        await host.DeliverAsync(story.Answered("And the bill."));
        await host.SettledAsync();
        var rows = await host.MessagesAsync();
        Assert.Equal(["ivo@copy.example", "ivo@copy.example", "una@copy.example"], rows.Where(row => row.Template == "copy").Select(row => row.Recipient).Order());
        Assert.Equal(ParticipantAdded.CopyTemplate, Assert.Single(await host.AppendedAsync<MessageFailed>()).Template);

        await host.DeliverAsync(new ParticipantRemoved(story.CaseId, ivo.ParticipantId), story.Answered("And a voucher."));
        await host.SettledAsync();
        rows = await host.MessagesAsync();
        Assert.DoesNotContain("ivo", string.Concat(rows.Select(row => row.Recipient + row.Content)), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(3, rows.Count(row => row is { Template: "reply", State: MessageState.Sent }));
    }

    [Fact]
    public async Task An_erased_customers_copies_are_gone_too()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(story.Opened(), Copied(story, Ivo), Copied(story, new(IdentityKind.EmailAddress, "una@copy.example")), story.Answered());
        await host.SettledAsync();
        await host.DeliverAsync(new CustomerErased(story.CustomerId));
        Assert.Empty(await host.ParkedAsync());
        var state = await host.ReadAsync(db => Task.FromResult(string.Concat(db.Messages.Select(row => row.Recipient + row.Content)) + db.Conversations.Single().State));
        Assert.DoesNotContain("copy.example", state, StringComparison.Ordinal);
    }

    // 23:00 in Vienna.
    private static readonly DateTimeOffset Night = new(2026, 11, 23, 22, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Morning = new(2026, 11, 24, 6, 0, 0, TimeSpan.Zero);
    private static readonly QuietHours Nights = new(new(22, 0), new(7, 0), "Europe/Vienna");

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_copy_waits_for_the_customers_morning_as_the_customers_mail_does(Store store)
    {
        var clock = new SteppedTime();
        clock.Set(Night);
        await using var host = await NotificationHost.StartAsync(store, clock);
        var story = new Story();
        var una = Copied(story, Una, "Una");
        await host.DeliverAsync(story.Customer(story.From) with { QuietHours = Nights });
        await host.DeliverAsync(story.Opened(), Copied(story, Ivo), una, story.Answered(), story.Proposed());
        var waiting = await host.MessagesAsync();
        Assert.Equal(6, waiting.Count);
        Assert.All(waiting, row => Assert.Equal((MessageState.Pending, Morning, Care.QuietReason), (row.State, row.Due, row.Reason)));
        // Who is taken off meanwhile gets nothing after all.
        await host.DeliverAsync(new ParticipantRemoved(story.CaseId, una.ParticipantId));
        clock.Set(Morning);
        var mails = await host.MailsAsync(4);
        await host.SettledAsync();
        Assert.Equal(4, mails.Count);
        Assert.All(mails, mail => Assert.Equal("ivo@copy.example", Assert.Single(mail.Cc).Address));
    }

    [Fact]
    public async Task What_cannot_wait_for_the_customer_does_not_wait_for_who_is_in_copy()
    {
        var clock = new SteppedTime();
        clock.Set(Night);
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: [("Cx:Notification:Weights:reply", "urgent")]);
        var story = new Story();
        await host.DeliverAsync(story.Customer(story.From) with { QuietHours = Nights });
        var ivo = Guid.CreateVersion7();
        await host.DeliverAsync(new CustomerChanged { CustomerId = ivo, Identities = [Ivo], QuietHours = Nights });
        await host.DeliverAsync(story.Opened(), Copied(story, Ivo) with { CustomerId = ivo }, story.Answered());
        Assert.Equal(2, (await host.MailsAsync(2)).Count);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Whoever_is_in_copy_and_known_is_left_in_peace_as_a_customer_is(Store store)
    {
        var clock = new SteppedTime();
        clock.Set(Night);
        await using var host = await NotificationHost.StartAsync(store, clock);
        var story = new Story();
        var (ivo, una, kim) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var kims = new Identity(IdentityKind.EmailAddress, "kim@copy.example");
        await host.DeliverAsync(
            new CustomerChanged { CustomerId = ivo, Identities = [Ivo], DoNotContact = true },
            new CustomerChanged { CustomerId = una, Identities = [Una], QuietHours = Nights });
        await host.DeliverAsync(
            story.Opened(), Copied(story, Ivo) with { CustomerId = ivo }, Copied(story, Una) with { CustomerId = una },
            // An address, until they write themselves.
            Copied(story, kims), story.Replied(acknowledge: false) with { CustomerId = kim, From = kims }, story.Answered(), story.Answered("And the bill."));
        var copies = (await host.MessagesAsync()).Where(row => row.Template == ParticipantAdded.CopyTemplate).ToList();
        Assert.Equal(
            [
                $"ivo Withheld {Care.Unwanted}", $"ivo Withheld {Care.Unwanted}", $"kim Pending {Care.SpaceReason}", $"una Pending {Care.QuietReason}", $"una Pending {Care.SpaceReason}",
            ],
            copies.Where(row => row.Reason is not null).Select(row => $"{row.Recipient.Split('@')[0]} {row.State} {row.Reason}").Order());
        Assert.Equal([Morning, Morning.AddMinutes(15)], copies.Where(row => row.Recipient == Una.Value).Select(row => row.Due).Order());
        Assert.InRange(copies.Single(row => row.Recipient == kims.Value && row.Reason is not null).Due, Night.AddMinutes(15), Night.AddMinutes(16));
        // The customer's own two, and Kim's first; Ivo, who gets none, is not named.
        var mails = await host.MailsAsync(3);
        Assert.All(mails, mail => Assert.Equal(["kim@copy.example", "una@copy.example"], mail.Cc.Select(cc => cc.Address).Order()));
        var kimsMail = Assert.Single(mails, mail => mail.Header("List-Unsubscribe") is not null);
        Assert.True(host.Tokens.TryReadChoicesLink(kimsMail.Header("List-Unsubscribe")!.Trim('<', '>').Split('/')[^1], out var chooses));
        Assert.Equal(kim, chooses);

        await host.DeliverAsync(new CustomerChanged { CustomerId = una, Identities = [Una], DoNotContact = true });
        clock.Set(Morning);
        Assert.Equal(4, (await host.MailsAsync(4)).Count);
        await host.SettledAsync();
        Assert.Equal(2, (await host.MessagesAsync()).Count(row => row is { Recipient: "una@copy.example", State: MessageState.Withheld }));
        Assert.Empty(await host.ParkedAsync());
    }

    [Fact]
    public async Task A_mail_in_place_of_a_chat_that_was_left_waits_for_the_morning()
    {
        var clock = new SteppedTime();
        clock.Set(Night);
        await using var host = await NotificationHost.StartAsync(clock: clock);
        var story = new Story { Channel = Channel.Chat };
        await host.DeliverAsync(story.Customer(story.From) with { QuietHours = Nights });
        await host.DeliverAsync(story.Opened(), Copied(story, Ivo), story.Answered());
        Assert.Equal([Morning, Morning], (await host.MessagesAsync()).Select(row => row.Due));
    }

    private static ParticipantAdded Copied(Story story, Identity address, string? name = null) => new()
    {
        CaseId = story.CaseId,
        ParticipantId = Guid.CreateVersion7(),
        Role = ParticipantRole.Cc,
        Name = name,
        Address = address,
        Channel = Channel.Email,
    };
}
