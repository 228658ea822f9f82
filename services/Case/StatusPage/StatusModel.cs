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

    internal StatusModel(PublicView view, StatusSetting setting, string token, StatusWords words) =>
        (View, Setting, Token, Words) = (view, setting, token, words);

    internal PublicView View { get; }

    internal StatusSetting Setting { get; }

    internal StatusWords Words { get; }

    internal string Token { get; }

    /// <summary>IANA zone in which all dates are told.</summary>
    internal string Zone => Setting.Zone;

    internal DateTimeOffset Now => Setting.Now;

    /// <summary>What the customer has just done.</summary>
    internal string? Done { get; init; }

    /// <summary>The answer that the link preselects: <c>accept</c>, <c>decline</c> or nothing.</summary>
    internal string? Answer { get; init; }

    /// <summary>What was refused, why, and the words that were typed.</summary>
    internal StatusRefusal? Refused { get; init; }

    /// <summary>Lets a form that is sent twice act once.</summary>
    internal Guid Once { get; init; } = Guid.NewGuid();

    internal string Who => View.Who.Length > 0 ? View.Who : Words.OurTeam;

    internal string Heading => (View.Status switch
    {
        CaseStatus.New => Words.HeadingNew,
        CaseStatus.Acknowledged => Words.HeadingHasIt,
        CaseStatus.WaitingOnCustomer => Words.HeadingYourTurn,
        CaseStatus.WaitingOnThirdParty => Words.HeadingWaiting.Replace("{0}", View.WaitingOn, StringComparison.Ordinal),
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

    /// <summary>As people say it, and exactly.</summary>
    internal string Say(DateTimeOffset at) => Near.Say(at, Now, Zone, Words);

    internal static string Fill(string text, params object[] values) => string.Format(CultureInfo.InvariantCulture, text, values);

    /// <summary>Whether somebody is there now, and until when, or when again.</summary>
    internal string People() => Setting switch
    {
        { IsOpen: true, Until: null } => Words.HereNow,
        { IsOpen: true, Until: { } until, Nobody: true } => Fill(Words.HereNobody, Near.Time(until, Now, Zone, Words)),
        { IsOpen: true, Until: { } until } => Fill(Words.HereUntil, Near.Time(until, Now, Zone, Words)),
        { Opens: { } opens } => Fill(Words.HereFrom, Say(opens)),
        _ => "",
    };

    /// <summary>Where the case is in line; null when it does not wait for somebody to have it.</summary>
    internal string? Place() => Setting.Place switch
    {
        null => null,
        { IsMore: true, To: var to } => Fill(Words.PlaceFar, to - 1),
        { From: 1, To: 1 } => Words.PlaceFirst,
        { From: var from, To: var to } when from == to => Fill(Words.PlaceNumber, from),
        { From: var from, To: var to } => Fill(Words.PlaceBetween, from, to),
    };

    /// <summary>It is over, and may not be for the customer. Praise asks for nothing that could be left undone.</summary>
    internal bool MayReopen => View is { Status: CaseStatus.Resolved, Agreement: not Agreement.NothingAsked };

    private bool IsOver => View.Status is CaseStatus.Resolved or CaseStatus.Closed;

    /// <summary>What is next, by whom and by when: the answer that the page always gives.</summary>
    internal NextStep Next()
    {
        // A proposal is the customer's turn only while it is not talked about, and when it did not reach them, until it had to be answered.
        if (View is { Status: CaseStatus.Proposed, Proposal: { } proposal } && (proposal.AnswerBy > Now || View.Next is null))
            return new(Words.NextYourDecision, Words.You, proposal.AnswerBy, null);
        if (View.Next is { } promise)
            return new(IsOver ? $"{Words.NextAgreed} {promise.Text}" : promise.Text, promise.Owner, promise.Due, null);
        return View.Status switch
        {
            CaseStatus.WaitingOnThirdParty => new(Fill(Words.NextThirdParty, View.WaitingOn ?? ""), Who, null, Words.NoDate),
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

/// <param name="What">Which form: <c>reply</c>, <c>need</c>, <c>accept</c>, <c>decline</c>, <c>call-back</c> or <c>cancel-call</c>.</param>
/// <param name="Text">What the customer had typed.</param>
internal sealed record StatusRefusal(string What, string Text, string Why);
