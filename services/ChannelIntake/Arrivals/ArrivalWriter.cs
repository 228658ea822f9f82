using System.Diagnostics;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Intake.Customers;
using CxPlatform.Messaging;

namespace CxPlatform.Intake;

/// <summary>Stores a group of arrivals in one transaction: the contacts that are new, the customers they belong to, the events
/// that say so, and the answers kept under Idempotency-Keys. A duplicate is answered with the first contact's receipt.</summary>
internal sealed class ArrivalWriter : IGroupWriter<IntakeDb, ReadyArrival, Outcome<Receipt>>
{
    public async Task<IReadOnlyList<Outcome<Receipt>>> WriteAsync(
        Unit<IntakeDb> unit, IReadOnlyList<Submitted<ReadyArrival>> members, CancellationToken ct)
    {
        var answers = new Outcome<Receipt>?[members.Count];
        var stored = new bool[members.Count];
        var keys = await AnswerRepeatedRequestsAsync(unit, members, answers, ct);

        // What waited goes first of all: whoever erases its sender goes the same way, and one of the two finds it gone.
        var waited = members.Select(member => member.Member.Arrival.Settles).OfType<Guid>().Distinct().Order().ToList();
        var settled = (await new ArrivalSql(unit).RemoveArrivalsAsync(waited, ct)).ToDictionary(raw => raw.Id);
        bool IsGone(ReadyArrival ready) => ready.Arrival.Settles is { } raw && !settled.ContainsKey(raw);

        // Of arrivals with the same provider id, the first in the group stands for all; one that is gone only for those that are.
        var firsts = new Dictionary<(Channel, string), Submitted<ReadyArrival>>();
        foreach (var gone in (ReadOnlySpan<bool>)[false, true])
            for (var i = 0; i < members.Count; i++)
                if (answers[i] is null && !keys.Follows(i) && IsGone(members[i].Member) == gone)
                    firsts.TryAdd(KeyOf(members[i].Member), members[i]);
        var receipts = await StoreAsync(unit, [.. firsts.Values], IsGone, ct);

        var kept = new List<(IdempotentRequest, string)>();
        for (var i = 0; i < members.Count; i++)
        {
            if (keys.Follows(i))
                continue;
            if (answers[i] is null)
            {
                var receipt = receipts[KeyOf(members[i].Member)];
                var own = receipt.ContactId == members[i].Member.Arrival.ContactId;
                answers[i] = receipt with { Duplicate = !own };
                stored[i] = own && !receipt.Duplicate && receipt.CustomerId is not null;
            }
            if (keys.IsFirst(i) && members[i].Request.Idempotency is { } request)
                kept.Add((request, JsonSerializer.Serialize(answers[i], EventTypes.Json)));
        }
        await Idempotency.StoreAsync(unit, kept, ct);
        keys.AnswerFollowers(answers, members);
        await CountAsync(unit, members, answers, stored, settled, ct);
        return answers!;
    }

    /// <summary>Counts every member once, in the hour in which it became durable. A raw arrival that was counted as one while it waited
    /// goes, and what it was read as is counted in its place.</summary>
    private static async Task CountAsync(
        Unit<IntakeDb> unit, IReadOnlyList<Submitted<ReadyArrival>> members, Outcome<Receipt>?[] answers, bool[] stored,
        Dictionary<Guid, SettledArrival> settled, CancellationToken ct)
    {
        var tallies = new Tallies();
        foreach (var raw in settled.Values)
            tallies.Of(raw.Channel, raw.TakenAt).Received--;
        for (var i = 0; i < members.Count; i++)
            if (members[i].Member.Arrival is var arrival && (stored[i] || IsNew(arrival, answers[i]!, settled)))
                Count(tallies.Of(arrival.Channel, arrival.TakenAt ?? unit.Now), arrival, answers[i]!, stored[i]);
        await tallies.SaveAsync(unit, ct);
    }

    /// <summary>Whether what was not stored is counted here. What waited is, by whoever ends its waiting. What did not is when it was found to
    /// be stored under another id; under its own, a commit before this one went through and only its answer was lost.</summary>
    private static bool IsNew(Arrival arrival, Outcome<Receipt> answer, Dictionary<Guid, SettledArrival> settled) =>
        arrival.Settles is { } raw
        ? settled.ContainsKey(raw)
        : !answer.IsRefused && answer.Value.ContactId != arrival.ContactId;

    private static void Count(TallyRow tally, Arrival arrival, Outcome<Receipt> answer, bool stored)
    {
        tally.Received++;
        if (stored)
            tally.Stored++;
        else if (answer.IsRefused)
            tally.Refused++;
        else
            tally.Duplicates++;
        if (stored && arrival.Automatic != Automatic.None)
            tally.Automatic++;
    }

    private static async Task<Dictionary<(Channel, string), Receipt>> StoreAsync(
        Unit<IntakeDb> unit, List<Submitted<ReadyArrival>> arrivals, Func<ReadyArrival, bool> isGone, CancellationToken ct)
    {
        var receipts = new Dictionary<(Channel, string), Receipt>(arrivals.Count);
        if (arrivals.Count == 0)
            return receipts;
        var sql = new ArrivalSql(unit);

        void Answer(IEnumerable<StoredContact> stored)
        {
            foreach (var contact in stored)
                receipts[(Words.Read<Channel>(contact.Channel), contact.ProviderId)] = new(contact.Id, true, contact.CustomerId);
        }

        Answer(await sql.FindContactsAsync(arrivals.ConvertAll(arrival => arrival.Member), ct));
        // Gone and not stored: its sender was erased while it was being read.
        foreach (var erased in arrivals.Where(arrival => isGone(arrival.Member) && !receipts.ContainsKey(KeyOf(arrival.Member))).ToList())
        {
            receipts[KeyOf(erased.Member)] = new(erased.Member.Arrival.ContactId, false, null);
            var id = erased.Member.Arrival.ContactId;
            unit.Schedule($"erase/{id}/files", "contact/" + id, new EraseLeftovers([], [.. erased.Member.Blobs]), unit.Now);
        }
        // One order for everybody: groups of two replicas that want the same rows wait for each other, but never in a circle.
        arrivals = await ContactThreads.JoinAsync(unit, arrivals.FindAll(arrival => !receipts.ContainsKey(KeyOf(arrival.Member))), ct);
        var fresh = arrivals
            .OrderBy(arrival => arrival.Member.Arrival.Channel)
            .ThenBy(arrival => arrival.Member.Arrival.ProviderId, StringComparer.Ordinal)
            .ToList();
        var customers = await CustomersOfGroup.FindOrAddAsync(unit, sql, fresh.ConvertAll(arrival => arrival.Member.Arrival), ct);

        var inserted = await sql.AddContactsAsync(
            fresh.ConvertAll(arrival => new NewContact(arrival.Member, customers.Of(arrival.Member.Arrival).Id)), ct);
        foreach (var arrival in arrivals)
            if (inserted.Contains(arrival.Member.Arrival.ContactId))
                receipts[KeyOf(arrival.Member)] = new(arrival.Member.Arrival.ContactId, false, customers.Of(arrival.Member.Arrival).Id);
        // Another replica may have stored the same contacts between our look and our insert.
        if (inserted.Count < fresh.Count)
            Answer(await sql.FindContactsAsync(
                [.. fresh.Where(arrival => !inserted.Contains(arrival.Member.Arrival.ContactId)).Select(arrival => arrival.Member)], ct));

        // In order of arrival, each on behalf of who sent it and within its trace.
        foreach (var arrival in arrivals.Where(arrival => inserted.Contains(arrival.Member.Arrival.ContactId)))
        {
            using var ambient = Ambient.Use(
                arrival.Request with { CorrelationId = arrival.Request.CorrelationId ?? arrival.Member.Arrival.ContactId });
            using var activity = Metrics.Source.StartActivity("intake store", ActivityKind.Internal, arrival.Trace);
            customers.AppendChange(unit, arrival.Member.Arrival);
            if (arrival.Member.Arrival.State == ContactState.Accepted)
                unit.Append(
                    "contact/" + arrival.Member.Arrival.ContactId, 0,
                    ContactEvents.Of(arrival.Member, customers.Of(arrival.Member.Arrival), customers.OwnerOf));
        }
        return receipts;
    }

    private static (Channel, string) KeyOf(ReadyArrival ready) => (ready.Arrival.Channel, ready.Arrival.ProviderId);

    /// <summary>Answers what was answered before under the same Idempotency-Key.
    /// Within the group, too, the first with a key stands for all.</summary>
    private static async Task<RepeatedRequests> AnswerRepeatedRequestsAsync(
        Unit<IntakeDb> unit, IReadOnlyList<Submitted<ReadyArrival>> members, Outcome<Receipt>?[] answers, CancellationToken ct)
    {
        var repeated = new RepeatedRequests();
        var first = new List<int>();
        for (var i = 0; i < members.Count; i++)
            if (members[i].Request.Idempotency is { } request && repeated.Add(i, request))
                first.Add(i);
        if (first.Count == 0)
            return repeated;
        var known = await Idempotency.FindAsync(unit, first.ConvertAll(i => members[i].Request.Idempotency!), ct);
        foreach (var (i, (answer, fault)) in first.Zip(known))
        {
            if (answer is not null)
                answers[i] = JsonSerializer.Deserialize<Outcome<Receipt>>(answer, EventTypes.Json);
            else if (fault is not null)
                answers[i] = new Refusal(
                    fault is IdempotencyMismatchException ? "idempotency-key-reused" : "idempotency-key-in-flight", fault.Message);
            else
                repeated.Store(i);
        }
        return repeated;
    }

    private sealed class RepeatedRequests
    {
        private readonly Dictionary<(string, string, string), int> _firsts = [];
        private readonly Dictionary<int, int> _followers = [];
        private readonly HashSet<int> _toStore = [];

        public bool Add(int index, IdempotentRequest request)
        {
            if (_firsts.TryAdd((request.Principal, request.Route, request.Key), index))
                return true;
            _followers[index] = _firsts[(request.Principal, request.Route, request.Key)];
            return false;
        }

        public void Store(int index) => _toStore.Add(index);

        public bool IsFirst(int index) => _toStore.Contains(index);

        public bool Follows(int index) => _followers.ContainsKey(index);

        public void AnswerFollowers(Outcome<Receipt>?[] answers, IReadOnlyList<Submitted<ReadyArrival>> members)
        {
            foreach (var (follower, first) in _followers)
                answers[follower] = members[follower].Request.Idempotency!.BodyHash == members[first].Request.Idempotency!.BodyHash
                    ? answers[first]
                    : new Refusal("idempotency-key-reused", new IdempotencyMismatchException().Message);
        }
    }
}
