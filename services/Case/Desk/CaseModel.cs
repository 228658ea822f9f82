using CxPlatform.Cases.CallBacks;
using CxPlatform.Cases.Clocks;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Drafts;
using CxPlatform.Cases.Presence;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.SideConversations;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Desk;

/// <summary>What a case's page at the desk shows. Public because components and their parameters are; what it holds is not.</summary>
public sealed record CaseModel
{
    public const int MaxText = 20_000;
    public const int MaxLine = 500;
    public const int MaxReason = 2000;

    /// <summary>What the address says when the timeline tells of all the customer's cases.</summary>
    internal const string WholeTimeline = "all";

    internal CaseModel(CaseState state, BusinessCalendar calendar, DateTimeOffset now, Guid? me)
    {
        Case = state;
        Calendar = calendar;
        Now = now;
        Me = me;
    }

    internal CaseState Case { get; }

    internal BusinessCalendar Calendar { get; }

    internal DateTimeOffset Now { get; }

    /// <summary>The agent who looks; null for an administrator who is no agent, and so cannot own a case.</summary>
    internal Guid? Me { get; }

    internal IReadOnlyList<DeskEntry> Timeline { get; init; } = [];

    internal IReadOnlyList<AgentChoice> Agents { get; init; } = [];

    /// <summary>The customer's other cases, newest first.</summary>
    internal IReadOnlyList<CaseState> Others { get; init; } = [];

    /// <summary>The timeline tells of them too.</summary>
    internal bool IsWhole { get; init; }

    internal CaseDrafts Drafts { get; init; } = new([], []);

    /// <summary>Who else has the case open.</summary>
    internal PresentOnCase Present { get; init; } = new([], "");

    /// <summary>What others were asked beside.</summary>
    internal IReadOnlyList<SideConversationView> Beside { get; init; } = [];

    /// <summary>Every file on the case.</summary>
    internal IReadOnlyList<Attachment> Files { get; init; } = [];

    /// <summary>The case's clocks, explained.</summary>
    internal ClocksView? Clocks { get; init; }

    /// <summary>The call that the customer has booked.</summary>
    internal CallBackView.Call? Call => CallBackView.BookedOf(Case);

    /// <summary>When one can be booked.</summary>
    internal IReadOnlyList<Opening> Slots { get; init; } = [];

    /// <summary>What was just done, in a sentence.</summary>
    internal string? Done { get; init; }

    internal DeskRefusal? Refused { get; init; }

    internal string Zone => Calendar.TimeZone;

    internal string Address => DeskEndpoints.AddressOf(Case.Number);

    internal string Customer => Case.CustomerName ?? "Name unknown";

    internal bool CanReply => Case.Status != CaseStatus.Closed;

    internal bool CanUndoMerge { get; init; }

    /// <summary>The number that was asked for: of a case that is part of this one.</summary>
    internal string? CameFrom { get; init; }

    /// <summary>What customers wrote here and was not made a case of its own.</summary>
    internal IReadOnlyList<DeskMessage> CameIn { get; init; } = [];

    internal Draft? DraftOf(DraftKind kind) => Drafts.Mine.FirstOrDefault(draft => draft.Kind == kind);

    internal IEnumerable<Promise> Promises => Case.Promises
        .OrderBy(promise => promise.State switch { PromiseState.Open => 0, PromiseState.Broken => 1, _ => 2 })
        .ThenBy(promise => promise.Due);

    /// <summary>Whether that form, of that promise or step if it is one's, was refused.</summary>
    internal bool IsRefused(string form, string? target = null) => Refused is { } r && r.Form == form && r.Target == target;

    internal string? RefusedField => Refused?.Field;

    internal string? TextOf(string form, string field, string? target = null) =>
        IsRefused(form, target) ? Refused!.Values.GetValueOrDefault(field) : null;

    /// <summary>What is wrong with a field.</summary>
    internal string? FieldErrorOf(string form, string field, string? target = null) =>
        IsRefused(form, target) && Refused!.Field == field ? Refused.Why : null;

    /// <summary>What is wrong with the whole form.</summary>
    internal string? ErrorOf(string form, string? target = null) => IsRefused(form, target) && Refused!.Field is null ? Refused.Why : null;

    /// <summary>A date that can be kept: a business day ahead, on the half hour, in the form's own notation.</summary>
    internal string SuggestedDue => LocalTime.Write(
        LocalTime.ToHalfHour(Calendar.Add(Now, TimeSpan.FromHours(8)) ?? Now.AddDays(1)), Zone);

    internal string Local(DateTimeOffset at) => LocalTime.Write(at, Zone);
}

internal sealed record DeskMessage(Guid ContactId, DateTimeOffset At, string Name, string Text)
{
    public static DeskMessage? Of(TimelineEntry entry) => entry.Event switch
    {
        CaseOpened e => new(e.ContactId, e.ReceivedAt, e.CustomerName ?? "The customer", e.Text),
        CustomerReplied e => new(e.ContactId, e.ReceivedAt, e.CustomerName ?? "The customer", e.Text),
        _ => null,
    };
}

/// <summary>A form that was refused, with everything that had been entered.</summary>
/// <param name="Target">The promise or step that it was about.</param>
/// <param name="Field">The field at fault; null when it is the case's state.</param>
/// <param name="Changed">What other people did since the page was read, when that is the reason.</param>
internal sealed record DeskRefusal(
    string Form, string? Target, IReadOnlyDictionary<string, string> Values, string Why, string? Field, IReadOnlyList<DeskEntry> Changed);
