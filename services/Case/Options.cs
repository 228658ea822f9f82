using System.ComponentModel.DataAnnotations;
using CxPlatform.Cases.Domain;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases;

/// <summary><c>Cx:Case</c>. Durations are <c>d.hh:mm:ss</c>.</summary>
internal sealed class CaseOptions : IValidatableObject
{
    public const string DefaultCalendar = "default";

    /// <summary>IANA zone of the calendar that exists from the first start: Monday to Friday, 09:00 to 17:00. Change it later with PUT
    /// /v1/calendars/default.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>The queue of a case while Routing is silent.</summary>
    [Required]
    public string DefaultQueue { get; set; } = "general";

    /// <summary>What that queue is called, for people.</summary>
    [Required]
    public string DefaultQueueName { get; set; } = "General";

    /// <summary>Who has a case of that queue, as the customer is told.</summary>
    [Required]
    public string DefaultTeamName { get; set; } = "Support";

    /// <summary>Business time within which a person answers when Routing names none.</summary>
    public TimeSpan FirstResponse { get; set; } = TimeSpan.FromHours(4);

    /// <summary>Business time within which somebody gets in touch with an unhappy customer.</summary>
    public TimeSpan Recovery { get; set; } = TimeSpan.FromHours(4);

    /// <summary>The share of the time from made to due, over 0 and under 1, at which a promise's owner is warned.</summary>
    public double WarnPromiseAt { get; set; } = 0.75;

    /// <summary>Business time within which a customer hears where things stand after a promise broke.</summary>
    public TimeSpan FollowUp { get; set; } = TimeSpan.FromHours(2);

    /// <summary>How long Routing may be silent before the default policy decides.</summary>
    public TimeSpan TriageWithin { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a proposal waits for the customer's answer before silence counts as a yes.</summary>
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromDays(5);

    /// <summary>How long an answer from the desk can be taken back before it goes out; zero: not at all. Programs say it with holdFor.</summary>
    public TimeSpan UndoWithin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether whoever gives a case with open promises to a colleague has to write a handover.</summary>
    public bool RequireHandover { get; set; }

    /// <summary>How long after its resolution a case reopens when its customer writes.</summary>
    public TimeSpan ReopenWithin { get; set; } = TimeSpan.FromDays(14);

    /// <summary>Within which a customer is told what we understood, day and night.</summary>
    public TimeSpan Acknowledgement { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The share of a target, over 0 and under 1, at which somebody is warned.</summary>
    public double WarnAt { get; set; } = ClockTarget.DefaultWarn;

    /// <summary>Targets by category, priority, channel and tier, before those that Routing's queues and the defaults state.</summary>
    public List<TargetOptions> Targets { get; set; } = [];

    /// <summary>Where the customers of some queues or brands can call a person.</summary>
    public List<PhoneOptions> Phones { get; set; } = [];

    /// <summary>When customers may book a call. None: they cannot.</summary>
    public List<CallBackOptions> CallBacks { get; set; } = [];

    /// <summary>What else helps while a customer waits.</summary>
    public List<HelpOptions> Helps { get; set; } = [];

    public CalendarChanged Calendar() => BusinessCalendar.WorkingWeek(DefaultCalendar, "Working hours", TimeZone);

    /// <param name="phone">The brand's, for cases that have none of their own.</param>
    public CasePolicy Policy(string? phone = null) => new()
    {
        CalendarId = DefaultCalendar,
        QueueId = DefaultQueue,
        QueueName = DefaultQueueName,
        TeamName = DefaultTeamName,
        FirstResponse = FirstResponse,
        Acknowledgement = new(Acknowledgement, BusinessCalendar.AlwaysId, WarnAt),
        WarnAt = WarnAt,
        Targets = [.. Targets.Select(target => target.Policy(WarnAt))],
        Phones = [.. Phones.Select(option => option.Rule()), .. phone is null ? Array.Empty<PhoneRule>() : [new(null, null, phone)]],
        CallBacks = [.. CallBacks.Select(option => option.Rule())],
        Recovery = Recovery,
        WarnPromiseAt = WarnPromiseAt,
        FollowUp = FollowUp,
        Triage = TriageWithin,
        AnswerWithin = AnswerWithin,
        ReopenWithin = ReopenWithin,
        UndoWithin = UndoWithin,
        RequireHandover = RequireHandover,
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!BusinessCalendar.IsTimeZone(TimeZone))
            yield return new("must be an IANA time zone, such as Europe/Berlin.", [nameof(TimeZone)]);
        if (UndoWithin < TimeSpan.Zero || UndoWithin > TimeSpan.FromMinutes(10))
            yield return new("must be at most ten minutes, and zero to send at once.", [nameof(UndoWithin)]);
        foreach (var (name, value) in ((string, TimeSpan)[])
            [
                (nameof(FirstResponse), FirstResponse), (nameof(Recovery), Recovery), (nameof(FollowUp), FollowUp), (nameof(TriageWithin), TriageWithin),
                (nameof(AnswerWithin), AnswerWithin), (nameof(ReopenWithin), ReopenWithin), (nameof(Acknowledgement), Acknowledgement),
                .. Targets.SelectMany((t, i) => t.Clocks.Select(c => ($"{nameof(Targets)}:{i}:{c.Name}:Within", c.Clock.Within))),
            ])
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(365))
                yield return new("must be longer than zero and at most 365 days.", [name]);
        foreach (var (name, share) in ((string, double)[])
            [
                (nameof(WarnAt), WarnAt), (nameof(WarnPromiseAt), WarnPromiseAt),
                .. Targets.SelectMany((t, i) => t.Clocks.Where(c => c.Clock.WarnAt is not null)
                    .Select(c => ($"{nameof(Targets)}:{i}:{c.Name}:WarnAt", c.Clock.WarnAt!.Value))),
            ])
            if (share is not (> 0 and < 1))
                yield return new("must be over 0 and under 1, such as 0.75.", [name]);
    }
}
