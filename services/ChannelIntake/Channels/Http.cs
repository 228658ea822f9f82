using CxPlatform.Intake.Channels.Api;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Intake.Channels;

/// <summary>What the adapters share of HTTP.</summary>
internal static class Http
{
    /// <summary>Seconds after which a sender that was turned away may come again.</summary>
    private const string RetryAfter = "5";

    /// <summary>The whole body; the endpoint's size limit bounds it.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(this HttpRequest request, CancellationToken ct)
    {
        // One allocation of the right size where the sender says it, and never more than it then sends.
        if (request.ContentLength is > 0 and <= 128 * 1024 and var length)
        {
            var body = new byte[length];
            var read = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, ct);
            return body.AsMemory(0, read);
        }
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, ct);
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    /// <summary>202 with the contact's address, or the refusal; 503 carries Retry-After.</summary>
    public static IResult ToAccepted(this Outcome<Receipt> outcome, HttpContext context)
    {
        context.RetryWhenUnavailable(outcome);
        return outcome.ToHttp(receipt => TypedResults.Accepted(
            "/v1/contacts/" + receipt.ContactId, new ContactAccepted(receipt.ContactId, receipt.Duplicate, receipt.CustomerId)));
    }

    public static void RetryWhenUnavailable<T>(this HttpContext context, Outcome<T> outcome)
    {
        if (outcome.IsRefused && Outcomes.StatusOf(outcome.Refusal) == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = RetryAfter;
    }
}
