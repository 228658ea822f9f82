using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notification.Tests;

public sealed class ApiTests
{
    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Messages_are_listed_newest_first_page_by_page(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var story = new Story();
        var other = new Story { Number = "CX-2026-000124", From = new(IdentityKind.EmailAddress, "grace@customer.example") };
        await host.DeliverAsync([story.Opened(), .. Enumerable.Range(0, 5).Select(i => story.Answered($"Answer {i}")), other.Opened(), other.Answered()]);
        await host.SettledAsync();

        var seen = new List<Guid>();
        string? after = null;
        do
        {
            var page = await host.Admin.GetFromJsonAsync<JsonElement>($"/v1/messages?caseId={story.CaseId}&state=sent&limit=2{(after is null ? "" : "&after=" + after)}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()));
            after = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (after is not null);
        Assert.Equal((await host.MessagesAsync()).Where(row => row.CaseId == story.CaseId).Select(row => row.Id).OrderDescending(), seen);

        Assert.Empty((await host.Admin.GetFromJsonAsync<JsonElement>("/v1/messages?template=side-conversation")).GetProperty("items").EnumerateArray());
        var theirs = await host.Admin.GetFromJsonAsync<JsonElement>("/v1/messages?recipient=Grace%40customer.example");
        Assert.Equal("grace@customer.example", Assert.Single(theirs.GetProperty("items").EnumerateArray()).GetProperty("recipient").GetString());
    }

    [Fact]
    public async Task A_message_is_read_with_what_it_says()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var answer = story.Answered();
        await host.DeliverAsync(story.Opened(), answer);
        var message = await host.Admin.GetFromJsonAsync<JsonElement>($"/v1/messages/{answer.MessageId}");
        Assert.Contains("new seal", message.GetProperty("text").GetString());
        Assert.Equal("maria@customer.example", message.GetProperty("recipient").GetString());
        Assert.Equal("email", message.GetProperty("message").GetProperty("channel").GetString());
        using var missing = await host.Admin.GetAsync($"/v1/messages/{Guid.NewGuid()}");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task A_resend_is_a_copy_with_an_id_of_its_own()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var answer = story.Answered();
        await host.DeliverAsync(story.Opened(), answer);
        await host.SettledAsync();
        using var response = await host.Admin.PostAsync($"/v1/messages/{answer.MessageId}/resend", null);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await host.SettledAsync();
        Assert.Equal([0, 1], (await host.MessagesAsync()).Select(row => row.Copy).Order());
        Assert.Equal(2, (await host.AppendedAsync<MessageSent>()).Count);
        Assert.Equal(2, (await host.MailsAsync(2)).Count);
    }

    [Fact]
    public async Task A_resend_that_is_asked_for_twice_goes_once()
    {
        await using var smtp = new ScriptedSmtp();
        await using var host = await NotificationHost.StartAsync(settings: SendingTests.Smtp(smtp));
        var story = new Story();
        var answer = story.Answered();
        await host.DeliverAsync(story.Opened(), answer);
        await host.SettledAsync();
        smtp.ToRecipient.Enqueue("450 4.2.0 later");
        using var first = await host.Admin.PostAsync($"/v1/messages/{answer.MessageId}/resend", null);
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        using var second = await host.Admin.PostAsync($"/v1/messages/{answer.MessageId}/resend", null);
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Equal([0, 1], (await host.MessagesAsync()).Select(row => row.Copy).Order());
    }

    [Fact]
    public async Task What_has_not_left_can_be_cancelled_and_then_never_leaves()
    {
        var clock = new SteppedTime();
        await using var smtp = new ScriptedSmtp();
        smtp.ToRecipient.Enqueue("451 4.7.1 later");
        await using var host = await NotificationHost.StartAsync(
            clock: clock, settings: [("Cx:Mail:Smtp:Host", "127.0.0.1"), ("Cx:Mail:Smtp:Port", $"{smtp.Port}"), ("Cx:Mail:Smtp:Tls", "None")]);
        var story = new Story();
        var answer = story.Answered();
        await host.DeliverAsync(story.Opened(), answer);
        await Eventually.Async(async () => (await host.MessagesAsync()).Single().Attempts == 1);
        using (var pending = await host.Admin.PostAsync($"/v1/messages/{answer.MessageId}/resend", null))
            Assert.Equal(HttpStatusCode.Conflict, pending.StatusCode);
        using (var cancelled = await host.Admin.PostAsync($"/v1/messages/{answer.MessageId}/cancel", null))
            Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        clock.Advance(TimeSpan.FromHours(2));
        using (var again = await host.Admin.PostAsync($"/v1/messages/{answer.MessageId}/cancel", null))
            Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Equal(MessageState.Cancelled, (await host.MessagesAsync()).Single().State);
        Assert.Empty(smtp.Taken);
    }

    [Theory]
    [InlineData("Cx:Mail:From", "no-reply", "can be answered")]
    [InlineData("Cx:Mail:Domain", "noreply.example.com", "can be answered")]
    [InlineData("Cx:Mail:Domain", "not a domain", "must be a domain name")]
    [InlineData("Cx:Mail:Smtp:User", "me", "together")]
    [InlineData("Cx:Notification:Twilio:AccountSid", "AC42", "Cx:Notification:Twilio:AuthToken")]
    [InlineData("Cx:Notification:Parallelism", "0", "Parallelism")]
    [InlineData("Cx:Mail:Form", "support", "Cx:Mail:From")]
    public async Task Wrong_configuration_stops_the_start_with_a_sentence(string key, string value, string words)
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => NotificationHost.StartAsync(settings: (key, value)));
        Assert.Contains(words, string.Join(' ', fault.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_mail_server_the_domain_that_answers_come_to_must_be_named()
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => NotificationHost.StartAsync(settings: [("Cx:Mail:Smtp:Host", "127.0.0.1"), ("Cx:Mail:Domain", "")]));
        Assert.Contains("Cx:Mail:Domain is missing", string.Join(' ', fault.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task No_model_change_waits_for_a_migration(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        Assert.False(await host.ReadAsync(db => Task.FromResult(db.Database.HasPendingModelChanges())));
    }
}
