using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Case.Tests.Service;

/// <summary>Participants over HTTP and at the desk, and that erasure reaches them, on both databases.</summary>
public sealed class ParticipantServiceTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Participants_are_added_changed_and_removed_and_an_erased_ones_address_is_nowhere(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var ada = Guid.CreateVersion7();
        await host.AgentAsync(ada, "Ada");
        var id = await host.OpenAsync();
        var path = $"/v1/cases/{id}/participants";

        var added = await host.PostAsync(path, new { role = "cc", address = "Ivo <ivo@canary.example>" });
        var follower = await host.PostAsync(path, new { role = "follower", agentId = ada });
        var items = (await host.GetAsync(path)).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["requester", "cc", "follower"], items.Select(item => item.GetProperty("role").GetString()!));
        Assert.Equal("ivo@canary.example", items[1].GetProperty("from").GetProperty("value").GetString());
        Assert.Equal("Ada", items[2].GetProperty("name").GetString());
        Assert.Equal(HttpStatusCode.OK, (await host.Client.DeleteAsync($"{path}/{follower.GetProperty("id").GetGuid()}")).StatusCode);
        var changed = await host.Client.PutAsJsonAsync($"{path}/{added.GetProperty("id").GetGuid()}", new { role = "guest" });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal("guest", (await host.CaseAsync(id)).GetProperty("participants")[0].GetProperty("role").GetString());
        foreach (var (body, field) in ((object, string)[])
            [
                (new { role = "requester" }, "role"), (new { role = "cc" }, "address"), (new { role = "cc", address = "none" }, "address"),
                (new { role = "follower", agentId = Guid.NewGuid() }, "agentId"), (new { role = "follower" }, "agentId"),
            ])
        {
            var refused = await host.Client.PostAsJsonAsync(path, body);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains($"\"{field}\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var number = added.GetProperty("number").GetString()!;
        await host.FormAsync(number, "copy-participant", ("target", added.GetProperty("id").GetString()!));
        await host.FormAsync(number, "copy", ("address", "una@example.org"), ("name", "Una"));
        var una = (await host.CaseAsync(id)).GetProperty("participants")[1];
        Assert.Equal(("cc", "Una"), (una.GetProperty("role").GetString(), una.GetProperty("name").GetString()));
        await host.FormAsync(number, "remove-participant", ("target", una.GetProperty("id").GetString()!));
        Assert.Contains("Una was taken off the case", await host.PageAsync(number), StringComparison.Ordinal);

        await ProposedAsync(host);

        // Intake knows whose address it is; here nobody does, since they never wrote.
        var (ivo, marks) = (Guid.CreateVersion7(), host.Services.GetRequiredService<AddressMarks>());
        await host.DeliverAsync("intake", $"customer/{ivo}", new CustomerErased(ivo) { AddressMarks = [.. marks.AllOf("ivo@canary.example")] });
        var dump = await DumpAsync(host);
        Assert.DoesNotContain("canary", dump, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Ivo", dump, StringComparison.Ordinal);
        Assert.Contains("mia@example.org", dump, StringComparison.Ordinal);
        Assert.Equal(0, (await host.CaseAsync(id)).GetProperty("participants").GetArrayLength());
        Assert.Equal(["case.participant-removed.v1", "case.customer-erased.v1"], (await host.TypesAsync(id))[^2..]);
        // Una's and Otto's stay findable: what was written of them is still in the log.
        Assert.Equal(
            new[] { marks.Of("una@example.org"), marks.Of("otto@example.org") }.Order(),
            await host.Services.GetRequiredService<Work<CaseDb>>().ReadAsync((db, ct) => db.ParticipantAddresses.Select(row => row.Mark).Distinct().Order().ToListAsync(ct)));
        await CustomerTests.AssertReplaysAsync(host, id);
    }

    /// <summary>On another case: whom its customer puts in copy is proposed, at the desk and over HTTP, and nobody is twice.</summary>
    private static async Task ProposedAsync(CaseHost host)
    {
        var bob = new AgentChanged { AgentId = Guid.CreateVersion7(), Name = "Bob", Email = "bob@shop.example", Role = "agent", Active = true };
        await host.DeliverAsync("routing", $"agent/{bob.AgentId}", bob);
        var contact = CaseHost.Contact("It drips.") with
        {
            Cc = [new("ivo@canary.example", "Ivo"), new("bob@shop.example", "Bob, who works here"), new("otto@example.org", "Otto <b>O</b>")],
        };
        var id = await host.OpenAsync(contact);
        var number = (await host.CaseAsync(id)).GetProperty("number").GetString()!;
        async Task<string[]> RolesAsync() => [.. (await host.GetAsync($"/v1/cases/{id}/participants")).GetProperty("items").EnumerateArray()
            .Select(item => $"{item.GetProperty("role")} {item.GetProperty("from").GetProperty("value")}")];
        Assert.Equal(["requester mia@example.org", "suggested ivo@canary.example", "suggested otto@example.org"], await RolesAsync());

        var page = await host.PageAsync(number);
        Assert.Contains("Add as cc<span class=\"visually-hidden\">: Ivo</span>", page, StringComparison.Ordinal);
        Assert.Contains("Not needed<span class=\"visually-hidden\">: Otto &lt;b&gt;O&lt;/b&gt;</span>", page, StringComparison.Ordinal);
        Assert.Contains("Ivo was in copy, and is proposed as a participant", page, StringComparison.Ordinal);
        var people = (await host.CaseAsync(id)).GetProperty("participants");
        await host.FormAsync(number, "copy-participant", ("target", people[0].GetProperty("id").GetString()!));
        await host.FormAsync(number, "dismiss-participant", ("target", people[1].GetProperty("id").GetString()!));
        Assert.Contains("is not needed in copy", await host.PageAsync(number), StringComparison.Ordinal);
        Assert.Equal(["requester mia@example.org", "cc ivo@canary.example"], await RolesAsync());

        var further = CaseHost.Contact("And rattles.", contact.CustomerId, evidence: new Evidence(EvidenceKind.ReplyToken, "x", id)) with
        {
            Cc = [.. contact.Cc, new("una@example.org", "Una")],
        };
        await host.DeliverAsync("intake", $"contact/{further.ContactId}", further);
        Assert.Equal(["requester mia@example.org", "cc ivo@canary.example", "suggested una@example.org"], await RolesAsync());
        var una = (await host.CaseAsync(id)).GetProperty("participants")[1].GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.OK, (await host.Client.PutAsJsonAsync($"/v1/cases/{id}/participants/{una}", new { role = "cc" })).StatusCode);
        Assert.Equal("cc una@example.org", (await RolesAsync())[^1]);

        // About him nobody has decided there.
        await host.OpenAsync(CaseHost.Contact("It is cold.") with { Cc = [new("ivo@canary.example", "Ivo")] });
    }

    private static async Task<string> DumpAsync(CaseHost host)
    {
        var events = await host.Services.GetRequiredService<EventLog<CaseDb>>().ReadAsync(0, 10_000, default);
        var rows = await host.Services.GetRequiredService<Work<CaseDb>>().ReadAsync((db, ct) => db.Cases.Select(row => row.State).ToListAsync(ct));
        return string.Join('\n', events.Select(e => e.Data + e.PublicData).Concat(rows));
    }
}
