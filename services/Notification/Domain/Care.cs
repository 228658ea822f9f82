using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using NodaTime;

namespace CxPlatform.Notifications.Domain;

/// <summary>What a message is to the one who gets it, and so when it may disturb them.</summary>
internal enum Weight
{
    /// <summary>Good to know: counted, collected, and left out for who wants fewer.</summary>
    Update,

    /// <summary>Something they rely on has changed.</summary>
    Important,

    /// <summary>What they asked for: nothing hides it.</summary>
    Answer,

    /// <summary>"We got this": they have just written themselves.</summary>
    Receipt,

    /// <summary>Later would be too late: it passes quiet hours.</summary>
    Urgent,
}

/// <summary>What a customer has chosen to hear, by a link in our messages.</summary>
internal enum Updates
{
    Everything,

    /// <summary>No updates, but what they rely on.</summary>
    Important,

    /// <summary>Answers to what they ask, and nothing else.</summary>
    Answers,
}

/// <summary>How a customer wants to be spoken to.</summary>
internal sealed record Wishes(Updates Updates, bool DoNotContact, QuietHours? QuietHours)
{
    public static Wishes Of(CustomerChanged? customer, Updates? chosen) => new(chosen ?? Updates.Everything, customer?.DoNotContact ?? false, customer?.QuietHours);
}

/// <summary>When a message may leave.</summary>
/// <param name="At">Null: never.</param>
/// <param name="Reason">Why not now, for the record.</param>
internal sealed record Leave(DateTimeOffset? At, string? Reason = null);

/// <summary>Knows when to give space.</summary>
internal static class Care
{
    public const string Unwanted = "The customer wants to hear answers to what they ask, and not this.";
    public const string QuietReason = "It waits for the end of the customer's quiet hours.";
    public const string SpaceReason = "It waits: the customer has heard from us a moment ago.";

    /// <summary>Who has written within that time is there: an answer does not disturb them.</summary>
    private static readonly TimeSpan Awake = TimeSpan.FromHours(1);

    /// <param name="lastContact">When the customer last wrote on the case.</param>
    /// <param name="recent">When updates left, or are to leave, for them within the last day, in any order.</param>
    public static Leave Decide(Weight weight, Wishes wishes, UpdateLimits limits, DateTimeOffset now, DateTimeOffset? lastContact, IReadOnlyList<DateTimeOffset> recent)
    {
        if (Unwanting(wishes.DoNotContact ? Updates.Answers : wishes.Updates).Contains(weight))
            return new(null, Unwanted);
        if (weight is Weight.Receipt or Weight.Urgent || (weight == Weight.Answer && lastContact > now - Awake))
            return new(now);
        var leave = new Leave(now);
        if (weight == Weight.Update && Space(limits, now, recent) is var space && space > now)
            leave = new(space, SpaceReason);
        return QuietUntil(wishes.QuietHours, leave.At!.Value) is { } end ? new(end, QuietReason) : leave;
    }

    /// <summary>What somebody who has chosen this does not want to hear. Nothing hides an answer.</summary>
    public static IReadOnlyList<Weight> Unwanting(Updates chosen) => chosen switch
    {
        Updates.Everything => [],
        Updates.Important => [Weight.Update],
        _ => [Weight.Update, Weight.Important, Weight.Urgent],
    };

    private static DateTimeOffset Space(UpdateLimits limits, DateTimeOffset now, IReadOnlyList<DateTimeOffset> recent)
    {
        if (recent.Count == 0)
            return now;
        var gap = recent.Max() + limits.Gap;
        if (recent.Count < limits.PerDay)
            return gap;
        var day = recent.OrderDescending().ElementAt(limits.PerDay - 1) + LoopCap.Day;
        return day > gap ? day : gap;
    }

    /// <summary>When the quiet hours end that an instant lies in; null outside of them.</summary>
    public static DateTimeOffset? QuietUntil(QuietHours? quiet, DateTimeOffset at)
    {
        if (quiet is null || quiet.From == quiet.Until || DateTimeZoneProviders.Tzdb.GetZoneOrNull(quiet.TimeZone) is not { } zone)
            return null;
        var local = Instant.FromDateTimeOffset(at).InZone(zone).LocalDateTime;
        var time = local.TimeOfDay.ToTimeOnly();
        var overnight = quiet.Until < quiet.From;
        if (overnight ? time < quiet.From && time >= quiet.Until : time < quiet.From || time >= quiet.Until)
            return null;
        var day = overnight && time >= quiet.From ? local.Date.PlusDays(1) : local.Date;
        // Where the clocks change, an end that does not exist is the first instant after it.
        return day.At(LocalTime.FromTimeOnly(quiet.Until)).InZoneLeniently(zone).ToInstant().ToDateTimeOffset();
    }
}

/// <summary>How many updates a customer gets: <c>Cx:Notification:Updates</c>.</summary>
internal sealed class UpdateLimits
{
    /// <summary>In any 24 hours; what is more waits, and is collected into one message per case.</summary>
    public int PerDay { get; set; } = 4;

    /// <summary>Between two of them.</summary>
    public TimeSpan Gap { get; set; } = TimeSpan.FromMinutes(15);
}
