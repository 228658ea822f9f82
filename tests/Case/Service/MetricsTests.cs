using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CxPlatform.Cases;
using CxPlatform.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Case.Tests.Service;

public sealed class MetricsTests
{
    [Fact]
    public async Task What_customers_wait_for_is_measured_in_elapsed_and_in_business_time()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var measured = new ConcurrentQueue<(string Name, double Value, string Tags)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                // Another test's host in this process has a meter of the same name, made by its own factory.
                if (instrument.Meter.Name == CaseMetrics.Name && instrument.Meter.Scope == host.Services.GetRequiredService<IMeterFactory>())
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            measured.Enqueue((instrument.Name, value, string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}").Order())));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.Start();

        var id = await host.OpenAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await host.RouteAsync(id);
        host.Clock.Advance(TimeSpan.FromHours(23)); // Tuesday 09:00 and a second: the promise of two hours is broken
        await host.PostAsync($"/v1/cases/{id}/replies", new { text = "Hello" });
        await host.PostAsync($"/v1/cases/{id}/resolve", new { result = "solved", reason = "Done" });

        double One(string name) => Assert.Single(measured, entry => entry.Name == name).Value;
        Assert.Equal(1, One("cx.case.acknowledgement.duration"));
        Assert.Equal(82_801, One("cx.case.first_response.duration"));
        Assert.Equal((7 * 3600) + 1, One("cx.case.first_response.business_duration"));
        Assert.Equal(82_801, One("cx.case.resolution.duration"));
        Assert.Contains(measured, entry => entry is { Name: "cx.promise.outcome", Tags: "channel=email outcome=kept_late priority=normal queue=help" });
        Assert.All(measured, entry => Assert.DoesNotContain(id.ToString(), entry.Tags, StringComparison.Ordinal));
    }
}
