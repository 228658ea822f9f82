using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Events;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>Attempts as the log keeps them. Ids are in the order of time, so the log needs no other index.</summary>
internal static class DeliveryLog
{
    /// <summary>How long an attempt is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>What type and stream a test event has.</summary>
    public const string TestType = "cx.subscription.test.v1";

    public static DeliveryRow RowOf(Guid subscription, Guid course, OutgoingEvent e, Attempt attempt, int number, bool skipped)
    {
        var row = RowOfTest(subscription, e.Id, attempt);
        (row.CourseId, row.Seq, row.Stream, row.Type, row.Attempt) = (course, e.Seq, e.Stream, e.Type, number);
        if (skipped)
            row.Outcome = DeliveryOutcome.Skipped;
        return row;
    }

    public static DeliveryRow RowOfTest(Guid subscription, Guid eventId, Attempt attempt) => new()
    {
        SubscriptionId = subscription,
        Id = Guid.CreateVersion7(attempt.At),
        EventId = eventId,
        Type = TestType,
        Attempt = 1,
        At = attempt.At,
        Milliseconds = (int)attempt.Took.TotalMilliseconds,
        Outcome = attempt.Delivered ? DeliveryOutcome.Delivered : DeliveryOutcome.Failed,
        Status = attempt.Status,
        Reason = attempt.Reason,
        Response = attempt.Response,
    };
}
