using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.StatusPage;

/// <summary>The status page for programs: what the page shows, and no more.</summary>
/// <param name="TimeZone">In which the page tells dates; the ones here are UTC.</param>
internal sealed record StatusJson(
    string Number, CaseStatus Status, string Language, string TimeZone, string Heading, StatusJson.NextJson Next, string Need,
    DateTimeOffset OpenedAt, IReadOnlyList<StatusJson.StepJson> Steps, IReadOnlyList<StatusJson.PromiseJson> Promises,
    StatusJson.ProposalJson? Proposal, IReadOnlyList<StatusJson.MessageJson> Messages, CaseResult? Result, string? Reason,
    DateTimeOffset? ResolvedAt, bool CanReply, bool CanCorrect)
{
    public static StatusJson Of(StatusModel model)
    {
        var (view, next) = (model.View, model.Next());
        return new(
            view.Number, view.Status, model.Words.Lang, model.Zone, model.Heading, new(next.What, next.Who, next.By), view.Need,
            view.OpenedAt,
            [.. view.Steps.Select(step => new StepJson(step.Title, step.Owner, step.Due, step.State))],
            [.. view.Promises.Select(p => new PromiseJson(p.Text, p.Owner, p.Due, p.FirstDue, p.State))],
            view.Proposal is { } proposal ? new(proposal.Text, proposal.AgentName, proposal.AnswerBy) : null,
            [.. view.Messages.Select(MessageJson.Of)],
            view.Result, view.Reason, view.ResolvedAt, view.CanReply, view.CanCorrect);
    }

    internal sealed record NextJson(string What, string? Who, DateTimeOffset? By);

    internal sealed record StepJson(string Title, string? Owner, DateTimeOffset? Due, StepState State);

    internal sealed record PromiseJson(string Text, string Owner, DateTimeOffset Due, DateTimeOffset FirstDue, PromiseState State);

    internal sealed record ProposalJson(string Text, string From, DateTimeOffset AnswerBy);

    internal sealed record MessageJson(DateTimeOffset At, bool FromCustomer, string? Name, string Text, IReadOnlyList<string> Files)
    {
        public static MessageJson Of(PublicMessage m) =>
            new(m.At, m.FromCustomer, m.Name, m.Text, [.. m.Attachments.Select(file => file.Name)]);
    }
}
