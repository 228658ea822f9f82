using System.Globalization;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.ServiceDefaults.Pages;

namespace CxPlatform.Cases.StatusPage;

/// <summary>What the status page shows. Public because components and their parameters are; what it holds is not.</summary>
public sealed record StatusModel
{
    public const int MaxText = 20_000;
    public const int MaxNeed = 2000;

    internal StatusModel(PublicView view, string token, BusinessCalendar calendar, DateTimeOffset now)
    {
        View = view;
        Token = token;
        Words = StatusWords.In(view.Language);
        Zone = CaseCalendars.ZoneOf(view.TimeZone, calendar);
        PeopleAreHere = calendar.IsOpen(now);
        NextOpening = calendar.NextOpening(now);
    }

    internal PublicView View { get; }

    internal StatusWords Words { get; }

    internal string Token { get; }

    /// <summary>IANA zone in which all dates are told.</summary>
    internal string Zone { get; }

    internal bool PeopleAreHere { get; }

    internal DateTimeOffset? NextOpening { get; }

    /// <summary>What the customer has just done.</summary>
    internal string? Done { get; init; }

    /// <summary>The answer that the link preselects: <c>accept</c>, <c>decline</c> or nothing.</summary>
    internal string? Answer { get; init; }

    /// <summary>What was refused, why, and the words that were typed.</summary>
    internal StatusRefusal? Refused { get; init; }

    /// <summary>Lets a form that is sent twice act once.</summary>
    internal Guid Once { get; init; } = Guid.NewGuid();

    /// <summary>A number that can be called; null when none is configured.</summary>
    internal string? Phone { get; init; }

    internal string Who => View.Who.Length > 0 ? View.Who : Words.OurTeam;

    internal string Heading => (View.Status switch
    {
        CaseStatus.New => Words.HeadingNew,
        CaseStatus.Acknowledged => Words.HeadingHasIt,
        CaseStatus.WaitingOnCustomer => Words.HeadingYourTurn,
        CaseStatus.Proposed => Words.HeadingProposed,
        CaseStatus.Resolved => View switch
        {
            { Agreement: Agreement.NothingAsked } => Words.HeadingThanks,
            { Result: CaseResult.Partly } => Words.HeadingPartly,
            { Result: CaseResult.NotPossible } => Words.HeadingNotPossible,
            { Result: CaseResult.Referred } => Words.HeadingReferred,
            _ => Words.HeadingSolved,
        },
        CaseStatus.Closed => Words.HeadingClosed,
        _ => Words.HeadingWorks,
    }).Replace("{who}", Who, StringComparison.Ordinal);

    internal string AddressOf(string? part = null) => $"/s/{Token}{part}";

    internal string Format(DateTimeOffset at) => Dates.Format(at, Zone, Words.Lang);

    internal string WithWho(string text) => text.Replace("{who}", Who, StringComparison.Ordinal);

    internal static string Fill(string text, object value) => string.Format(CultureInfo.InvariantCulture, text, value);

    internal string PeopleAreThere() => PeopleAreHere ? Words.HereNow : NextOpening is { } next ? Fill(Words.HereFrom, Format(next)) : "";

    /// <summary>It is over, and may not be for the customer. Praise asks for nothing that could be left undone.</summary>
    internal bool MayReopen => View is { Status: CaseStatus.Resolved, Agreement: not Agreement.NothingAsked };

    private bool IsOver => View.Status is CaseStatus.Resolved or CaseStatus.Closed;

    /// <summary>What is next, by whom and by when: the answer that the page always gives.</summary>
    internal NextStep Next()
    {
        // A proposal is the customer's turn only while it is not talked about.
        if (View is { Status: CaseStatus.Proposed, Proposal: { } proposal })
            return new(Words.NextYourDecision, Words.You, proposal.AnswerBy, null);
        if (View.Next is { } promise)
            return new(IsOver ? $"{Words.NextAgreed} {promise.Text}" : promise.Text, promise.Owner, promise.Due, null);
        return View.Status switch
        {
            CaseStatus.WaitingOnCustomer => new(Words.NextYourAnswer, Words.You, null, Words.AnyTime),
            CaseStatus.Resolved => new(MayReopen ? Words.NextNothing : Words.NextThanks, null, null, null),
            CaseStatus.Closed => new(Words.NextClosed, null, null, null),
            _ when View.Steps.FirstOrDefault(step => step.State == StepState.Open) is { } step =>
                new(step.Title, step.Owner ?? Who, step.Due, step.Due is null ? Words.NoDate : null),
            CaseStatus.New => new(Words.NextRead, Who, null, null),
            _ => new(WithWho(Words.HeadingWorks), Who, null, Words.NoDate),
        };
    }
}

/// <param name="NoDate">What stands in place of a date.</param>
internal sealed record NextStep(string What, string? Who, DateTimeOffset? By, string? NoDate);

/// <param name="What">Which form: <c>reply</c>, <c>need</c>, <c>accept</c> or <c>decline</c>.</param>
/// <param name="Text">What the customer had typed.</param>
internal sealed record StatusRefusal(string What, string Text, string Why);
