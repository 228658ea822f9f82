using System.Diagnostics;
using System.Diagnostics.Metrics;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Feedback.Domain;

namespace CxPlatform.Feedback;

/// <summary>What Feedback measures.</summary>
internal sealed class Metrics : IDisposable
{
    public const string Name = "CxPlatform.Feedback";

    private readonly Meter _meter;
    private readonly Counter<long> _requested;
    private readonly Counter<long> _withheld;
    private readonly Histogram<int> _score;

    public Metrics(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _requested = _meter.CreateCounter<long>("cx.survey.requested", "{survey}", "Surveys that customers were asked to answer.");
        _withheld = _meter.CreateCounter<long>(
            "cx.survey.withheld", "{survey}", "Surveys that were not sent, by reason: recently_asked, too_late or erased.");
        _score = _meter.CreateHistogram(
            "cx.feedback.score", "{score}", "Scores as customers first gave them, on the measure's scale.", null,
            new InstrumentAdvice<int> { HistogramBucketBoundaries = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] });
    }

    public static ActivitySource Source { get; } = new(Name);

    public void Requested() => _requested.Add(1, Tag(Measure.Csat));

    public void Withheld(Verdict reason) => _withheld.Add(1, new KeyValuePair<string, object?>("reason", reason switch
    {
        Verdict.RecentlyAsked => "recently_asked",
        Verdict.TooLate => "too_late",
        _ => "erased",
    }));

    public void Answered(Measure measure, int score) => _score.Record(score, Tag(measure));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(Measure measure) => new("measure", measure switch
    {
        Measure.Csat => "csat",
        Measure.Ces => "ces",
        Measure.Nps => "nps",
        _ => "unknown",
    });
}
