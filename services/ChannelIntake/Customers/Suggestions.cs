using System.Text.RegularExpressions;
using CxPlatform.Contracts;
using CxPlatform.Intake.Contacts;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Customers;

/// <summary>Somebody who may be the same person, and why. People decide: nothing of this merges by itself.</summary>
internal sealed record Suggestion(CustomerView Customer, IReadOnlyList<SuggestionReason> Reasons);

/// <param name="Detail">In words, for the person who decides.</param>
internal sealed record SuggestionReason(SuggestionKind Kind, string Detail);

internal enum SuggestionKind
{
    /// <summary>One of their contacts names an address or number of the other.</summary>
    Mentioned,

    /// <summary>The same name, and mail from the same organisation.</summary>
    SameNameAndDomain,

    /// <summary>The same name, and the same words before the @ of their addresses.</summary>
    SameNameAndMailbox,

    /// <summary>The same full name, which few have.</summary>
    SameName,
}

internal sealed record SuggestionListView(IReadOnlyList<Suggestion> Items);

/// <summary>Looks for customers that may be one person, when somebody asks.</summary>
internal static partial class Suggestions
{
    private const int MostSuggested = 20;
    private const int ContactsRead = 20;

    /// <summary>A name that more customers have says nothing about any two of them.</summary>
    private const int FewEnough = 5;

    public static async Task<List<Suggestion>> ForAsync(IntakeDb db, CustomerRow customer, string? countryCode, CancellationToken ct)
    {
        var found = new Dictionary<Guid, List<SuggestionReason>>();
        foreach (var (id, reason) in await MentionedAsync(db, customer, countryCode, ct))
            Add(found, id, reason);
        foreach (var (id, reason) in await NamesakesAsync(db, customer, ct))
            Add(found, id, reason);
        foreach (var distinct in await db.DistinctCustomers.Where(pair => pair.One == customer.Id || pair.Other == customer.Id).ToListAsync(ct))
            found.Remove(distinct.One == customer.Id ? distinct.Other : distinct.One);
        var ids = found.Keys.ToList();
        var rows = await db.Customers.Where(row => ids.Contains(row.Id) && row.MergedInto == null && row.ErasedAt == null).ToListAsync(ct);
        var views = await CustomerView.OfAsync(db, rows, ct);
        return [.. views.Select(view => new Suggestion(view, found[view.CustomerId]))
            .OrderBy(suggestion => suggestion.Reasons.Min(reason => reason.Kind)).ThenBy(suggestion => suggestion.Customer.CustomerId)
            .Take(MostSuggested)];
    }

    /// <summary>Addresses and numbers in what the customer wrote that another customer is known by.</summary>
    private static async Task<List<(Guid, SuggestionReason)>> MentionedAsync(
        IntakeDb db, CustomerRow customer, string? countryCode, CancellationToken ct)
    {
        var page = await ContactHistory.ReadAsync(db, customer.Id, null, null, ContactsRead, ct);
        var named = page!.Items.Where(contact => contact.Automatic == Automatic.None)
            .SelectMany(contact => IdentitiesIn(contact.Text, countryCode)).Distinct().Take(200).ToList();
        var values = named.ConvertAll(identity => identity.Value);
        var known = await db.Identities.Where(row => values.Contains(row.Value) && row.CustomerId != customer.Id).ToListAsync(ct);
        return [.. known.Where(row => named.Contains(new(Words.Read<IdentityKind>(row.Kind), row.Value)))
            .Select(row => (row.CustomerId, new SuggestionReason(
                SuggestionKind.Mentioned, $"A contact of this customer names {row.Value}, which the other is known by.")))];
    }

    public static IEnumerable<Identity> IdentitiesIn(string text, string? countryCode)
    {
        foreach (Match match in AddressLike().Matches(text))
            if (Identities.Address(match.Value) is { } address)
                yield return new(IdentityKind.EmailAddress, address);
        foreach (Match match in PhoneLike().Matches(text))
            if (Phones.Read(match.Value, countryCode) is { } phone)
                yield return new(IdentityKind.PhoneNumber, phone);
    }

    private static async Task<List<(Guid, SuggestionReason)>> NamesakesAsync(IntakeDb db, CustomerRow customer, CancellationToken ct)
    {
        // One word is a first name, and half the world's.
        if (customer.NameKey is not { } key || key.IndexOf(' ', 1) < 0)
            return [];
        var namesakes = await db.Customers
            .Where(row => row.NameKey == key && row.Id != customer.Id && row.MergedInto == null && row.ErasedAt == null)
            .OrderByDescending(row => row.Id).Select(row => row.Id).Take(200).ToListAsync(ct);
        List<Guid> everybody = [customer.Id, .. namesakes];
        var addresses = (await db.Identities.Where(row => everybody.Contains(row.CustomerId) && row.Domain != null).ToListAsync(ct))
            .ToLookup(row => row.CustomerId);
        var domains = addresses[customer.Id].Select(row => row.Domain!).Where(domain => !FreeMail.Has(domain)).ToHashSet();
        var mailboxes = addresses[customer.Id].Select(MailboxOf).ToHashSet();
        var result = new List<(Guid, SuggestionReason)>();
        foreach (var id in namesakes)
        {
            if (addresses[id].FirstOrDefault(row => domains.Contains(row.Domain!)) is { } colleague)
                result.Add((id, new(SuggestionKind.SameNameAndDomain, $"Both are called {customer.Name} and write from {colleague.Domain}.")));
            else if (addresses[id].FirstOrDefault(row => mailboxes.Contains(MailboxOf(row))) is { } mailbox)
                result.Add((id, new(
                    SuggestionKind.SameNameAndMailbox, $"Both are called {customer.Name} and write as {MailboxOf(mailbox)} at different domains.")));
            else if (namesakes.Count < FewEnough)
                result.Add((id, new(SuggestionKind.SameName, $"Both are called {customer.Name}.")));
        }
        return result;
    }

    private static string MailboxOf(IdentityRow row) => row.Value[..row.Value.LastIndexOf('@')];

    private static void Add(Dictionary<Guid, List<SuggestionReason>> found, Guid id, SuggestionReason reason)
    {
        if (!found.TryGetValue(id, out var reasons))
            found[id] = reasons = [];
        if (!reasons.Contains(reason))
            reasons.Add(reason);
    }

    [GeneratedRegex(@"[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}.-]{3,120}", RegexOptions.None, 1000)]
    private static partial Regex AddressLike();

    [GeneratedRegex(@"(?<![\p{L}\p{N}])(?:\+|\(?0)[\d ()/.\-\u00a0]{6,25}\d", RegexOptions.None, 1000)]
    private static partial Regex PhoneLike();
}

/// <summary>Says that two customers are two people: they are suggested to each other no more.</summary>
internal sealed class DismissSuggestion(Unit<IntakeDb> unit)
{
    public async Task<Outcome<Done>> HandleAsync(Guid id, Guid otherId, CancellationToken ct)
    {
        if (id == otherId)
            return new Refusal("input-invalid", "must be another customer.", "customerId");
        if (await unit.Db.Customers.CountAsync(row => row.Id == id || row.Id == otherId, ct) < 2)
            return CustomerRefusals.NotFound;
        var (one, other) = id.CompareTo(otherId) < 0 ? (id, otherId) : (otherId, id);
        if (await unit.Db.DistinctCustomers.FindAsync([one, other], ct) is null)
            unit.Db.DistinctCustomers.Add(new() { One = one, Other = other });
        return Done.Value;
    }
}
