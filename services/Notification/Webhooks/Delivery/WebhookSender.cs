using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Egress;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>How one attempt went.</summary>
/// <param name="Status">What the endpoint answered; null when it did not.</param>
/// <param name="Reason">Why it counts as failed, in a sentence without addresses; null when it does not.</param>
/// <param name="Response">How the answer began.</param>
internal sealed record Attempt(DateTimeOffset At, TimeSpan Took, int? Status, string? Reason, string? Response, TimeSpan? RetryAfter)
{
    public bool Delivered => Reason is null;

    public bool Gone => Status == (int)HttpStatusCode.Gone;

    public static Attempt Skipped(DateTimeOffset now) => new(now, TimeSpan.Zero, null, "Skipped by an operator.", null, null);
}

/// <summary>Makes one attempt at one delivery: CloudEvents structured mode, signed as Standard Webhooks.</summary>
internal sealed class WebhookSender(EgressClient client, EgressRules rules, TimeProvider clock)
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);
    private const int MostOfResponse = 1024;

    private static readonly TimeSpan BodyPatience = TimeSpan.FromSeconds(2);

    private static readonly MediaTypeHeaderValue ContentType = new("application/cloudevents+json", "utf-8");

    public async Task<Attempt> SendAsync(Subscription subscription, Guid id, string type, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        using var activity = Metrics.Activities.StartActivity("deliver " + type, ActivityKind.Client);
        var at = Time.Truncate(clock.GetUtcNow());
        var from = TimeProvider.System.GetTimestamp();
        Attempt Made(int? status, string? reason, string? response = null, TimeSpan? retryAfter = null)
        {
            if (reason is not null)
                activity?.SetStatus(ActivityStatusCode.Error);
            return new(at, TimeProvider.System.GetElapsedTime(from), status, reason, response, retryAfter);
        }

        // The rules may have become stricter since the URL was taken.
        if (rules.FaultOf(subscription.Url.OriginalString) is { } fault)
            return Made(null, "The URL " + fault);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(Deadline);
        try
        {
            using var request = Request(subscription, id.ToString(), at, body);
            using var response = await client.SendAsync(request, deadline.Token);
            var status = (int)response.StatusCode;
            activity?.SetTag("http.response.status_code", status);
            var text = await BeginningAsync(response, deadline.Token);
            return Made(status, ReasonOf(response.StatusCode), text, RetryAfter(response, at));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Made(null, $"No answer within {Deadline.TotalSeconds:0} s.");
        }
        catch (HttpRequestException e)
        {
            return Made(null, e.InnerException is EgressRefusedException refused ? refused.Message : ReasonOf(e));
        }
        catch (IOException)
        {
            return Made(null, "The connection broke.");
        }
    }

    private static HttpRequestMessage Request(Subscription subscription, string id, DateTimeOffset at, ReadOnlyMemory<byte> body)
    {
        var timestamp = at.ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, subscription.Url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = ContentType;
        request.Headers.TryAddWithoutValidation("User-Agent", "CxPlatform/1.0");
        request.Headers.TryAddWithoutValidation("webhook-id", id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", Signature.Of(subscription.KeysAt(at), id, timestamp, body.Span));
        return request;
    }

    private static string? ReasonOf(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => null,
        >= 300 and < 400 => $"Answered {(int)status}: redirects are not followed; give the subscription the URL that it leads to.",
        _ => $"Answered {(int)status}.",
    };

    private static string ReasonOf(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "The name of the host is not known.",
        HttpRequestError.ConnectionError => "No connection could be made.",
        HttpRequestError.SecureConnectionError => "No secure connection could be made; the certificate may not be trusted.",
        HttpRequestError.ProxyTunnelError => "The proxy did not let it through.",
        HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded => "The answer was no HTTP, or ended early.",
        HttpRequestError.ConfigurationLimitExceeded => "The answer's headers are too large.",
        _ => e.InnerException is IOException ? "The connection broke." : "No connection could be made.",
    };

    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > now => date - now,
        _ => null,
    };

    // What a person needs to see why; the rest is not read.
    private static async Task<string?> BeginningAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength == 0)
            return null;
        var buffer = new byte[MostOfResponse];
        var length = 0;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(BodyPatience);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(patience.Token);
            while (length < buffer.Length && await stream.ReadAsync(buffer.AsMemory(length), patience.Token) is > 0 and var read)
                length += read;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            // The status says it all; what there is of the rest will do.
        }
        if (length == 0)
            return null;
        var text = Encoding.UTF8.GetString(buffer, 0, length);
        return string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? ' ' : c)).Trim() is { Length: > 0 } clean ? clean : null;
    }
}
