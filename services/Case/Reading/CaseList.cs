using System.Buffers.Text;
using System.Globalization;
using System.Text;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
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

    /// <summary>Whose clock misses its target next first; only cases of which one runs.</summary>
    Breaching,
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
    public IReadOnlyList<string> Category { get; init; } = [];
    public IReadOnlyList<string> Tag { get; init; } = [];
    public IReadOnlyList<Priority> Priority { get; init; } = [];
    public IReadOnlyList<Kind> Kind { get; init; } = [];
    public IReadOnlyList<Channel> Channel { get; init; } = [];
    public Guid? CustomerId { get; init; }
    public DateTimeOffset? PromiseDueBefore { get; init; }

    /// <summary>A clock that runs misses its target before then.</summary>
    public DateTimeOffset? DueBefore { get; init; }

    /// <summary>True: its customer waits for us.</summary>
    public bool? Waiting { get; init; }

    /// <summary>A case number, its beginning, or the number within its year.</summary>
    public string? Number { get; init; }

    /// <summary>Any of these case numbers.</summary>
    public IReadOnlyList<string>? Numbers { get; init; }
    public CaseOrder Order { get; init; } = CaseOrder.Opened;
    public string? Cursor { get; init; }

    /// <summary>1 to 200.</summary>
    public int Limit { get; init; } = 50;
}

/// <param name="Next">The cursor of the next page; null on the last one.</param>
internal sealed record CasePage(IReadOnlyList<CaseSummary> Items, string? Next);

/// <summary>A case that the customer had before.</summary>
/// <param name="Result">How it came out; null while it has not.</param>
/// <param name="Satisfaction">What the customer said of it last; null when they did not.</param>
internal sealed record EarlierCase(
    Guid Id, string Number, CaseStatus Status, string Need, Kind Kind, Channel Channel, DateTimeOffset OpenedAt, DateTimeOffset? ResolvedAt,
    CaseResult? Result, Agreement? Agreement, string? OwnerName, GivenFeedback? Satisfaction)
{
    public static EarlierCase Of(CaseState s) => new(
        s.Id, s.Number, s.Status, s.Need, s.Kind, s.Channel, s.OpenedAt, s.ResolvedAt, s.Resolution?.Result, s.Resolution?.Agreement, s.OwnerName,
        s.Feedback.Count > 0 ? s.Feedback[^1] : null);
}

/// <param name="Next">The cursor of the next page; null on the last one.</param>
internal sealed record EarlierPage(IReadOnlyList<EarlierCase> Items, string? Next);

/// <summary>How many there are, counted no further than people look.</summary>
/// <param name="More">There are more than that.</param>
internal sealed record BoundedCount(int Count, bool More)
{
    public const int Most = 99;

    public override string ToString() => More ? $"{Count}+" : Count.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The one way to lists of cases. What a page costs is to depend on what it shows, not on how many cases there are: every order
/// has its index, a page begins where the last one ended, and nothing is counted to its end.</summary>
internal sealed class CaseList(Work<CaseDb> work)
{
    // An index gives one status or one queue in order. Of several, each gives a page's worth, and those are put in order.
    private const int MostBranches = 12;

    public async Task<Outcome<CasePage>> ReadAsync(CaseQuery query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 200)
            return new Refusal("limit-invalid", "must be 1 to 200.", "limit");
        Place? place = null;
        if (query.Cursor is not null && (place = Place.Read(query.Cursor, query.Order)) is null)
            return new Refusal("cursor-invalid", "is none that this list gave out for this order.", "cursor");
        return await work.ReadAsync<Outcome<CasePage>>(
            async (db, token) =>
            {
                query = await WithNumbersAsync(db, query, token);
                var rows = await Page(db, query, place).ToListAsync(token);
                var page = rows.Take(query.Limit).ToList();
                var next = rows.Count > query.Limit ? Place.Of(page[^1], query.Order).Write() : null;
                return new CasePage([.. page.Select(CaseSummary.Of)], next);
            },
            ct);
    }

    /// <summary>What the customer had brought before this case, newest first.</summary>
    public async Task<Outcome<EarlierPage>> EarlierAsync(CaseState state, string? cursor, int limit, CancellationToken ct)
    {
        if (limit is < 1 or > 200)
            return new Refusal("limit-invalid", "must be 1 to 200.", "limit");
        var place = cursor is null ? new(state.OpenedAt, state.Id) { Order = CaseOrder.Opened } : Place.Read(cursor, CaseOrder.Opened);
        if (place is null)
            return new Refusal("cursor-invalid", "is none that this list gave out.", "cursor");
        return await work.ReadAsync<Outcome<EarlierPage>>(
            async (db, token) =>
            {
                var query = new CaseQuery { CustomerId = state.CustomerId, Limit = limit };
                var rows = await Page(db, query, place).ToListAsync(token);
                var next = rows.Count > limit ? Place.Of(rows[limit - 1], CaseOrder.Opened).Write() : null;
                return new EarlierPage([.. rows.Take(limit).Select(row => EarlierCase.Of(row.Case))], next);
            },
            ct);
    }

    public Task<BoundedCount> CountAsync(CaseQuery query, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var count = await Ordering(Filtered(db, query), query.Order).Take(BoundedCount.Most + 1).CountAsync(token);
            return new BoundedCount(Math.Min(count, BoundedCount.Most), count > BoundedCount.Most);
        },
        ct);

    /// <summary>A page and the first of the next one.</summary>
    internal static IQueryable<CaseRow> Page(CaseDb db, CaseQuery query, string? cursor) =>
        Page(db, query, cursor is null ? null : Place.Read(cursor, query.Order));

    private static IQueryable<CaseRow> Page(CaseDb db, CaseQuery query, Place? after)
    {
        var branches = Branches(query).ToList();
        var first = Ordered(Filtered(db, branches[0]), query.Order, after).Take(query.Limit + 1);
        if (branches.Count == 1)
            return first;
        var all = branches.Skip(1).Aggregate(
            first, (rows, branch) => rows.Concat(Ordered(Filtered(db, branch), query.Order, after).Take(query.Limit + 1)));
        return Ordered(all, query.Order, null).Take(query.Limit + 1);
    }

    private static IEnumerable<CaseQuery> Branches(CaseQuery q)
    {
        if (q.Order != CaseOrder.Opened || q.OwnerId is not null || q.CustomerId is not null)
            return [q];
        if (q is { Open: false, Status.Count: 0 })
            q = q with { Open = null, Status = [CaseStatus.Resolved, CaseStatus.Closed] };
        if (q.Queue.Count > 1 && q.Open == true && q.Queue.Count <= MostBranches)
            return q.Queue.Distinct().Select(queue => q with { Queue = [queue] });
        return q.Status.Count > 1 && q.Queue.Count == 0 ? q.Status.Distinct().Select(status => q with { Status = [status] }) : [q];
    }

    private static IQueryable<CaseRow> Filtered(CaseDb db, CaseQuery q)
    {
        IQueryable<CaseRow> rows = db.Cases;
        // Written out, not as a parameter: an index of open cases is for questions that say so.
        if (q.Open is { } open)
            rows = open ? rows.Where(row => row.IsOpen) : rows.Where(row => !row.IsOpen);
        if (q.Status.Count == 1)
            rows = rows.Where(row => row.Status == q.Status[0]);
        else if (q.Status.Count > 1)
            rows = rows.Where(row => q.Status.Contains(row.Status));
        if (q.OwnerId is { } owner)
            rows = rows.Where(row => row.OwnerId == owner);
        if (q.Unassigned)
            rows = rows.Where(row => row.OwnerId == null);
        if (q.Queue.Count == 1)
            rows = rows.Where(row => row.QueueId == q.Queue[0]);
        else if (q.Queue.Count > 1)
            rows = rows.Where(row => q.Queue.Contains(row.QueueId));
        if (q.Category.Count > 0)
            rows = rows.Where(row => q.Category.Contains(row.Category));
        if (q.Tag.Count > 0)
            rows = q.Open == true
                ? rows.Where(row => db.Tags.Any(tag => tag.IsOpen && q.Tag.Contains(tag.Tag) && tag.CaseId == row.Id))
                : rows.Where(row => db.Tags.Any(tag => q.Tag.Contains(tag.Tag) && tag.CaseId == row.Id));
        if (q.Priority.Count > 0)
            rows = rows.Where(row => q.Priority.Contains(row.Priority));
        if (q.Kind.Count > 0)
            rows = rows.Where(row => q.Kind.Contains(row.Kind));
        if (q.Channel.Count > 0)
            rows = rows.Where(row => q.Channel.Contains(row.Channel));
        if (q.CustomerId is { } customer)
            rows = rows.Where(row => row.CustomerId == customer);
        if (q.PromiseDueBefore is { } promised)
            rows = rows.Where(row => row.NextDue < promised);
        if (q.DueBefore is { } due)
            rows = rows.Where(row => row.ClockDue < due);
        if (q.Waiting is { } waiting)
            rows = waiting ? rows.Where(row => row.WaitingSince != null) : rows.Where(row => row.WaitingSince == null);
        if (q.Numbers is { } numbers)
            rows = rows.Where(row => numbers.Contains(row.Number));
        return string.IsNullOrWhiteSpace(q.Number) ? rows : Numbered(rows, q.Number.Trim().ToUpperInvariant());
    }

    // The number within its year is one of as many numbers as there are years.
    private static async Task<CaseQuery> WithNumbersAsync(CaseDb db, CaseQuery q, CancellationToken ct)
    {
        if (q.Number?.Trim() is not { Length: > 0 and <= 12 } asked
            || !long.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return q;
        var years = await db.Numbers.Select(row => row.Year).ToListAsync(ct);
        return q with { Number = null, Numbers = [.. years.Select(year => CaseNumber.Format(year, number))] };
    }

    // Numbers have one length but for the very largest, so that a beginning is a range of the index whatever the database's collation.
    private static IQueryable<CaseRow> Numbered(IQueryable<CaseRow> rows, string asked)
    {
        if (CaseNumber.IsOne(asked))
            return rows.Where(row => row.Number == asked);
        if (!asked.StartsWith("CX-", StringComparison.Ordinal) || !asked.Skip(3).All(c => char.IsAsciiDigit(c) || c == '-'))
            return rows.Where(_ => false);
        var (from, to) = (Filled("0000-000000"), Filled("9999-999999"));
        return rows.Where(row => row.Number.CompareTo(from) >= 0 && row.Number.CompareTo(to) <= 0);

        string Filled(string rest) => asked.Length - 3 < rest.Length ? asked + rest[(asked.Length - 3)..] : asked;
    }

    private static IQueryable<CaseRow> Ordering(IQueryable<CaseRow> rows, CaseOrder order) => order switch
    {
        CaseOrder.Due => rows.Where(row => row.NextDue != null),
        CaseOrder.Waiting => rows.Where(row => row.WaitingSince != null),
        CaseOrder.Breaching => rows.Where(row => row.ClockDue != null),
        _ => rows,
    };

    // What comes after a place is a range, which an index begins at, less what of its first instant was shown already. Said as two ranges
    // it would be read as two, all of it, and sorted. Of a column that is mostly null PostgreSQL takes "not equal" for rare: told by a
    // number that nearly no row has, it keeps to the index whatever the id.
    private static IQueryable<CaseRow> Ordered(IQueryable<CaseRow> rows, CaseOrder order, Place? after)
    {
        rows = Ordering(rows, order);
        var (at, id) = (after?.Time ?? default, after?.Id ?? default);
        switch (order)
        {
            case CaseOrder.Due:
                if (after is not null)
                    rows = rows.Where(row => row.NextDue >= at && (row.NextDue == at && row.Id <= id ? 1 : 0) != 1);
                return rows.OrderBy(row => row.NextDue).ThenBy(row => row.Id);
            case CaseOrder.Waiting:
                if (after is not null)
                    rows = rows.Where(row => row.WaitingSince >= at && (row.WaitingSince == at && row.Id <= id ? 1 : 0) != 1);
                return rows.OrderBy(row => row.WaitingSince).ThenBy(row => row.Id);
            case CaseOrder.Breaching:
                if (after is not null)
                    rows = rows.Where(row => row.ClockDue >= at && (row.ClockDue == at && row.Id <= id ? 1 : 0) != 1);
                return rows.OrderBy(row => row.ClockDue).ThenBy(row => row.Id);
            default:
                if (after is not null)
                    rows = rows.Where(row => row.OpenedAt <= at && !(row.OpenedAt == at && row.Id >= id));
                return rows.OrderByDescending(row => row.OpenedAt).ThenByDescending(row => row.Id);
        }
    }

    // Where a page ended: the order's value and the case's id. Opaque to who holds it.
    private sealed record Place(DateTimeOffset Time, Guid Id)
    {
        public static Place Of(CaseRow row, CaseOrder order) =>
            new(TimeOf(row, order), row.Id) { Order = order };

        private static DateTimeOffset TimeOf(CaseRow row, CaseOrder order) =>
            order switch
            {
                CaseOrder.Due => row.NextDue!.Value,
                CaseOrder.Waiting => row.WaitingSince!.Value,
                CaseOrder.Breaching => row.ClockDue!.Value,
                _ => row.OpenedAt,
            };

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
