using System.Globalization;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using NodaTime;

namespace CxPlatform.Cases.Domain;

// A call at a time that the customer chose: a promise that is due when its slot ends. Whether the slot has room is not a case's to know.
internal static partial class Decider
{
    private static Refusal? CallBackBooked(Story story, BookCallBack c)
    {
        var s = story.Case;
        if (story.Given.Policy.CallBackOf(s) is not { } rule)
            return new("call-backs-not-offered", $"Calls cannot be booked for queue {story.Queue}.");
        var due = rule.Slots(story.Given.Calendar, story.Now).FirstOrDefault(slot => slot.From == c.From).To;
        if (due == default)
            return new("slot-not-offered", "is no slot that can be booked now.", "from");
        var before = s.OpenPromises.FirstOrDefault(p => p.Source == PromiseSource.CallBack);
        var phone = c.Phone?.Trim() ?? s.Promises.LastOrDefault(p => p.Phone is not null)?.Phone ?? (s.From.Kind == IdentityKind.PhoneNumber ? s.From.Value : null);
        if (phone is null)
            return new("phone-required", "is required: the customer did not write from a number.", "phone");
        if (!IsPhone(phone))
            return new("phone-invalid", "must be a phone number such as +49 30 1234567.", "phone");
        if (before is { } same && same.From == c.From && same.Phone == phone)
            return Nothing;
        if (before is not null)
            story.Add(new PromiseWithdrawn(s.Id, before.Id, story.Words.CallMoved));
        return story.Add(new PromiseMade(
            s.Id, c.PromiseId, CallText(story, phone, c.From, due), due, s.OwnerId, s.Who, PromiseSource.CallBack)
        {
            From = c.From,
            Phone = phone,
        });
    }

    private static Refusal? CallBackCancelled(Story story, CancelCallBack c)
    {
        if (story.Case.OpenPromises.FirstOrDefault(p => p.Source == PromiseSource.CallBack) is not { } booked)
            return new("no-call-back", $"Case {story.Case.Number} has no call that is booked.");
        if (c.Reason is not null && Required("reason", c.Reason, LineLength) is { } refusal)
            return refusal;
        story.Add(new PromiseWithdrawn(story.Case.Id, booked.Id, c.Reason?.Trim() ?? story.Words.CallNotNeeded) { TakenBack = c.Reason is not null });
        return CloseIfDue(story);
    }

    private static string CallText(Story story, string phone, DateTimeOffset from, DateTimeOffset to)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(story.Case.TimeZone ?? "")
            ?? DateTimeZoneProviders.Tzdb[story.Given.Calendar.TimeZone];
        return string.Format(CultureInfo.InvariantCulture, story.Words.PromiseCall, phone, Clock(from), Clock(to));

        string Clock(DateTimeOffset at) => Instant.FromDateTimeOffset(at).InZone(zone).ToString("HH:mm", CultureInfo.InvariantCulture);
    }

    private static bool IsPhone(string text) =>
        text.Length is >= 5 and <= 30 && text[0] is '+' or >= '0' and <= '9' && text.Count(char.IsAsciiDigit) >= 5
        && text.Skip(1).All(c => char.IsAsciiDigit(c) || c is ' ' or '(' or ')' or '/' or '-');
}
