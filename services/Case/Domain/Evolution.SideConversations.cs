using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

// What is asked of others beside.
internal static partial class Evolution
{
    private static CaseState Beside(CaseState s, object e, DateTimeOffset at) => e switch
    {
        SideConversationOpened x => s with
        {
            SideConversations =
            [
                .. s.SideConversations,
                new(x.SideConversationId, x.Ordinal, x.Subject, x.To, x.Name, x.AgentName, at)
                {
                    Parties = [x.To],
                    Messages = [x.MessageId],
                    LastAt = at,
                },
            ],
        },
        SideMessageSent x => WithAside(s, x.SideConversationId, side => side with
        {
            IsOpen = true,
            IsAnswered = false,
            Undelivered = null,
            LastAt = at,
            Messages = [.. side.Messages, x.MessageId],
        }),
        SideMessageReceived { Automatic: Automatic.None } x => WithAside(s, x.SideConversationId, side => side with
        {
            IsOpen = true,
            IsAnswered = true,
            LastAt = at,
            Parties = side.IsWith(x.From) ? side.Parties : [.. side.Parties, x.From],
        }),
        SideMessageReceived x => WithAside(s, x.SideConversationId, side => side with { LastAt = at }),
        SideConversationClosed x => WithAside(s, x.SideConversationId, side => side with { IsOpen = false }),
        _ => throw new InvalidOperationException($"{e.GetType().Name} is about nothing beside."),
    };

    /// <summary>How a mail fared is told where it was written: of one beside, or of a copy, nothing about the customer's follows from it.</summary>
    private static CaseState Fared(CaseState s, MessageOutcome e)
    {
        var undelivered = e.Sent ? null : (e.StillTrying ? "not yet, and it is tried again. " : "") + (e.Reason ?? "unknown");
        return e.Template switch
        {
            ParticipantAdded.CopyTemplate => s,
            SideConversationOpened.Template => s.SideWritten(e.MessageId) is { } side
                ? WithAside(s, side.Id, one => one with { Undelivered = undelivered }) : s,
            SolutionProposed.Template when s.Proposal is { } proposal =>
                s with { Undelivered = undelivered, Proposal = proposal with { Delivered = e.Sent } },
            _ => s with { Undelivered = undelivered },
        };
    }

    private static CaseState WithAside(CaseState s, Guid id, Func<SideConversation, SideConversation> change) =>
        s with { SideConversations = [.. s.SideConversations.Select(side => side.Id == id ? change(side) : side)] };
}
