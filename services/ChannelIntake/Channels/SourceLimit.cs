using System.Globalization;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels;

/// <summary>Limits how much one API key hands in, where <c>Cx:Intake:PerSourcePerMinute</c> is set. A sender that is refused keeps its contact
/// and comes again: nothing is dropped.</summary>
internal sealed class SourceLimit(ISharedLimiter limiter, IOptions<IntakeOptions> options) : IEndpointFilter
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        options.Value.PerSourcePerMinute is { } most ? LimitAsync(most, context, next) : next(context);

    private async ValueTask<object?> LimitAsync(int most, EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var limit = await limiter.TryAcquireAsync("intake:" + http.User.ActorId(), most, Window, http.RequestAborted);
        if (limit.Allowed)
            return await next(context);
        var wait = (int)Math.Ceiling(limit.RetryAfter.TotalSeconds);
        http.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        return Problems.Of(StatusCodes.Status429TooManyRequests, "too-many-requests",
            $"This key may hand in {most} contacts a minute; keep this one and come again in {wait} s.");
    }
}
