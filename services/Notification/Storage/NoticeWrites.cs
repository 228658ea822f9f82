namespace CxPlatform.Notifications.Storage;

/// <summary>Writes notices: numbered per agent, the oldest forgotten.</summary>
internal static class NoticeWrites
{
    /// <summary>Notices that an agent has at most; older ones are gone.</summary>
    public const int Kept = 1000;

    private static readonly Insert<AgentNoticeRow> Notices = new(
        "agent_notices",
        "on conflict do nothing",
        Column<AgentNoticeRow>.Uuid("id", row => row.Id),
        Column<AgentNoticeRow>.Uuid("agent_id", row => row.AgentId),
        Column<AgentNoticeRow>.Number("number", row => row.Number),
        Column<AgentNoticeRow>.Uuid("event_id", row => row.EventId),
        Column<AgentNoticeRow>.Text("kind", row => row.Kind.ToString()),
        Column<AgentNoticeRow>.Uuid("case_id", row => row.CaseId),
        Column<AgentNoticeRow>.Text("case_number", row => row.CaseNumber),
        Column<AgentNoticeRow>.Text("what", row => row.What),
        Column<AgentNoticeRow>.Text("detail", row => row.Detail),
        Column<AgentNoticeRow>.Instant("at", row => row.At));

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
        await Notices.RunAsync(sql, notices, ct);
    }
}
