using System.Net;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;

namespace CxPlatform.ChannelIntake.Tests;

/// <summary>Who may do what at Intake's own addresses.</summary>
public sealed class AccessTests
{
    private static async Task<HttpClient> WithKeyAsync(IntakeHost host, string scopes, string? role = null)
    {
        var key = ApiKey.Create();
        var agent = Guid.CreateVersion7().ToString().ToUpperInvariant();
        if (role is not null)
            await host.ExecuteAsync($"insert into access_agents (agent_id, name, role, active) values ('{agent}', 'Aisha', '{role}', true)");
        await host.ExecuteAsync(
            "insert into access_keys (key_id, name, hash, scopes, agent_id) values "
            + $"('{key.KeyId}', 'test', '{key.Hash}', '{scopes}', {(role is null ? "null" : $"'{agent}'")})");
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Anonymous.BaseAddress };
        client.DefaultRequestHeaders.Add("X-Api-Key", key.Plaintext);
        // A key that is not known is looked up at most every tenth of a second.
        await Eventually.Async(async () =>
        {
            using var known = await client.GetAsync("/v1/customers");
            Assert.NotEqual(HttpStatusCode.Unauthorized, known.StatusCode);
        });
        return client;
    }

    public static TheoryData<string, string> ForAdmins => new()
    {
        { "GET", "/v1/intake/admin/reconciliation" },
        { "POST", "/v1/intake/admin/reprocess" },
        { "GET", "/v1/intake/mailboxes" },
        { "GET", "/v1/intake/senders" },
        { "PUT", "/v1/intake/senders/example.com" },
        { "DELETE", "/v1/intake/senders/example.com" },
    };

    [Theory]
    [MemberData(nameof(ForAdmins))]
    public async Task What_is_an_admins_is_refused_to_agents_and_to_every_other_scope(string method, string path)
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        foreach (var (scopes, role) in ((string, string?)[])[("intake events cases:read cases:write", null), ("cases:read cases:write", Roles.Agent)])
        {
            using var client = await WithKeyAsync(host, scopes, role);
            using var answer = await client.SendAsync(new(new(method), path));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("GET", "/v1/intake/held", "intake")]
    [InlineData("GET", "/v1/intake/waiting", "intake")]
    [InlineData("POST", "/v1/contacts/00000000-0000-7000-8000-000000000000/release", "cases:read")]
    [InlineData("POST", "/v1/channels/staff", "intake cases:read")]
    [InlineData("POST", "/v1/contacts", "cases:read cases:write")]
    [InlineData("POST", "/v1/channels/email", "cases:read cases:write")]
    [InlineData("GET", "/v1/contacts/00000000-0000-7000-8000-000000000000/raw", "intake")]
    [InlineData("GET", "/v1/customers", "intake")]
    [InlineData("DELETE", "/v1/customers/00000000-0000-7000-8000-000000000000", "cases:write")]
    public async Task A_key_without_the_scope_is_refused_and_so_is_nobody(string method, string path, string scopes)
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        using var client = await WithKeyAsync(host, scopes);
        using var answer = await client.SendAsync(new(new(method), path));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        using var nobody = await host.Anonymous.SendAsync(new(new(method), path));
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
    }

    [Theory]
    [InlineData("/v1/customers?identity=x1&kind=EXTERNALID")]
    [InlineData("/v1/customers?identity=x1&kind=externalId")]
    [InlineData("/v1/customers?identity=x1&kind=ExternalId")]
    [InlineData("/v1/customers/{0}/contacts?channel=WEBFORM")]
    [InlineData("/v1/customers/{0}/contacts?channel=webForm")]
    public async Task Words_in_addresses_are_read_in_either_case(string path)
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var accepted = await host.AcceptContactAsync(new { from = new { value = "x1", kind = "externalId" }, text = "Hello" });
        Assert.NotNull((await host.GetAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, accepted["customerId"])))["items"]);
    }
}
