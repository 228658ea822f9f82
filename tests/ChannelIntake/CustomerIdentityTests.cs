using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Intake;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

/// <summary>What staff say of a customer's addresses and numbers, what contacts show of them, and who may change or see any of it.</summary>
public sealed class CustomerIdentityTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Staff_add_verify_and_remove_what_a_customer_is_known_by(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var (id, first) = await NewAsync(host);
        var second = MergeTests.Address();

        var added = await PutAsync(host, id, new { value = " " + second.ToUpperInvariant() }, 200);
        Assert.Equal([(first, false), (second, false)], IdentitiesOf(added));
        Assert.Equal(id, (string)(await host.AcceptContactAsync(new { from = new { value = second }, text = "It is me." }))["customerId"]!);

        await PutAsync(host, id, new { value = second, verified = true }, 200);
        var told = await host.EventAsync<CustomerChanged>("customer/" + id);
        Assert.Equal([(first, false), (second, true)], told.Identities.Select(identity => (identity.Value, identity.Verified)));
        var events = (await host.StreamAsync("customer/" + id)).Count;
        await PutAsync(host, id, new { value = second, kind = "emailAddress" }, 200);
        Assert.Equal(events, (await host.StreamAsync("customer/" + id)).Count);
        await PutAsync(host, id, new { value = second, verified = false }, 200);
        Assert.DoesNotContain((await host.EventAsync<CustomerChanged>("customer/" + id)).Identities, identity => identity.Verified);

        Assert.Equal([(second, false)], IdentitiesOf(await RemoveAsync(host, id, first, 200)));
        Assert.Equal(second, Assert.Single((await host.EventAsync<CustomerChanged>("customer/" + id)).Identities).Value);
        await RemoveAsync(host, id, first, 200);
        Assert.Contains("last one", (string)(await RemoveAsync(host, id, second, 409))["detail"]!, StringComparison.Ordinal);
        Assert.NotEqual(id, (string)(await host.AcceptContactAsync(new { from = new { value = first }, text = "Who am I?" }))["customerId"]!);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task What_is_anothers_or_is_none_is_refused_with_the_reason(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var ((one, address), (other, taken)) = (await NewAsync(host), await NewAsync(host));
        var refused = await PutAsync(host, one, new { value = taken }, 409);
        Assert.Contains(other, (string)refused["detail"]!, StringComparison.Ordinal);
        foreach (var wrong in (object[])[new { value = "neither" }, new { value = "" }, new { value = "a@b@", kind = "emailAddress" }, new { }])
            Assert.NotNull((await PutAsync(host, one, wrong, 400))["errors"]!["value"]);
        Assert.NotNull((await RemoveAsync(host, one, address, 400, "&kind=colour"))["errors"]!["kind"]);
        await PutAsync(host, Guid.CreateVersion7().ToString(), new { value = MergeTests.Address() }, 404);
        // What belongs to another is not removed from here.
        Assert.Equal([(address, false)], IdentitiesOf(await RemoveAsync(host, one, taken, 200)));
        Assert.Equal([(taken, false)], IdentitiesOf(await host.GetAsync("/v1/customers/" + other)));
        using (var merge = await host.Client.PostAsJsonAsync($"/v1/customers/{one}/merge", new { customerId = other }))
            await IntakeHost.JsonAsync(merge, 200);
        await PutAsync(host, other, new { value = MergeTests.Address() }, 409);
        // Now it is theirs.
        await PutAsync(host, one, new { value = taken, verified = true }, 200);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Of_sixteen_who_claim_one_address_for_different_customers_one_gets_it(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var wanted = MergeTests.Address();
        var customers = new List<string>();
        for (var i = 0; i < 16; i++)
            customers.Add((await NewAsync(host)).Id);
        var answers = await Task.WhenAll(customers.Select(async id =>
        {
            using var response = await host.Client.PutAsJsonAsync($"/v1/customers/{id}/identities", new { value = wanted });
            return response.StatusCode;
        }));
        Assert.Equal(1, answers.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(15, answers.Count(status => status == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Mail_that_a_trusted_server_found_aligned_verifies_its_sender()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, "--Cx:Intake:Spam:TrustedAuthservIds:0=mx.help.example");
        async Task<bool> VerifiedAsync(string results)
        {
            var mail = await host.AcceptMailAsync(
                $"Authentication-Results: {results}\nFrom: {MergeTests.Address()}\nSubject: Hello\nMessage-ID: <{Guid.NewGuid():n}@x>\n\nHello there");
            return Assert.Single((await host.EventAsync<CustomerChanged>("customer/" + mail["customerId"])).Identities).Verified;
        }
        Assert.True(await VerifiedAsync("mx.help.example; dkim=pass header.d=example.com; dmarc=pass header.from=example.com"));
        Assert.False(await VerifiedAsync("mx.help.example; spf=pass smtp.mailfrom=bulk.example; dkim=pass header.d=bulk.example; dmarc=none"));
        Assert.False(await VerifiedAsync("elsewhere.example; dmarc=pass header.from=example.com"));
    }

    [Fact]
    public async Task A_text_message_that_its_provider_signed_verifies_its_number()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Twilio.Setting);
        var message = new Dictionary<string, string> { ["MessageSid"] = "SM1", ["From"] = "+4915112345678", ["Body"] = "Hello" };
        using var answer = await host.PostSignedAsync("/v1/channels/sms/twilio", message);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var found = await host.GetAsync("/v1/customers?identity=" + Uri.EscapeDataString("+4915112345678"));
        Assert.Equal([("+4915112345678", true)], IdentitiesOf(found["items"]![0]!));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Who_may_only_read_changes_nothing_and_who_may_only_write_in_sees_nothing(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var (id, address) = await NewAsync(host);
        using var reader = await ClientAsync(host, Scopes.CasesRead);
        using var sender = await ClientAsync(host, Scopes.Intake);
        using var writer = await ClientAsync(host, Scopes.CasesRead, Scopes.CasesWrite);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(reader, "GET", $"/v1/customers/{id}"));
        foreach (var (method, path) in (IEnumerable<(string, string)>)
            [
                ("PUT", "/identities"), ("DELETE", "/identities?value=" + address), ("PATCH", ""), ("POST", "/merge"), ("POST", "/unmerge"),
                ("PUT", "/preferences"), ("POST", "/suggestions/dismiss"), ("DELETE", ""), ("GET", "/export"),
            ])
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, await StatusAsync(reader, method, $"/v1/customers/{id}{path}")));
        foreach (var path in (string[])["", "/contacts", "/suggestions", "/preferences", "/export"])
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, await StatusAsync(sender, "GET", $"/v1/customers/{id}{path}")));
        // Whoever works on cases does neither forget customers nor carry their data away.
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(writer, "DELETE", $"/v1/customers/{id}"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(writer, "GET", $"/v1/customers/{id}/export"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host.Anonymous, "PUT", $"/v1/customers/{id}/identities"));
        Assert.Equal([(address, false)], IdentitiesOf(await host.GetAsync("/v1/customers/" + id)));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = method == "GET" ? null : JsonContent.Create(new { }) };
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>With a key of these scopes, as Routing spreads it.</summary>
    private static async Task<HttpClient> ClientAsync(IntakeHost host, params string[] scopes)
    {
        var key = ApiKey.Create();
        await host.Services.GetRequiredService<Work<IntakeDb>>().RunAsync<AccessProjection<IntakeDb>, Done>(async (projection, ct) =>
        {
            await projection.HandleAsync(
                new AccessChanged { KeyId = key.KeyId, Name = "Test", Hash = key.Hash, Scopes = scopes, At = DateTimeOffset.UnixEpoch }, null!, ct);
            return Done.Value;
        });
        var client = new HttpClient { BaseAddress = host.Client.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key.Plaintext);
        await Eventually.Async(async () =>
            Assert.NotEqual(HttpStatusCode.Unauthorized, await StatusAsync(client, "GET", "/v1/customers/" + Guid.CreateVersion7())));
        return client;
    }

    private static async Task<(string Id, string Address)> NewAsync(IntakeHost host)
    {
        var address = MergeTests.Address();
        return ((string)(await host.AcceptContactAsync(new { from = new { value = address }, text = "?" }))["customerId"]!, address);
    }

    private static async Task<JsonNode> PutAsync(IntakeHost host, string id, object identity, int status)
    {
        using var response = await host.Client.PutAsJsonAsync($"/v1/customers/{id}/identities", identity);
        return await IntakeHost.JsonAsync(response, status);
    }

    private static async Task<JsonNode> RemoveAsync(IntakeHost host, string id, string value, int status, string more = "")
    {
        using var response = await host.Client.DeleteAsync($"/v1/customers/{id}/identities?value={Uri.EscapeDataString(value)}{more}");
        return await IntakeHost.JsonAsync(response, status);
    }

    private static IEnumerable<(string, bool)> IdentitiesOf(JsonNode customer) =>
        customer["identities"]!.AsArray().Select(identity => ((string)identity!["value"]!, (bool)identity["verified"]!));
}
