using CxPlatform.Contracts;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Templating;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>Puts into words what somebody is told: in their language and zone, for each way that it may go.</summary>
internal sealed class Wording(TemplateBook book, Links links, Tokens tokens, IOptions<NotificationOptions> options)
{
    public const string DigestTemplate = "digest";

    private Templates Words => book.Current;

    /// <param name="ways">The best first; the others are put into words too, for when that one fails.</param>
    public MessageContent Write(
        Conversation conversation, Telling telling, Telling.Participant to, IReadOnlyList<Reach> ways, Guid id, Weight weight, DateTimeOffset now)
    {
        var language = Language(conversation);
        var choices = weight == Weight.Update ? links.Choices(to.CustomerId) : null;
        var facts = FactsOf(conversation, telling, to, language, now, choices);
        var channel = ways.Count > 0 ? ways[0].Channel : Channel.Email;
        var content = For(channel, id);
        return ways.Count < 2
            ? content
            : content with
            {
                Otherwise = [.. ways.Skip(1).Select(way => (Way: way, Id: Guid.CreateVersion7(now))).Select(other =>
                    new OtherWay(other.Id, other.Way.Channel, other.Way.Address, For(other.Way.Channel, other.Id)))],
            };

        MessageContent For(Channel by, Guid messageId)
        {
            var common = new MessageContent
            {
                RecipientName = OneLine(to.Name),
                Sender = OneLine(telling.Person) ?? Team(conversation, language),
                Text = "",
                AutoSubmitted = telling.Automatic,
                NullReturnPath = conversation.Automatic != Automatic.None,
                Attachments = telling.Attachments,
                LastContactAt = conversation.PublicPost is null ? conversation.LastContactAt : conversation.LastDirectAt,
            };
            if (by != Channel.Email)
                return common with { Text = Words.Sms(telling.Template, language, facts, conversation.Brand).Sms };
            var mail = Words.Mail(telling.Template, language, facts, conversation.Brand);
            var mailId = MailIds.Clean(tokens.MessageId(messageId, conversation.CaseId, links.MailDomain))!;
            var references = conversation.References.ToArray();
            // An answer to a way that was never taken is found by the id itself.
            if (messageId == id && !telling.IsCopy)
                conversation.AddReference(mailId);
            return common with
            {
                Subject = mail.Subject,
                Text = mail.Text,
                Html = mail.Html,
                MessageId = mailId,
                References = references,
                Cc = telling.Copies,
                ReplyToken = tokens.ReplyToken(conversation.CaseId),
                ChoicesLink = choices,
            };
        }
    }

    /// <summary>What it says in a few words, to stand among others.</summary>
    public string Item(Conversation conversation, Telling telling, Telling.Participant to, DateTimeOffset now)
    {
        var language = Language(conversation);
        var facts = FactsOf(conversation, telling, to, language, now, null).With("link", "");
        return Words.Sms(telling.Template, language, facts, conversation.Brand).Sms;
    }

    /// <summary>Several changes in one message.</summary>
    public static Telling Digest(IReadOnlyList<string> items) =>
        new(DigestTemplate, setting => setting.Common.Digest(items)) { Automatic = "auto-generated" };

    private Facts FactsOf(Conversation conversation, Telling telling, Telling.Participant to, string language, DateTimeOffset now, string? choices)
    {
        // The page is the customer's: who else takes part in the case is told by message, and sees no more than that.
        var link = to.CustomerId == conversation.CustomerId && !telling.IsCopy ? links.Status(conversation.CaseId, conversation.LinkGeneration, now) : "";
        var common = Facts.Common(conversation.Number, OneLine(to.Name), Thread(conversation), telling.Person, Team(conversation, language), link)
            .With("choices", choices);
        return telling.Facts(new(common, new When(language, conversation.TimeZone, conversation.CalendarZone), now, link));
    }

    private string Language(Conversation conversation) => Words.LanguageFor(conversation.Language, options.Value.Language);

    private static string Team(Conversation conversation, string language) =>
        OneLine(conversation.TeamName) ?? (language == "de" ? "Ihr Service-Team" : "Your service team");

    private static string? Thread(Conversation conversation)
    {
        if (OneLine(conversation.Subject) is not { } subject)
            return null;
        return subject.StartsWith("Re:", StringComparison.OrdinalIgnoreCase) || subject.StartsWith("AW:", StringComparison.OrdinalIgnoreCase)
            ? subject
            : $"Re: {subject}";
    }

    private static string? OneLine(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return line.Length <= 200 ? line : line[..200];
    }
}
