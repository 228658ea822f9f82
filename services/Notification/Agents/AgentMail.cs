using System.Diagnostics;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Sending;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Templating;

namespace CxPlatform.Notifications.Agents;

/// <summary>Writes mail to agents: an intent as every message is. What waits for the hour, or for the end of quiet hours, comes as one.</summary>
internal sealed class AgentMail(Unit<NotificationDb> unit, AgentWords words, Collector collector, Links links, Postbox postbox)
{
    public const string QuietReason = "It waits for the end of the agent's quiet hours.";
    public const string HourReason = "It waits for the agent's hourly mail.";

    /// <summary>Lines of a gathered mail; the desk has the rest.</summary>
    private const int MostLines = 100;

    public async Task WriteAsync(KnownAgent agent, NoticeKind kind, AgentWords.Said said, Conversation conversation, EventEnvelope envelope, CancellationToken ct)
    {
        // A machine that answers our mail opens cases with its answers: no mail about those, or the two would talk for ever.
        if (agent.Email is not { Length: > 0 } address || conversation.Automatic != Automatic.None)
            return;
        var (due, reason) = Leaves(agent.Choices, kind, unit.Now);
        var notice = Written(agent, address, AgentWords.Template, words.Mail(said, conversation), conversation.TeamName, envelope);
        (notice.Row.CaseId, notice.Row.Due, notice.Row.Reason) = (conversation.CaseId, due, reason);
        if (due <= unit.Now)
        {
            unit.Db.Pending.Messages.Add(notice);
            unit.OnCommitted(postbox.Wake);
            return;
        }
        var desk = await unit.Db.DeskOfAsync(agent.Id, ct);
        var held = desk.Held is null ? null : JsonSerializer.Deserialize<HeldMessage>(desk.Held, EventTypes.Json);
        IReadOnlyList<string> items = [words.Item(said, conversation)];
        if (held is null || held.Due <= unit.Now || !await collector.CollectAsync(conversation, held, ct))
        {
            Hold(desk, notice, items);
            return;
        }
        (notice.Row.State, notice.Row.Reason) = (MessageState.Collected, Collector.Reason);
        unit.Db.Pending.Messages.Add(notice);
        items = [.. held.Items.Concat(items).TakeLast(MostLines)];
        // It names cases and what happened, and nothing about customers: so it belongs to no case.
        var digest = Written(agent, address, AgentWords.DigestTemplate, words.Digest(agent, items), null, envelope);
        (digest.Row.Due, digest.Row.Reason) = (due > held.Due ? due : held.Due, reason);
        Hold(desk, digest, items);
    }

    /// <summary>When a mail may leave. Nothing wakes who is off work; but what cannot wait for an hour is not gathered.</summary>
    internal static (DateTimeOffset At, string? Reason) Leaves(AgentChoices choices, NoticeKind kind, DateTimeOffset now)
    {
        var urgent = kind is NoticeKind.PromiseDueSoon or NoticeKind.PromiseEscalated or NoticeKind.ClockWarned or NoticeKind.ClockBreached or NoticeKind.Reminder;
        var at = choices.Mails == MailPace.Hourly && !urgent ? new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero).AddHours(1) : now;
        return Care.QuietUntil(choices.QuietHours, at) is { } end ? (end, QuietReason) : (at, at > now ? HourReason : null);
    }

    private void Hold(AgentDeskRow desk, PendingMessage mail, IReadOnlyList<string> items)
    {
        unit.Db.Pending.Messages.Add(mail);
        desk.Held = JsonSerializer.Serialize(new HeldMessage(mail.Row.Id, mail.Row.Due, items), EventTypes.Json);
    }

    private PendingMessage Written(KnownAgent agent, string address, string template, Rendered mail, string? team, EventEnvelope envelope)
    {
        var id = Guid.CreateVersion7(unit.Now);
        var content = new MessageContent
        {
            RecipientName = agent.Name,
            Sender = team ?? AgentWords.Sender,
            Subject = mail.Subject,
            Text = mail.Text,
            Html = mail.Html,
            // No token of the case in it, nor in Reply-To: an answer to it would stand where the customer reads.
            MessageId = $"notice.{id:n}@{links.MailDomain}",
            AutoSubmitted = "auto-generated",
        };
        var row = new MessageRow
        {
            Id = id,
            EventId = envelope.Id,
            Recipient = address,
            Template = template,
            AgentId = agent.Id,
            Channel = Channel.Email,
            Weight = Weight.Important,
            State = MessageState.Pending,
            Content = JsonSerializer.Serialize(content, EventTypes.Json),
            CreatedAt = unit.Now,
            CorrelationId = envelope.CorrelationId,
            Trace = Activity.Current?.Id ?? envelope.Trace,
        };
        return new(row, content);
    }
}
