using System.Collections.Frozen;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;

namespace CxPlatform.Cases.StatusPage;

/// <summary>The status page's words in one language. <c>{who}</c> is the owner's or the team's name, <c>{0}</c> a date or a name.</summary>
internal sealed record StatusWords
{
    public required string Lang { get; init; }
    public required string OurTeam { get; init; }
    public required string You { get; init; }

    public required string HeadingNew { get; init; }
    public required string HeadingHasIt { get; init; }
    public required string HeadingWorks { get; init; }
    public required string HeadingYourTurn { get; init; }
    public required string HeadingProposed { get; init; }
    public required string HeadingSolved { get; init; }
    public required string HeadingPartly { get; init; }
    public required string HeadingNotPossible { get; init; }
    public required string HeadingReferred { get; init; }
    public required string HeadingThanks { get; init; }
    public required string HeadingClosed { get; init; }
    public required string HeadingWaiting { get; init; }
    public required string Since { get; init; }

    public required string Next { get; init; }
    public required string Who { get; init; }
    public required string When { get; init; }
    public required string Today { get; init; }
    public required string Tomorrow { get; init; }
    public required string Yesterday { get; init; }
    public required string Morning { get; init; }
    public required string Noon { get; init; }
    public required string Afternoon { get; init; }
    public required string Evening { get; init; }
    public required string NoDate { get; init; }
    public required string AnyTime { get; init; }
    public required string NextRead { get; init; }
    public required string NextYourAnswer { get; init; }
    public required string NextYourDecision { get; init; }
    public required string NextThirdParty { get; init; }
    public required string NextNothing { get; init; }
    public required string NextThanks { get; init; }
    public required string NextClosed { get; init; }
    public required string NextAgreed { get; init; }

    public required string Proposal { get; init; }
    public required string ProposalFrom { get; init; }
    public required string Silence { get; init; }
    public required string NoHurry { get; init; }
    public required string ConfirmAccept { get; init; }
    public required string Accept { get; init; }
    public required string Decline { get; init; }
    public required string MakeItRight { get; init; }
    public required string MakeItRightHint { get; init; }
    public required string SendDecline { get; init; }

    public required string Rule { get; init; }
    public required string Alternative { get; init; }
    public required string ReferredTo { get; init; }
    public required string SecondOpinion { get; init; }
    public required string SecondOpinionHint { get; init; }
    public required string SecondOpinionLabel { get; init; }
    public required string SecondOpinionSend { get; init; }

    public required string Understood { get; init; }
    public required string NotIt { get; init; }
    public required string NeedLabel { get; init; }
    public required string NeedHint { get; init; }
    public required string NeedSend { get; init; }

    public required string Plan { get; init; }
    public required string StepDone { get; init; }
    public required string StepNow { get; init; }
    public required string StepLater { get; init; }
    public required string StepSkipped { get; init; }
    public required string By { get; init; }

    public required string Promises { get; init; }
    public required string PromiseOpen { get; init; }
    public required string PromiseKept { get; init; }
    public required string PromiseKeptLate { get; init; }
    public required string PromiseBroken { get; init; }
    public required string PromiseBrokenSorry { get; init; }
    public required string PromiseMoved { get; init; }
    public required string PromiseNewDate { get; init; }
    public required string PromiseWithdrawn { get; init; }

    public required string Messages { get; init; }
    public required string InPublic { get; init; }
    public required string Files { get; init; }
    public required string AddFiles { get; init; }
    public required string AddFilesHint { get; init; }
    public required string Write { get; init; }
    public required string WriteLabel { get; init; }
    public required string WriteHint { get; init; }
    public required string WriteResolved { get; init; }
    public required string Send { get; init; }

    public required string Reach { get; init; }
    public required string ReachAnswer { get; init; }
    public required string ReachPhone { get; init; }
    public required string HereNow { get; init; }
    public required string HereUntil { get; init; }
    public required string HereNobody { get; init; }
    public required string HereFrom { get; init; }
    public required string Place { get; init; }
    public required string PlaceFirst { get; init; }
    public required string PlaceNumber { get; init; }
    public required string PlaceBetween { get; init; }
    public required string PlaceFar { get; init; }
    public required string Helps { get; init; }

    public required string Call { get; init; }
    public required string CallBooked { get; init; }
    public required string CallWhen { get; init; }
    public required string CallPhone { get; init; }
    public required string CallPhoneHint { get; init; }
    public required string CallBook { get; init; }
    public required string CallMove { get; init; }
    public required string CallCancel { get; init; }
    public required string CallCalendar { get; init; }
    public required string CallFull { get; init; }
    public required string Times { get; init; }

    public required string DoneReply { get; init; }
    public required string DoneNeed { get; init; }
    public required string DoneAccept { get; init; }
    public required string DoneDecline { get; init; }
    public required string DoneCall { get; init; }
    public required string DoneCancelCall { get; init; }
    public required string DoneSecondOpinion { get; init; }

    public required string Empty { get; init; }
    public required string TooLong { get; init; }
    public required string NoProposal { get; init; }
    public required string NewerProposal { get; init; }
    public required string Over { get; init; }
    public required string TooOften { get; init; }
    public required string SlotTaken { get; init; }
    public required string SlotGone { get; init; }
    public required string PhoneNeeded { get; init; }
    public required string TooManyFiles { get; init; }
    public required string FileTooLarge { get; init; }
    public required string NotNow { get; init; }

    public required string UnknownTitle { get; init; }
    public required string Unknown { get; init; }
    public required string OldTitle { get; init; }
    public required string Old { get; init; }

    private static readonly FrozenDictionary<string, StatusWords> ByLanguage = new[] { StatusWordsTable.English, StatusWordsTable.German }
        .ToFrozenDictionary(words => words.Lang, StringComparer.OrdinalIgnoreCase);

    /// <param name="language">BCP 47; only its first subtag counts. English for what is not known.</param>
    public static StatusWords In(string? language) =>
        ByLanguage.GetValueOrDefault((language ?? "").Split('-')[0], StatusWordsTable.English);

    /// <summary>Where a promise stands.</summary>
    public string Of(PublicPromise promise) => promise.State switch
    {
        PromiseState.Kept => PromiseKept,
        PromiseState.KeptLate => PromiseKeptLate,
        PromiseState.Broken => PromiseBroken,
        PromiseState.Withdrawn => PromiseWithdrawn,
        _ => promise.FirstDue == promise.Due ? PromiseOpen : PromiseNewDate,
    };

    public static bool Has(string language) => ByLanguage.ContainsKey(language.Split('-')[0]);
}
