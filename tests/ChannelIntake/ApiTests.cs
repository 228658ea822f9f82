using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Testing;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class ApiTests
{
    private static string New(string prefix) => $"{prefix}-{Guid.NewGuid():n}";

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_contact_is_durable_and_announced_with_its_customer(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var address = New("Erika") + "@Exämple.com ";
        var answer = await host.AcceptContactAsync(new
        {
            from = new { value = address, name = "Erika Muster" },
            subject = "Wo ist mein Paket?",
            text = "Guten Tag, ich habe am Montag bestellt und das Paket ist noch nicht da.",
            timeZone = "Europe/Berlin",
            caseNumber = "cx-2026-000123",
            priority = "high",
            references = new { order = "4711" },
            tags = new[] { "vip" },
        });

        var contact = await host.EventAsync<ContactReceived>("contact/" + answer["contactId"]);
        Assert.Equal(Channel.Api, contact.Channel);
        Assert.Equal(new(IdentityKind.EmailAddress, address.Trim().ToLowerInvariant()
            .Replace("exämple", "xn--exmple-cua", StringComparison.Ordinal)), contact.From);
        Assert.Equal("de", contact.Language);
        Assert.Equal(Priority.High, contact.Priority);
        Assert.Equal("4711", contact.References["order"]);
        Assert.Equal(new Evidence(EvidenceKind.Explicit, "CX-2026-000123"), Assert.Single(contact.Evidence));

        var customer = await host.EventAsync<CustomerChanged>("customer/" + answer["customerId"]);
        Assert.Equal("Erika Muster", customer.Name);
        Assert.Equal("de", customer.Language);
        Assert.Equal("Europe/Berlin", customer.TimeZone);
        Assert.Equal([contact.From], customer.Identities);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_contact_with_the_same_provider_id_is_stored_once(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var contact = new
        {
            providerId = New("order"),
            from = new { value = New("a") + "@example.com" },
            text = "Hello, where is my order?"
        };
        var first = await host.AcceptContactAsync(contact);
        var second = await host.AcceptContactAsync(contact);

        Assert.False((bool)first["duplicate"]!);
        Assert.True((bool)second["duplicate"]!);
        Assert.Equal((string)first["contactId"]!, (string)second["contactId"]!);
        Assert.Equal((string)first["customerId"]!, (string)second["customerId"]!);
        Assert.Single(await host.StreamAsync("contact/" + first["contactId"]));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Thirty_two_senders_of_the_same_contacts_get_the_same_answers_and_one_customer_per_identity(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var seed = Random.Shared.Next();
        var run = New("run");
        const int Contacts = 40;
        const int Customers = 7;
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(async sender =>
        {
            var random = new Random(seed + sender);
            var mine = new Dictionary<int, (string Contact, string Customer)>();
            foreach (var i in Enumerable.Range(0, Contacts).OrderBy(_ => random.Next()))
            {
                var answer = await host.AcceptContactAsync(new
                {
                    providerId = $"{run}-{i}",
                    from = new { value = $"{run}-{i % Customers}@example.com", name = $"Customer {i % Customers}" },
                    text = "The same contact, sent by many at once.",
                });
                mine[i] = ((string)answer["contactId"]!, (string)answer["customerId"]!);
            }
            return mine;
        }));

        for (var i = 0; i < Contacts; i++)
            Assert.True(answers.Select(mine => mine[i]).Distinct().Count() == 1, $"Contact {i} got several answers, seed {seed}.");
        var customers = answers[0].Values.Select(answer => answer.Customer).Distinct().ToList();
        Assert.True(customers.Count == Customers, $"{customers.Count} customers for {Customers} identities, seed {seed}.");
        Assert.Equal(Contacts, await host.CountAsync($"select count(*) from contacts where provider_id like '{run}-%'"));
        Assert.Equal(Customers, await host.CountAsync($"select count(*) from identities where value like '{run}-%'"));
        foreach (var customer in customers)
            Assert.Single(await host.StreamAsync("customer/" + customer));
    }

    [Fact]
    public async Task Two_replicas_that_get_the_same_contacts_at_once_store_them_once()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync("intake");
        await using var one = await IntakeHost.StartOnAsync(database);
        await using var two = await IntakeHost.StartOnAsync(database);
        var seed = Random.Shared.Next();
        const int Contacts = 200;
        var answers = await Task.WhenAll(new[] { one, two, one, two }.Select(async (host, sender) =>
        {
            var mine = new Dictionary<int, (string Contact, string Customer)>();
            var order = Enumerable.Range(0, Contacts).ToArray();
            // Pairs of senders walk in the same order, one at each replica, so that they meet.
            new Random(seed + sender / 2).Shuffle(order);
            foreach (var chunk in order.Chunk(16))
                await Task.WhenAll(chunk.Select(async i =>
                {
                    var answer = await host.AcceptContactAsync(
                        new { providerId = $"{i}", from = new { value = $"{i % 50}@example.com", name = "Erika" }, text = "The same." });
                    lock (mine)
                        mine[i] = ((string)answer["contactId"]!, (string)answer["customerId"]!);
                }));
            return mine;
        }));
        for (var i = 0; i < Contacts; i++)
            Assert.True(answers.Select(mine => mine[i]).Distinct().Count() == 1, $"Contact {i} got several answers, seed {seed}.");
        Assert.Equal(Contacts, await one.CountAsync("select count(*) from contacts"));
        Assert.Equal(50, await one.CountAsync("select count(*) from customers"));
        Assert.Equal(Contacts + 50, await one.CountAsync("select count(*) from events"));
        Assert.True((bool)(await two.GetAsync("/v1/intake/admin/reconciliation"))["balanced"]!, $"seed {seed}");
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task An_idempotency_key_answers_the_same_body_the_same_and_refuses_another(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var key = New("key");
        var contact = new { from = new { value = New("a") + "@example.com" }, text = "Once, please." };
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.PostContactAsync(contact, key)));
        var bodies = new List<JsonNode>();
        foreach (var answer in answers)
            bodies.Add(await IntakeHost.JsonAsync(answer, 202));
        Assert.Single(bodies.Select(body => (string)body["contactId"]!).Distinct());
        Assert.Single(await host.StreamAsync("contact/" + bodies[0]["contactId"]));

        using var other = await host.PostContactAsync(new { contact.from, text = "Something else." }, key);
        Assert.Equal("idempotency-key-reused", (string)(await IntakeHost.JsonAsync(other, 422))["code"]!);
    }

    [Theory]
    [InlineData("""{"from":{"value":"a@example.com"},"text":"x","kind":"rant"}""", "kind", "question, request")]
    [InlineData("""{"from":{"value":"nobody"},"text":"x"}""", "from.value", "which kind")]
    [InlineData("""{"from":{"value":"030 1234567"},"text":"x"}""", "from.value", "country code")]
    [InlineData("""{"from":{"value":"a@@"},"text":"x"}""", "from.value", "email address")]
    [InlineData("""{"from":{"value":"a@example.com"},"text":" "}""", "text", "required")]
    [InlineData("""{"from":{"value":"a@example.com"}}""", "text", "required")]
    [InlineData("""{"text":"x"}""", "from", "required")]
    [InlineData("""{"from":{"value":"a@example.com"},"text":"x","timeZone":"Mars"}""", "timeZone", "IANA")]
    [InlineData("""{"from":{"value":"a@example.com"},"text":"x","language":"deutsch!"}""", "language", "BCP 47")]
    [InlineData("""{"from":{"value":"a@example.com"},"text":"x","receivedAt":"2999-01-01T00:00:00Z"}""", "receivedAt", "future")]
    [InlineData("""{"from":{"value":"a@example.com"},"text":"x","caseNumber":"4711"}""", "caseNumber", "CX-2026-000123")]
    [InlineData("""{"from":{"value":"a@example.com"},"text":"x","subject":"a\nb"}""", "subject", "one line")]
    [InlineData("""{"from":{"value":"a@example.com"},"text":"x","attachments":[{"name":"a","contentBase64":"?"}]}""",
        "attachments[0].contentBase64", "base64")]
    [InlineData("""{"from":{"value":"a@example.com"},"text":"x","colour":"red"}""", "colour", "not known")]
    [InlineData("""{"from":{"value":"a@example.com"},"text":"x","visibility":"world"}""", "visibility", "channel social")]
    [InlineData("""{"from":{"value":"a@example.com"},"text":"x","channel":"social","visibility":"internal"}""", "visibility", "channel social")]
    public async Task Bad_input_is_answered_with_the_field_and_the_rule(string body, string field, string rule)
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await host.Client.PostAsync("/v1/contacts", content);
        var problem = await IntakeHost.JsonAsync(response, 400);
        var errors = problem["errors"] as JsonObject;
        Assert.True(errors?[field] is not null, problem.ToJsonString());
        Assert.Contains(rule, string.Join(' ', errors![field]!.AsArray().Select(text => (string)text!)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_scope_nothing_is_taken()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        using var content = new StringContent("""{"from":{"value":"a@example.com"},"text":"x"}""", Encoding.UTF8, "application/json");
        using var response = await host.Anonymous.PostAsync("/v1/contacts", content);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }
}
