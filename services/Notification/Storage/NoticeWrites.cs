using CxPlatform.Messaging;

namespace CxPlatform.Notifications.Storage;

/// <summary>Writes notices: numbered per agent, the oldest forgotten.</summary>
internal static class NoticeWrites
{
    /// <summary>Notices that an agent has at most; older ones are gone.</summary>
    public const int Kept = 1000;

    private static readonly SetStatement<AgentNoticeRow> Notices = SetStatement.Insert(
        "agent_notices",
        new Columns<AgentNoticeRow>()
            .Uuid("id", row => row.Id)
            .Uuid("agent_id", row => row.AgentId)
            .Number("number", row => row.Number)
            .Uuid("event_id", row => row.EventId)
            .Text("kind", row => row.Kind.ToString())
            .Uuid("case_id", row => row.CaseId)
            .Text("case_number", row => row.CaseNumber)
            .Text("what", row => row.What)
            .Text("detail", row => row.Detail)
            .Instant("at", row => row.At));

    public static async Task WriteAsync(Sql sql, IReadOnlyList<AgentNoticeRow> notices, CancellationToken ct)
    {
        // In the order of the agents: two who write for the same ones never wait for each other in a circle.
        foreach (var mine in notices.GroupBy(notice => notice.AgentId).OrderBy(group => group.Key).Select(group => (AgentId: group.Key, Notices: group.ToList())))
        {
            var number = (await sql.QueryAsync(
                """
                insert into agent_desks (agent_id, last, reads) values (@agent, @more, 0)
                on conflict (agent_id) do update set last = agent_desks.last + @more returning last
                """,
                [("agent", mine.AgentId), ("more", (long)mine.Notices.Count)], reader => reader.GetInt64(0), ct)).Single();
            await sql.ExecuteAsync("delete from agent_notices where agent_id = @agent and number <= @old", ct, ("agent", mine.AgentId), ("old", number - Kept));
            number -= mine.Notices.Count;
            foreach (var notice in mine.Notices)
                notice.Number = ++number;
        }
        await sql.RunAsync(Notices, notices, ct);
    }
}
