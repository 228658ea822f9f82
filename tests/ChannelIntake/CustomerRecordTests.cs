using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Testing;

namespace CxPlatform.ChannelIntake.Tests;

/// <summary>What is kept of a customer and what staff do with it.</summary>
public sealed class CustomerRecordTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_fuller_name_is_learned_until_staff_write_one(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var address = MergeTests.Address();
        async Task<string?> AfterAsync(string name)
        {
            var answer = await host.AcceptContactAsync(new { from = new { value = address, name }, text = "?" });
            return (string?)(await host.GetAsync("/v1/customers/" + answer["customerId"]))["name"];
        }
        Assert.Equal("Erika", await AfterAsync("Erika"));
        Assert.Equal("Erika Muster", await AfterAsync("Muster, Erika"));
        Assert.Equal("Erika Muster", await AfterAsync("Max Muster"));
        var found = await host.GetAsync("/v1/customers?identity=" + Uri.EscapeDataString(address));
        var id = (string)found["items"]![0]!["customerId"]!;
        using (var patch = await host.Client.PatchAsJsonAsync("/v1/customers/" + id, new { name = "Erika M." }))
            await IntakeHost.JsonAsync(patch, 200);
        Assert.Equal("Erika M.", await AfterAsync("Erika Muster"));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Preferences_are_put_as_a_whole_and_told_to_everybody(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var id = (string)(await host.AcceptContactAsync(new { from = new { value = MergeTests.Address() }, text = "?" }))["customerId"]!;
        await MergeTests.PutAsync(host, id, new
        {
            channel = "sms",
            language = "de-AT",
            quietHours = new { from = "22:00:00", until = "07:00:00", timeZone = "Europe/Vienna" },
            doNotContact = true,
        });
        var told = await host.EventAsync<CustomerChanged>("customer/" + id);
        Assert.Equal(
            (Channel.Sms, "de-AT", new QuietHours(new(22, 0), new(7, 0), "Europe/Vienna"), true),
            (told.PreferredChannel!.Value, told.Language!, told.QuietHours!, told.DoNotContact));
        Assert.Equal("sms", (string)(await host.GetAsync($"/v1/customers/{id}/preferences"))["channel"]!);

        await MergeTests.PutAsync(host, id, new { language = "de-AT" });
        told = await host.EventAsync<CustomerChanged>("customer/" + id);
        Assert.Equal((null, null, false), (told.PreferredChannel, told.QuietHours, told.DoNotContact));
        var events = (await host.StreamAsync("customer/" + id)).Count;
        await MergeTests.PutAsync(host, id, new { language = "de-AT" });
        Assert.Equal(events, (await host.StreamAsync("customer/" + id)).Count);

        async Task RefusedAsync(object wrong, string field) =>
            Assert.NotNull((await MergeTests.PutAsync(host, id, wrong, 400))["errors"]![field]);
        await RefusedAsync(new { channel = "kiosk" }, "channel");
        await RefusedAsync(new { language = "klingon!" }, "language");
        await RefusedAsync(new { quietHours = new { from = "22:00:00", until = "07:00:00", timeZone = "Mars/Olympus" } }, "quietHours.timeZone");
        await RefusedAsync(new { quietHours = new { from = "07:00:00", until = "07:00:00", timeZone = "UTC" } }, "quietHours.until");
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task An_organisation_is_proposed_confirmed_and_its_members_follow_it(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var domain = $"d{Guid.NewGuid():n}.example";
        async Task<string> WriteAsync(string mailbox) =>
            (string)(await host.AcceptContactAsync(new { from = new { value = $"{mailbox}@{domain}" }, text = "?" }))["customerId"]!;
        async Task<bool> ProposedAsync() => (await host.GetAsync("/v1/organisations/proposals"))["items"]!.AsArray()
            .Any(item => (string)item!["domain"]! == domain);
        var (one, elsewhere) = (await WriteAsync("one"), await WriteAsync("elsewhere"));
        Assert.True(await ProposedAsync());
        using (var put = await host.Client.PutAsJsonAsync($"/v1/customers/{elsewhere}/organisation", new { organisationId = (string?)null }))
            await IntakeHost.JsonAsync(put, 200);

        using var created = await host.Client.PostAsJsonAsync("/v1/organisations", new { name = "Example Ltd", tier = "gold", domains = new[] { domain.ToUpperInvariant() } });
        var id = (string)(await IntakeHost.JsonAsync(created, 201))["organisationId"]!;
        Assert.False(await ProposedAsync());
        var late = await WriteAsync("late");
        foreach (var member in new[] { one, late })
            await Eventually.Async(async () =>
            {
                var told = await host.EventAsync<CustomerChanged>("customer/" + member);
                Assert.Equal(("Example Ltd", "gold"), (told.Organisation, told.Tier));
            });
        Assert.Equal([late, one], (await host.GetAsync("/v1/customers?organisationId=" + id))["items"]!.AsArray().Select(item => (string)item!["customerId"]!));
        Assert.Null((await host.GetAsync("/v1/customers/" + elsewhere))["organisation"]);
        Assert.Equal(2, (long)(await host.GetAsync("/v1/organisations/" + id))["members"]!);

        using (var put = await host.Client.PutAsJsonAsync("/v1/organisations/" + id, new { name = "Example & Co", domains = new[] { domain } }))
            await IntakeHost.JsonAsync(put, 200);
        await Eventually.Async(async () =>
        {
            var told = await host.EventAsync<CustomerChanged>("customer/" + one);
            Assert.Equal(("Example & Co", null), (told.Organisation, told.Tier));
        });
        using (var delete = await host.Client.DeleteAsync("/v1/organisations/" + id))
            Assert.Equal(HttpStatusCode.NoContent, delete.StatusCode);
        await Eventually.Async(async () => Assert.Null((await host.EventAsync<CustomerChanged>("customer/" + one)).Organisation));
        using (var gone = await host.Client.GetAsync("/v1/organisations/" + id))
            Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.True((await host.EventAsync<OrganisationChanged>("organisation/" + id)).Deleted);
        Assert.All(await host.StreamAsync("organisation/" + id), e => Assert.StartsWith("key:", e.Actor, StringComparison.Ordinal));

        Assert.True(await ProposedAsync());
        using (var dismiss = await host.Client.PostAsJsonAsync("/v1/organisations/proposals/dismiss", new { domain }))
            Assert.Equal(HttpStatusCode.NoContent, dismiss.StatusCode);
        Assert.False(await ProposedAsync());
    }

    /// <summary>Members are told of by the page; there is more than one.</summary>
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Every_member_of_a_large_organisation_hears_of_its_change(Database database)
    {
        const int Members = 230;
        await using var host = await IntakeHost.StartAsync(database);
        var domain = $"d{Guid.NewGuid():n}.example";
        await Parallel.ForAsync(0, Members, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (n, _) =>
            await host.AcceptContactAsync(new { from = new { value = $"m{n}@{domain}" }, text = "?" }));
        using var created = await host.Client.PostAsJsonAsync("/v1/organisations", new { name = "Large Ltd", tier = "gold", domains = new[] { domain } });
        var id = (string)(await IntakeHost.JsonAsync(created, 201))["organisationId"]!;
        await Eventually.Async(async () => Assert.Equal(Members, (long)(await host.GetAsync("/v1/organisations/" + id))["members"]!));

        using (var put = await host.Client.PutAsJsonAsync("/v1/organisations/" + id, new { name = "Large Ltd", tier = "silver", domains = new[] { domain } }))
            await IntakeHost.JsonAsync(put, 200);
        var members = new List<string>();
        string? next = null;
        do
        {
            var page = await host.GetAsync($"/v1/customers?organisationId={id}&limit=100{(next is null ? "" : "&cursor=" + next)}");
            members.AddRange(page["items"]!.AsArray().Select(item => (string)item!["customerId"]!));
            next = (string?)page["next"];
        }
        while (next is not null);
        Assert.Equal(Members, members.Distinct().Count());
        Assert.Equal(members, members.OrderByDescending(member => Guid.Parse(member)));
        await Eventually.Async(async () =>
        {
            foreach (var member in members)
                Assert.Equal("silver", (await host.EventAsync<CustomerChanged>("customer/" + member)).Tier);
        });
    }

    [Fact]
    public async Task Free_mail_taken_domains_and_what_is_no_domain_are_refused_by_name()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var domain = $"d{Guid.NewGuid():n}.example";
        async Task<JsonNode> PostAsync(int status, params string[] domains)
        {
            using var response = await host.Client.PostAsJsonAsync("/v1/organisations", new { name = "x", domains });
            return await IntakeHost.JsonAsync(response, status);
        }
        Assert.NotNull((await PostAsync(400, domain, "gmail.com"))["errors"]!["domains[1]"]);
        Assert.NotNull((await PostAsync(400, "no domain"))["errors"]!["domains[0]"]);
        await PostAsync(201, domain);
        Assert.Equal("organisation-domain-taken", (string)(await PostAsync(409, "@" + domain))["code"]!);
        using var none = await host.Client.PostAsJsonAsync("/v1/organisations", new { name = " " });
        Assert.NotNull((await IntakeHost.JsonAsync(none, 400))["errors"]!["name"]);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Who_may_be_the_same_is_suggested_with_a_reason_until_staff_say_no(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var tag = Guid.NewGuid().ToString("n")[..12];
        var name = $"Erika {string.Concat(tag.Select(c => (char)(char.IsDigit(c) ? c - '0' + 'g' : c)))}";
        async Task<string> WriteAsync(string value, string? called, string text = "?") =>
            (string)(await host.AcceptContactAsync(new { from = new { value, name = called }, text }))["customerId"]!;
        var id = await WriteAsync($"erika.{tag}@{tag}.example", name, $"Call me, +49 30 1{string.Concat(tag.Take(7).Select(c => c % 10))}.");
        var phone = await WriteAsync($"+49301{string.Concat(tag.Take(7).Select(c => c % 10))}", null);
        var colleague = await WriteAsync($"other.{tag}@{tag}.example", name);
        var mailbox = await WriteAsync($"erika.{tag}@gmail.com", name);
        var namesake = await WriteAsync($"third.{tag}@gmail.com", name.ToUpperInvariant());
        await WriteAsync($"fourth.{tag}@gmail.com", "Somebody Else");

        async Task<List<(string, string)>> SuggestedAsync() => [.. (await host.GetAsync($"/v1/customers/{id}/suggestions"))["items"]!.AsArray()
            .Select(item => ((string)item!["customer"]!["customerId"]!, (string)item["reasons"]![0]!["kind"]!))];
        Assert.Equal(
            [(phone, "mentioned"), (colleague, "sameNameAndDomain"), (mailbox, "sameNameAndMailbox"), (namesake, "sameName")], await SuggestedAsync());
        using (var dismiss = await host.Client.PostAsJsonAsync($"/v1/customers/{colleague}/suggestions/dismiss", new { customerId = id }))
            Assert.Equal(HttpStatusCode.NoContent, dismiss.StatusCode);
        using (var merge = await host.Client.PostAsJsonAsync($"/v1/customers/{id}/merge", new { customerId = phone }))
            await IntakeHost.JsonAsync(merge, 200);
        Assert.Equal([(mailbox, "sameNameAndMailbox"), (namesake, "sameName")], await SuggestedAsync());
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Customers_are_found_by_how_a_name_an_identity_or_an_organisation_begins(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var tag = "q" + Guid.NewGuid().ToString("n")[..10];
        var answer = await host.AcceptContactAsync(new { from = new { value = $"{tag}a@{tag}.example", name = $"Zoë Ünder-{tag}son" }, text = "?" });
        var id = (string)answer["customerId"]!;
        using (var made = await host.Client.PostAsJsonAsync("/v1/organisations", new { name = $"Über {tag}werke", domains = new[] { $"{tag}.example" } }))
            await IntakeHost.JsonAsync(made, 201);
        async Task<string?> FindAsync(string q) =>
            (string?)(await host.GetAsync("/v1/customers?q=" + Uri.EscapeDataString(q)))["items"]!.AsArray().FirstOrDefault()?["customerId"];
        Assert.Equal(id, await FindAsync(tag + "SON"));
        Assert.Equal(id, await FindAsync($"under {tag}"));
        Assert.Equal(id, await FindAsync(tag + "A@"));
        await Eventually.Async(async () => Assert.Equal(id, await FindAsync($"uber {tag}wer")));
        Assert.Null(await FindAsync(tag + "sonnn"));
        // An underscore is an underscore, and no placeholder.
        Assert.Null(await FindAsync($"{tag[..4]}_{tag[5..]}"));
        using var wrong = await host.Client.GetAsync("/v1/customers?q=x&limit=0");
        var errors = (await IntakeHost.JsonAsync(wrong, 400))["errors"]!;
        Assert.NotNull(errors["q"]);
        Assert.NotNull(errors["limit"]);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task The_history_goes_over_all_channels_in_pages_or_over_one(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var address = MergeTests.Address();
        string id = "";
        foreach (var channel in new[] { "letter", "kiosk", "api", "letter" })
            id = (string)(await host.AcceptContactAsync(new { from = new { value = address }, text = channel, channel }))["customerId"]!;
        var seen = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await host.GetAsync($"/v1/customers/{id}/contacts?limit=2{(cursor.Length == 0 ? "" : "&cursor=" + cursor)}");
            seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["text"]!));
            cursor = (string?)page["next"];
        }
        Assert.Equal(["letter", "api", "kiosk", "letter"], seen);
        Assert.Equal(2, (await host.GetAsync($"/v1/customers/{id}/contacts?channel=letter"))["items"]!.AsArray().Count);
        using var unknown = await host.Client.GetAsync($"/v1/customers/{id}/contacts?channel=telepathy");
        Assert.NotNull((await IntakeHost.JsonAsync(unknown, 400))["errors"]!["channel"]);
        using var none = await host.Client.GetAsync($"/v1/customers/{Guid.NewGuid()}/contacts");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        using var wrong = await host.Client.GetAsync($"/v1/customers/{id}/contacts?cursor=x");
        Assert.NotNull((await IntakeHost.JsonAsync(wrong, 400))["errors"]!["cursor"]);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task An_export_holds_everything_and_nothing_outside_its_folder_and_is_on_record(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var address = MergeTests.Address();
        var large = new string('x', 200_000);
        var answer = await host.AcceptContactAsync(new
        {
            from = new { value = address, name = "Erika Muster" },
            text = "Hello",
            attachments = new[] { new { name = "../../evil.txt", contentBase64 = Convert.ToBase64String("inside"u8) } },
        });
        await host.AcceptMailAsync($"From: {address}\nSubject: Big\nMessage-ID: <{Guid.NewGuid():n}@example.com>\n\n{large}");
        var id = (string)answer["customerId"]!;
        using var response = await host.Client.GetAsync($"/v1/customers/{id}/export");
        Assert.Equal("application/zip", response.Content.Headers.ContentType?.MediaType);
        using var zip = new ZipArchive(new MemoryStream(await response.Content.ReadAsByteArrayAsync()));
        string Read(string end)
        {
            using var reader = new StreamReader(Assert.Single(zip.Entries, entry => entry.FullName.EndsWith(end, StringComparison.Ordinal)).Open());
            return reader.ReadToEnd();
        }
        Assert.Contains("Erika Muster", Read("customer.json"), StringComparison.Ordinal);
        Assert.Equal(2, zip.Entries.Count(entry => entry.Name == "contact.json"));
        Assert.Contains(large, Read("raw.eml"), StringComparison.Ordinal);
        Assert.Contains("Hello", Read("raw.txt"), StringComparison.Ordinal);
        Assert.Equal("inside", Read("evil.txt"));
        Assert.DoesNotContain(zip.Entries, entry => entry.FullName.Contains("..", StringComparison.Ordinal) && entry.FullName.Contains("../", StringComparison.Ordinal));
        Assert.StartsWith("key:", (await host.StreamAsync("customer/" + id))[^1].Actor, StringComparison.Ordinal);
        await host.EventAsync<CustomerExported>("customer/" + id);
        using var anonymous = await host.Anonymous.GetAsync($"/v1/customers/{id}/export");
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
    }
}
