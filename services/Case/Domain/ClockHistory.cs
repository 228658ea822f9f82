using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

/// <summary>Whose turn it is.</summary>
internal enum Turn
{
    Unknown,

    /// <summary>We work on it.</summary>
    Ours,

    /// <summary>We asked the customer something.</summary>
    Customers,

    /// <summary>The customer has a proposal to answer.</summary>
    Proposed,

    /// <summary>The case has ended.</summary>
    Over,

    /// <summary>Somebody outside has something to answer.</summary>
    ThirdPartys,
}

/// <summary>From then on it was that one's turn, and since that instant the customer was waiting for us.</summary>
internal sealed record ClockMark(DateTimeOffset At, Turn Turn, DateTimeOffset? WaitingSince);

/// <summary>Somebody was told of a clock's warning or breach.</summary>
internal sealed record ClockTold(ClockKind Clock, int Round, bool Breach, DateTimeOffset Due);

/// <summary>A stretch of a clock's life, in which it runs or does not.</summary>
/// <param name="To">Null: until now.</param>
internal sealed record Stretch(DateTimeOffset From, DateTimeOffset? To, Turn Turn);

/// <summary>A clock's life as the case's events tell it, whatever its target and its calendar.</summary>
/// <param name="Round">Which of the case's clocks of that kind, from 1.</param>
/// <param name="Stretches">Without a gap, from its beginning on.</param>
/// <param name="EndedAt">When what it counted towards happened; null while it is still to come.</param>
internal sealed record ClockLife(ClockKind Kind, int Round, IReadOnlyList<Stretch> Stretches, DateTimeOffset? EndedAt)
{
    public DateTimeOffset StartedAt => Stretches[0].From;
}

/// <summary>Makes the clocks of a case out of its events: what nobody can reset, and no setting changes.</summary>
internal static class ClockHistory
{
    /// <summary>The marks after an event: one more when it changed whose turn it is or since when the customer waits.</summary>
    public static IReadOnlyList<ClockMark> Marked(IReadOnlyList<ClockMark> marks, CaseState after, DateTimeOffset at)
    {
        var turn = after.Status switch
        {
            CaseStatus.WaitingOnCustomer => Turn.Customers,
            CaseStatus.WaitingOnThirdParty => Turn.ThirdPartys,
            CaseStatus.Proposed => Turn.Proposed,
            CaseStatus.Resolved or CaseStatus.Closed => Turn.Over,
            _ => Turn.Ours,
        };
        if (marks is [.., var last])
        {
            if (last.Turn == turn && last.WaitingSince == after.WaitingSince)
                return marks;
            // A message counts from when it came in, which may be before what we did meanwhile; turns are in the order of the events.
            at = at < last.At ? last.At : at;
        }
        return [.. marks, new(at, turn, after.WaitingSince)];
    }

    public static IReadOnlyList<ClockLife> Of(CaseState s)
    {
        // Nobody waits for an answer to a machine.
        if (s.Automatic != Automatic.None || s.Marks.Count == 0)
            return [];
        var lives = new List<ClockLife>
        {
            new(ClockKind.Acknowledgement, 1, [new(s.OpenedAt, s.AcknowledgedAt, Turn.Ours)], s.AcknowledgedAt),
        };
        lives.AddRange(Responses(s));
        // Praise and other things that ask for nothing are over at once: there was nothing to solve.
        if (s.Resolution?.Agreement != Agreement.NothingAsked || s.FirstAnswerAt is not null)
            lives.Add(Resolution(s));
        return lives;
    }

    // A customer's further message changes nothing while they wait: only an answer, or the end, ends a clock.
    private static IEnumerable<ClockLife> Responses(CaseState s)
    {
        var round = -1;
        DateTimeOffset? since = null;
        foreach (var mark in s.Marks)
        {
            if (mark.WaitingSince == since)
                continue;
            if (since is { } begun && Response(s, round, begun, mark.At) is { } ended)
                yield return ended;
            since = mark.WaitingSince;
            round += since is null ? 0 : 1;
        }
        if (since is { } running && Response(s, round, running, null) is { } life)
            yield return life;
    }

    // Whatever the first wait was for, when it ended without an answer there was none to give.
    private static ClockLife? Response(CaseState s, int round, DateTimeOffset from, DateTimeOffset? to) =>
        round == 0 && to is not null && (s.FirstAnswerAt is null || s.FirstAnswerAt > to)
            ? null
            : new(round == 0 ? ClockKind.FirstResponse : ClockKind.NextResponse, Math.Max(1, round), [new(from, to, Turn.Ours)], to);

    private static ClockLife Resolution(CaseState s)
    {
        var stretches = new List<Stretch>();
        for (var i = 0; i < s.Marks.Count; i++)
        {
            var from = i == 0 ? s.OpenedAt : s.Marks[i].At;
            var to = i + 1 < s.Marks.Count ? s.Marks[i + 1].At : (DateTimeOffset?)null;
            var turn = s.Marks[i].Turn;
            if (stretches is [.., var last] && last.Turn == turn)
                stretches[^1] = last with { To = to };
            else if (to is null || to > from)
                stretches.Add(new(from, to, turn));
        }
        // What was resolved and came back goes on where it stopped; what is resolved has stopped.
        if (stretches is not [.., { Turn: Turn.Over } end])
            return new(ClockKind.Resolution, 1, stretches, null);
        stretches.RemoveAt(stretches.Count - 1);
        if (stretches.Count == 0)
            stretches.Add(new(end.From, end.From, Turn.Ours)); // resolved in the moment in which it was opened
        return new(ClockKind.Resolution, 1, stretches, end.From);
    }
}
