using System.Diagnostics;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Templating;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>Something to tell somebody on a case.</summary>
/// <param name="Template">In which words.</param>
/// <param name="Facts">What the template speaks of, beside what every template has.</param>
internal sealed record Telling(string Template, Func<Telling.Setting, Facts> Facts)
{
    /// <summary>Ours to choose, or the id that the case gave the message.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>The person who speaks; null when the team does.</summary>
    public string? Person { get; init; }

    /// <summary>RFC 3834: <c>auto-replied</c> to what came in, <c>auto-generated</c> otherwise; null for what a person wrote.</summary>
    public string? Automatic { get; init; }
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];

    /// <summary>The customer may read it where they are: it leaves only when nobody says in time that they did.</summary>
    public bool MayBeRead { get; init; }

    /// <summary>Somebody else than the case's customer: who, and where they wrote from.</summary>
    public Participant? To { get; init; }

    /// <param name="Common">The facts that every template has; to be added to.</param>
    public sealed record Setting(Facts Common, When When, DateTimeOffset Now, string StatusLink);

    public sealed record Participant(Guid CustomerId, string? Name, Channel Channel, Identity From);
}

/// <summary>Writes messages as intents in the transaction of the event that asks for them; they leave after its commit.</summary>
internal sealed class Outbox(
    Unit<NotificationDb> unit, ConversationBook book, Templates templates, Links links, Tokens tokens, Postbox postbox, IOptions<NotificationOptions> options,
    ILogger<Outbox> log)
{
    private readonly List<PendingMessage> _claimed = [];
    private Guid? _claim;
    private bool _left;

    public async Task TellAsync(Conversation conversation, EventEnvelope envelope, Telling telling, CancellationToken ct)
    {
        var to = telling.To ?? new(conversation.CustomerId, conversation.CustomerName, conversation.Channel, conversation.Address ?? new(IdentityKind.Unknown, ""));
        var reach = Reach.Of(to.Channel, to.From, []) is { } direct && (to.Channel != Channel.Sms || direct.Channel == Channel.Sms)
            ? direct
            : Reach.Of(to.Channel, to.From, await book.IdentitiesAsync(to.CustomerId, ct));
        if (telling.Automatic is not null && !LoopCap.Admit(conversation, reach?.Address ?? "", unit.Now))
        {
            log.LoopStopped(telling.Template, conversation.CaseId);
            return;
        }

        var id = telling.MessageId ?? Guid.CreateVersion7(unit.Now);
        var content = Compose(conversation, telling, to, reach, id);
        var state = reach is null && !telling.MayBeRead ? MessageState.Undeliverable : MessageState.Pending;
        var row = new MessageRow
        {
            Id = id,
            EventId = envelope.Id,
            Recipient = reach?.Address ?? "",
            Template = telling.Template,
            CaseId = conversation.CaseId,
            CustomerId = to.CustomerId,
            Channel = reach?.Channel ?? to.Channel,
            State = state,
            Due = telling.MayBeRead ? unit.Now + options.Value.ChatPatience : unit.Now,
            Reason = state == MessageState.Undeliverable ? Reach.NoAddress : null,
            Content = JsonSerializer.Serialize(content, EventTypes.Json),
            CreatedAt = unit.Now,
            CorrelationId = envelope.CorrelationId,
            Trace = Activity.Current?.Id ?? envelope.Trace,
        };
        var pending = new PendingMessage(row, content);
        unit.Db.Pending.Messages.Add(pending);
        if (state == MessageState.Undeliverable)
            unit.AppendNext(
                $"message/{id}",
                new NewEvent(new MessageFailed(id, conversation.CaseId, to.CustomerId, row.Channel, row.Template, envelope.Id, true, Reach.NoAddress, 0, unit.Now)));
        else if (reach is null)
            unit.Schedule($"message/{id}/read", $"message/{id}", new StillUnread(id), unit.Now + StillUnread.After);
        else if (!telling.MayBeRead)
            Claim(pending);
    }

    // A message that this process is about to send need not be looked for again.
    private void Claim(PendingMessage message)
    {
        if (_claim is null)
        {
            unit.OnCommitted(HandOver);
            _claim = Guid.CreateVersion7(unit.Now);
        }
        if (postbox.Room(message.Row.Channel) <= _claimed.Count)
        {
            _left = true;
            return;
        }
        message.Row.Claim = _claim;
        message.Row.Due = unit.Now + Postbox.Lease;
        _claimed.Add(message);
    }

    private void HandOver()
    {
        foreach (var message in _claimed.Where(message => message.Inserted))
            postbox.Post(OutgoingMessage.From(message));
        if (_left)
            postbox.Wake();
    }

    private MessageContent Compose(Conversation conversation, Telling telling, Telling.Participant to, Reach? reach, Guid id)
    {
        var language = templates.LanguageFor(conversation.Language, options.Value.Language);
        var link = links.Status(conversation.CaseId, conversation.LinkGeneration, unit.Now);
        var team = conversation.TeamName ?? (language == "de" ? "Ihr Service-Team" : "Your service team");
        var facts = telling.Facts(new(
            Facts.Common(conversation.Number, OneLine(to.Name), Thread(conversation), telling.Person, team, link),
            new When(language, conversation.TimeZone, conversation.CalendarZone), unit.Now, link));
        var content = new MessageContent
        {
            RecipientName = OneLine(to.Name),
            Sender = OneLine(telling.Person ?? team)!,
            Text = "",
            AutoSubmitted = telling.Automatic,
            NullReturnPath = conversation.Automatic != Automatic.None,
            Attachments = telling.Attachments,
        };
        if (reach?.Channel == Channel.Sms)
            return content with { Text = templates.Sms(telling.Template, language, facts).Sms };

        var mail = templates.Mail(telling.Template, language, facts);
        var messageId = MailIds.Clean(tokens.MessageId(id, conversation.CaseId, links.MailDomain))!;
        var references = conversation.References.ToArray();
        conversation.AddReference(messageId);
        return content with
        {
            Subject = mail.Subject,
            Text = mail.Text,
            Html = mail.Html,
            MessageId = messageId,
            References = references,
            ReplyToken = tokens.ReplyToken(conversation.CaseId),
        };
    }

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
