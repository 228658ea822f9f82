using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace CxPlatform.ServiceDefaults;

/// <summary>A live stream outlasts the check at its beginning: it ends soon after its key is revoked or its agent deactivated.</summary>
internal sealed class StreamAccess(RequestDelegate next, KeyAccess access)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public Task InvokeAsync(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true } && IsStream(context.GetEndpoint()) ? WatchAsync(context) : next(context);

    private static bool IsStream(Endpoint? endpoint) => endpoint is not null
        && endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(m => m.ContentTypes.Contains("text/event-stream"));

    private async Task WatchAsync(HttpContext context)
    {
        var user = context.User;
        var serving = next(context);
        while (await Task.WhenAny(serving, Task.Delay(Interval, CancellationToken.None)) != serving)
        {
            if (await access.IsInForceAsync(user, CancellationToken.None))
                continue;
            context.Abort();
            break;
        }
        await serving;
    }
}
