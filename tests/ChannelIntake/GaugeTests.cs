using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using CxPlatform.Intake;
using CxPlatform.Intake.Reconciliation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class GaugeTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task What_is_missing_waits_or_is_held_shows_in_the_gauges(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database, Twilio.Setting);
        using var put = await host.Client.PutAsJsonAsync("/v1/intake/senders/spam.example", new { verdict = "block" });
        await host.AcceptMailAsync("From: a@spam.example\nMessage-ID: <1@x>\n\nBuy");
        await host.AcceptMailAsync("From: a@example.com\nMessage-ID: <2@x>\n\nHello");
        using var kept = await host.PostSignedAsync("/v1/channels/sms/twilio", new() { ["Body"] = "Hello" });
        await host.ExecuteAsync("delete from contacts where state = 'accepted'");

        var meter = host.Services.GetRequiredService<Metrics>();
        var watch = host.Services.GetServices<IHostedService>().OfType<ReconciliationWatch>().Single();
        await watch.LookAsync(CancellationToken.None);
        var seen = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (meter.Owns(instrument))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal((1, 1, 1), (seen["cx.intake.missing"], seen["cx.intake.waiting"], seen["cx.intake.held"]));
    }
}
