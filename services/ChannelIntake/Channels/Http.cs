using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CxPlatform.Intake.Channels.Api;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Intake.Channels;

/// <summary>What the adapters share of HTTP.</summary>
internal static class Http
{
    /// <summary>Seconds after which a sender whose contact could not be stored may come again.</summary>
    private const string RetrySoon = "5";

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

    /// <summary>A form and the body that it came as; of what is no form, the body alone.</summary>
    public static async Task<(IFormCollection Form, ReadOnlyMemory<byte> Raw)> ReadRawFormAsync(this HttpRequest request, CancellationToken ct)
    {
        if (!request.HasFormContentType)
            return (FormCollection.Empty, await request.ReadBodyAsync(ct));
        request.EnableBuffering();
        var form = await request.ReadFormAsync(ct);
        request.Body.Position = 0;
        return (form, await request.ReadBodyAsync(ct));
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
            context.Response.Headers.RetryAfter = RetrySoon;
    }

    /// <summary>What follows is several pieces of work, each of which has an id of its own: an Idempotency-Key can name but one.</summary>
    public static IDisposable WithoutIdempotencyKey() => Ambient.Use(Ambient.Current with { Idempotency = null });

    /// <summary>Who calls, for a limiter: a hash, because a network address is personal data.</summary>
    public static string CallerOf(HttpContext context) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(context.Connection.RemoteIpAddress?.ToString() ?? "")))[..16];

    /// <summary>429 with Retry-After.</summary>
    public static IResult TooMany(this HttpContext context, Limit limit, string what) => Problems.Of(
        StatusCodes.Status429TooManyRequests, "too-many-requests", $"Too many {what}; please wait {context.RetryAfter(limit)} s.");

    /// <summary>Says when to come again, in whole seconds.</summary>
    public static int RetryAfter(this HttpContext context, Limit limit)
    {
        var wait = (int)Math.Ceiling(limit.RetryAfter.TotalSeconds);
        context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        return wait;
    }

    /// <summary>The best of the languages that our pages speak, by Accept-Language.</summary>
    public static string LanguageOf(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(language => language.Quality ?? 1)
        .Select(language => language.Value.Value?.Split('-')[0].ToLowerInvariant())
        .FirstOrDefault(language => language is "de" or "en") ?? "en";
}
