using CxPlatform.Testing;

namespace CxPlatform.EndToEnd.Tests;

/// <summary>What operators see: read from what a collector received.</summary>
public sealed class TelemetryTests
{
    private static readonly (string Service, string Span)[] Steps =
    [
        ("cx-intake", "POST /v1/contacts"),
        ("cx-case", "case handles contact.received.v1"),
        ("cx-routing", "routing handles case.opened.v1"),
        ("cx-case", "case handles routing.decided.v1"),
        ("cx-notification", "notification handles case.acknowledged.v1"),
        ("cx-notification", "send acknowledgement"),
    ];

    private static readonly string[] Secrets = ["canary-address", "canary-name", "canary-text", "canary-subject"];

    [Fact]
    public async Task One_trace_leads_from_the_contact_through_five_processes_to_the_acknowledgement_and_nothing_personal_leaves()
    {
        await using var collector = await Collector.StartAsync();
        await using var platform = await Platform.StartAsync(Topology.Processes, collector.Environment);
        await platform.HireAsync("Aisha");
        await platform.WarmUpAsync();

        await platform.PostAsync("/v1/contacts", new
        {
            providerId = "canary",
            from = new { value = "canary-address@customer.example", name = "canary-name" },
            subject = "canary-subject",
            text = "canary-text: where is my parcel?",
        });
        await platform.MailToAsync("canary-address@customer.example");

        // The span under which the contact's event was handled first tells the trace. Processes export in their own time:
        // a span is complete with its parent only when both have sent.
        await Eventually.Async(
            () =>
            {
                var handled = collector.Spans.Where(span => span.Name == "case handles contact.received.v1").Select(span => span.TraceId).ToHashSet();
                var traces = collector.Spans.Where(span => handled.Contains(span.TraceId)).GroupBy(span => span.TraceId).Select(group => group.ToList()).ToList();
                var trace = traces.FirstOrDefault(spans => Steps.All(step => spans.Any(span => span.Service == step.Service && span.Name == step.Span)));
                Assert.True(trace is not null, "No trace has all steps: " + string.Join(" | ", traces.Select(spans => string.Join(", ", spans.Select(span => $"{span.Service}: {span.Name}")))));
                var ids = trace.Select(span => span.SpanId).ToHashSet();
                Assert.All(trace.Where(span => span.Name.Contains("handles", StringComparison.Ordinal)), span => Assert.Contains(span.ParentId, ids));
            },
            TimeSpan.FromSeconds(40));

        await Eventually.Async(() => Assert.True(collector.HasMetric("cx.case.acknowledgement.duration")), TimeSpan.FromSeconds(40));
        Assert.All(Secrets, secret => Assert.False(collector.Contains(secret), $"'{secret}' left in telemetry."));
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, platform.Output, StringComparison.Ordinal));
    }
}
