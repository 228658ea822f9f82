using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.SideConversations;

/// <summary>What somebody else was asked, and what came of it; for staff alone.</summary>
/// <param name="To">The address; empty once it was erased.</param>
/// <param name="Answered">The last word is theirs.</param>
/// <param name="Awaited">The case waits for the answer.</param>
/// <param name="Undelivered">Why our last mail did not arrive.</param>
/// <param name="CaseNumber">The case that it was begun on, when that is part of this one.</param>
internal sealed record SideConversationView(
    Guid Id, string Subject, string To, string? Name, bool Open, bool Answered, bool Awaited, string? Undelivered, DateTimeOffset OpenedAt,
    DateTimeOffset LastAt, IReadOnlyList<SideMessageView> Messages, string? CaseNumber = null)
{
    /// <summary>Of a case and those that are part of it, oldest first.</summary>
    /// <param name="timeline">Of all of them.</param>
    public static IReadOnlyList<SideConversationView> Of(CaseState s, IReadOnlyList<TimelineEntry> timeline)
    {
        var whole = timeline.Select(entry => entry.Case ?? s).DistinctBy(part => part.Id).ToList();
        if (whole.TrueForAll(part => part.SideConversations.Count == 0))
            return [];
        var said = timeline.Select(SideMessageView.Of).OfType<(Guid Side, SideMessageView Message)>().ToLookup(one => one.Side, one => one.Message);
        return
        [
            .. whole.SelectMany(part => part.SideConversations.Select(side => new SideConversationView(
                side.Id, side.Subject, side.To.Value, side.Name, side.IsOpen, side.IsAnswered, s.WaitingOn?.SideConversationId == side.Id,
                side.Undelivered, side.OpenedAt, side.LastAt, [.. said[side.Id]], part.Id == s.Id ? null : part.Number)))
                .OrderBy(side => side.OpenedAt),
        ];
    }
}

/// <param name="Ours">We wrote it.</param>
/// <param name="From">The agent's name, or the address that it came from.</param>
/// <param name="Automatic">none when a person wrote it; a machine's answer or a report that our mail did not arrive.</param>
internal sealed record SideMessageView(
    DateTimeOffset At, bool Ours, string From, string? Name, string Text, Automatic Automatic, IReadOnlyList<Attachment> Files)
{
    public static (Guid Side, SideMessageView Message)? Of(TimelineEntry entry) => entry.Event switch
    {
        SideConversationOpened e => (e.SideConversationId, new(entry.At, true, e.AgentName, e.AgentName, e.Text, Automatic.None, e.Attachments)),
        SideMessageSent e => (e.SideConversationId, new(entry.At, true, e.AgentName, e.AgentName, e.Text, Automatic.None, e.Attachments)),
        SideMessageReceived e => (e.SideConversationId, new(e.ReceivedAt, false, e.From.Value, e.Name, e.Text, e.Automatic, e.Attachments)),
        _ => null,
    };
}
