using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Templating;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>Who gets a copy of an answer, what it is to them, and when it leaves for them.</summary>
internal sealed class Copies(
    Unit<NotificationDb> unit, CustomerBook customers, Collector collector, Weights weights, Links links, IOptions<NotificationOptions> options)
{
    internal sealed record Copy(CopiedPerson Person, Weight Weight, Leave Leave);

    /// <summary>Each once; not the customer, not ourselves, and nobody of whom a mail has come back for good.</summary>
    /// <param name="answer">What the answer is to the customer.</param>
    /// <param name="leave">When it leaves for the customer: no copy is there before.</param>
    public async Task<IReadOnlyList<Copy>> OfAsync(Conversation conversation, Weight answer, Leave leave, CancellationToken ct)
    {
        var known = await customers.FindAsync(conversation.CustomerId, ct);
        var theirs = (known.Customer?.Identities ?? []).Select(identity => identity.Value).Append(conversation.Address?.Value).ToHashSet();
        var people = conversation.Copies.Values.DistinctBy(person => person.Address)
            .Where(person => !theirs.Contains(person.Address) && !links.IsOurs(person.Address)).ToList();
        var sql = Sql.Of(unit);
        var suppressed = await sql.QueryAsync(
            $"select address from suppressions where address {sql.In("addresses")}", [("addresses", sql.List(people.Select(person => person.Address).ToArray()))],
            reader => reader.GetString(0), ct);
        await customers.ReadAsync([.. people.Select(person => person.CustomerId).OfType<Guid>()], ct);
        var copies = new List<Copy>(people.Count);
        foreach (var person in people.Where(person => !suppressed.Contains(person.Address)))
            copies.Add(await OfAsync(person, answer, leave, ct));
        return copies;
    }

    // Whom we know beside their address is left in peace as every customer is: to them it is no answer, but good to know.
    private async Task<Copy> OfAsync(CopiedPerson person, Weight answer, Leave leave, CancellationToken ct)
    {
        if (leave.At is not { } at || person.CustomerId is not { } id)
            return new(person, Weight.Answer, leave);
        var weight = answer == Weight.Urgent ? answer : weights.Of(ParticipantAdded.CopyTemplate);
        var recent = weight == Weight.Update ? await collector.RecentAsync(id, person.Address, ct) : [];
        var theirs = Care.Decide(weight, (await customers.FindAsync(id, ct)).Wishes, options.Value.Updates, at, null, recent);
        return new(person, weight, theirs with { Reason = theirs.Reason ?? leave.Reason });
    }
}
