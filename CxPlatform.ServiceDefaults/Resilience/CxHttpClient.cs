using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace CxPlatform.ServiceDefaults;

/// <summary>How patient an outbound HTTP client is.</summary>
public sealed record CxHttpClientSettings
{
    /// <summary>For all tries together.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For one try.</summary>
    public TimeSpan TryTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Further tries of GET, HEAD and OPTIONS; nothing else is ever repeated here.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Before the first further try; doubled for each next one, with jitter.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);
}

public static class CxHttpClientExtensions
{
    /// <summary>
    /// A named client for a provider: total deadline, timeout per try, retries with jitter for safe methods (RFC 9110 section 9.2.1),
    /// and a circuit breaker that opens when half of ten or more calls in 30 s fail, for 15 s.
    /// </summary>
    public static IHttpClientBuilder AddCxHttpClient(
        this IServiceCollection services, string name, Action<HttpClient>? configure = null, CxHttpClientSettings? settings = null)
    {
        settings ??= new CxHttpClientSettings();
        // Kept outside of the handler: the factory makes a new chain every two minutes, the circuit must outlive it.
        var breaker = new ResiliencePipelineBuilder<HttpResponseMessage>().AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            FailureRatio = 0.5,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromSeconds(30),
            BreakDuration = TimeSpan.FromSeconds(15),
            ShouldHandle = arguments => ValueTask.FromResult(IsTransient(arguments.Outcome)),
        }).Build();
        return services.AddHttpClient(name, client =>
        {
            client.Timeout = Timeout.InfiniteTimeSpan; // The pipeline's deadline counts.
            client.DefaultRequestHeaders.UserAgent.ParseAdd("CxPlatform/1.0");
            configure?.Invoke(client);
        })
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false })
        .AddHttpMessageHandler(() => new ResilienceHandler(settings, breaker));
    }

    internal static bool IsTransient(Outcome<HttpResponseMessage> outcome) => outcome.Exception is { } exception
        ? exception is HttpRequestException or TimeoutRejectedException
        : outcome.Result?.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private sealed class ResilienceHandler : DelegatingHandler
    {
        private readonly ResiliencePipeline<HttpResponseMessage> _safe;
        private readonly ResiliencePipeline<HttpResponseMessage> _unsafe;

        public ResilienceHandler(CxHttpClientSettings settings, ResiliencePipeline<HttpResponseMessage> breaker)
        {
            _safe = new ResiliencePipelineBuilder<HttpResponseMessage>()
                .AddTimeout(settings.Deadline)
                .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
                {
                    MaxRetryAttempts = Math.Max(1, settings.Retries),
                    Delay = settings.RetryDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    MaxDelay = settings.Deadline,
                    ShouldHandle = arguments => ValueTask.FromResult(settings.Retries > 0 && IsTransient(arguments.Outcome)),
                    DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Result?.Headers.RetryAfter?.Delta),
                    OnRetry = arguments =>
                    {
                        arguments.Outcome.Result?.Dispose();
                        return ValueTask.CompletedTask;
                    },
                })
                .AddPipeline(breaker)
                .AddTimeout(settings.TryTimeout)
                .Build();
            _unsafe = new ResiliencePipelineBuilder<HttpResponseMessage>()
                .AddTimeout(settings.Deadline)
                .AddPipeline(breaker)
                .AddTimeout(settings.TryTimeout)
                .Build();
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isSafe = request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Options;
            try
            {
                return await (isSafe ? _safe : _unsafe).ExecuteAsync(
                    async ct => await base.SendAsync(request, ct), cancellationToken);
            }
            catch (BrokenCircuitException e)
            {
                throw new HttpRequestException("The other side failed too often; it is left alone for a few seconds.", e);
            }
            catch (TimeoutRejectedException e)
            {
                throw new HttpRequestException("The other side did not answer in time.", e);
            }
        }
    }
}
