using System.Diagnostics;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Sending;

/// <summary>How one attempt at a message went.</summary>
internal sealed record Attempted(OutgoingMessage Message, SendResult Result);

/// <summary>Records results: many in one transaction, the events with the state they tell of, and what goes another way instead.</summary>
internal sealed class ResultWriter(Metrics metrics, Postbox postbox) : IGroupWriter<NotificationDb, Attempted, Done>
{
    private static readonly SetStatement<Outcome> Record = SetStatement.Update(
        "messages",
        new Columns<Outcome>()
            .Uuid("id", row => row.Message.Id)
            .Uuid("claim", row => row.Message.Claim)
            .Text("state", row => row.State.ToString())
            .Instant("due", row => row.Due)
            .Count("attempts", row => row.Attempts)
            .Flag("late", row => row.Late)
            .Text("reason", row => row.Reason)
            .Text("provider_id", row => row.ProviderId)
            .Instant("sent_at", row => row.SentAt),
        match: 2,
        "old.state = 'Pending'",
        "claim = null");

    private static readonly SetStatement<Outcome> RecordAttempts = SetStatement.Insert(
        "attempts",
        new Columns<Outcome>()
            .Uuid("message_id", row => row.Message.Id)
            .Count("number", row => row.Message.Attempt)
            .Instant("at", row => row.At)
            .Text("outcome", row => row.Word)
            .Text("reason", row => row.Reason)
            .Text("provider_id", row => row.ProviderId));

    public async Task<IReadOnlyList<Done>> WriteAsync(Unit<NotificationDb> unit, IReadOnlyList<Submitted<Attempted>> members, CancellationToken ct)
    {
        var outcomes = members.Select(member => Outcome.Of(member.Member, unit.Now)).ToList();
        var sql = Sql.Of(unit);
        var changed = await sql.RunAsync(Record, outcomes, ct);
        // Not ours any more: somebody cancelled it or our claim ended; theirs counts.
        bool Ours(Outcome outcome) => changed.Contains(outcome.Message.Id);
        await sql.RunAsync(RecordAttempts, outcomes.FindAll(outcome => Ours(outcome) && outcome.Attempts == outcome.Message.Attempt), ct);
        foreach (var gone in outcomes.Where(outcome => Ours(outcome) && outcome.NoSuchAddress))
            await sql.ExecuteAsync(
                "insert into suppressions (address, status, since) values (@address, @status, @since) on conflict do nothing", ct,
                ("address", gone.Message.To.Address), ("status", gone.Status), ("since", unit.Now));
        if (outcomes.Where(Ours).Select(outcome => outcome.Next).OfType<MessageRow>().ToList() is { Count: > 0 } next)
        {
            await sql.RunAsync(PendingWrites.InsertMessages, next, ct);
            unit.OnCommitted(postbox.Wake);
        }
        for (var i = 0; i < members.Count; i++)
        {
            var outcome = outcomes[i];
            if (!Ours(outcome))
                continue;
            if (outcome.Event is not null)
            {
                using var ambient = Ambient.Use(members[i].Request);
                using var activity = Metrics.Activities.StartActivity("message recorded", ActivityKind.Internal, members[i].Trace);
                unit.AppendNext($"message/{outcome.Message.Id}", new NewEvent(outcome.Event));
            }
            if (outcome.Late && !outcome.Message.Late)
                unit.OnCommitted(() => metrics.Late(outcome.Message));
            if (outcome.Attempts == outcome.Message.Attempt)
                unit.OnCommitted(() => metrics.Attempted(outcome.Message, outcome.Word, unit.Now));
        }
        return new Done[members.Count];
    }

    private sealed record Outcome(OutgoingMessage Message, string Word, MessageState State, DateTimeOffset At, DateTimeOffset Due)
    {
        public object? Event { get; init; }
        public int Attempts { get; init; } = Message.Attempt;
        public bool Late { get; init; } = Message.Late;
        public string? Reason { get; init; }
        public string? ProviderId { get; init; }
        public DateTimeOffset? SentAt { get; init; }
        public bool NoSuchAddress { get; init; }
        public string? Status { get; init; }
        public MessageRow? Next { get; init; }

        public static Outcome Of(Attempted attempted, DateTimeOffset now)
        {
            var message = attempted.Message;
            return attempted.Result switch
            {
                SendResult.Sent sent => new(message, "sent", MessageState.Sent, now, now)
                {
                    Event = new MessageSent(
                        message.Id, message.SaidOn, message.CustomerId, message.To.Channel, message.Template, message.EventId, sent.ProviderId, now),
                    ProviderId = sent.ProviderId,
                    SentAt = now,
                },
                SendResult.Permanent failed => Failed(message, failed, now),
                SendResult.Transient passing => Deferred(message, passing, now),
                SendResult.Needless needless => new(message, "needless", MessageState.Withheld, now, now) { Attempts = message.Attempt - 1, Reason = needless.Reason },
                SendResult.NotYet wait => new(message, "waiting", MessageState.Pending, now, now + wait.Wait) { Attempts = message.Attempt - 1, Reason = wait.Reason },
                _ => throw new UnreachableException(),
            };
        }

        private static Outcome Deferred(OutgoingMessage message, SendResult.Transient passing, DateTimeOffset now)
        {
            if (RetrySchedule.Next(message.To.Channel, message.Attempt, message.CreatedAt, now, passing.RetryAfter, Random.Shared.NextDouble()) is not { } next)
                return Failed(message, new($"Given up after {message.Attempt} attempts. At last: {passing.Reason}"), now);
            // The case's owner hears of it once, and can still take another way before the customer has waited for days.
            var late = message.Late || (message.Attempt > 1 && now - message.CreatedAt >= RetrySchedule.LateAfter);
            return new(message, "deferred", MessageState.Pending, now, next)
            {
                Reason = passing.Reason,
                Late = late,
                Event = late && !message.Late ? Failure(message, permanent: false, passing.Reason, now) : null,
            };
        }

        private static Outcome Failed(OutgoingMessage message, SendResult.Permanent failed, DateTimeOffset now)
        {
            var next = FallBack.Of(message, now);
            return new(message, "failed", MessageState.Failed, now, now)
            {
                Reason = failed.Reason,
                NoSuchAddress = failed.NoSuchAddress,
                Status = failed.Status,
                Next = next,
                Event = Failure(message, permanent: true, FallBack.Reason(failed.Reason, next), now),
            };
        }

        private static MessageFailed Failure(OutgoingMessage message, bool permanent, string reason, DateTimeOffset now) => new(
            message.Id, message.SaidOn, message.CustomerId, message.To.Channel, message.Template, message.EventId, permanent, reason, message.Attempt, now);
    }
}
