using System.Buffers.Text;
using System.Globalization;
using System.Text;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Reading;

/// <summary>In which order a list comes.</summary>
internal enum CaseOrder
{
    Unknown,

    /// <summary>Newest first.</summary>
    Opened,

    /// <summary>Nearest promise first; only cases that have one.</summary>
    Due,

    /// <summary>Who has waited longest first; only cases whose customer waits.</summary>
    Waiting,
}

/// <summary>What a list is to show. Several values of a filter mean any of them, several filters all of them.</summary>
internal sealed record CaseQuery
{
    public IReadOnlyList<CaseStatus> Status { get; init; } = [];

    /// <summary>True: neither resolved nor closed.</summary>
    public bool? Open { get; init; }
    public Guid? OwnerId { get; init; }
    public bool Unassigned { get; init; }
    public IReadOnlyList<string> Queue { get; init; } = [];
    public IReadOnlyList<Priority> Priority { get; init; } = [];
    public IReadOnlyList<Kind> Kind { get; init; } = [];
    public IReadOnlyList<Channel> Channel { get; init; } = [];
    public Guid? CustomerId { get; init; }
    public DateTimeOffset? PromiseDueBefore { get; init; }

    /// <summary>A case number, or its beginning or digits.</summary>
    public string? Number { get; init; }
    public CaseOrder Order { get; init; } = CaseOrder.Opened;
    public string? Cursor { get; init; }

    /// <summary>1 to 200.</summary>
    public int Limit { get; init; } = 50;
}

/// <param name="Next">The cursor of the next page; null on the last one.</param>
internal sealed record CasePage(IReadOnlyList<CaseSummary> Items, string? Next);

internal sealed class CaseList(Work<CaseDb> work)
{
    public async Task<Outcome<CasePage>> ReadAsync(CaseQuery query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 200)
            return new Refusal("limit-invalid", "limit: must be 1 to 200.", "limit");
        Place? place = null;
        if (query.Cursor is not null && (place = Place.Read(query.Cursor, query.Order)) is null)
            return new Refusal("cursor-invalid", "cursor: is none that this list gave out for this order.", "cursor");
        return await work.ReadAsync<Outcome<CasePage>>(
            async (db, token) =>
            {
                var rows = await Ordered(Filtered(db.Cases, query), query.Order, place).Take(query.Limit + 1).ToListAsync(token);
                var page = rows.Take(query.Limit).ToList();
                var next = rows.Count > query.Limit ? Place.Of(page[^1], query.Order).Write() : null;
                return new CasePage([.. page.Select(CaseSummary.Of)], next);
            },
            ct);
    }

    private static IQueryable<CaseRow> Filtered(IQueryable<CaseRow> rows, CaseQuery q)
    {
        if (q.Open is { } open)
            rows = rows.Where(row => row.IsOpen == open);
        if (q.Status.Count > 0)
            rows = rows.Where(row => q.Status.Contains(row.Status));
        if (q.OwnerId is { } owner)
            rows = rows.Where(row => row.OwnerId == owner);
        if (q.Unassigned)
            rows = rows.Where(row => row.OwnerId == null);
        if (q.Queue.Count > 0)
            rows = rows.Where(row => q.Queue.Contains(row.QueueId));
        if (q.Priority.Count > 0)
            rows = rows.Where(row => q.Priority.Contains(row.Priority));
        if (q.Kind.Count > 0)
            rows = rows.Where(row => q.Kind.Contains(row.Kind));
        if (q.Channel.Count > 0)
            rows = rows.Where(row => q.Channel.Contains(row.Channel));
        if (q.CustomerId is { } customer)
            rows = rows.Where(row => row.CustomerId == customer);
        if (q.PromiseDueBefore is { } due)
            rows = rows.Where(row => row.NextDue < due);
        if (!string.IsNullOrWhiteSpace(q.Number))
        {
            var number = q.Number.Trim().ToUpperInvariant();
            rows = rows.Where(row => row.Number.Contains(number));
        }
        return rows;
    }

    private static IQueryable<CaseRow> Ordered(IQueryable<CaseRow> rows, CaseOrder order, Place? after)
    {
        switch (order)
        {
            case CaseOrder.Due:
                rows = rows.Where(row => row.NextDue != null);
                if (after is { } due)
                    rows = rows.Where(row => row.NextDue > due.Time || (row.NextDue == due.Time && row.Id > due.Id));
                return rows.OrderBy(row => row.NextDue).ThenBy(row => row.Id);
            case CaseOrder.Waiting:
                rows = rows.Where(row => row.WaitingSince != null);
                if (after is { } since)
                    rows = rows.Where(row => row.WaitingSince > since.Time || (row.WaitingSince == since.Time && row.Id > since.Id));
                return rows.OrderBy(row => row.WaitingSince).ThenBy(row => row.Id);
            default:
                if (after is { } opened)
                    rows = rows.Where(row => row.OpenedAt < opened.Time || (row.OpenedAt == opened.Time && row.Id < opened.Id));
                return rows.OrderByDescending(row => row.OpenedAt).ThenByDescending(row => row.Id);
        }
    }

    // Where a page ended: the order's value and the case's id. Opaque to who holds it.
    private sealed record Place(DateTimeOffset Time, Guid Id)
    {
        public static Place Of(CaseRow row, CaseOrder order) =>
            new(TimeOf(row, order), row.Id) { Order = order };

        private static DateTimeOffset TimeOf(CaseRow row, CaseOrder order) =>
            order switch { CaseOrder.Due => row.NextDue!.Value, CaseOrder.Waiting => row.WaitingSince!.Value, _ => row.OpenedAt };

        public CaseOrder Order { get; init; }

        public string Write() =>
            Base64Url.EncodeToString(Encoding.ASCII.GetBytes(
                FormattableString.Invariant($"{(int)Order}:{Messaging.Time.ToMicroseconds(Time)}:{Id:n}")));

        public static Place? Read(string cursor, CaseOrder order)
        {
            if (cursor.Length > 120 || !Base64Url.IsValid(cursor))
                return null;
            return Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)).Split(':') is [var o, var at, var id]
                && int.TryParse(o, NumberStyles.None, CultureInfo.InvariantCulture, out var of) && of == (int)order
                && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
                && microseconds < 253402300799999999
                && Guid.TryParseExact(id, "n", out var guid)
                ? new(Messaging.Time.FromMicroseconds(microseconds), guid) { Order = order }
                : null;
        }
    }
}
