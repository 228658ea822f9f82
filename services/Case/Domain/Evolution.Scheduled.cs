using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

// Answers that wait to be sent.
internal static partial class Evolution
{
    private static CaseState WithScheduled(CaseState s, object e) => e switch
    {
        ReplyScheduled x => WithoutScheduled(s, x.MessageId) is var others
            ? others with
            {
                Scheduled =
                [
                    .. others.Scheduled,
                    new(x.MessageId, x.AgentId, x.AgentName, x.Text, x.Attachments, x.AsksCustomer, x.SendAt, x.ForUndo,
                        Visibility: x.Visibility ?? Visibility.Customer),
                ],
            }
            : s,
        ReplyHeld x => s with { Scheduled = [.. s.Scheduled.Select(r => r.MessageId == x.MessageId ? r with { Held = true } : r)] },
        ReplyUnscheduled x => WithoutScheduled(s, x.MessageId),
        _ => s,
    };

    private static CaseState WithoutScheduled(CaseState s, Guid messageId) =>
        s.Scheduled.Count == 0 ? s : s with { Scheduled = [.. s.Scheduled.Where(reply => reply.MessageId != messageId)] };
}
