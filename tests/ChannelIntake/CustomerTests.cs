using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class CustomerTests
{
    private static string Address(string name = "a") => $"{name}-{Guid.NewGuid():n}@example.com";

    private static async Task<JsonNode> ContactAsync(IntakeHost host, string address, string? name = null,
        string text = "Where is my order, please?") =>
        await host.AcceptContactAsync(new { from = new { value = address, name }, text });

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_name_and_a_language_are_learned_once_and_staff_know_better(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var address = Address();
        var id = (string)(await ContactAsync(host, address, text: "?"))["customerId"]!;
        await ContactAsync(host, address, "Erika", "Where is the parcel that I have ordered from you?");
        await ContactAsync(host, address, "Somebody else");

        var customer = await host.GetAsync("/v1/customers/" + id);
        Assert.Equal("Erika", (string)customer["name"]!);
        Assert.Equal("en", (string)customer["language"]!);
        Assert.Equal(2, (await host.StreamAsync("customer/" + id)).Count);

        using var response =
            await host.Client.PatchAsJsonAsync("/v1/customers/" + id, new { name = "Dr. Erika Muster", timeZone = "Europe/Berlin" });
        await IntakeHost.JsonAsync(response, 200);
        var changed = await host.EventAsync<CustomerChanged>("customer/" + id);
        Assert.Equal("Dr. Erika Muster", changed.Name);
        Assert.Equal("en", changed.Language);
        Assert.Equal(address, Assert.Single(changed.Identities).Value);

        var found = await host.GetAsync("/v1/customers?identity=" + Uri.EscapeDataString(address.ToUpperInvariant()));
        Assert.Equal(id, (string)Assert.Single(found["items"]!.AsArray())!["customerId"]!);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Two_customers_are_merged_and_parted_again_without_loss(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var (one, two) = (Address("one"), Address("two"));
        var first = await ContactAsync(host, one, "Erika");
        var second = await ContactAsync(host, two);
        var (id, mergedId) = ((string)first["customerId"]!, (string)second["customerId"]!);

        using (var merge = await host.Client.PostAsJsonAsync($"/v1/customers/{id}/merge", new { customerId = mergedId }))
            Assert.Equal([one, two], (await IntakeHost.JsonAsync(merge, 200))["identities"]!.AsArray()
                .Select(identity => (string)identity!["value"]!));
        Assert.Equal(new CustomerMerged(Guid.Parse(id), Guid.Parse(mergedId)), await host.EventAsync<CustomerMerged>("customer/" + id));
        var third = await ContactAsync(host, two);
        Assert.Equal(id, (string)third["customerId"]!);
        var page = await host.GetAsync($"/v1/contacts?customerId={id}");
        Assert.Equal(
            [(string)third["contactId"]!, (string)second["contactId"]!, (string)first["contactId"]!],
            page["items"]!.AsArray().Select(item => (string)item!["contactId"]!));

        using (var again = await host.Client.PostAsJsonAsync($"/v1/customers/{Guid.NewGuid()}/merge", new { customerId = id }))
            Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        using (var merged = await host.Client.PatchAsJsonAsync($"/v1/customers/{mergedId}", new { name = "x" }))
            Assert.Equal("customer-merged", (string)(await IntakeHost.JsonAsync(merged, 409))["code"]!);

        using (var part = await host.Client.PostAsJsonAsync($"/v1/customers/{id}/unmerge", new { customerId = mergedId }))
            Assert.Equal(two, (string)Assert.Single((await IntakeHost.JsonAsync(part, 200))["identities"]!.AsArray())!["value"]!);
        Assert.Equal(mergedId, (string)(await ContactAsync(host, two))["customerId"]!);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task An_erased_customer_leaves_no_personal_data_behind(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database);
        const string Secret = "Xylophonist";
        var address = $"{Secret}@example.com";
        var attachment = new[] { new { name = Secret + ".txt", contentBase64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)) } };
        var answer = await host.AcceptContactAsync(new
        {
            providerId = "p1",
            from = new { value = address, name = Secret },
            subject = Secret,
            text = Secret,
            attachments = attachment
        });
        // A file that somebody else sent too must stay.
        var shared = new[] { new { name = "a.txt", contentBase64 = Convert.ToBase64String("shared"u8) } };
        await host.AcceptContactAsync(new { from = new { value = address }, text = Secret, attachments = shared });
        var other = await host.AcceptContactAsync(new { from = new { value = Address() }, text = "Hello", attachments = shared });
        var id = (string)answer["customerId"]!;

        host.AgeBlobs();
        using (var response = await host.Client.DeleteAsync("/v1/customers/" + id))
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);

        // Others find the address that they keep without knowing whose it is, and nobody can read it from this.
        Assert.Contains(
            host.Services.GetRequiredService<AddressMarks>().Of(address),
            (await host.EventAsync<CustomerErased>("customer/" + id)).AddressMarks);
        foreach (var stream in new[] { "customer/" + id, "contact/" + answer["contactId"] })
            Assert.All(await host.StreamAsync(stream), e => Assert.DoesNotContain(Secret, e.Data, StringComparison.OrdinalIgnoreCase));
        var contact = await host.GetAsync("/v1/contacts/" + answer["contactId"]);
        Assert.DoesNotContain(Secret, contact.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        Assert.NotNull(contact["erasedAt"]);
        var blobs = Path.Combine(host.Folder.Path, "blobs");
        await Eventually.Async(() => Assert.DoesNotContain(
            Directory.EnumerateFiles(blobs, "*", SearchOption.AllDirectories),
            file => File.ReadAllText(file).Contains(Secret, StringComparison.Ordinal)));
        using (var file = await host.Client.GetAsync($"/v1/contacts/{other["contactId"]}/attachments/0"))
            Assert.Equal("shared", await file.Content.ReadAsStringAsync());

        var retry = await host.AcceptContactAsync(new { providerId = "p1", from = new { value = address, name = Secret }, text = Secret });
        Assert.True((bool)retry["duplicate"]!);
        Assert.NotEqual(id, (string)(await ContactAsync(host, address))["customerId"]!);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_customers_contacts_are_paged_from_the_newest(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var address = Address();
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        string customer = "";
        for (var i = 0; i < 7; i++)
            customer = (string)(await host.AcceptContactAsync(
                new { from = new { value = address }, text = $"{i}", channel = "letter", receivedAt = at.AddDays(i / 2) }))["customerId"]!;

        var texts = new List<string>();
        string? cursor = null;
        do
        {
            var page = await host.GetAsync($"/v1/contacts?customerId={customer}&limit=3{(cursor is null ? "" : "&cursor=" + cursor)}");
            texts.AddRange(page["items"]!.AsArray().Select(item => (string)item!["text"]!));
            cursor = (string?)page["next"];
        }
        while (cursor is not null);
        Assert.Equal(["6", "5", "4", "3", "2", "1", "0"], texts);
    }

    [Fact]
    public async Task An_attachment_is_only_ever_a_download_of_a_safe_type()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var answer = await host.AcceptContactAsync(new
        {
            from = new { value = Address() },
            text = "See the file.",
            attachments = new[] { new { name = "page.html", contentType = "text/html",
                contentBase64 = Convert.ToBase64String("<script>alert(1)</script>"u8) } },
        });
        using var file = await host.Client.GetAsync($"/v1/contacts/{answer["contactId"]}/attachments/0");
        Assert.Equal("application/octet-stream", file.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", file.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("nosniff", Assert.Single(file.Headers.GetValues("X-Content-Type-Options")));
        using var none = await host.Client.GetAsync($"/v1/contacts/{answer["contactId"]}/attachments/1");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }
}
