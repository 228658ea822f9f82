using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Delivery;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notification.Tests.Webhooks;

public sealed class DeliveryTests
{
    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Every_case_event_comes_signed_in_the_order_of_its_case_with_the_bytes_of_the_feed(Store store)
    {
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync(store);
        var (_, secret) = await host.SubscribeAsync(receiver);
        var cases = Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7()).ToList();

        var sent = new List<LoggedEvent>();
        for (var round = 0; round < 4; round++)
            sent.AddRange(await host.HappenAsync([.. cases.Select(id => (id, "cx.case.step-changed.v1", $$"""{"caseId":"{{id}}","text":"Grüße"}"""))]));

        var received = await receiver.ReceivedAsync(20);
        Assert.Equal(20, received.Count);
        foreach (var ofCase in received.GroupBy(e => e.Source))
            Assert.Equal([1, 2, 3, 4], ofCase.Select(e => e.Sequence));
        foreach (var e in sent)
        {
            var one = received.Single(r => r.Id == e.Id.ToString());
            Assert.Equal(CloudEvent.Write(e), one.Body);
            Assert.Contains("\"data\":" + e.PublicData, one.Text, StringComparison.Ordinal);
            Assert.Equal("application/cloudevents+json; charset=utf-8", one.ContentType);
            Assert.Equal(Signature.Of([Signature.KeyOf(secret)!], one.Id, one.Timestamp, one.Body), one.Signature);
        }
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_case_that_fails_is_tried_at_the_stated_times_with_the_same_bytes_and_holds_up_no_other(Store store)
    {
        var clock = new SteppedTime();
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync(store, clock);
        var (id, _) = await host.SubscribeAsync(receiver);
        var (bad, good) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        receiver.Answer = (received, context) => Receiver.Status(context, received.Source.EndsWith(bad.ToString(), StringComparison.Ordinal) ? 500 : 204);

        await host.HappenAsync(bad, 2);
        await host.HappenAsync(good, 3);
        await Eventually.Async(() => Assert.Equal(3, receiver.Events.Count(e => e.Source.EndsWith(good.ToString(), StringComparison.Ordinal))));

        TimeSpan[] waits =
        [
            TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
            TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24), TimeSpan.FromHours(24),
        ];
        for (var attempt = 1; attempt <= waits.Length; attempt++)
        {
            var lane = await host.LaneAsync(id, attempt);
            // After that failure the endpoint takes another case's event, so it is not given up.
            await host.HappenAsync(good, 1);
            await Eventually.Async(async () => Assert.Null((await host.RowAsync(id)).FailingSince));
            Assert.InRange(lane.Due - clock.GetUtcNow(), waits[attempt - 1], waits[attempt - 1] * 1.11);
            // The last wait is not waited for: somebody ends it.
            if (attempt < waits.Length)
                clock.Set(lane.Due);
        }
        receiver.Answer = (_, context) => Receiver.Status(context, 204);
        await host.PostAsync($"/v1/subscriptions/{id}/lanes/{bad}/retry");
        await Eventually.Async(async () => Assert.Empty(await host.Host.ReadAsync(db => db.Lanes.ToListAsync())));

        var tries = receiver.Events.Where(e => e.Source.EndsWith(bad.ToString(), StringComparison.Ordinal)).ToList();
        Assert.Single(tries.Where(e => e.Sequence == 1).Select(e => (e.Id, e.Text)).Distinct());
        Assert.True(tries.Where(e => e.Sequence == 1).Select(e => e.Timestamp).Distinct().Count() > 5);
        Assert.Equal(2, tries[^1].Sequence);
        await host.HappenAsync(bad, 1);
        await Eventually.Async(() => Assert.Equal(3, receiver.Events[^1].Sequence));
    }

    [Fact]
    public async Task A_longer_wait_that_the_endpoint_asks_for_is_kept_and_a_redirect_is_not_followed()
    {
        var clock = new SteppedTime();
        await using var receiver = await Receiver.StartAsync();
        await using var elsewhere = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync(clock: clock);
        var (id, _) = await host.SubscribeAsync(receiver);
        receiver.Answer = (_, context) =>
        {
            context.Response.Headers.RetryAfter = "3600";
            return Receiver.Status(context, 503);
        };
        await host.HappenAsync(Guid.CreateVersion7(), 1);
        var lane = await host.LaneAsync(id, 1);
        Assert.InRange(lane.Due - clock.GetUtcNow(), TimeSpan.FromHours(1), TimeSpan.FromHours(1.11));

        receiver.Answer = (_, context) =>
        {
            context.Response.Headers.Location = elsewhere.Url;
            return Receiver.Status(context, 307);
        };
        // What somebody wants tried now does not wait for the end of the hour.
        clock.Advance(TimeSpan.FromSeconds(1));
        await host.PostAsync($"/v1/subscriptions/{id}/lanes/{lane.Stream["case/".Length..]}/retry");
        await host.LaneAsync(id, 2);
        Assert.Empty(elsewhere.All);
        var log = await host.GetAsync($"/v1/subscriptions/{id}/deliveries?outcome=failed&limit=1");
        Assert.Contains("redirects are not followed", log.GetProperty("items")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task An_endpoint_without_a_success_for_five_days_is_paused_its_owner_is_told_and_resuming_leaves_no_gap(Store store)
    {
        var clock = new SteppedTime();
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync(store, clock);
        var (id, _) = await host.SubscribeAsync(receiver, contact: "integrations@example.com");
        receiver.Answer = (_, context) => Receiver.Status(context, 500);
        var caseId = Guid.CreateVersion7();
        await host.HappenAsync(caseId, 2);
        for (var attempt = 1; (await host.RowAsync(id)).State == SubscriptionState.Active; attempt++)
        {
            var lane = await host.LaneAsync(id, attempt);
            clock.Set(lane.Due);
            await Eventually.Async(async () => Assert.True(
                (await host.RowAsync(id)).State != SubscriptionState.Active || await host.Host.ReadAsync(db => db.Lanes.AnyAsync(row => row.Attempts == attempt + 1))));
        }
        var paused = await host.RowAsync(id);
        Assert.Equal(SubscriptionState.Paused, paused.State);
        Assert.InRange(clock.GetUtcNow() - paused.FailingSince!.Value, TimeSpan.FromDays(5), TimeSpan.FromDays(6.5));
        var mail = Assert.Single(await host.Host.MailsAsync(1));
        Assert.Contains(id.ToString(), mail.TextBody, StringComparison.Ordinal);
        Assert.Equal("integrations@example.com", mail.To[0].Address);
        Assert.Contains($"https://help.example.com/desk/subscriptions/{id}", mail.TextBody, StringComparison.Ordinal);
        Assert.EndsWith("@help.example.com", mail.MessageId, StringComparison.Ordinal);
        Assert.Equal("support@help.example.com", mail.ReplyTo[0].Address);

        await host.HappenAsync(caseId, 1);
        await host.HappenAsync(Guid.CreateVersion7(), 1);
        receiver.Answer = (_, context) => Receiver.Status(context, 204);
        var before = receiver.Events.Count;
        await host.PostAsync($"/v1/subscriptions/{id}/resume");
        await Eventually.Async(() => Assert.Equal(before + 4, receiver.Events.Count));
        Assert.Equal([1, 2, 3], receiver.Events.Skip(before).Where(e => e.Source.EndsWith(caseId.ToString(), StringComparison.Ordinal)).Select(e => e.Sequence));
    }

    [Fact]
    public async Task An_endpoint_that_starts_again_and_is_activated_gets_what_waits_at_once()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync(clock: new SteppedTime());
        var (id, _) = await host.SubscribeAsync(receiver);
        receiver.Answer = (_, context) => Receiver.Status(context, 500);
        await host.HappenAsync(Guid.CreateVersion7(), 1);
        await host.LaneAsync(id, 1);
        receiver.Answer = (_, context) => Receiver.Status(context, 204);
        await host.PostAsync($"/v1/subscriptions/{id}/activate");
        await receiver.ReceivedAsync(2);
    }

    [Fact]
    public async Task Gone_disables_at_once_and_the_event_waits()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync();
        var (id, _) = await host.SubscribeAsync(receiver);
        receiver.Answer = (_, context) => Receiver.Status(context, 410);
        await host.HappenAsync(Guid.CreateVersion7(), 1);
        await Eventually.Async(async () => Assert.Equal(SubscriptionState.Disabled, (await host.RowAsync(id)).State));
        receiver.Answer = (_, context) => Receiver.Status(context, 204);
        await host.PostAsync($"/v1/subscriptions/{id}/resume");
        await receiver.ReceivedAsync(2);
        await Eventually.Async(async () => Assert.Empty(await host.Host.ReadAsync(db => db.Lanes.ToListAsync())));
    }

    [Fact]
    public async Task An_event_that_is_skipped_is_on_record_lets_the_next_ones_through_and_is_sent_again_with_all_that_failed()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync(clock: new SteppedTime()); // nothing is tried again before it is skipped
        var (id, _) = await host.SubscribeAsync(receiver);
        receiver.Answer = (received, context) => Receiver.Status(context, received.Sequence == 2 ? 422 : 204);
        var caseId = Guid.CreateVersion7();
        var happened = await host.HappenAsync(caseId, 4);
        await host.LaneAsync(id, 1);
        var lane = Assert.Single((await host.GetAsync($"/v1/subscriptions/{id}/lanes")).GetProperty("items").EnumerateArray());
        Assert.Equal(happened[1].Id, lane.GetProperty("eventId").GetGuid());
        Assert.Equal("Answered 422.", lane.GetProperty("reason").GetString());

        using (var another = await host.Admin.PostAsync($"/v1/subscriptions/{id}/lanes/{caseId}/skip?eventId={happened[2].Id}", null))
            Assert.Equal(HttpStatusCode.NotFound, another.StatusCode);
        await host.PostAsync($"/v1/subscriptions/{id}/lanes/{caseId}/skip?eventId={happened[1].Id}");
        await Eventually.Async(() => Assert.Equal([1, 2, 3, 4], receiver.Events.Select(e => e.Sequence)));
        var skipped = await host.GetAsync($"/v1/subscriptions/{id}/deliveries?outcome=skipped");
        Assert.Equal(happened[1].Id, skipped.GetProperty("items")[0].GetProperty("eventId").GetGuid());

        receiver.Answer = (_, context) => Receiver.Status(context, 204);
        await host.PostAsync($"/v1/subscriptions/{id}/replays", new { failed = true });
        await Eventually.Async(() => Assert.Equal([1, 2, 3, 4, 2], receiver.Events.Select(e => e.Sequence)));
        await Eventually.Async(async () => Assert.Empty((await host.GetAsync($"/v1/subscriptions/{id}/replays")).GetProperty("items").EnumerateArray()));

        // What the replay has brought is not failed any more.
        Assert.Equal(0, (await host.PostAsync($"/v1/subscriptions/{id}/replays", new { failed = true })).GetProperty("remaining").GetInt64());
        await host.HappenAsync(caseId, 1);
        await Eventually.Async(() => Assert.Equal([1, 2, 3, 4, 2, 5], receiver.Events.Select(e => e.Sequence)));
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Events_are_sent_once_more_by_id_by_range_and_by_time_with_the_ids_of_the_first_time(Store store)
    {
        var clock = new SteppedTime();
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync(store, clock);
        var (id, _) = await host.SubscribeAsync(receiver);
        var caseId = Guid.CreateVersion7();
        var happened = new List<LoggedEvent>();
        for (var i = 0; i < 6; i++)
        {
            happened.AddRange(await host.HappenAsync(caseId, 1));
            clock.Advance(TimeSpan.FromMinutes(1));
        }
        await receiver.ReceivedAsync(6);
        async Task<int[]> ReplayedAsync(object request, int count)
        {
            var before = receiver.Events.Count;
            await host.PostAsync($"/v1/subscriptions/{id}/replays", request);
            return [.. (await receiver.ReceivedAsync(before + count)).Skip(before).Select(e => e.Sequence)];
        }
        Assert.Equal((int[])[2, 5], await ReplayedAsync(new { events = new[] { happened[4].Id, happened[1].Id } }, 2));
        Assert.Equal((int[])[3, 4], await ReplayedAsync(new { fromEvent = happened[2].Id, toEvent = happened[3].Id }, 2));
        Assert.Equal((int[])[2, 3], await ReplayedAsync(new { from = happened[1].Time, to = happened[3].Time }, 2));
        Assert.Equal((int[])[5, 6], await ReplayedAsync(new { from = happened[4].Time }, 2));
        Assert.Equal(6, receiver.Events.Select(e => e.Id).Distinct().Count());
        await Eventually.Async(async () => Assert.Single(await host.Host.ReadAsync(db => db.Courses.ToListAsync())));
    }

    [Fact]
    public async Task A_slow_endpoint_slows_no_other_and_one_that_does_not_answer_is_given_up_after_fifteen_seconds()
    {
        await using var slow = await Receiver.StartAsync();
        await using var quick = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync();
        var (slowId, _) = await host.SubscribeAsync(slow);
        await host.SubscribeAsync(quick);
        using var end = new CancellationTokenSource();
        var givenUp = 0;
        slow.Answer = async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, end.Token).Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Increment(ref givenUp);
        };
        // Twice as many as are taken up for an endpoint at a time.
        for (var i = 0; i < 8; i++)
            await host.HappenAsync([.. Enumerable.Range(0, 10).Select(_ => (Guid.CreateVersion7(), "cx.case.opened.v1", "{}"))]);
        await quick.ReceivedAsync(80);
        Assert.Equal(0, givenUp);

        await Eventually.Async(
            async () => Assert.Contains("No answer within 15 s.", (await host.GetAsync($"/v1/subscriptions/{slowId}/deliveries?outcome=failed")).ToString(), StringComparison.Ordinal),
            TimeSpan.FromSeconds(60));
        await end.CancelAsync();
    }

    [Fact]
    public async Task A_rate_is_kept()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync();
        await host.SubscribeAsync(receiver, rate: 5);
        var started = TimeProvider.System.GetTimestamp();
        await host.HappenAsync([.. Enumerable.Range(0, 11).Select(_ => (Guid.CreateVersion7(), "cx.case.opened.v1", "{}"))]);
        await receiver.ReceivedAsync(11);
        Assert.True(TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(1.9), "Eleven at five a second take two seconds, the first one none.");
    }

    [Fact]
    public async Task After_a_rotation_both_secrets_sign_until_the_overlap_ends()
    {
        var clock = new SteppedTime();
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync(clock: clock);
        var (id, old) = await host.SubscribeAsync(receiver);
        var rotated = await host.PostAsync($"/v1/subscriptions/{id}/secret", new { overlap = "PT2H" });
        var replacement = rotated.GetProperty("secret").GetString()!;
        await SignedByAsync(replacement, old);
        // Twice in a row, as when an answer was lost: whichever of them the endpoint has, it can verify.
        var last = (await host.PostAsync($"/v1/subscriptions/{id}/secret", new { overlap = "PT2H" })).GetProperty("secret").GetString()!;
        await SignedByAsync(last, replacement, old);
        clock.Advance(TimeSpan.FromHours(2));
        await SignedByAsync(last);

        // Whoever delivers looks twice a second: until then the secrets are those of before.
        Task SignedByAsync(params string[] secrets) => Eventually.Async(async () =>
        {
            var before = receiver.Events.Count;
            await host.HappenAsync(Guid.CreateVersion7(), 1);
            var one = (await receiver.ReceivedAsync(before + 1))[^1];
            Assert.Equal(Signature.Of([.. secrets.Select(secret => Signature.KeyOf(secret)!)], one.Id, one.Timestamp, one.Body), one.Signature);
        });
    }
}
