using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake;
using CxPlatform.Messaging;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class MergeTests
{
    private sealed record Known(string Id, string Address, string ContactId);

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Thirty_two_that_write_at_once_from_one_address_are_one_customer(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var address = Address();
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => host.AcceptContactAsync(
            new { from = new { value = i % 2 == 0 ? address : address.ToUpperInvariant() }, text = $"{i}" })));
        var id = Guid.Parse(Assert.Single(answers.Select(answer => (string)answer["customerId"]!).Distinct()));
        var page = await host.GetAsync($"/v1/customers?identity={Uri.EscapeDataString(address)}");
        Assert.Equal(id.ToString(), (string)Assert.Single(page["items"]!.AsArray())!["customerId"]!);
        Assert.Equal(32, (await host.GetAsync($"/v1/customers/{id}/contacts?limit=100"))["items"]!.AsArray().Count);
        // Nobody was made on the way who has no identity.
        Assert.Equal(1, await host.Services.GetRequiredService<Work<IntakeDb>>()
            .ReadAsync((db, ct) => db.Identities.CountAsync(row => row.Value == address, ct)));
        Assert.Equal(0, await host.CountAsync(
            "select count(*) from customers c where c.merged_into is null and c.erased_at is null "
            + "and not exists (select 1 from identities i where i.customer_id = c.id)"));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_merge_of_merges_comes_apart_exactly_as_it_was(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var (a, b, c) = (await NewAsync(host), await NewAsync(host, "Erika Muster"), await NewAsync(host, "Berta Beispiel"));
        await PutAsync(host, b.Id, new { channel = "sms", language = "de", doNotContact = true });
        var before = new Dictionary<string, string>();
        foreach (var known in (Known[])[a, b, c])
            before[known.Id] = (await host.GetAsync("/v1/customers/" + known.Id)).ToJsonString();

        await MergeAsync(host, b.Id, c.Id);
        await MergeAsync(host, a.Id, b.Id);
        var one = await host.GetAsync("/v1/customers/" + a.Id);
        Assert.Equal("Erika Muster", (string)one["name"]!);
        Assert.True((bool)one["preferences"]!["doNotContact"]!);
        Assert.Equal(3, one["identities"]!.AsArray().Count);
        Assert.Equal([c.ContactId, b.ContactId, a.ContactId], await ContactsAsync(host, a.Id));
        // While they are one, whoever writes is the one.
        var meanwhile = await host.AcceptContactAsync(new { from = new { value = c.Address }, text = "Once more" });
        Assert.Equal(a.Id, (string)meanwhile["customerId"]!);

        await UnmergeAsync(host, a.Id, b.Id);
        var parted = await host.EventAsync<CustomerUnmerged>("customer/" + a.Id);
        Assert.Equal([Guid.Parse(c.Id)], parted.Family);
        Assert.Equal([Guid.Parse((string)meanwhile["contactId"]!)], parted.Contacts);
        Assert.Equal([a.ContactId], await ContactsAsync(host, a.Id));
        await UnmergeAsync(host, b.Id, c.Id);
        Assert.Equal([b.ContactId], await ContactsAsync(host, b.Id));
        Assert.Equal([(string)meanwhile["contactId"]!, c.ContactId], await ContactsAsync(host, c.Id));
        foreach (var (id, was) in before)
            Assert.Equal(was, (await host.GetAsync("/v1/customers/" + id)).ToJsonString());
        foreach (var known in (Known[])[a, b, c])
            Assert.Equal(known.Address, Assert.Single((await host.EventAsync<CustomerChanged>("customer/" + known.Id)).Identities).Value);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task What_staff_change_after_a_merge_stays_when_it_is_undone(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var (a, b) = (await NewAsync(host), await NewAsync(host, "Erika"));
        await MergeAsync(host, a.Id, b.Id);
        using (var patch = await host.Client.PatchAsJsonAsync("/v1/customers/" + a.Id, new { name = "Anna" }))
            await IntakeHost.JsonAsync(patch, 200);
        await UnmergeAsync(host, a.Id, b.Id);
        Assert.Equal("Anna", (string)(await host.GetAsync("/v1/customers/" + a.Id))["name"]!);
        Assert.Equal("Erika", (string)(await host.GetAsync("/v1/customers/" + b.Id))["name"]!);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Of_merges_that_contradict_each_other_one_wins_and_a_repeated_one_changes_nothing(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        for (var round = 0; round < 5; round++)
        {
            var (a, b, c) = (await NewAsync(host), await NewAsync(host), await NewAsync(host));
            // In a circle: no two of these can hold at once but in a chain.
            var answers = await Task.WhenAll(
                host.Client.PostAsJsonAsync($"/v1/customers/{a.Id}/merge", new { customerId = b.Id }),
                host.Client.PostAsJsonAsync($"/v1/customers/{b.Id}/merge", new { customerId = a.Id }),
                host.Client.PostAsJsonAsync($"/v1/customers/{c.Id}/merge", new { customerId = b.Id }),
                host.Client.PostAsJsonAsync($"/v1/customers/{a.Id}/merge", new { customerId = b.Id }));
            Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict, $"{answer.StatusCode}"));
            Assert.False(answers[0].IsSuccessStatusCode && answers[1].IsSuccessStatusCode);
            Assert.False(answers[0].IsSuccessStatusCode && answers[2].IsSuccessStatusCode);
            // Every identity is somebody's who is current, and the events say what happened once each.
            foreach (var known in (Known[])[a, b, c])
            {
                var owner = Assert.Single((await host.GetAsync($"/v1/customers?identity={Uri.EscapeDataString(known.Address)}"))["items"]!.AsArray());
                Assert.Null(owner!["mergedInto"]);
            }
            var merges = 0;
            foreach (var known in (Known[])[a, b, c])
                merges += (await host.StreamAsync("customer/" + known.Id)).Count(e => e.Type == "customer.merged.v1");
            var gone = 0;
            foreach (var known in (Known[])[a, b, c])
                gone += (await host.GetAsync("/v1/customers/" + known.Id))["mergedInto"] is null ? 0 : 1;
            Assert.Equal(gone, merges);
        }
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Erasing_forgets_the_whole_family_keeps_the_count_and_can_be_repeated(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database);
        var (a, b) = (await NewAsync(host, "Quetzalcoatl One"), await NewAsync(host, "Quetzalcoatl Two"));
        await PutAsync(host, a.Id, new { language = "de", quietHours = new { from = "22:00:00", until = "07:00:00", timeZone = "Europe/Berlin" } });
        await MergeAsync(host, a.Id, b.Id);
        var reconciled = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)reconciled["balanced"]!);

        for (var i = 0; i < 2; i++)
            using (var response = await host.Client.DeleteAsync("/v1/customers/" + a.Id))
                Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        foreach (var known in (Known[])[a, b])
        {
            Assert.Single(await host.StreamAsync("customer/" + known.Id), e => e.Type == "customer.erased.v1");
            Assert.All(await host.StreamAsync("customer/" + known.Id), e =>
            {
                Assert.DoesNotContain("Quetzalcoatl", e.Data, StringComparison.Ordinal);
                Assert.DoesNotContain(known.Address, e.Data, StringComparison.Ordinal);
            });
            var contact = await host.GetAsync("/v1/contacts/" + known.ContactId);
            Assert.NotNull(contact["erasedAt"]);
        }
        Assert.Equal(0, await host.CountAsync("select count(*) from identities"));
        Assert.Equal(0, await host.CountAsync(
            "select count(*) from customers where name is not null or name_key is not null or preferences is not null "
            + "or merged_fields is not null or merged_identities is not null"));
        var after = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)after["balanced"]!);
        Assert.Equal(reconciled["channels"]!.ToJsonString(), after["channels"]!.ToJsonString());
        using (var export = await host.Client.GetAsync($"/v1/customers/{a.Id}/export"))
            Assert.Equal(HttpStatusCode.Gone, export.StatusCode);
        var again = await host.AcceptContactAsync(new { from = new { value = b.Address }, text = "It is me." });
        Assert.DoesNotContain((string)again["customerId"]!, new[] { a.Id, b.Id });
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_file_goes_with_its_last_contact_and_never_while_something_unread_needs_it(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database);
        var blobs = host.Services.GetRequiredService<IBlobs>();
        async Task<string> WriteAsync(params string[] files) => (string)(await host.AcceptContactAsync(new
        {
            from = new { value = Address() },
            text = "?",
            attachments = files.Select(file => new { name = "a.txt", contentBase64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(file)) }),
        }))["customerId"]!;
        var (one, two) = (await WriteAsync("own", "shared", "unread"), await WriteAsync("shared"));
        var hashes = new Dictionary<string, string>();
        foreach (var file in new[] { "own", "shared", "unread" })
            hashes[file] = (await blobs.PutAsync(Encoding.UTF8.GetBytes(file))).Hash;
        await host.Services.GetRequiredService<Work<IntakeDb>>().RunAsync<Unit<IntakeDb>, Done>((unit, _) =>
        {
            unit.Db.Arrivals.Add(new()
            {
                Id = Guid.CreateVersion7(),
                Channel = "email",
                TakenAt = unit.Now,
                Due = unit.Now.AddDays(1),
                Envelope = "{}",
                RawType = "message/rfc822",
                RawBlob = hashes["unread"],
            });
            return Task.FromResult(Done.Value);
        });
        async Task<bool> IsThereAsync(string file)
        {
            await using var stream = await blobs.OpenAsync(hashes[file]);
            return stream is not null;
        }
        host.AgeBlobs();
        (await host.Client.DeleteAsync("/v1/customers/" + one)).Dispose();
        await Eventually.Async(async () => Assert.False(await IsThereAsync("own")));
        Assert.True(await IsThereAsync("shared"));
        Assert.True(await IsThereAsync("unread"));
        (await host.Client.DeleteAsync("/v1/customers/" + two)).Dispose();
        await Eventually.Async(async () => Assert.False(await IsThereAsync("shared")));
    }

    internal static string Address() => $"a-{Guid.NewGuid():n}@example.com";

    private static async Task<Known> NewAsync(IntakeHost host, string? name = null)
    {
        var address = Address();
        var answer = await host.AcceptContactAsync(new { from = new { value = address, name }, text = "?" });
        return new((string)answer["customerId"]!, address, (string)answer["contactId"]!);
    }

    private static async Task MergeAsync(IntakeHost host, string id, string other)
    {
        using var response = await host.Client.PostAsJsonAsync($"/v1/customers/{id}/merge", new { customerId = other });
        await IntakeHost.JsonAsync(response, 200);
    }

    private static async Task UnmergeAsync(IntakeHost host, string id, string other)
    {
        using var response = await host.Client.PostAsJsonAsync($"/v1/customers/{id}/unmerge", new { customerId = other });
        await IntakeHost.JsonAsync(response, 200);
    }

    internal static async Task<JsonNode> PutAsync(IntakeHost host, string id, object preferences, int status = 200)
    {
        using var response = await host.Client.PutAsJsonAsync($"/v1/customers/{id}/preferences", preferences);
        return await IntakeHost.JsonAsync(response, status);
    }

    private static async Task<List<string>> ContactsAsync(IntakeHost host, string id) =>
        [.. (await host.GetAsync($"/v1/customers/{id}/contacts"))["items"]!.AsArray().Select(item => (string)item!["contactId"]!)];
}
