using System.Text;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Webhooks.Events;

/// <summary>Reads the events that go out.</summary>
internal sealed class EventStore(Work<NotificationDb> work)
{
    private const string Columns = "seq, id, stream, type, time, facts, body";

    public Task<List<OutgoingEvent>> AfterAsync(long seq, int limit, CancellationToken ct) =>
        QueryAsync($"select {Columns} from outgoing_events where seq > @seq order by seq limit @limit", ct, ("seq", seq), ("limit", limit));

    /// <summary>The first events of a stream after one and up to another.</summary>
    public Task<List<OutgoingEvent>> OfStreamAsync(string stream, long after, long upTo, int limit, CancellationToken ct) => QueryAsync(
        $"select {Columns} from outgoing_events where stream = @stream and seq > @after and seq <= @up_to order by seq limit @limit", ct,
        ("stream", stream), ("after", after), ("up_to", upTo), ("limit", limit));

    public async Task<OutgoingEvent?> FindAsync(long seq, CancellationToken ct) =>
        (await QueryAsync($"select {Columns} from outgoing_events where seq = @seq", ct, ("seq", seq))).FirstOrDefault();

    public Task<long> HeadAsync(CancellationToken ct) => work.ReadAsync(HeadAsync, ct);

    /// <summary>The last event's; 0 when there is none.</summary>
    public static async Task<long> HeadAsync(NotificationDb db, CancellationToken ct) => await db.OutgoingEvents.MaxAsync(row => (long?)row.Seq, ct) ?? 0;

    private Task<List<OutgoingEvent>> QueryAsync(string text, CancellationToken ct, params (string, object?)[] parameters) => work.ReadAsync(
        async (db, token) =>
        {
            await db.Database.OpenConnectionAsync(token);
            var sql = new Sql(db.Database.GetDbConnection(), null);
            return await sql.QueryAsync(
                text, parameters,
                reader => new OutgoingEvent(
                    reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3), sql.ReadTime(reader, 4),
                    CaseFacts.Read(reader.GetString(5)), Encoding.UTF8.GetBytes(reader.GetString(6))),
                token);
        },
        ct);
}
