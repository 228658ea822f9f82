using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Delivery;
using CxPlatform.Notifications.Webhooks.Events;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notification.Tests.Webhooks;

public sealed class SubscriptionTests
{
    [Theory]
    [InlineData("*", "cx.case.opened.v1", true)]
    [InlineData("cx.*", "cx.customer.erased.v1", true)]
    [InlineData("cx.case.*", "cx.case.promise.kept.v1", true)]
    [InlineData("cx.case.*", "cx.customer.erased.v1", false)]
    [InlineData("cx.case.promise.*", "cx.case.promise.kept.v1", true)]
    [InlineData("cx.case.promise.*", "cx.case.opened.v1", false)]
    [InlineData("cx.case.promise.*", "cx.case.promised.v1", false)]
    [InlineData("cx.case.opened.v1", "cx.case.opened.v1", true)]
    [InlineData("cx.case.opened.v1", "cx.case.opened.v10", false)]
    [InlineData("cx.case.opened.*", "cx.case.opened.v1", true)]
    public void A_pattern_names_types_by_their_beginnings(string pattern, string type, bool matches) => Assert.Equal(matches, TypePattern.Matches(pattern, type));

    [Fact]
    public void Facts_follow_the_events_and_the_channel_is_the_one_a_case_began_on()
    {
        var facts = new CaseFacts()
            .After("""{"channel":"email","brand":"main","kind":"request","priority":"normal"}""")
            .After("""{"channel":"sms","messageId":"x"}""")
            .After("""{"kind":"complaint","category":"delivery","priority":"urgent","queue":"returns","feeling":"angry"}""")
            .WithTagsOf("""{"caseId":"x","tags":["vip","fragile"],"added":["fragile"]}""")
            .WithTagsOf("""{"text":"\"tags\": what are they?"}""")
            .After("{}");
        Assert.Equal(("email", "main", "complaint", "delivery", "urgent", "returns"), (facts.Channel, facts.Brand, facts.Kind, facts.Category, facts.Priority, facts.Queue));
        Assert.Equal(facts.Write(), CaseFacts.Read(facts.Write()).Write());
        Assert.True(new EventFilter { Kind = ["problem", "complaint"], Tag = ["VIP"] }.Matches(facts));
        Assert.True(new EventFilter { Queue = [] }.Matches(facts));
        Assert.False(new EventFilter { Kind = ["complaint"], Queue = ["support"] }.Matches(facts));
        Assert.False(new EventFilter { Category = ["delivery"] }.Matches(new()));
        Assert.False(new EventFilter { Tag = ["urgent"] }.Matches(facts));
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Only_what_was_asked_for_comes_by_what_was_so_about_the_case_at_the_event(Store store)
    {
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync(store);
        await host.SubscribeAsync(receiver, ["cx.case.triaged.v1", "cx.case.promise.*"], new { kind = new[] { "complaint" } });
        var (complaint, question) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await host.HappenAsync(
            (complaint, "cx.case.opened.v1", """{"channel":"email","kind":"request"}"""), (question, "cx.case.opened.v1", """{"channel":"email"}"""),
            (complaint, "cx.case.promise.made.v1", "{}"), // a request still
            (complaint, "cx.case.triaged.v1", """{"kind":"complaint"}"""), (question, "cx.case.triaged.v1", """{"kind":"question"}"""),
            (complaint, "cx.case.promise.kept.v1", "{}"), (question, "cx.case.promise.kept.v1", "{}"), (complaint, "cx.case.closed.v1", "{}"));
        // Another batch: the facts are kept between them.
        await host.HappenAsync((complaint, "cx.case.promise.made.v1", "{}"));
        Assert.Equal(["cx.case.triaged.v1", "cx.case.promise.kept.v1", "cx.case.promise.made.v1"], (await receiver.ReceivedAsync(3)).Select(e => e.Type));
    }

    [Fact]
    public async Task Nothing_comes_before_a_test_event_was_answered_and_nothing_of_the_time_until_then_is_missing()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync();
        var made = await host.CreateAsync(new { url = receiver.Url, types = new[] { "*" } });
        var path = $"/v1/subscriptions/{made.GetProperty("subscription").GetProperty("id")}";
        await host.HappenAsync(Guid.CreateVersion7(), 1);
        receiver.Answer = (_, context) => Receiver.Status(context, 401);
        using (var refused = await host.Admin.PostAsJsonAsync(path + "/activate", new { }))
        {
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Equal("endpoint-did-not-accept", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        }
        Assert.Empty(receiver.Events);
        receiver.Answer = (_, context) => Receiver.Status(context, 200);
        Assert.Equal("active", (await host.PostAsync(path + "/activate")).GetProperty("state").GetString());
        await receiver.ReceivedAsync(1);

        // Somewhere else is somebody else.
        await using var other = await Receiver.StartAsync();
        using var changed = await host.Admin.PutAsJsonAsync(path, new { url = other.Url, types = new[] { "*" } });
        Assert.Equal("pending", (await changed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString());
        // Whoever delivers looks twice a second.
        var id = made.GetProperty("subscription").GetProperty("id").GetGuid();
        await Eventually.Async(async () => Assert.Null((await host.RowAsync(id)).Courier));
        await host.HappenAsync(Guid.CreateVersion7(), 1);
        await host.PostAsync(path + "/activate");
        await other.ReceivedAsync(1);
        Assert.Single(receiver.Events);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_pause_keeps_events_the_log_tells_all_and_an_end_forgets_it(Store store)
    {
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync(store);
        var (id, _) = await host.SubscribeAsync(receiver);
        var path = $"/v1/subscriptions/{id}";
        await host.HappenAsync(Guid.CreateVersion7(), 1);
        await receiver.ReceivedAsync(1);
        await host.PostAsync(path + "/pause");
        // Whoever delivers looks twice a second.
        await Eventually.Async(async () => Assert.Null((await host.RowAsync(id)).Courier));
        var happened = await host.HappenAsync(Guid.CreateVersion7(), 3);
        Assert.Equal("paused", (await host.GetAsync(path)).GetProperty("state").GetString());
        Assert.Equal(3, (await host.GetAsync(path)).GetProperty("health").GetProperty("behind").GetInt32());
        receiver.Answer = async (_, context) => await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "Thank you");
        await host.PostAsync(path + "/resume");
        await receiver.ReceivedAsync(4);

        var items = await Eventually.Value(
            async () => (await host.GetAsync(path + "/deliveries")).GetProperty("items").EnumerateArray().ToList(), items => items.Count == 5);
        var detail = await host.GetAsync($"{path}/deliveries/{items[0].GetProperty("id")}");
        Assert.Equal(Encoding.UTF8.GetString(CloudEvent.Write(happened[2])), detail.GetProperty("body").GetString());
        Assert.Equal("Thank you", detail.GetProperty("response").GetString());
        Assert.Equal(happened[2].Id.ToString(), detail.GetProperty("headers").GetProperty("webhook-id").GetString());
        Assert.False(detail.GetProperty("headers").TryGetProperty("webhook-signature", out _));
        var page = await host.GetAsync(path + "/deliveries?limit=4");
        Assert.Single((await host.GetAsync($"{path}/deliveries?after={page.GetProperty("next").GetString()}")).GetProperty("items").EnumerateArray());
        var test = await host.GetAsync($"{path}/deliveries/{items[4].GetProperty("id")}");
        Assert.Equal(receiver.All[0].Text, test.GetProperty("body").GetString());

        using (var gone = await host.Admin.DeleteAsync(path))
            Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.Equal(0, await host.Host.ReadAsync(async db => await db.Subscriptions.CountAsync() + await db.Courses.CountAsync() + await db.Deliveries.CountAsync()));
    }

    [Fact]
    public async Task The_secret_is_told_once_kept_sealed_and_told_again_only_to_the_same_request()
    {
        await using var host = await WebhookHost.StartAsync();
        async Task<JsonElement> PostAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/subscriptions") { Content = JsonContent.Create(new { url = "https://example.com/", types = new[] { "*" } }) };
            request.Headers.Add("Idempotency-Key", "make-1");
            using var response = await host.Admin.SendAsync(request);
            return await response.Content.ReadFromJsonAsync<JsonElement>();
        }
        var made = await PostAsync();
        var secret = made.GetProperty("secret").GetString()!;
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.Equal(secret, (await PostAsync()).GetProperty("secret").GetString());
        var id = made.GetProperty("subscription").GetProperty("id").GetGuid();
        Assert.DoesNotContain("secret", (await host.GetAsync($"/v1/subscriptions/{id}")).GetRawText().Replace("oldSecretUntil", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(secret["whsec_".Length..], (await host.RowAsync(id)).Secret, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, host.Host.Log.All, StringComparison.Ordinal);
        using var put = await host.Admin.PutAsJsonAsync($"/v1/subscriptions/{id}", new { url = "https://example.com/", types = new[] { "*" }, secret });
        Assert.Equal(HttpStatusCode.BadRequest, put.StatusCode);
    }

    [Fact]
    public async Task An_erasure_is_delivered_and_takes_what_endpoints_answered_about_the_customers_cases()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync();
        var (id, _) = await host.SubscribeAsync(receiver, ["cx.customer.erased.v1"]);
        var story = new Story();
        receiver.Answer = async (_, context) => await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "Forgotten: Maria");
        await host.Host.DeliverAsync(story.Opened());
        await host.HappenAsync((story.CaseId, "cx.customer.erased.v1", $$"""{"customerId":"{{story.CustomerId}}"}"""));
        await receiver.ReceivedAsync(1);
        await Eventually.Async(async () => Assert.True(await host.Host.ReadAsync(db => db.Deliveries.AnyAsync(row => row.Response == "Forgotten: Maria" && row.Stream != ""))));

        await host.Host.DeliverAsync(new CustomerErased(story.CustomerId));
        Assert.False(await host.Host.ReadAsync(db => db.Deliveries.AnyAsync(row => row.Response == "Forgotten: Maria" && row.Stream != "")));
        Assert.DoesNotContain("Maria", host.Host.Log.All, StringComparison.Ordinal);
        Assert.DoesNotContain(receiver.Url, host.Host.Log.All, StringComparison.Ordinal);
        Assert.Equal(SubscriptionState.Active, (await host.RowAsync(id)).State);
    }
}
