using System.Text.Json;
using System.Text.Json.Serialization;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Participants;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Reading;

/// <summary>A case in a list.</summary>
internal sealed record CaseSummary(
    Guid Id, string Number, CaseStatus Status, string Need, Kind Kind, Priority Priority, Feeling Feeling, Channel Channel, string Brand,
    Guid CustomerId, string? CustomerName,
    string? QueueId, string? QueueName, Guid? OwnerId, string? OwnerName, DateTimeOffset OpenedAt, DateTimeOffset LastActivityAt,
    DateTimeOffset? NextDue, DateTimeOffset? WaitingSince, string? Undelivered, long Version, string Category, IReadOnlyList<string> Tags,
    DateTimeOffset? ClockDue)
{
    public static CaseSummary Of(CaseRow row)
    {
        var s = row.Case;
        return new(
            s.Id, s.Number, s.Status, s.Need, s.Kind, s.Priority, s.Feeling, s.Channel, s.Brand, s.CustomerId, s.CustomerName,
            s.QueueId, s.QueueName, s.OwnerId, s.OwnerName, s.OpenedAt, s.LastActivityAt, s.NextDue, s.WaitingSince, s.Undelivered,
            s.Version, s.Category, s.Tags, row.ClockDue);
    }
}

/// <summary>Something that happened on a case, with its content.</summary>
/// <param name="Type">The event's name, e.g. <c>case.reply-sent.v1</c>.</param>
/// <param name="Visibility">Who may read it: everybody (a public post and our public answer), the customer, or staff alone.</param>
/// <param name="Data">The event as its contract has it; without what was erased.</param>
internal sealed record TimelineEntry(
    Guid Id, long Version, string Type, DateTimeOffset At, string Actor, Visibility Visibility, JsonElement Data, DateTimeOffset? ErasedAt)
{
    public static TimelineEntry Of(LoggedEvent e)
    {
        using var data = JsonDocument.Parse(e.Data);
        return new(e.Id, e.Version, e.Type, e.Time, e.Actor, EntryVisibility.Of(e.Type, data.RootElement), data.RootElement.Clone(), e.ErasedAt);
    }

    /// <summary>The case that it is of, where entries of several are together.</summary>
    [JsonIgnore]
    public CaseState? Case { get; init; }

    public Guid? CaseId => Case?.Id;

    public string? CaseNumber => Case?.Number;

    /// <summary>The event itself, for pages.</summary>
    [JsonIgnore]
    public object Event => EventTypes.Read(Type, Data.GetRawText());
}

internal sealed record CaseLead(Guid CaseId, string Number, DateTimeOffset At);

/// <summary>A case as staff sees it.</summary>
internal sealed record CaseView
{
    public required Guid Id { get; init; }
    public required string Number { get; init; }
    public required long Version { get; init; }
    public required CaseStatus Status { get; init; }
    public required string Need { get; init; }
    public required IReadOnlyList<PastNeed> PastNeeds { get; init; }

    /// <summary>How it was understood, from when on, and who said so; what holds comes last.</summary>
    public required IReadOnlyList<Understanding> Needs { get; init; }

    /// <summary>Since when the customer has said that we got it wrong, until somebody answers.</summary>
    public DateTimeOffset? NeedDoubtedAt { get; init; }

    /// <summary>What the owner is to read first, until they have.</summary>
    public Handover? Handover { get; init; }

    /// <summary>With what the customer thanked us.</summary>
    public required IReadOnlyList<Praise> Praise { get; init; }
    public string? Subject { get; init; }
    public required Kind Kind { get; init; }
    public required string Category { get; init; }
    public required Priority Priority { get; init; }
    public string? PrioritySetBy { get; init; }
    public required Feeling Feeling { get; init; }
    public required IReadOnlyList<string> Reasons { get; init; }
    public required Guid CustomerId { get; init; }
    public string? CustomerName { get; init; }
    public required Identity From { get; init; }
    public required Channel Channel { get; init; }
    public required string Brand { get; init; }
    public string? Language { get; init; }
    public string? TimeZone { get; init; }
    public required Automatic Automatic { get; init; }
    public required IReadOnlyList<ParticipantView> Participants { get; init; }
    public PublicPost? PublicPost { get; init; }
    /// <summary>Those of the cases that are part of this one, too.</summary>
    public required IReadOnlyList<SideConversation> SideConversations { get; init; }
    public string? QueueId { get; init; }
    public string? QueueName { get; init; }
    public string? TeamName { get; init; }
    public Guid? OwnerId { get; init; }
    public string? OwnerName { get; init; }
    public required IReadOnlyList<Step> Steps { get; init; }
    public required IReadOnlyList<Promise> Promises { get; init; }
    public required IReadOnlyList<PromiseSuggestion> Suggestions { get; init; }
    public required IReadOnlyList<Reminder> Reminders { get; init; }
    public Proposal? Proposal { get; init; }
    public required IReadOnlyList<ScheduledReply> ScheduledReplies { get; init; }
    public Resolution? Resolution { get; init; }
    public ThirdParty? WaitingOn { get; init; }
    public SecondOpinion? SecondOpinion { get; init; }
    public required IReadOnlyList<GivenFeedback> Feedback { get; init; }
    public required IReadOnlyDictionary<string, string> References { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public Guid? FollowsCaseId { get; init; }
    public string? FollowsNumber { get; init; }

    /// <summary>What this case is to others.</summary>
    public required IReadOnlyList<CaseLink> Links { get; init; }

    /// <summary>The cases that are part of this one.</summary>
    public required IReadOnlyList<MergedCase> Merged { get; init; }

    /// <summary>The case that this one is part of.</summary>
    public CaseLead? MergedInto { get; init; }
    public string? Undelivered { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public DateTimeOffset? FirstAnswerAt { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }
    public required DateTimeOffset LastActivityAt { get; init; }
    public DateTimeOffset? WaitingSince { get; init; }
    public DateTimeOffset? NextDue { get; init; }

    /// <param name="parts">The cases that are part of it.</param>
    public static CaseView Of(CaseState s, IReadOnlyList<CaseState> parts) => new()
    {
        Id = s.Id,
        Number = s.Number,
        Version = s.Version,
        Status = s.Status,
        Need = s.Need,
        PastNeeds = s.PastNeeds,
        Needs = [.. s.Needs],
        NeedDoubtedAt = s.NeedDoubtedAt,
        Handover = s.Handover,
        Praise = s.Praise,
        Subject = s.Subject,
        Kind = s.Kind,
        Category = s.Category,
        Priority = s.Priority,
        PrioritySetBy = s.PrioritySetBy,
        Feeling = s.Feeling,
        Reasons = s.Reasons,
        CustomerId = s.CustomerId,
        CustomerName = s.CustomerName,
        From = s.From,
        Channel = s.Channel,
        Brand = s.Brand,
        Language = s.Language,
        TimeZone = s.TimeZone,
        Automatic = s.Automatic,
        Participants = ParticipantView.Of(s),
        PublicPost = s.PublicPost,
        SideConversations = [.. s.SideConversations, .. parts.SelectMany(part => part.SideConversations)],
        QueueId = s.QueueId,
        QueueName = s.QueueName,
        TeamName = s.TeamName,
        OwnerId = s.OwnerId,
        OwnerName = s.OwnerName,
        Steps = s.Plan,
        Promises = s.Promises,
        Suggestions = s.Suggestions,
        Reminders = s.Reminders,
        Proposal = s.Proposal,
        ScheduledReplies = s.Scheduled,
        Resolution = s.Resolution,
        WaitingOn = s.WaitingOn,
        SecondOpinion = s.SecondOpinion,
        Feedback = s.Feedback,
        References = s.References,
        Tags = s.Tags,
        FollowsCaseId = s.FollowsCaseId,
        FollowsNumber = s.FollowsNumber,
        Links = s.AllLinks,
        Merged = s.Merged,
        MergedInto = s.MergedInto is { } into ? new(into.CaseId, into.Number, into.At) : null,
        Undelivered = s.Undelivered,
        OpenedAt = s.OpenedAt,
        AcknowledgedAt = s.AcknowledgedAt,
        FirstAnswerAt = s.FirstAnswerAt,
        ResolvedAt = s.ResolvedAt,
        LastActivityAt = s.LastActivityAt,
        WaitingSince = s.WaitingSince,
        NextDue = s.NextDue,
    };
}
