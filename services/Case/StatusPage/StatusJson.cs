using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.StatusPage;

/// <summary>The status page for programs: what the page shows, and no more.</summary>
/// <param name="AsOf">When it stood so.</param>
/// <param name="TimeZone">In which the page tells dates; the ones here are UTC.</param>
/// <param name="Place">Where it is in line, in words; null when it does not wait for somebody to have it.</param>
/// <param name="People">When somebody is there.</param>
/// <param name="CallBack">Calls that can be booked, and the one that is; null when none are offered.</param>
/// <param name="Helps">What may help meanwhile.</param>
internal sealed record StatusJson(
    string Number, DateTimeOffset AsOf, CaseStatus Status, string Language, string TimeZone, string Heading, StatusJson.NextJson Next, string Need,
    DateTimeOffset OpenedAt, IReadOnlyList<StatusJson.StepJson> Steps, IReadOnlyList<StatusJson.PromiseJson> Promises,
    StatusJson.ProposalJson? Proposal, IReadOnlyList<StatusJson.MessageJson> Messages, CaseResult? Result, string? Reason,
    Ending? Ending, string? WaitingOn, DateTimeOffset? WaitingOnSince, DateTimeOffset? ResolvedAt, bool CanReply, bool CanCorrect,
    bool CanAskSecondOpinion, StatusJson.PlaceJson? Place, StatusJson.PeopleJson People, string? Phone,
    StatusJson.CallBackJson? CallBack, IReadOnlyList<StatusJson.HelpJson> Helps)
{
    public static StatusJson Of(StatusModel model)
    {
        var (view, setting, next) = (model.View, model.Setting, model.Next());
        return new(
            view.Number, setting.Now, view.Status, model.Words.Lang, model.Zone, model.Heading,
            new(next.What, next.Who, next.By, next.By is { } by ? model.Say(by) : next.NoDate), view.Need, view.OpenedAt,
            [.. view.Steps.Select(step => new StepJson(step.Title, step.Owner, step.Due, step.State, step.ForCustomer))],
            [.. view.Promises.Select(p => new PromiseJson(p.Text, p.Owner, p.Due, p.FirstDue, p.State, model.Words.Of(p), p.Reason))],
            view.Proposal is { } proposal ? new(proposal.Text, proposal.AgentName, proposal.AnswerBy, proposal.Result, proposal.Ending) : null,
            [.. view.Messages.Select(MessageJson.Of)],
            view.Result, view.Reason, view.Ending, view.WaitingOn, view.WaitingOnSince, view.ResolvedAt, view.CanReply,
            view.CanCorrect, view.CanAskSecondOpinion,
            setting.Place is { } place ? new(place.From, place.IsMore ? null : place.To, model.Place()!) : null,
            new(setting is { IsOpen: true, Nobody: false }, setting.Until, setting.IsOpen ? null : setting.Opens, model.People()),
            setting.Phone,
            setting.OffersCalls
                ? new(setting.Call is { } call ? new(call.From, call.To) : null, [.. setting.Slots.Select(s => new SlotJson(s.From, s.To))])
                : null,
            [.. setting.Helps.Select(help => new HelpJson(help.Text, help.Link))]);
    }

    /// <param name="When">By when, in words: a near date, or why there is none.</param>
    internal sealed record NextJson(string What, string? Who, DateTimeOffset? By, string? When);

    internal sealed record StepJson(string Title, string? Owner, DateTimeOffset? Due, StepState State, string? ForCustomer);

    /// <param name="Standing">The state in words.</param>
    /// <param name="Reason">Why the date was moved.</param>
    internal sealed record PromiseJson(
        string Text, string Owner, DateTimeOffset Due, DateTimeOffset FirstDue, PromiseState State, string Standing, string? Reason);

    internal sealed record ProposalJson(string Text, string From, DateTimeOffset AnswerBy, CaseResult Result, Ending? Ending);

    /// <param name="Public">Everybody can read it where it was written.</param>
    internal sealed record MessageJson(
        DateTimeOffset At, bool FromCustomer, string? Name, string Text, IReadOnlyList<string> Files, bool Public)
    {
        public static MessageJson Of(PublicMessage m) =>
            new(m.At, m.FromCustomer, m.Name, m.Text, [.. m.Attachments.Select(file => file.Name)], m.IsPublic);
    }

    /// <param name="To">Null: farther than is counted.</param>
    internal sealed record PlaceJson(int From, int? To, string Words);

    /// <param name="Here">Somebody is there now.</param>
    /// <param name="Until">Until when it is open.</param>
    /// <param name="Opens">When it opens; null when it is open.</param>
    internal sealed record PeopleJson(bool Here, DateTimeOffset? Until, DateTimeOffset? Opens, string Words);

    internal sealed record CallBackJson(SlotJson? Booked, IReadOnlyList<SlotJson> Free);

    internal sealed record SlotJson(DateTimeOffset From, DateTimeOffset To);

    internal sealed record HelpJson(string Text, string? Link);
}
