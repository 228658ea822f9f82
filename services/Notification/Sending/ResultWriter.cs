using System.Diagnostics;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Sending;

/// <summary>How one attempt at a message went.</summary>
internal sealed record Attempted(OutgoingMessage Message, SendResult Result);

/// <summary>Records results: many in one transaction, the events with the state they tell of.</summary>
internal sealed class ResultWriter(Metrics metrics) : IGroupWriter<NotificationDb, Attempted, Done>
{
    private static readonly Update<Outcome> Record = new(
        "messages",
        "claim = null",
        "old.state = 'Pending'",
        2,
        Column<Outcome>.Uuid("id", row => row.Message.Id),
        Column<Outcome>.Uuid("claim", row => row.Message.Claim),
        Column<Outcome>.Text("state", row => row.State.ToString()),
        Column<Outcome>.Instant("due", row => row.Due),
        Column<Outcome>.Count("attempts", row => row.Message.Attempt),
        Column<Outcome>.Text("reason", row => row.Reason),
        Column<Outcome>.Text("provider_id", row => row.ProviderId),
        Column<Outcome>.Instant("sent_at", row => row.SentAt));

    public async Task<IReadOnlyList<Done>> WriteAsync(Unit<NotificationDb> unit, IReadOnlyList<Submitted<Attempted>> members, CancellationToken ct)
    {
        var outcomes = members.Select(member => Outcome.Of(member.Member, unit.Now)).ToList();
        var changed = await Record.RunAsync(Sql.Of(unit), outcomes, ct);
        for (var i = 0; i < members.Count; i++)
        {
            // Not ours any more: somebody cancelled it or our claim ended; theirs counts.
            var outcome = outcomes[i];
            if (!changed.Contains(outcome.Message.Id))
                continue;
            if (outcome.Event is not null)
            {
                using var ambient = Ambient.Use(members[i].Request);
                using var activity = Metrics.Activities.StartActivity("message recorded", ActivityKind.Internal, members[i].Trace);
                unit.AppendNext($"message/{outcome.Message.Id}", new NewEvent(outcome.Event));
            }
            unit.OnCommitted(() => metrics.Attempted(outcome.Message, outcome.Word, unit.Now));
        }
        return new Done[members.Count];
    }

    private sealed record Outcome(
        OutgoingMessage Message, string Word, object? Event, MessageState State, DateTimeOffset Due, string? Reason, string? ProviderId, DateTimeOffset? SentAt)
    {
        public static Outcome Of(Attempted attempted, DateTimeOffset now)
        {
            var message = attempted.Message;
            var result = attempted.Result;
            DateTimeOffset? next = null;
            if (result is SendResult.Transient passing)
            {
                next = RetrySchedule.Next(message.To.Channel, message.Attempt, message.CreatedAt, now, passing.RetryAfter, Random.Shared.NextDouble());
                if (next is null)
                    result = new SendResult.Permanent($"Given up after {message.Attempt} attempts. At last: {passing.Reason}");
            }
            return result switch
            {
                SendResult.Sent sent => new(
                    message, "sent",
                    new MessageSent(message.Id, message.CaseId, message.CustomerId, message.To.Channel, message.Template, message.EventId, sent.ProviderId, now),
                    MessageState.Sent, now, null, sent.ProviderId, now),
                SendResult.Permanent failed => new(
                    message, "failed",
                    new MessageFailed(
                        message.Id, message.CaseId, message.CustomerId, message.To.Channel, message.Template, message.EventId, true, failed.Reason, message.Attempt, now),
                    MessageState.Failed, now, failed.Reason, null, null),
                SendResult.Transient again => new(message, "deferred", null, MessageState.Pending, next!.Value, again.Reason, null, null),
                _ => throw new UnreachableException(),
            };
        }
    }
}
