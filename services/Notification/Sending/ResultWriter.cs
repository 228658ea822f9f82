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
    private const string Update =
        """
        update messages set state = @state, due = @due, claim = null, attempts = @attempts, reason = @reason, provider_id = @provider_id, sent_at = @sent_at
        where id = @id and claim = @claim and state = 'Pending'
        """;

    public async Task<IReadOnlyList<Done>> WriteAsync(Unit<NotificationDb> unit, IReadOnlyList<Submitted<Attempted>> members, CancellationToken ct)
    {
        var outcomes = members.Select(member => Outcome.Of(member.Member, unit.Now)).ToList();
        var changed = await Sql.Of(unit).ExecuteAsync(Update, [.. outcomes.Select(outcome => outcome.Parameters)], ct);
        for (var i = 0; i < members.Count; i++)
        {
            // Not ours any more: somebody cancelled it or our claim ended; theirs counts.
            if (changed[i] == 0)
                continue;
            var outcome = outcomes[i];
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

    private sealed record Outcome(OutgoingMessage Message, string Word, object? Event, (string, object?)[] Parameters)
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
                    Values(message, MessageState.Sent, now, null, sent.ProviderId, now)),
                SendResult.Permanent failed => new(
                    message, "failed",
                    new MessageFailed(
                        message.Id, message.CaseId, message.CustomerId, message.To.Channel, message.Template, message.EventId, true, failed.Reason, message.Attempt, now),
                    Values(message, MessageState.Failed, now, failed.Reason, null, null)),
                SendResult.Transient again => new(message, "deferred", null, Values(message, MessageState.Pending, next!.Value, again.Reason, null, null)),
                _ => throw new UnreachableException(),
            };
        }

        private static (string, object?)[] Values(
            OutgoingMessage message, MessageState state, DateTimeOffset due, string? reason, string? providerId, DateTimeOffset? sentAt) =>
        [
            ("id", message.Id), ("claim", message.Claim), ("state", state), ("due", due), ("attempts", message.Attempt), ("reason", reason),
            ("provider_id", providerId), ("sent_at", sentAt),
        ];
    }
}
