using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Mail;
using CxPlatform.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Notification.Tests;

public sealed class SideMailTests
{
    private const string Supplier = "orders@supplier.example";

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Who_is_asked_beside_gets_a_thread_of_their_own_that_says_nothing_of_the_customer(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var story = new Story();
        var file = new Attachment("kettle.png", "image/png", 3, (await host.App.Services.GetRequiredService<IBlobs>().PutAsync(new byte[] { 1, 2, 3 }, default)).Hash);
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var asked = Asked(story, 1, Supplier) with { MessageId = first, Attachments = [file] };
        await host.DeliverAsync(
            story.Opened(), story.Acknowledged(), asked, Heard(story, asked.SideConversationId, "<their-1@supplier.example>"),
            new SideMessageSent { CaseId = story.CaseId, SideConversationId = asked.SideConversationId, MessageId = second, AgentName = "Anna Berger", Text = "The red one." },
            Asked(story, 2, "colleague@help.example.com"), story.Answered());

        var mails = await host.MailsAsync(5);
        var to = mails.ToLookup(mail => Assert.Single(mail.To).Address);
        var (one, two) = (to[Supplier].Single(mail => mail.InReplyTo.Count == 0), to[Supplier].Single(mail => mail.InReplyTo.Count > 0));
        Assert.Equal(("Part 7", "Re: Part 7"), (one.Subject, two.Subject));
        Assert.Equal("Anna Berger", Assert.Single(one.From).Name);
        Assert.Equal("kettle.png", Assert.Single(one.Attachments).Name);
        Assert.Equal("their-1@supplier.example", Assert.Single(two.InReplyTo).Trim('<', '>'));
        Assert.Equal([one.MessageId!.Trim('<', '>'), "their-1@supplier.example"], two.References.Select(id => id.Trim('<', '>')));
        Assert.Null(one.Header("Auto-Submitted"));
        foreach (var (mail, id, ordinal) in ((InboundMail, Guid?, int)[])[(one, first, 1), (two, second, 1), (to["colleague@help.example.com"].Single(), null, 2)])
        {
            var reply = Assert.Single(mail.ReplyTo).Address;
            Assert.True(host.Tokens.TryReadSideToken(reply[(reply.IndexOf('+') + 1)..reply.IndexOf('@')], out var caseId, out var which));
            Assert.Equal((story.CaseId, ordinal), (caseId, which));
            Assert.True(host.Tokens.TryReadMessageId(mail.MessageId, out var messageId, out _));
            Assert.True(id is null || id == messageId);
        }

        // Not the customer's name, address, words or link; and not a trace of all that in what the customer gets.
        var tokens = new[] { 1, 2 }.Select(ordinal => host.Tokens.SideToken(story.CaseId, ordinal)).ToList();
        foreach (var path in Directory.EnumerateFiles(host.OutboxFolder, "*.eml"))
        {
            var raw = Encoding.UTF8.GetString(await File.ReadAllBytesAsync(path));
            var mail = MimeReader.Read(Encoding.UTF8.GetBytes(raw));
            var forCustomer = Assert.Single(mail.To).Address == "maria@customer.example";
            string[] secrets = forCustomer
                ? [.. tokens, "Part 7", "supplier.example", "their-1", "colleague", .. new[] { first, second }.Select(id => host.Tokens.MessageId(id, story.CaseId, "x").Split('@')[0][1..])]
                : ["maria", "Maria", "/s/", "first@customer.example", "kitchen", host.Tokens.ReplyToken(story.CaseId)];
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, raw, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task A_question_to_an_address_of_ours_is_not_sent_and_the_case_hears_why()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var asked = Asked(story, 1, "support@help.example.com");
        await host.DeliverAsync(story.Opened(), asked);
        var failed = Assert.Single(await host.AppendedAsync<MessageFailed>());
        Assert.Equal((asked.MessageId, SideConversationOpened.Template, true), (failed.MessageId, failed.Template, failed.Permanent));
        Assert.False(Directory.Exists(host.OutboxFolder));
    }

    [Fact]
    public async Task What_comes_back_suppresses_the_address_and_is_told_of_the_mail_that_it_was()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var asked = Asked(story, 1, Supplier);
        await host.DeliverAsync(story.Opened(), asked);
        var mail = (await host.MailsAsync(1))[0];
        await host.SettledAsync();
        await host.DeliverAsync(new BounceReceived(Guid.CreateVersion7(), Supplier, true, "5.1.1", "No such user", story.CaseId, mail.MessageId));
        Assert.Equal(asked.MessageId, Assert.Single(await host.AppendedAsync<MessageFailed>()).MessageId);
        Assert.Equal(1, await host.ReadAsync(db => Task.FromResult(db.Suppressions.Count(row => row.Address == Supplier))));
    }

    [Fact]
    public async Task Whoever_was_asked_is_forgotten_with_what_was_said_to_them()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var supplier = Guid.CreateVersion7();
        var asked = Asked(story, 1, Supplier);
        await host.DeliverAsync(
            new CustomerChanged { CustomerId = supplier, Identities = [new(IdentityKind.EmailAddress, Supplier)] }, story.Opened(), asked);
        await host.MailsAsync(1);
        await host.SettledAsync();
        await host.DeliverAsync(new CustomerErased(supplier));
        await host.DeliverAsync(new SideConversationClosed(story.CaseId, asked.SideConversationId, Forgotten: true));
        var row = Assert.Single(await host.MessagesAsync());
        Assert.Equal("", row.Recipient);
        Assert.DoesNotContain("Part 7", row.Content, StringComparison.Ordinal);
        var conversation = await host.ReadAsync(db => Task.FromResult(db.Conversations.Single().State));
        Assert.DoesNotContain("supplier.example", conversation, StringComparison.Ordinal);
    }

    private static SideConversationOpened Asked(Story story, int ordinal, string to) => new()
    {
        CaseId = story.CaseId,
        SideConversationId = Guid.CreateVersion7(),
        Ordinal = ordinal,
        MessageId = Guid.CreateVersion7(),
        AgentName = "Anna Berger",
        To = new(IdentityKind.EmailAddress, to),
        Subject = "Part 7",
        Text = "Is part 7 in stock?",
    };

    private static SideMessageReceived Heard(Story story, Guid side, string messageId) => new()
    {
        CaseId = story.CaseId,
        Number = story.Number,
        SideConversationId = side,
        ContactId = Guid.CreateVersion7(),
        CustomerId = Guid.CreateVersion7(),
        From = new(IdentityKind.EmailAddress, Supplier),
        Text = "Which one?",
        MessageId = messageId,
        JoinedBy = EvidenceKind.SideToken,
        ReceivedAt = Story.Monday,
    };
}
