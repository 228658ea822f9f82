using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Routing.V1;

namespace CxPlatform.Notification.Tests;

/// <summary>The events of one believable case.</summary>
internal sealed class Story
{
    public Guid CaseId { get; } = Guid.CreateVersion7();
    public Guid CustomerId { get; } = Guid.CreateVersion7();
    public Guid AgentId { get; } = Guid.CreateVersion7();
    public string Number { get; init; } = "CX-2026-000123";
    public string? Name { get; init; } = "Maria Huber";
    public Channel Channel { get; init; } = Channel.Email;
    public Identity From { get; init; } = new(IdentityKind.EmailAddress, "maria@customer.example");
    public string? Language { get; init; } = "en";
    public string? TimeZone { get; init; } = "Europe/Vienna";
    public string? Subject { get; init; } = "Coffee machine";
    public string? MessageId { get; init; } = "<first@customer.example>";
    public Automatic Automatic { get; init; }

    public static readonly DateTimeOffset Monday = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    public CaseOpened Opened() => new()
    {
        CaseId = CaseId,
        Number = Number,
        ContactId = Guid.CreateVersion7(),
        CustomerId = CustomerId,
        CustomerName = Name,
        Channel = Channel,
        From = From,
        Language = Language,
        TimeZone = TimeZone,
        Subject = Subject,
        Text = "It leaks all over the kitchen.",
        Need = "The coffee machine leaks.",
        MessageId = MessageId,
        Automatic = Automatic,
        ReceivedAt = Monday.AddDays(-3),
    };

    public CaseAcknowledged Acknowledged(Kind kind = Kind.Problem, Feeling feeling = Feeling.Neutral, string? owner = "Anna Berger", DateTimeOffset? by = null) => new()
    {
        CaseId = CaseId,
        Number = Number,
        CustomerId = CustomerId,
        Need = "The coffee machine leaks.",
        Kind = kind,
        Feeling = feeling,
        OwnerName = owner,
        TeamName = "Support",
        Next = kind == Kind.Praise ? "Nothing more is needed." : "We look at your order and get back to you.",
        By = kind == Kind.Praise ? null : by ?? Monday,
        TimeZone = "Europe/Vienna",
    };

    public CaseAssigned Assigned(string name = "Anna Berger") => new(CaseId, AgentId, name, "support");

    public CustomerReplied Replied(string text = "It got worse.", Automatic automatic = Automatic.None, bool acknowledge = true, string? messageId = "<second@customer.example>") => new()
    {
        CaseId = CaseId,
        Number = Number,
        ContactId = Guid.CreateVersion7(),
        CustomerId = CustomerId,
        CustomerName = Name,
        Channel = Channel,
        From = From,
        Text = text,
        MessageId = messageId,
        JoinedBy = EvidenceKind.ReplyToken,
        Acknowledge = acknowledge,
        Automatic = automatic,
        ReceivedAt = Monday.AddDays(-2),
    };

    public ReplySent Answered(string text = "We are sending you a new seal today.", Guid? messageId = null) => new()
    {
        CaseId = CaseId,
        Number = Number,
        MessageId = messageId ?? Guid.CreateVersion7(),
        CustomerId = CustomerId,
        AgentId = AgentId,
        AgentName = "Anna Berger",
        Text = text,
    };

    public SolutionProposed Proposed() =>
        new(CaseId, Number, Guid.CreateVersion7(), Guid.CreateVersion7(), CustomerId, AgentId, "Anna Berger", "The new seal should stop the leak.", Monday);

    public PromiseMade Promised(Guid promiseId, PromiseSource source = PromiseSource.Agent) =>
        new(CaseId, promiseId, "You get a new seal.", Monday, AgentId, "Anna Berger", source);

    public CaseResolved Resolved(Agreement agreement, string? reason = null) =>
        new(CaseId, Number, CustomerId, CaseResult.Solved, agreement, Kind.Problem, Automatic, reason);

    public SurveyRequested Surveyed() =>
        new(Guid.CreateVersion7(), CaseId, Number, CustomerId, Measure.Csat, Monday, Monday.AddDays(14));

    public CustomerChanged Customer(params Identity[] identities) => new() { CustomerId = CustomerId, Name = Name, Language = Language, Identities = identities };

    public static string StreamOf(object e) => e switch
    {
        SurveyRequested survey => $"survey/{survey.SurveyId}",
        CustomerChanged customer => $"customer/{customer.CustomerId}",
        CustomerErased customer => $"customer/{customer.CustomerId}",
        CustomerMerged merged => $"customer/{merged.CustomerId}",
        CustomerUnmerged parted => $"customer/{parted.CustomerId}",
        AgentChanged agent => $"agent/{agent.AgentId}",
        AccessChanged access => $"key/{access.KeyId}",
        BounceReceived bounce => $"contact/{bounce.ContactId}",
        ChatReplyRead read => $"chat/{read.CaseId}",
        _ => $"case/{e.GetType().GetProperty("CaseId")!.GetValue(e)}",
    };
}
