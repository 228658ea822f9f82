using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CxPlatform.Notification.Tests.Webhooks;
using CxPlatform.Notifications;
using CxPlatform.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Notification.Tests;

/// <summary>What operators see of messages and deliveries.</summary>
public sealed class MetricsTests
{
    private readonly ConcurrentQueue<(string Name, double Value, string Tags)> _measured = new();

    [Fact]
    public async Task Messages_are_counted_as_they_fare_and_their_age_is_measured_when_they_leave()
    {
        var clock = new SteppedTime();
        await using var smtp = new ScriptedSmtp();
        smtp.ToRecipient.Enqueue("451 4.7.1 try again later");
        smtp.ToRecipient.Enqueue("451 4.7.1 try again later");
        smtp.ToRecipient.Enqueue("451 4.7.1 try again later");
        await using var host = await NotificationHost.StartAsync(
            clock: clock, settings: [("Cx:Mail:Smtp:Host", "127.0.0.1"), ("Cx:Mail:Smtp:Port", $"{smtp.Port}"), ("Cx:Mail:Smtp:Tls", "None")]);
        using var listener = Listen(host);
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            // An attempt is counted after it is committed.
            await Eventually.Async(() => Assert.Equal(attempt, Count("cx.messages", "channel=email outcome=deferred template=acknowledgement")));
            Assert.Equal(attempt == 3 ? 1 : 0, Count("cx.message.late", "channel=email template=acknowledgement"));
            clock.Set((await host.MessagesAsync()).Single().Due);
        }
        // The age is measured last.
        await Eventually.Async(() => Assert.InRange(Assert.Single(Of("cx.message.age", "channel=email template=acknowledgement")), 2 * 3600, 3 * 3600));
        Assert.Equal(1, Count("cx.messages", "channel=email outcome=sent template=acknowledgement"));

        smtp.ToRecipient.Enqueue("550 5.1.1 no such user");
        await host.DeliverAsync(story.Answered());
        await Eventually.Async(() => Assert.Equal(1, Count("cx.messages", "channel=email outcome=failed template=reply")));
        Assert.All(_measured, entry => Assert.DoesNotContain("maria", entry.Tags, StringComparison.Ordinal));
        Assert.All(_measured, entry => Assert.DoesNotContain(story.CaseId.ToString(), entry.Tags, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deliveries_are_counted_as_they_fare_with_the_time_that_endpoints_took()
    {
        await using var receiver = await Receiver.StartAsync();
        // Time stands still: what failed is not tried again.
        await using var webhooks = await WebhookHost.StartAsync(clock: new SteppedTime());
        using var listener = Listen(webhooks.Host);
        await webhooks.SubscribeAsync(receiver);
        await webhooks.HappenAsync(Guid.CreateVersion7(), 2);
        // The duration is measured last.
        await Eventually.Async(() => Assert.Equal(2, Of("cx.delivery.duration", "outcome=delivered").Count));
        Assert.Equal(2, Count("cx.deliveries", "outcome=delivered"));
        receiver.Answer = (_, context) => Receiver.Status(context, 500);
        await webhooks.HappenAsync(Guid.CreateVersion7(), 1);
        await Eventually.Async(() => Assert.Single(Of("cx.delivery.duration", "outcome=failed")));
        Assert.Equal(1, Count("cx.deliveries", "outcome=failed"));
        listener.RecordObservableInstruments();
        Assert.NotEmpty(Of("cx.delivery.backlog", ""));

        // The endpoint says that it is gone: nobody has paused it by hand.
        receiver.Answer = (_, context) => Receiver.Status(context, 410);
        await webhooks.HappenAsync(Guid.CreateVersion7(), 1);
        await Eventually.Async(() =>
        {
            listener.RecordObservableInstruments();
            Assert.Equal(1, Of("cx.subscription.stopped", "")[^1]);
        });
        Assert.NotEmpty(Of("cx.message.backlog", ""));
    }

    private long Count(string name, string tags) => (long)Of(name, tags).Sum();

    private List<double> Of(string name, string tags) => [.. _measured.Where(entry => entry.Name == name && entry.Tags == tags).Select(entry => entry.Value)];

    private MeterListener Listen(NotificationHost host)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                // Another test's host in this process has a meter of the same name, made by its own factory.
                if (instrument.Meter.Name == Metrics.Name && instrument.Meter.Scope == host.App.Services.GetRequiredService<IMeterFactory>())
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            _measured.Enqueue((instrument.Name, value, string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}").Order())));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.Start();
        return listener;
    }
}
