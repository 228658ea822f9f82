using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

public sealed partial class WebFormTests
{
    private static Dictionary<string, string> Form(string id) => new()
    {
        ["id"] = id,
        ["email"] = $"a-{Guid.NewGuid():n}@example.com",
        ["name"] = "Erika",
        ["subject"] = "Paket",
        ["message"] = "Mein Paket ist noch nicht da,\r\nbitte helfen Sie mir.",
        ["caseNumber"] = "cx-2026-000123",
        ["website"] = "",
    };

    [Fact]
    public async Task The_page_takes_a_contact_once_however_often_it_is_sent()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        using var get = new HttpRequestMessage(HttpMethod.Get, "/contact");
        get.Headers.AcceptLanguage.ParseAdd("de-DE,de;q=0.9,en;q=0.5");
        using var page = await host.Anonymous.SendAsync(get);
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("lang=\"de\"", html, StringComparison.Ordinal);
        Assert.Contains("Ihre Nachricht", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);

        var form = Form(HiddenId().Match(html).Groups[1].Value);
        for (var i = 0; i < 2; i++)
        {
            using var sent = await host.Anonymous.PostAsync("/contact", new FormUrlEncodedContent(form));
            Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
            Assert.Equal("/contact/thanks", sent.Headers.Location?.OriginalString);
        }
        Assert.Equal(1, await host.CountAsync("select count(*) from contacts"));
        var found = await host.GetAsync("/v1/customers?identity=" + form["email"]);
        var contacts = await host.GetAsync($"/v1/contacts?customerId={found["items"]![0]!["customerId"]}");
        var contact = await host.EventAsync<ContactReceived>("contact/" + contacts["items"]![0]!["contactId"]);
        Assert.Equal(Channel.WebForm, contact.Channel);
        Assert.Equal("Mein Paket ist noch nicht da,\nbitte helfen Sie mir.", contact.Text);
        Assert.Equal("de", contact.Language);
        Assert.Equal(new Evidence(EvidenceKind.SubjectNumber, "CX-2026-000123"), Assert.Single(contact.Evidence));

        var thanks = await host.Anonymous.GetStringAsync("/contact/thanks");
        Assert.Contains("What happens next", thanks, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_said_beside_the_field_and_what_was_typed_stays()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        var form = Form("x");
        form["email"] = "nobody";
        using var sent = await host.Anonymous.PostAsync("/contact", new FormUrlEncodedContent(form));
        var html = await sent.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, sent.StatusCode);
        Assert.Contains("does not look like an email address", html, StringComparison.Ordinal);
        Assert.Contains("Mein Paket ist noch nicht da", html, StringComparison.Ordinal);
        Assert.Equal(0, await host.CountAsync("select count(*) from contacts"));
    }

    [Fact]
    public async Task A_program_that_fills_in_the_trap_is_thanked_like_everybody_and_held_for_a_person_to_look_at()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        var form = Form("bot");
        form["website"] = "https://spam.example";
        using var sent = await host.Anonymous.PostAsync("/contact", new FormUrlEncodedContent(form));
        Assert.Equal("/contact/thanks", sent.Headers.Location?.OriginalString);
        Assert.Equal(1, await host.CountAsync("select count(*) from contacts where state = 'held'"));
        Assert.Equal(0, await host.CountAsync("select count(*) from events where type = 'contact.received.v1'"));
    }

    [Fact]
    public async Task A_form_that_is_filled_in_within_two_seconds_is_marked_and_goes_on()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        var tokens = host.Services.GetRequiredService<Tokens>();
        Assert.True(tokens.TryReadForm(HiddenId().Match(await host.Anonymous.GetStringAsync("/contact")).Groups[1].Value, out _));
        // Handed out so late that two seconds have not passed, however slow this machine is.
        var id = tokens.Form(Guid.CreateVersion7(DateTimeOffset.UtcNow.AddMinutes(5)));
        using var sent = await host.Anonymous.PostAsJsonAsync("/v1/channels/web-form", new { id, email = "quick@example.com", message = "Hello there" });
        var accepted = await IntakeHost.JsonAsync(sent, 202);
        var contact = await host.GetAsync("/v1/contacts/" + accepted["contactId"]);
        Assert.Equal(["form: filled in within two seconds"], contact["spam"]!["reasons"]!.AsArray().Select(reason => (string)reason!));
        Assert.NotNull(await host.ReceivedAsync("quick@example.com"));
    }

    [Fact]
    public async Task A_form_whose_id_somebody_made_up_is_marked_on_our_own_page()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        // What our ids looked like would be easy to make older.
        var form = Form(Guid.CreateVersion7(DateTimeOffset.UtcNow.AddMinutes(-5)).ToString("n"));
        using var sent = await host.Anonymous.PostAsync("/contact", new FormUrlEncodedContent(form));
        Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
        var contact = await host.GetAsync("/v1/contacts/" + (await host.ContactsOfAsync(form["email"]))[0]!["contactId"]);
        Assert.Equal(["form: not the one that was handed out"], contact["spam"]!["reasons"]!.AsArray().Select(reason => (string)reason!));
    }

    [Theory]
    [InlineData("/contact", HttpStatusCode.SeeOther)]
    [InlineData("/v1/channels/web-form", HttpStatusCode.Accepted)]
    public async Task Files_come_with_the_form(string path, HttpStatusCode status)
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in Form("files"))
            form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent([0x89, 0x50, 0x4E, 0x47]), "files", "C:\\Users\\erika\\tür.png");
        // What browsers send for a field that was left alone.
        var nothing = new ByteArrayContent([]);
        nothing.Headers.ContentDisposition = new("form-data") { Name = "files", FileName = "\"\"" };
        form.Add(nothing);
        using var sent = await host.Anonymous.PostAsync(path, form);
        Assert.True(sent.StatusCode == status, await sent.Content.ReadAsStringAsync());
        var e = (await host.Services.GetRequiredService<EventLog<CxPlatform.Intake.IntakeDb>>().ReadAsync(0, 100, CancellationToken.None))
            .Select(e => EventTypes.Read(e.Type, e.Data)).OfType<ContactReceived>().Single();
        var file = Assert.Single(e.Attachments);
        Assert.Equal(("tür.png", 4L), (file.Name, file.Size));
    }

    [Fact]
    public async Task Too_many_or_too_large_files_are_refused_by_the_fields_name()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        using var form = new MultipartFormDataContent { { new StringContent("a@example.com"), "email" }, { new StringContent("Hi"), "message" } };
        form.Add(new ByteArrayContent(new byte[10 * 1024 * 1024 + 1]), "files", "large.bin");
        using var sent = await host.Anonymous.PostAsync("/v1/channels/web-form", form);
        Assert.Contains("10 MB", (string)(await IntakeHost.JsonAsync(sent, 400))["errors"]!["files"]![0]!, StringComparison.Ordinal);
        using var many = new MultipartFormDataContent { { new StringContent("a@example.com"), "email" }, { new StringContent("Hi"), "message" } };
        for (var i = 0; i < 21; i++)
            many.Add(new ByteArrayContent([1]), "files", $"{i}.bin");
        using var refused = await host.Anonymous.PostAsync("/contact", many);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("At most 20 files", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_network_address_sends_so_many_a_minute()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, "--Cx:Intake:WebForm:PerMinute=2");
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 3; i++)
            answers.Add(await host.Anonymous.PostAsJsonAsync("/v1/channels/web-form",
                new { email = "a@example.com", message = "Hello there" }));
        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.TooManyRequests],
            answers.Select(answer => answer.StatusCode));
        Assert.NotNull(answers[2].Headers.RetryAfter);

        using var page = await host.Anonymous.PostAsync("/contact", new FormUrlEncodedContent(Form("x")));
        Assert.Equal(HttpStatusCode.TooManyRequests, page.StatusCode);
        Assert.Contains("Mein Paket ist noch nicht da", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_json_form_names_what_is_missing()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        using var sent = await host.Anonymous.PostAsJsonAsync("/v1/channels/web-form", new { name = "Erika" });
        var problem = await IntakeHost.JsonAsync(sent, 400);
        Assert.NotNull(problem["errors"]!["email"]);
        Assert.NotNull(problem["errors"]!["message"]);
    }

    [GeneratedRegex("name=\"id\" value=\"([^\"]+)\"")]
    private static partial Regex HiddenId();
}
