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
        Id = IdAt(attempt.At),
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

    // Version 7 with the fraction of the millisecond in rand_a (RFC 9562, section 6.2, method 3): a case's deliveries follow each other faster than that.
    private static Guid IdAt(DateTimeOffset at)
    {
        Span<byte> id = stackalloc byte[16];
        Guid.CreateVersion7(at).TryWriteBytes(id, bigEndian: true, out _);
        var fraction = (int)(at.UtcTicks % TimeSpan.TicksPerMillisecond * 4096 / TimeSpan.TicksPerMillisecond);
        id[6] = (byte)(0x70 | (fraction >> 8));
        id[7] = (byte)fraction;
        return new(id, bigEndian: true);
    }
}
