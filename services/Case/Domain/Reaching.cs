using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

/// <summary>A number that the customers of some cases can call.</summary>
/// <param name="Queue">Null: of every queue.</param>
/// <param name="Brand">Null: of every brand.</param>
internal sealed record PhoneRule(string? Queue, string? Brand, string Number)
{
    public bool Fits(CaseState s) => (Queue is null || Queue == s.QueueId) && (Brand is null || Brand == s.Brand);
}

/// <summary>When the customers of a queue may book a call.</summary>
/// <param name="Queue">Null: of every queue.</param>
/// <param name="Capacity">How many calls fit into one slot.</param>
/// <param name="Lead">How long before a slot it can be booked at the latest.</param>
/// <param name="Ahead">How long before a slot it can be booked at the earliest.</param>
internal sealed record CallBackRule(string? Queue, TimeSpan Length, int Capacity, TimeSpan Lead, TimeSpan Ahead)
{
    /// <summary>The slots that may be booked now, in order: each opening is cut into whole ones from its beginning.</summary>
    public IEnumerable<Opening> Slots(BusinessCalendar calendar, DateTimeOffset now)
    {
        var (first, last) = (now + Lead, now + Lead + Ahead);
        // From days before, so that an opening is cut from where it began and not from now.
        foreach (var opening in calendar.Within(now.AddDays(-2), last + Length))
            for (var from = opening.From; from + Length <= opening.To && from <= last; from += Length)
                if (from >= first)
                    yield return new(from, from + Length);
    }
}
