using CxPlatform.Contracts;
using Polly;
using Polly.CircuitBreaker;

namespace CxPlatform.Notifications.Sending;

/// <summary>A sender with a deadline and a circuit breaker: while a provider is down its messages wait a moment, and none loses an attempt to it.</summary>
internal sealed class GuardedSender(ISender sender, ILogger log)
{
    /// <summary>An attempt that takes longer is given up.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Break = TimeSpan.FromSeconds(15);

    private readonly ResiliencePipeline<SendResult> _breaker = new ResiliencePipelineBuilder<SendResult>().AddCircuitBreaker(new CircuitBreakerStrategyOptions<SendResult>
    {
        FailureRatio = 0.5,
        MinimumThroughput = 10,
        SamplingDuration = TimeSpan.FromSeconds(30),
        BreakDuration = Break,
        ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is SendResult.Transient { Ours: true }),
    }).Build();

    public Channel Channel => sender.Channel;

    public DomainTurns? Turns => sender.Turns;

    public async Task<SendResult> SendAsync(OutgoingMessage message)
    {
        // Whatever went wrong before this point: what is a customer's alone never goes where everybody reads it.
        if (message.Content.IsPublic != message.To.IsPublic)
            return new SendResult.Permanent("What is for the customer alone never goes where everybody reads it.");
        try
        {
            return await _breaker.ExecuteAsync(async ct => await AttemptAsync(message, ct), CancellationToken.None);
        }
        catch (BrokenCircuitException)
        {
            // Spread out, so that they do not come back all at once.
            return new SendResult.NotYet(Break * (1 + Random.Shared.NextDouble()), "The provider has failed too often within a moment; it is left alone for a few seconds.");
        }
    }

    private async Task<SendResult> AttemptAsync(OutgoingMessage message, CancellationToken ct)
    {
        using var clock = new CancellationTokenSource(Deadline, TimeProvider.System);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, ct);
        try
        {
            return await sender.SendAsync(message, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return new SendResult.Transient($"No answer within {Deadline.TotalSeconds:0} s.", Ours: true);
        }
#pragma warning disable CA1031 // A fault of any kind must not stop the others' messages.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.AttemptFailed(e.GetType().Name, message.Id);
            return new SendResult.Transient(Reasons.Clean($"{e.GetType().Name}: {e.Message}"), Ours: e is HttpRequestException);
        }
    }
}
