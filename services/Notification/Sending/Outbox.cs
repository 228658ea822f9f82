using System.Diagnostics;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Templating;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>Writes messages as intents in the transaction of the event that asks for them; they leave after its commit.</summary>
internal sealed class Outbox(
    Unit<NotificationDb> unit, CustomerBook customers, Wording wording, Weights weights, Postbox postbox, Collector collector, Copies copies, IOptions<NotificationOptions> options,
    ILogger<Outbox> log)
{
    private readonly List<PendingMessage> _claimed = [];
    private Guid? _claim;
    private bool _left;

    public async Task TellAsync(Conversation conversation, EventEnvelope envelope, Telling telling, CancellationToken ct) =>
        await TellAsync(conversation, envelope, telling, await AddressAsync(conversation, telling, ct), ct);

    /// <summary>What a person answers: to the customer, and to whoever is in copy. Those get mails of their own, because the customer's holds the link to
    /// the customer's page; both name everybody, so that whoever answers all reaches all.</summary>
    /// <param name="copy">The same for those in copy.</param>
    public async Task AnswerAsync(Conversation conversation, EventEnvelope envelope, Telling telling, Telling copy, CancellationToken ct)
    {
        var addressed = await AddressAsync(conversation, telling, ct);
        var all = conversation.Copies.Count == 0 ? [] : await copies.OfAsync(conversation, addressed.Weight, addressed.Leave, ct);
        IReadOnlyList<MailPerson> named = [.. all.Where(one => one.Leave.At is not null).Select(one => new MailPerson(one.Person.Name, one.Person.Address))];
        // Before the customer's mail joins the thread: it is what both go on from.
        var customer = conversation.Address is { Kind: IdentityKind.EmailAddress } address ? new MailPerson(conversation.CustomerName, address.Value) : null;
        foreach (var (person, weight, leave) in all)
        {
            var id = Guid.CreateVersion7(unit.Now);
            var to = new Telling.Participant(person.CustomerId ?? Guid.Empty, person.Name, Channel.Email, new(IdentityKind.EmailAddress, person.Address));
            var reach = new Reach(Channel.Email, person.Address);
            var content = wording.Write(conversation, copy with { MessageId = id, Copies = named, IsCopy = true }, to, [reach], id, weight, unit.Now);
            Send(conversation, envelope, id, reach, ParticipantAdded.CopyTemplate, content with { WrittenTo = customer }, person.CustomerId, weight: weight, leave: leave);
        }
        await TellAsync(conversation, envelope, telling with { Copies = named }, addressed, ct);
    }

    /// <summary>Words of a person's that go to one place as they are.</summary>
    /// <param name="fault">Why they cannot.</param>
    /// <param name="leave">When; null: now.</param>
    public void Send(
        Conversation conversation, EventEnvelope envelope, Guid id, Reach to, string template, MessageContent content, Guid? customerId = null, string? fault = null,
        Weight weight = Weight.Answer, Leave? leave = null)
    {
        leave ??= new(unit.Now);
        var message = Add(
            new()
            {
                Id = id,
                EventId = envelope.Id,
                Recipient = to.Address,
                Template = template,
                CaseId = conversation.CaseId,
                CustomerId = customerId,
                Channel = to.Channel,
                Weight = weight,
                State = fault is not null ? MessageState.Undeliverable : leave.At is null ? MessageState.Withheld : MessageState.Pending,
                Reason = fault ?? leave.Reason,
                Due = leave.At ?? unit.Now,
                Content = JsonSerializer.Serialize(content, EventTypes.Json),
                CreatedAt = unit.Now,
                CorrelationId = envelope.CorrelationId,
                Trace = Activity.Current?.Id ?? envelope.Trace,
            },
            content);
        if (fault is not null)
            Refuse(message.Row, fault);
        else if (leave.At <= unit.Now)
            Claim(message);
    }

    /// <summary>Whom something is told, on which ways, what it is to them, and when it may leave.</summary>
    private sealed record Addressed(Telling.Participant To, IReadOnlyList<Reach> Ways, Weight Weight, Leave Leave)
    {
        public string Recipient => Ways.Count > 0 ? Ways[0].Address : "";
    }

    private async Task<Addressed> AddressAsync(Conversation conversation, Telling telling, CancellationToken ct)
    {
        var to = telling.To ?? new(conversation.CustomerId, conversation.CustomerName, conversation.Channel, conversation.Address ?? new(IdentityKind.Unknown, ""));
        var known = await customers.FindAsync(to.CustomerId, ct);
        var ways = Reach.Ways(to.Channel, to.From, known.Customer?.Identities ?? [], known.Customer?.PreferredChannel, options.Value.Products);
        var weight = weights.Of(telling.Template);
        var recent = weight == Weight.Update && ways.Count > 0 ? await collector.RecentAsync(to.CustomerId, ways[0].Address, ct) : [];
        return new(to, ways, weight, Care.Decide(weight, known.Wishes, options.Value.Updates, unit.Now, conversation.LastContactAt, recent));
    }

    private async Task TellAsync(Conversation conversation, EventEnvelope envelope, Telling telling, Addressed addressed, CancellationToken ct)
    {
        var (to, ways, weight, leave) = addressed;
        if (!IsWorthAWord(conversation, telling, addressed.Recipient))
            return;
        if (telling.Automatic is not null && !LoopCap.Admit(conversation, addressed.Recipient, unit.Now))
        {
            log.LoopStopped(telling.Template, conversation.CaseId);
            leave = new(null, Stops.Looped);
        }
        var id = telling.MessageId ?? Guid.CreateVersion7(unit.Now);
        var content = wording.Write(conversation, telling, to, ways, id, weight, unit.Now);
        var row = new MessageRow
        {
            Id = id,
            EventId = envelope.Id,
            Recipient = addressed.Recipient,
            Template = telling.Template,
            CaseId = conversation.CaseId,
            CustomerId = to.CustomerId,
            Channel = ways.Count > 0 ? ways[0].Channel : to.Channel,
            Weight = weight,
            Automatic = telling.Automatic is not null,
            State = MessageState.Pending,
            Due = unit.Now,
            Content = JsonSerializer.Serialize(content, EventTypes.Json),
            CreatedAt = unit.Now,
            CorrelationId = envelope.CorrelationId,
            Trace = Activity.Current?.Id ?? envelope.Trace,
        };
        unit.Db.Pending.MostAutomaticPerDay = options.Value.MostAutomaticPerDay;
        if (leave.At is not { } at)
        {
            (row.State, row.Reason) = (MessageState.Withheld, leave.Reason);
            Add(row, content);
        }
        else if (telling.MayBeRead)
        {
            // In the chat it disturbs nobody; the mail in place of it would.
            row.Due += options.Value.ChatPatience;
            if (at > row.Due)
                (row.Due, row.Reason) = (at, leave.Reason);
            Add(row, content);
            if (ways.Count == 0)
                unit.Schedule($"message/{id}/read", $"message/{id}", new StillUnread(id), unit.Now + StillUnread.After);
        }
        else if (ways.Count == 0)
        {
            (row.State, row.Reason) = (MessageState.Undeliverable, Reach.NoAddress);
            Add(row, content);
            Refuse(row, Reach.NoAddress);
        }
        else if (at > unit.Now)
        {
            (row.Due, row.Reason) = (at, leave.Reason);
            await HoldAsync(conversation, telling, to, ways, row, content, ct);
        }
        else
        {
            Claim(Add(row, content));
        }
    }

    /// <summary>What need not leave now is told together with what comes until then; but nobody's own words are taken apart.</summary>
    private async Task HoldAsync(
        Conversation conversation, Telling telling, Telling.Participant to, IReadOnlyList<Reach> ways, MessageRow row, MessageContent content, CancellationToken ct)
    {
        if (row.Weight >= Weight.Answer)
        {
            Add(row, content);
            return;
        }
        var item = wording.Item(conversation, telling, to, unit.Now);
        var held = conversation.Held.GetValueOrDefault(row.Recipient);
        if (held is null || held.Due <= unit.Now || !await collector.CollectAsync(conversation, held, ct))
        {
            Add(row, content);
            conversation.Held[row.Recipient] = new(row.Id, row.Due, [item]);
            return;
        }
        (row.State, row.Reason) = (MessageState.Collected, Collector.Reason);
        Add(row, content);
        IReadOnlyList<string> items = [.. held.Items, item];
        var id = Guid.CreateVersion7(unit.Now);
        var digest = wording.Write(conversation, Wording.Digest(items), to, ways, id, row.Weight, unit.Now);
        var due = row.Due > held.Due ? row.Due : held.Due;
        Add(
            new()
            {
                Id = id,
                EventId = row.EventId,
                Recipient = row.Recipient,
                Template = Wording.DigestTemplate,
                CaseId = row.CaseId,
                CustomerId = row.CustomerId,
                Channel = row.Channel,
                Weight = row.Weight,
                Automatic = true,
                State = MessageState.Pending,
                Due = due,
                Reason = row.Reason,
                Content = JsonSerializer.Serialize(digest, EventTypes.Json),
                CreatedAt = unit.Now,
                CorrelationId = row.CorrelationId,
                Trace = row.Trace,
            },
            digest);
        conversation.Held[row.Recipient] = new(id, due, items);
    }

    // Not worth one: what joined is seen, and was confirmed a moment ago.
    private bool IsWorthAWord(Conversation conversation, Telling telling, string recipient)
    {
        if (telling.Automatic is not null)
            return !telling.ForJoining || Receipts.Admit(conversation, recipient, unit.Now);
        conversation.Receipts.Remove(recipient);
        return true;
    }

    private PendingMessage Add(MessageRow row, MessageContent content)
    {
        var pending = new PendingMessage(row, content);
        unit.Db.Pending.Messages.Add(pending);
        return pending;
    }

    private void Refuse(MessageRow row, string reason) => unit.AppendNext(
        $"message/{row.Id}",
        new NewEvent(new MessageFailed(row.Id, row.CaseId, row.CustomerId, row.Channel, row.Template, row.EventId, true, reason, 0, unit.Now)));

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
}
