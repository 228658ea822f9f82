using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Case.Tests.Service;

/// <summary>Side conversations over HTTP and at the desk, on both databases.</summary>
public sealed class SideConversationServiceTests
{
    private const string Supplier = "orders@canary.example";

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task However_a_suppliers_answer_comes_it_lands_aside_and_the_customer_sees_nothing_of_it(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var tokens = host.Services.GetRequiredService<Tokens>();
        var blobs = host.Services.GetRequiredService<IBlobs>();
        var photo = new Attachment("kettle.png", "image/png", 3, (await blobs.PutAsync(new byte[] { 1, 2, 3 }, default)).Hash);
        var offer = new Attachment("canary.pdf", "application/pdf", 3, (await blobs.PutAsync(new byte[] { 4, 5, 6 }, default)).Hash);
        var opened = CaseHost.Contact() with { Attachments = [photo] };
        var id = await host.OpenAsync(opened);
        await host.RouteAsync(id);
        var number = (await host.CaseAsync(id)).GetProperty("number").GetString()!;
        var path = $"/v1/cases/{id}/side-conversations";

        foreach (var (body, field) in ((object, string)[])
            [
                (new { to = "mia@example.org", subject = "Part", text = "?" }, "to"),
                (new { to = Supplier, subject = "Part", text = "?", files = new[] { offer.Blob } }, "files"),
            ])
        {
            using var refused = await host.Client.PostAsJsonAsync(path, body);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains($"\"{field}\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        var asked = await host.PostAsync(path, new
        {
            to = $"Canary Parts <{Supplier}>",
            subject = "Canary part",
            text = "Canary in stock?",
            files = new[] { photo.Blob },
            awaited = "the manufacturer",
        });
        var side = asked.GetProperty("id").GetGuid();
        Assert.Equal("waitingOnThirdParty", asked.GetProperty("status").GetString());
        var mail = (await host.GetAsync($"/v1/cases/{id}/timeline")).GetProperty("items").EnumerateArray()
            .Single(item => item.GetProperty("type").GetString() == "case.side.opened.v1").GetProperty("data").GetProperty("messageId").GetGuid();

        // To the address of the side conversation; in answer to its mail, wherever that went; to the case's own address by mistake.
        var supplier = Guid.CreateVersion7();
        ContactReceived From(string text, params Evidence[] evidence) => CaseHost.Contact(text, supplier, evidence: evidence) with
        {
            From = new(IdentityKind.EmailAddress, Supplier),
            CustomerName = "Canary Parts",
        };
        await host.OpenAsync(From("Canary is away.", new Evidence(EvidenceKind.SideToken, "1", id)) with { Automatic = Automatic.AutoReply });
        Assert.Equal("waitingOnThirdParty", (await host.CaseAsync(id)).GetProperty("status").GetString());
        await host.OpenAsync(From("Canary one.", new Evidence(EvidenceKind.SideToken, "1", id)) with { Attachments = [offer] });
        Assert.Equal("inProgress", (await host.CaseAsync(id)).GetProperty("status").GetString());
        await host.OpenAsync(From("Canary two.", new Evidence(EvidenceKind.MessageId, tokens.MessageId(mail, id, "help.example.com"), id)) with
        {
            From = new(IdentityKind.EmailAddress, "boss@canary.example"),
        });
        await host.OpenAsync(From("Canary three.", new Evidence(EvidenceKind.ReplyToken, "t", id)));
        await host.OpenAsync(From("Canary four.", new Evidence(EvidenceKind.SubjectNumber, number)));
        // The customer found that address, and is the customer all the same.
        await host.OpenAsync(CaseHost.Contact("Somebody sent me this.", opened.CustomerId, evidence: new Evidence(EvidenceKind.SideToken, "1", id)));

        var view = Assert.Single((await host.GetAsync(path)).GetProperty("items").EnumerateArray());
        Assert.Equal(
            ["Canary in stock?", "Canary is away.", "Canary one.", "Canary two.", "Canary three.", "Canary four."],
            view.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("text").GetString()));
        Assert.Equal((true, true, false), (view.GetProperty("open").GetBoolean(), view.GetProperty("answered").GetBoolean(), view.GetProperty("awaited").GetBoolean()));
        Assert.Equal(1, (await host.GetAsync("/v1/cases")).GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await host.CaseAsync(id)).GetProperty("participants").GetArrayLength());
        var types = await host.TypesAsync(id);
        Assert.Equal("case.customer-replied.v1", types.Last(type => type.StartsWith("case.customer", StringComparison.Ordinal)));
        Assert.Equal(1, types.Count(type => type == "case.customer-replied.v1"));

        // The supplier's file is there for staff, to be saved; the customer's page has neither it nor a word of all that.
        using var download = await host.Client.GetAsync($"/v1/cases/{id}/files/{offer.Blob}");
        Assert.Equal("attachment", download.Content.Headers.ContentDisposition?.DispositionType);
        var link = tokens.StatusLink(id, 0, host.Clock.GetUtcNow().AddDays(1));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Anonymous.GetAsync($"/s/{link}/files/{offer.Blob}")).StatusCode);
        foreach (var seen in (string[])[$"/s/{link}", $"/s/{link}.json"])
        {
            var page = await host.Anonymous.GetStringAsync(seen);
            Assert.DoesNotContain("canary", page, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("Somebody sent me this.", page, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("canary", (await host.GetAsync("/v1/events?limit=1000")).GetRawText(), StringComparison.OrdinalIgnoreCase);

        // At the desk: the thread, and what is done with it.
        await host.DeliverAsync("notification", $"message/{mail}", new MessageFailed(
            mail, id, null, Channel.Email, SideConversationOpened.Template, Guid.NewGuid(), true, "550 5.2.2 full", 1, host.Clock.GetUtcNow()));
        var desk = await host.PageAsync(number);
        Assert.Contains("Our last mail did not arrive: 550 5.2.2 full", desk, StringComparison.Ordinal);
        Assert.Contains("Canary four.", desk, StringComparison.Ordinal);
        await host.FormAsync(number, "write-aside", ("target", side.ToString()), ("text", "Thank you."), ("files", photo.Blob));
        await host.FormAsync(number, "close-aside", ("target", side.ToString()));
        await host.FormAsync(number, "ask-aside", ("to", "colleague@help.example.com"), ("subject", "Part"), ("text", "Do we have one?"));
        var both = (await host.GetAsync(path)).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([false, true], both.Select(one => one.GetProperty("open").GetBoolean()));
        Assert.Equal("kettle.png", both[0].GetProperty("messages").EnumerateArray().Last().GetProperty("files")[0].GetProperty("name").GetString());

        // Whoever was asked is forgotten with all that was said to them, whatever they are known as elsewhere.
        var marks = host.Services.GetRequiredService<AddressMarks>();
        await host.DeliverAsync("intake", $"customer/{supplier}", new CustomerErased(supplier) { AddressMarks = [.. marks.AllOf(Supplier)] });
        var log = await host.Services.GetRequiredService<EventLog<CaseDb>>().ReadAsync(0, 10_000, default);
        var rows = await host.Services.GetRequiredService<Work<CaseDb>>().ReadAsync((db, ct) => db.Cases.Select(row => row.State).ToListAsync(ct));
        Assert.DoesNotContain("canary", string.Concat(log.Select(e => e.Data + e.PublicData).Concat(rows)), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Do we have one?", string.Concat(log.Select(e => e.Data)), StringComparison.Ordinal);
        await CustomerTests.AssertReplaysAsync(host, id);
        using var gone = await host.Client.PostAsJsonAsync($"{path}/{side}/messages", new { text = "Still there?" });
        Assert.Equal("side-conversation-forgotten", (await gone.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task What_a_merged_case_had_asked_beside_goes_on_where_the_case_goes_on_until_the_merge_is_undone(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var customer = Guid.CreateVersion7();
        var into = await host.OpenAsync(CaseHost.Contact("The kettle leaks.", customer));
        var from = await host.OpenAsync(CaseHost.Contact("As I wrote: it leaks!", customer));
        foreach (var id in (Guid[])[into, from])
            await host.RouteAsync(id);
        var side = (await host.PostAsync($"/v1/cases/{from}/side-conversations", new { to = Supplier, subject = "Lid 7", text = "In stock?" }))
            .GetProperty("id").GetGuid();
        var (number, fromNumber) = (await NumberAsync(host, into), await NumberAsync(host, from));
        await host.PostAsync($"/v1/cases/{from}/merge", new { into });

        var supplier = Guid.CreateVersion7();
        ContactReceived From(string text, params Evidence[] evidence) =>
            CaseHost.Contact(text, supplier, evidence: evidence) with { From = new(IdentityKind.EmailAddress, Supplier) };
        await host.OpenAsync(From("Canary one.", new Evidence(EvidenceKind.SideToken, "1", from)));
        await host.OpenAsync(From("Canary two.", new Evidence(EvidenceKind.ReplyToken, "t", into)));
        await host.OpenAsync(From("Canary three.", new Evidence(EvidenceKind.SubjectNumber, number)));
        // Now it waits for them, and hears them.
        var waiting = await host.PostAsync($"/v1/cases/{into}/side-conversations/{side}/messages", new { text = "And when?", awaited = "the manufacturer" });
        Assert.Equal(("waitingOnThirdParty", number), (waiting.GetProperty("status").GetString(), waiting.GetProperty("number").GetString()));
        Assert.True((await OneAsync(host, into)).GetProperty("awaited").GetBoolean());
        using var elsewhere = await host.Client.PostAsJsonAsync($"/v1/cases/{from}/side-conversations/{side}/messages", new { text = "?" });
        Assert.Contains("case-merged", await elsewhere.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await host.OpenAsync(From("Canary is away.", new Evidence(EvidenceKind.SideToken, "1", from)) with { Automatic = Automatic.AutoReply });
        Assert.Equal("waitingOnThirdParty", (await host.CaseAsync(into)).GetProperty("status").GetString());
        await host.OpenAsync(From("Canary four.", new Evidence(EvidenceKind.SideToken, "1", from)));
        Assert.Equal("inProgress", (await host.CaseAsync(into)).GetProperty("status").GetString());

        var view = await OneAsync(host, into);
        Assert.Equal((fromNumber, true), (view.GetProperty("caseNumber").GetString(), view.GetProperty("answered").GetBoolean()));
        string[] said = ["In stock?", "Canary one.", "Canary two.", "Canary three.", "And when?", "Canary is away.", "Canary four."];
        Assert.Equal(said, TextsOf(view));
        Assert.Equal(side, Assert.Single((await host.CaseAsync(into)).GetProperty("sideConversations").EnumerateArray()).GetProperty("id").GetGuid());
        Assert.Equal(2, (await host.GetAsync("/v1/cases")).GetProperty("items").GetArrayLength());
        Assert.Contains("Canary four.", await host.PageAsync(number), StringComparison.Ordinal);
        var link = host.Services.GetRequiredService<Tokens>().StatusLink(into, 0, host.Clock.GetUtcNow().AddDays(1));
        Assert.DoesNotContain("canary", await host.Anonymous.GetStringAsync($"/s/{link}"), StringComparison.OrdinalIgnoreCase);

        // At the desk the same; and with the merge undone it is all where it began, and nobody waits here for what is answered there.
        await host.FormAsync(number, "close-aside", ("target", side.ToString()));
        Assert.False((await OneAsync(host, into)).GetProperty("open").GetBoolean());
        await host.FormAsync(number, "write-aside", ("target", side.ToString()), ("text", "Once more?"), ("awaited", "the manufacturer"));
        await host.PostAsync($"/v1/cases/{from}/merge/undo", new { });
        Assert.Equal("inProgress", (await host.CaseAsync(into)).GetProperty("status").GetString());
        Assert.Empty((await host.GetAsync($"/v1/cases/{into}/side-conversations")).GetProperty("items").EnumerateArray());
        await host.OpenAsync(From("Canary five.", new Evidence(EvidenceKind.SideToken, "1", from)));
        Assert.Equal([.. said, "Once more?", "Canary five."], TextsOf(await OneAsync(host, from)));

        // Whoever was asked is forgotten there, and awaited here no longer.
        await host.PostAsync($"/v1/cases/{from}/merge", new { into });
        await host.PostAsync($"/v1/cases/{into}/side-conversations/{side}/messages", new { text = "Any news?", awaited = "the manufacturer" });
        await host.DeliverAsync("intake", $"customer/{supplier}", new CustomerErased(supplier)
        {
            AddressMarks = [.. host.Services.GetRequiredService<AddressMarks>().AllOf(Supplier)],
        });
        Assert.Equal("inProgress", (await host.CaseAsync(into)).GetProperty("status").GetString());
        Assert.DoesNotContain("canary", (await host.GetAsync($"/v1/cases/{into}/side-conversations")).GetRawText(), StringComparison.OrdinalIgnoreCase);
        foreach (var id in (Guid[])[into, from])
            await CustomerTests.AssertReplaysAsync(host, id);
    }

    private static async Task<string> NumberAsync(CaseHost host, Guid id) => (await host.CaseAsync(id)).GetProperty("number").GetString()!;

    private static async Task<JsonElement> OneAsync(CaseHost host, Guid id) =>
        Assert.Single((await host.GetAsync($"/v1/cases/{id}/side-conversations")).GetProperty("items").EnumerateArray());

    private static IEnumerable<string?> TextsOf(JsonElement side) =>
        side.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("text").GetString());
}
