using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Case.Tests.Service;

/// <summary>Two cases that are one, one that is two, and cases that have to do with each other, over HTTP, on both databases.</summary>
public sealed class MergingServiceTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_merged_case_leads_to_the_other_with_all_that_was_said_until_it_is_undone(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var customer = Guid.CreateVersion7();
        var first = await host.OpenAsync(CaseHost.Contact("The kettle leaks.", customer));
        var second = await host.OpenAsync(CaseHost.Contact("As I wrote: it leaks!", customer));
        foreach (var id in (Guid[])[first, second])
            await host.RouteAsync(id);
        var number = (await host.CaseAsync(first)).GetProperty("number").GetString()!;

        await host.FormAsync((await host.CaseAsync(second)).GetProperty("number").GetString()!, "merge", ("into", number));
        var merged = await host.CaseAsync(second);
        Assert.Equal(("closed", number), (merged.GetProperty("status").GetString(), merged.GetProperty("mergedInto").GetProperty("number").GetString()));
        await host.PostAsync($"/v1/cases/{second}/merge", new { into = number }); // once more: it is so already
        Assert.Contains("As I wrote", await TextAsync(host, first), StringComparison.Ordinal);
        Assert.Contains("As I wrote", await host.PageAsync(number), StringComparison.Ordinal);

        // Its token, its number and its link lead to where it goes on.
        var token = CaseHost.Contact("And now it smokes.", customer, evidence: new Evidence(EvidenceKind.ReplyToken, "t", second));
        var named = CaseHost.Contact("Smoke!", customer, evidence: new Evidence(EvidenceKind.SubjectNumber, merged.GetProperty("number").GetString()!));
        await host.DeliverAsync("intake", "contact/later", token, named);
        Assert.Equal(2, (await host.TypesAsync(first)).Count(type => type == "case.customer-replied.v1"));
        Assert.Equal(2, (await host.GetAsync("/v1/cases")).GetProperty("items").GetArrayLength());
        var link = host.Services.GetRequiredService<Tokens>().StatusLink(second, 0, host.Clock.GetUtcNow().AddDays(9));
        var page = await host.Anonymous.GetStringAsync($"/s/{link}");
        Assert.Contains(number, page, StringComparison.Ordinal);
        Assert.Contains("As I wrote", page, StringComparison.Ordinal);
        var refused = await host.Client.PostAsJsonAsync($"/v1/cases/{second}/notes", new { text = "x" });
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("case-merged", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await host.PostAsync($"/v1/cases/{second}/merge/undo", new { });
        Assert.Equal("acknowledged", (await host.CaseAsync(second)).GetProperty("status").GetString());
        Assert.DoesNotContain("As I wrote", await TextAsync(host, first), StringComparison.Ordinal);
        foreach (var id in (Guid[])[first, second])
            await CustomerTests.AssertReplaysAsync(host, id);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Of_two_merges_against_each_other_one_wins_and_what_another_customer_wrote_is_not_shown(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var mia = await host.OpenAsync(CaseHost.Contact("Mia's words."));
        var ivo = await host.OpenAsync(CaseHost.Contact("Ivo's words.") with { From = new(IdentityKind.EmailAddress, "ivo@example.org") });
        var answers = await Task.WhenAll(
            host.Client.PostAsJsonAsync($"/v1/cases/{mia}/merge", new { into = ivo, otherCustomer = true }),
            host.Client.PostAsJsonAsync($"/v1/cases/{ivo}/merge", new { into = mia, otherCustomer = true }));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(a => a.StatusCode).Order());
        var into = answers[0].IsSuccessStatusCode ? ivo : mia;
        var from = into == ivo ? mia : ivo;

        var link = host.Services.GetRequiredService<Tokens>().StatusLink(into, 0, host.Clock.GetUtcNow().AddDays(9));
        var page = await host.Anonymous.GetStringAsync($"/s/{link}");
        Assert.Contains(into == mia ? "Mia's" : "Ivo's", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.DoesNotContain(into == mia ? "Ivo's" : "Mia's", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("words.", await TextAsync(host, into), StringComparison.Ordinal);

        // What was promised to an erased customer is forgotten with them, wherever it went.
        var erased = (await host.CaseAsync(from)).GetProperty("customerId").GetGuid();
        await host.DeliverAsync("intake", $"customer/{erased}", new CustomerErased(erased));
        Assert.Equal(0, (await host.CaseAsync(into)).GetProperty("participants").GetArrayLength());
        foreach (var id in (Guid[])[into, from])
            await CustomerTests.AssertReplaysAsync(host, id);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Messages_become_a_case_of_their_own_and_links_are_seen_from_both_sides(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var customer = Guid.CreateVersion7();
        var id = await host.OpenAsync(CaseHost.Contact("The kettle leaks.", customer));
        await host.RouteAsync(id);
        var further = CaseHost.Contact("By the way, my toaster burns.", customer, evidence: new Evidence(EvidenceKind.ReplyToken, "t", id));
        await host.DeliverAsync("intake", "contact/further", further);
        var before = await host.CaseAsync(id);
        var number = before.GetProperty("number").GetString()!;

        var wrong = await host.Client.PostAsJsonAsync($"/v1/cases/{id}/split", new { contacts = new[] { Guid.NewGuid() } });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        await host.FormAsync(number, "split", ("contact", further.ContactId.ToString()), ("subject", "Toaster"));
        var split = await host.CaseAsync(further.ContactId);
        Assert.Equal(("Toaster", "new"), (split.GetProperty("subject").GetString(), split.GetProperty("status").GetString()));
        Assert.Equal("splitFrom", Assert.Single(split.GetProperty("links").EnumerateArray()).GetProperty("kind").GetString());
        Assert.Equal("splitInto", Assert.Single((await host.CaseAsync(id)).GetProperty("links").EnumerateArray()).GetProperty("kind").GetString());
        var again = await host.Client.PostAsJsonAsync($"/v1/cases/{id}/split", new { contacts = new[] { further.ContactId } });
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        var link = host.Services.GetRequiredService<Tokens>().StatusLink(id, 0, host.Clock.GetUtcNow().AddDays(9));
        Assert.DoesNotContain("toaster", await host.Anonymous.GetStringAsync($"/s/{link}"), StringComparison.OrdinalIgnoreCase);

        var other = await host.OpenAsync();
        await host.PostAsync($"/v1/cases/{id}/links", new { kind = "causedBy", to = other });
        Assert.Equal("causes", Assert.Single((await host.CaseAsync(other)).GetProperty("links").EnumerateArray()).GetProperty("kind").GetString());
        await host.FormAsync((await host.CaseAsync(other)).GetProperty("number").GetString()!, "unlink", ("kind", "Causes"), ("target", number));
        Assert.Single((await host.CaseAsync(id)).GetProperty("links").EnumerateArray());
        Assert.Empty((await host.CaseAsync(other)).GetProperty("links").EnumerateArray());
        foreach (var one in (Guid[])[id, other, further.ContactId])
            await CustomerTests.AssertReplaysAsync(host, one);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task The_first_message_becomes_a_case_of_its_own_and_so_does_one_of_a_case_that_is_part_of_it(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var customer = Guid.CreateVersion7();
        var id = await host.OpenAsync(CaseHost.Contact("The kettle leaks.", customer) with { References = new Dictionary<string, string> { ["order"] = "K-1" } });
        await host.RouteAsync(id);
        var alone = await host.Client.PostAsJsonAsync($"/v1/cases/{id}/split", new { contacts = new[] { id } });
        Assert.Equal(HttpStatusCode.BadRequest, alone.StatusCode);
        Assert.Contains("put its need right", await alone.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var further = CaseHost.Contact("My toaster burns.", customer, evidence: new Evidence(EvidenceKind.ReplyToken, "t", id));
        await host.DeliverAsync("intake", "contact/further", further);
        var number = (await host.CaseAsync(id)).GetProperty("number").GetString()!;
        Assert.Contains($"value=\"{id}\"", await host.PageAsync(number), StringComparison.Ordinal);
        var answer = await host.PostAsync($"/v1/cases/{id}/split", new { contacts = new[] { id } });
        var made = answer.GetProperty("id").GetGuid();
        Assert.NotEqual(id, made);
        var split = await host.CaseAsync(made);
        Assert.Equal(
            ("Kettle", "The kettle leaks.", "K-1", (await host.CaseAsync(id)).GetProperty("openedAt").GetDateTimeOffset()),
            (split.GetProperty("subject").GetString(), split.GetProperty("need").GetString(),
                split.GetProperty("references").GetProperty("order").GetString(), split.GetProperty("openedAt").GetDateTimeOffset()));
        Assert.Equal("My toaster burns.", (await host.CaseAsync(id)).GetProperty("need").GetString());
        Assert.DoesNotContain("kettle leaks", await StatusAsync(host, id), StringComparison.Ordinal);
        Assert.Contains("kettle leaks", await StatusAsync(host, made), StringComparison.Ordinal);
        var again = await host.Client.PostAsJsonAsync($"/v1/cases/{id}/split", new { contacts = new[] { id } });
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);

        // Merged back it is one customer's page again; and back apart.
        await host.RouteAsync(made);
        await host.PostAsync($"/v1/cases/{made}/merge", new { into = id });
        Assert.Contains("kettle leaks", await StatusAsync(host, id), StringComparison.Ordinal);
        await host.PostAsync($"/v1/cases/{made}/merge/undo", new { });
        Assert.DoesNotContain("kettle leaks", await StatusAsync(host, id), StringComparison.Ordinal);

        // What came in on a case that is part of this one is split off here; and then that merge is not undone any more.
        var third = await host.OpenAsync(CaseHost.Contact("A mixer, too.", customer));
        await host.RouteAsync(third);
        await host.PostAsync($"/v1/cases/{third}/merge", new { into = id });
        var mixer = (await host.PostAsync($"/v1/cases/{id}/split", new { contacts = new[] { third } })).GetProperty("id").GetGuid();
        Assert.Equal("A mixer, too.", (await host.CaseAsync(mixer)).GetProperty("need").GetString());
        Assert.DoesNotContain("mixer", await StatusAsync(host, id), StringComparison.Ordinal);
        var undo = await host.Client.PostAsJsonAsync($"/v1/cases/{third}/merge/undo", new { });
        Assert.Contains("messages-split-off", await undo.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var one in (Guid[])[id, made, third, mixer])
            await CustomerTests.AssertReplaysAsync(host, one);
    }

    [Fact]
    public async Task The_number_of_a_merged_case_leads_to_where_it_goes_on_and_its_link_only_to_the_same_customers()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var customer = Guid.CreateVersion7();
        var target = await host.OpenAsync(CaseHost.Contact("The kettle leaks.", customer));
        var middle = await host.OpenAsync(CaseHost.Contact("It leaks!", customer));
        var first = await host.OpenAsync(CaseHost.Contact("Hello?", customer));
        var foreign = await host.OpenAsync(CaseHost.Contact("Ours leaks as well.") with { From = new(IdentityKind.EmailAddress, "ivo@example.org") });
        async Task<string> NumberAsync(Guid id) => (await host.CaseAsync(id)).GetProperty("number").GetString()!;
        var (number, asked) = (await NumberAsync(target), await NumberAsync(first));
        await host.PostAsync($"/v1/cases/{first}/merge", new { into = middle });
        await host.PostAsync($"/v1/cases/{middle}/merge", new { into = target });
        await host.PostAsync($"/v1/cases/{foreign}/merge", new { into = target, otherCustomer = true });

        using var direct = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Client.BaseAddress };
        direct.DefaultRequestHeaders.Authorization = host.Client.DefaultRequestHeaders.Authorization;
        async Task<string?> LeadsToAsync(string address) => (await direct.GetAsync(address)).Headers.Location?.ToString();
        Assert.Equal($"/desk/cases/{asked}", await LeadsToAsync($"/desk?q={asked.ToLowerInvariant()}"));
        Assert.Equal($"/desk/cases/{number}?part={asked}", await LeadsToAsync($"/desk/cases/{asked}"));
        Assert.Contains($"{asked} is part of this case", await direct.GetStringAsync($"/desk/cases/{number}?part={asked}"), StringComparison.Ordinal);
        Assert.DoesNotContain("is part of this case", await direct.GetStringAsync($"/desk/cases/{number}?part=Nonsense"), StringComparison.Ordinal);
        // By itself, where the merge is undone; and to a page that is open already.
        Assert.Contains("undo-merge", await direct.GetStringAsync($"/desk/cases/{asked}?alone=true"), StringComparison.Ordinal);
        using var open = new HttpRequestMessage(HttpMethod.Get, $"/desk/cases/{asked}") { Headers = { { "Sec-Fetch-Dest", "empty" } } };
        Assert.Contains("was merged into", await (await direct.SendAsync(open)).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        Assert.Contains("The kettle leaks.", await StatusAsync(host, first), StringComparison.Ordinal);
        var other = await StatusAsync(host, foreign);
        Assert.Contains("Ours leaks", other, StringComparison.Ordinal);
        Assert.DoesNotContain("kettle", other, StringComparison.Ordinal);
        Assert.DoesNotContain("Ours leaks", await StatusAsync(host, first), StringComparison.Ordinal);
    }

    private static async Task<string> StatusAsync(CaseHost host, Guid id)
    {
        var link = host.Services.GetRequiredService<Tokens>().StatusLink(id, 0, host.Clock.GetUtcNow().AddDays(9));
        var view = JsonDocument.Parse(await host.Anonymous.GetStringAsync($"/s/{link}.json")).RootElement;
        return view.GetProperty("messages").GetRawText();
    }

    private static async Task<string> TextAsync(CaseHost host, Guid id) => (await host.GetAsync($"/v1/cases/{id}/timeline")).GetRawText();
}
