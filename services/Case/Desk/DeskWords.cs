using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.ServiceDefaults.Pages;

namespace CxPlatform.Cases.Desk;

/// <summary>A word with the tone of its badge.</summary>
internal sealed record Word(string Text, string? Tone = null);

/// <summary>What states are called at the desk.</summary>
internal static class DeskWords
{
    public static Word Of(CaseStatus status) => status switch
    {
        CaseStatus.New => new("New", "warning"),
        CaseStatus.Acknowledged => new("Acknowledged", "info"),
        CaseStatus.InProgress => new("In progress", "info"),
        CaseStatus.WaitingOnCustomer => new("Waiting on customer"),
        CaseStatus.WaitingOnThirdParty => new("Waiting on a third party"),
        CaseStatus.Proposed => new("Proposed"),
        CaseStatus.Resolved => new("Resolved", "success"),
        CaseStatus.Closed => new("Closed"),
        _ => new(status.ToString()),
    };

    public static Word Of(Priority priority) => priority switch
    {
        Priority.Urgent => new("Urgent", "error"),
        Priority.High => new("High", "warning"),
        Priority.Low => new("Low"),
        _ => new("Normal"),
    };

    /// <summary>Null for what needs no badge.</summary>
    public static Word? Of(Feeling feeling) => feeling switch
    {
        Feeling.Angry => new("Angry", "error"),
        Feeling.Unhappy => new("Unhappy", "warning"),
        Feeling.Happy => new("Happy", "success"),
        _ => null,
    };

    public static string Of(Kind kind) => kind == Kind.Unknown ? "Not understood yet" : kind.ToString();

    public static string Of(Channel channel) => channel switch
    {
        Channel.Email => "Email",
        Channel.WebForm => "Web form",
        Channel.Sms => "SMS",
        Channel.Whatsapp => "WhatsApp",
        Channel.Social => "Social media",
        Channel.Voice => "Phone",
        Channel.Api => "API",
        _ => channel.ToString(),
    };

    public static string By(Channel channel) => channel switch
    {
        Channel.Email => "by email",
        Channel.WebForm => "by web form",
        Channel.Chat => "in a chat",
        Channel.Sms => "by SMS",
        Channel.Whatsapp => "by WhatsApp",
        Channel.Social => "on social media",
        Channel.Voice => "by phone",
        Channel.Kiosk => "at a kiosk",
        Channel.Letter => "by letter",
        Channel.Api => "through the API",
        _ => "in an unknown way",
    };

    public static Word Of(PromiseState state) => state switch
    {
        PromiseState.Kept => new("Kept", "success"),
        PromiseState.KeptLate => new("Kept late", "warning"),
        PromiseState.Broken => new("Broken", "error"),
        PromiseState.Withdrawn => new("Withdrawn"),
        _ => new("Open", "info"),
    };

    public static string Of(CaseResult result) => result switch
    {
        CaseResult.Solved => "Solved",
        CaseResult.Partly => "Partly solved",
        CaseResult.NotPossible => "Not possible",
        CaseResult.Referred => "Referred to somebody else",
        _ => result.ToString(),
    };

    /// <summary>The ways in which a case can come out, for a choice.</summary>
    public static IReadOnlyList<(string Value, string Text)> Results { get; } =
    [
        .. ((CaseResult[])[CaseResult.Solved, CaseResult.Partly, CaseResult.NotPossible, CaseResult.Referred])
            .Select(result => (result.ToString(), Of(result))),
    ];

    public static string Of(Agreement agreement) => agreement switch
    {
        Agreement.Customer => "the customer agreed",
        Agreement.Silence => "the customer did not object",
        Agreement.Agent => "without asking the customer",
        Agreement.NothingAsked => "nothing was asked",
        _ => agreement.ToString(),
    };

    /// <summary>As it is said before the other case's number.</summary>
    public static string Of(LinkKind kind) => kind switch
    {
        LinkKind.Related => "Related to",
        LinkKind.DuplicateOf => "Duplicate of",
        LinkKind.DuplicatedBy => "Has a duplicate:",
        LinkKind.CausedBy => "Caused by",
        LinkKind.Causes => "Causes",
        LinkKind.Follows => "Follows",
        LinkKind.FollowedBy => "Followed by",
        LinkKind.SplitFrom => "Split from",
        LinkKind.SplitInto => "Split into",
        _ => "Linked with",
    };

    /// <summary>What can be said of another case, for a choice.</summary>
    public static IReadOnlyList<(string Value, string Text)> Links { get; } =
    [
        .. ((LinkKind[])[LinkKind.Related, LinkKind.DuplicateOf, LinkKind.CausedBy, LinkKind.Causes, LinkKind.Follows])
            .Select(kind => (kind.ToString(), Of(kind))),
    ];

    public static string Of(ParticipantRole role) => role switch
    {
        ParticipantRole.Requester => "Customer",
        ParticipantRole.Cc => "Copied",
        ParticipantRole.Follower => "Follows",
        ParticipantRole.Guest => "Joined",
        ParticipantRole.Suggested => "Was in copy",
        _ => role.ToString(),
    };

    public static string Of(EvidenceKind kind) => kind switch
    {
        EvidenceKind.ReplyToken => "it was sent to this case's address",
        EvidenceKind.SideToken => "it was sent to the address of a side conversation",
        EvidenceKind.MessageId => "it answers a message of this case",
        EvidenceKind.BouncedMessage => "it reports a message of this case as undelivered",
        EvidenceKind.SubjectNumber => "its subject names this case",
        EvidenceKind.Conversation => "it belongs to the same conversation",
        EvidenceKind.Explicit => "it was written for this case",
        _ => "of what it says",
    };

    public static string Of(Automatic automatic) => automatic switch
    {
        Automatic.AutoReply => "An automatic answer",
        Automatic.Bounce => "A delivery report",
        Automatic.List => "A list message",
        Automatic.Loop => "An echo of our own message",
        _ => "A machine's message",
    };

    /// <summary>How long something took or takes: the two largest units.</summary>
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => "less than a minute",
        { TotalHours: < 1 } => Invariant($"{span.Minutes} min"),
        { TotalDays: < 1 } => Invariant($"{span.Hours} h {span.Minutes:00} min"),
        _ => Invariant($"{(int)span.TotalDays} d {span.Hours} h"),
    };

    public static string Date(DateTimeOffset at, string zone) => Dates.Format(at, zone, "en");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
