using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Routing;

/// <summary>What the endpoints share.</summary>
internal static class Endpoints
{
    public static RouteGroupBuilder Group(this IEndpointRouteBuilder app, string prefix, string tag) =>
        app.MapGroup(prefix).WithGroupName("routing").WithTags(tag);

    /// <summary>Checks the input, then If-Match, then writes, then shows what is there now.</summary>
    /// <param name="write">Gets the version that the caller saw; null when they do not mind which.</param>
    public static async Task<IResult> WriteAsync<T>(
        this HttpContext context, InputErrors errors, Func<long?, Task<Outcome<T>>> write, Func<T, Task<IResult>> show)
    {
        errors.Check(context.Request.TryIfMatch(out var expected), "If-Match", "must be an ETag that this address gave, such as \"3\".");
        if (errors.Any)
            return errors.ToHttp();
        var written = await write(expected);
        return written.IsRefused ? Problems.Of(written.Refusal) : await show(written.Value);
    }
}

/// <summary>A list that is never long.</summary>
internal sealed record Listed<T>(IReadOnlyList<T> Items);
