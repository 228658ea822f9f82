using System.Net;
using CxPlatform.Contracts;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class KioskTests
{
    private const string Path = "/contact/kiosk";
    private const string Key = "a-key-for-the-foyer";

    private static Task<IntakeHost> StartAsync(Database database = Database.Sqlite) =>
        IntakeHost.StartAsync(
            database, "--Cx:Intake:Kiosk:Keys:foyer=" + Key, "--Cx:Intake:DefaultCountryCode=49",
            "--Cx:Intake:Kiosk:NumberPatience=00:00:00"); // nobody here opens cases

    private static async Task<HttpResponseMessage> PostAsync(IntakeHost host, string path, string? key, params (string, string)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        if (key is not null)
            request.Headers.Add("Cookie", "cx-kiosk=" + key);
        return await host.Anonymous.SendAsync(request);
    }

    [Fact]
    public async Task A_device_becomes_a_kiosk_with_its_key_and_with_no_other()
    {
        await using var host = await StartAsync();
        Assert.Contains("name=\"key\"", await host.Anonymous.GetStringAsync(Path), StringComparison.Ordinal);
        using var wrong = await PostAsync(host, Path + "/start", null, ("key", "a-key-for-the-cellar"));
        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        Assert.False(wrong.Headers.Contains("Set-Cookie"));
        using var stranger = await PostAsync(host, Path, "nobody", ("message", "Hello"));
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);
        using var right = await PostAsync(host, Path + "/start", null, ("key", Key));
        Assert.Equal(HttpStatusCode.SeeOther, right.StatusCode);
        var cookie = right.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, await host.CountAsync("select count(*) from contacts"));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task What_is_said_at_a_kiosk_is_stored_once_and_answered_with_a_link_to_its_case(Database database)
    {
        await using var host = await StartAsync(database);
        string page = "";
        for (var i = 0; i < 2; i++)
        {
            using var answer = await PostAsync(host, Path, Key, ("id", "f1"), ("message", "The tap drips."), ("reach", "030 123456"), ("name", "Erika"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.EndsWith("; url=" + Path, answer.Headers.GetValues("Refresh").Single(), StringComparison.Ordinal);
            page = await answer.Content.ReadAsStringAsync();
        }
        var contact = await host.ReceivedAsync("+4930123456");
        Assert.Equal((Channel.Kiosk, "The tap drips.", "Erika", "foyer"),
            (contact.Channel, contact.Text, contact.CustomerName, contact.References["kiosk"]));
        var link = System.Text.RegularExpressions.Regex.Match(page, "https://help.example.com/s/([A-Za-z0-9_-]+)").Groups[1].Value;
        Assert.True(host.Services.GetRequiredService<Tokens>().TryReadStatusLink(link, out var opened));
        Assert.Equal(contact.ContactId, opened.CaseId);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        var view = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)view["balanced"]!, view.ToJsonString());
        Assert.Equal((2, 1, 1), ((int)view["channels"]![0]!["received"]!, (int)view["channels"]![0]!["contacts"]!, (int)view["channels"]![0]!["duplicates"]!));
        Assert.Contains("message=The+tap+drips.", await host.Client.GetStringAsync($"/v1/contacts/{contact.ContactId}/raw"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_without_an_address_is_somebody_of_their_own_and_what_is_wrong_is_said_beside_its_field()
    {
        await using var host = await StartAsync();
        for (var i = 0; i < 2; i++)
        {
            using var answer = await PostAsync(host, Path, Key, ("message", "Where is the lift?"), ("name", "Anna Alt"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        Assert.Equal(2, await host.CountAsync("select count(*) from customers"));
        using var wrong = await PostAsync(host, Path, Key, ("message", " "), ("reach", "neither"), ("name", "Typed already"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        var page = await wrong.Content.ReadAsStringAsync();
        Assert.Contains("f-message-error", page, StringComparison.Ordinal);
        Assert.Contains("f-reach-error", page, StringComparison.Ordinal);
        Assert.Contains("Typed already", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kiosk_that_is_used_too_fast_says_when_to_come_again_and_keeps_what_was_typed()
    {
        await using var host = await StartAsync();
        HttpResponseMessage answer;
        var sent = 0;
        // Incomplete ones count, too, and are quick. The limit is 20 in a minute; a minute may begin meanwhile.
        do
        {
            Assert.True(++sent <= 41, "no limit was met");
            answer = await PostAsync(host, Path, Key, ("message", ""), ("name", "Typed already"));
        }
        while (answer.StatusCode == HttpStatusCode.BadRequest);
        using (answer)
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
            Assert.True(sent > 20, $"only {sent - 1} were allowed");
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
            Assert.Contains("Typed already", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(0, await host.CountAsync("select count(*) from contacts"));
    }

    [Fact]
    public async Task A_kiosk_that_is_not_set_up_says_which_setting_is_missing()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.Accept.ParseAdd("application/json");
        using var answer = await host.Anonymous.SendAsync(request);
        Assert.Contains("Cx:Intake:Kiosk:Keys", (string)(await IntakeHost.JsonAsync(answer, 503))["detail"]!, StringComparison.Ordinal);
    }
}
