using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Case.Tests.Service;

public sealed class CustomerTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Nothing_of_an_erased_customer_is_left_and_the_log_still_makes_the_state(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var customer = Guid.CreateVersion7();
        var id = await host.OpenAsync(CaseHost.Contact("CANARY does not heat any more.", customer));
        await host.RouteAsync(id);
        await host.PostAsync($"/v1/cases/{id}/replies", new { text = "Dear CANARY, we look into it." });
        await host.PostAsync($"/v1/cases/{id}/promises", new { text = "CANARY gets a call", due = "2026-03-04T12:00:00Z" });
        var other = await host.OpenAsync(CaseHost.Contact("Somebody else's kettle leaks."));
        var guest = CaseHost.Contact("CANARY has the same.", customer, evidence: new Evidence(EvidenceKind.ReplyToken, "t", other));
        await host.DeliverAsync("intake", $"contact/{guest.ContactId}", guest);

        // In one batch with a contact of that very customer: what is being written is forgotten too.
        var late = CaseHost.Contact("CANARY again.", customer, evidence: new Evidence(EvidenceKind.ReplyToken, "t", id));
        await host.DeliverAsync("intake", $"customer/{customer}", late, new CustomerErased(customer));
        await Eventually.Async(async () =>
        {
            host.Clock.Advance(TimeSpan.FromMilliseconds(10));
            var dump = await DumpAsync(host);
            Assert.DoesNotContain("CANARY", dump, StringComparison.Ordinal);
        });
        Assert.Contains("Somebody else", await DumpAsync(host), StringComparison.Ordinal);
        foreach (var @case in (Guid[])[id, other])
        {
            Assert.Equal("case.customer-erased.v1", (await host.TypesAsync(@case))[^1]);
            await AssertReplaysAsync(host, @case);
        }
        var feed = await host.GetAsync("/v1/events?limit=1000");
        Assert.Equal(2, feed.GetProperty("events").EnumerateArray()
            .Count(e => e.GetProperty("type").GetString() == "cx.customer.erased.v1"));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Merged_customers_have_one_history_until_the_merge_is_undone(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var (kept, merged) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var first = await host.OpenAsync(CaseHost.Contact("One.", kept));
        var contact = CaseHost.Contact("Two.", merged);
        await host.DeliverAsync("intake", $"customer/{kept}", contact, new CustomerMerged(kept, merged));
        Assert.Equal(2, (await host.GetAsync($"/v1/cases?customer={kept}")).GetProperty("items").GetArrayLength());
        await AssertReplaysAsync(host, contact.ContactId);
        await host.DeliverAsync("intake", $"customer/{kept}", new CustomerUnmerged(kept, merged));
        Assert.Equal(first, Assert.Single((await host.GetAsync($"/v1/cases?customer={kept}")).GetProperty("items").EnumerateArray())
            .GetProperty("id").GetGuid());
        Assert.Equal(1, (await host.GetAsync($"/v1/cases?customer={merged}")).GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_merge_of_merges_gives_back_every_case_also_what_was_opened_meanwhile(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var (a, b, c) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        async Task<Guid> OpenAsync(Guid customer) => await host.OpenAsync(CaseHost.Contact("One.", customer));
        var (ofA, ofB, ofC) = (await OpenAsync(a), await OpenAsync(b), await OpenAsync(c));
        await host.DeliverAsync("intake", $"customer/{b}", new CustomerMerged(b, c));
        await host.DeliverAsync("intake", $"customer/{a}", new CustomerMerged(a, b));
        var meanwhile = await OpenAsync(a);
        async Task<Guid[]> CasesAsync(Guid customer) => [.. (await host.GetAsync($"/v1/cases?customer={customer}")).GetProperty("items")
            .EnumerateArray().Select(item => item.GetProperty("id").GetGuid()).Order()];
        static Guid[] Sorted(params Guid[] ids) => [.. ids.Order()];
        Assert.Equal(Sorted(ofA, ofB, ofC, meanwhile), await CasesAsync(a));

        await host.DeliverAsync("intake", $"customer/{a}", new CustomerUnmerged(a, b) { Family = [c], Contacts = [meanwhile] });
        Assert.Equal([ofA], await CasesAsync(a));
        Assert.Equal(Sorted(ofB, ofC, meanwhile), await CasesAsync(b));
        await host.DeliverAsync("intake", $"customer/{b}", new CustomerUnmerged(b, c) { Contacts = [meanwhile] });
        Assert.Equal([ofB], await CasesAsync(b));
        Assert.Equal(Sorted(ofC, meanwhile), await CasesAsync(c));
    }

    internal static async Task AssertReplaysAsync(CaseHost host, Guid id)
    {
        var stored = (await host.Services.GetRequiredService<CaseReader>().FindAsync(id.ToString(), default))!;
        // What a timer adds after that is not of this state.
        var events = (await host.Services.GetRequiredService<EventLog<CaseDb>>().ReadStreamAsync(CaseState.StreamOf(id), default))
            .Where(e => e.Version <= stored.Version).ToList();
        Assert.Equal(Enumerable.Range(1, (int)stored.Version).Select(n => (long)n), events.Select(e => e.Version));
        CaseState? replayed = null;
        foreach (var e in events)
            replayed = Evolution.Evolve(replayed, EventTypes.Read(e.Type, e.Data), e.Time);
        Assert.Equal(EventTypes.Write(stored), EventTypes.Write(replayed!));
    }

    private static async Task<string> DumpAsync(CaseHost host)
    {
        var events = await host.Services.GetRequiredService<EventLog<CaseDb>>().ReadAsync(0, 10_000, default);
        var rows = await host.Services.GetRequiredService<Work<CaseDb>>()
            .ReadAsync((db, ct) => db.Cases.Select(row => row.State).ToListAsync(ct));
        return string.Join('\n', events.Select(e => e.Data + e.PublicData).Concat(rows));
    }
}
