using System.Net;
using System.Text.RegularExpressions;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake;
using CxPlatform.Intake.Customers;
using CxPlatform.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

public sealed partial class CustomerPageTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Staff_see_a_customers_contacts_with_their_cases_and_do_on_the_page_what_the_API_does(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var address = MergeTests.Address();
        var first = await host.AcceptContactAsync(new { from = new { value = address, name = "<b>Erika</b> Muster" }, text = "<script>alert(1)</script>", channel = "letter" });
        var second = await host.AcceptContactAsync(new { from = new { value = address }, text = "By API" });
        var id = (string)first["customerId"]!;
        await NoteAsync(host, Guid.Parse((string)first["contactId"]!), "CX-2026-000123");

        var page = await PageAsync(host, "/contact/customers/" + id);
        Assert.Contains("/desk/cases/CX-2026-000123", page, StringComparison.Ordinal);
        Assert.Contains("By API", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>Erika", page, StringComparison.Ordinal);
        Assert.DoesNotContain("By API", await PageAsync(host, $"/contact/customers/{id}?channel=letter"), StringComparison.Ordinal);
        Assert.Contains(id, await PageAsync(host, "/contact/customers?q=" + address[..20]), StringComparison.Ordinal);
        Assert.Equal("CX-2026-000123", (string)(await host.GetAsync($"/v1/customers/{id}/contacts"))["items"]![1]!["caseNumber"]!);

        await ActAsync(host, page, id, 303, ("do", "change"), ("name", "Erika Muster"), ("timeZone", "Europe/Berlin"));
        await ActAsync(host, page, id, 303, ("do", "prefer"), ("channel", "sms"), ("language", "de"), ("quietFrom", "22:00"), ("quietUntil", "07:00"),
            ("quietZone", "Europe/Berlin"), ("doNotContact", "yes"));
        var told = await host.EventAsync<CustomerChanged>("customer/" + id);
        Assert.Equal(
            ("Erika Muster", Channel.Sms, new QuietHours(new(22, 0), new(7, 0), "Europe/Berlin"), true),
            (told.Name!, told.PreferredChannel!.Value, told.QuietHours!, told.DoNotContact));
        Assert.Contains("must be a time", await ActAsync(host, page, id, 400, ("do", "prefer"), ("quietFrom", "late")), StringComparison.Ordinal);

        var another = MergeTests.Address();
        await ActAsync(host, page, id, 303, ("do", "identify"), ("value", another));
        await ActAsync(host, page, id, 303, ("do", "verify"), ("value", address), ("kind", "emailAddress"));
        told = await host.EventAsync<CustomerChanged>("customer/" + id);
        Assert.Equal([(address, true), (another, false)], told.Identities.Select(identity => (identity.Value, identity.Verified)));
        Assert.Contains("neither an email address", await ActAsync(host, page, id, 400, ("do", "identify"), ("value", "x")), StringComparison.Ordinal);
        await ActAsync(host, page, id, 303, ("do", "forget"), ("value", another), ("kind", "emailAddress"));
        Assert.Contains("last one", await ActAsync(host, page, id, 409, ("do", "forget"), ("value", address)), StringComparison.Ordinal);

        var other = (string)(await host.AcceptContactAsync(new { from = new { value = MergeTests.Address() }, text = "?" }))["customerId"]!;
        await ActAsync(host, page, id, 303, ("do", "merge"), ("other", other));
        Assert.Contains(other, await PageAsync(host, "/contact/customers/" + id), StringComparison.Ordinal);
        await ActAsync(host, page, id, 303, ("do", "unmerge"), ("other", other));
        Assert.Contains("not merged", await ActAsync(host, page, id, 409, ("do", "unmerge"), ("other", other)), StringComparison.Ordinal);

        await ActAsync(host, page, id + "/erase", 400);
        await ActAsync(host, page, id + "/erase", 303, ("sure", "yes"));
        Assert.Contains("was erased", await PageAsync(host, "/contact/customers/" + id), StringComparison.Ordinal);
        using var forged = await host.Client.PostAsync("/contact/customers/" + other, new FormUrlEncodedContent([new("do", "change")]));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using var stranger = await host.Anonymous.GetAsync("/contact/customers/" + id);
        Assert.False(stranger.IsSuccessStatusCode);
        Assert.NotNull((await host.GetAsync("/v1/contacts/" + second["contactId"]))["erasedAt"]);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task An_answer_with_our_token_verifies_the_address_and_is_told_once(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var address = MergeTests.Address();
        var token = host.Services.GetRequiredService<ServiceDefaults.Tokens>().ReplyToken(Guid.CreateVersion7());
        async Task<string> MailAsync(string to) => (string)(await host.AcceptMailAsync(
            $"From: {address}\nTo: {to}\nSubject: Hello\nMessage-ID: <{Guid.NewGuid():n}@example.com>\n\nHello there"))["customerId"]!;
        var id = await MailAsync("help@example.com");
        Assert.False(Assert.Single((await host.EventAsync<CustomerChanged>("customer/" + id)).Identities).Verified);
        Assert.Equal(id, await MailAsync($"help+{token}@example.com"));
        Assert.True(Assert.Single((await host.EventAsync<CustomerChanged>("customer/" + id)).Identities).Verified);
        var events = (await host.StreamAsync("customer/" + id)).Count;
        await MailAsync($"help+{token}@example.com");
        await MailAsync("help@example.com");
        Assert.Equal(events, (await host.StreamAsync("customer/" + id)).Count);
    }

    private static async Task NoteAsync(IntakeHost host, Guid contactId, string number) =>
        await host.Services.GetRequiredService<Work<IntakeDb>>().RunAsync<CaseEvents, Done>(async (handler, ct) =>
        {
            await handler.HandleAsync(
                new CustomerReplied
                {
                    CaseId = Guid.CreateVersion7(),
                    Number = number,
                    ContactId = contactId,
                    CustomerId = Guid.CreateVersion7(),
                    Channel = Channel.Letter,
                    From = new(IdentityKind.EmailAddress, "a@example.com"),
                    Text = "?",
                    JoinedBy = EvidenceKind.Explicit,
                    ReceivedAt = DateTimeOffset.UnixEpoch,
                },
                null!, ct);
            return Done.Value;
        });

    private static async Task<string> PageAsync(IntakeHost host, string path)
    {
        using var response = await host.Client.GetAsync(path);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return body;
    }

    /// <summary>Posts a form with the token that the page gave.</summary>
    private static async Task<string> ActAsync(IntakeHost host, string page, string path, int status, params (string Name, string Value)[] fields)
    {
        var token = Token().Match(page).Groups[1].Value;
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = host.Client.BaseAddress };
        client.DefaultRequestHeaders.Authorization = host.Client.DefaultRequestHeaders.Authorization;
        // Its cookie is of the same visit.
        using var visit = await client.GetAsync("/contact/customers/" + path.Split('/')[0]);
        var body = await visit.Content.ReadAsStringAsync();
        token = Token().Match(body) is { Success: true } fresh ? fresh.Groups[1].Value : token;
        using var response = await client.PostAsync(
            "/contact/customers/" + path,
            new FormUrlEncodedContent([new("__RequestVerificationToken", token), .. fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))]));
        var answer = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} instead of {status}: {answer}");
        return answer;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
