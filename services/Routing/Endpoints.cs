using System.Globalization;
using CxPlatform.Messaging;

namespace CxPlatform.Routing;

/// <summary>What the endpoints share.</summary>
internal static class Endpoints
{
    public const string Module = "routing";

    public static RouteGroupBuilder Group(this IEndpointRouteBuilder app, string prefix, string tag) => app.MapGroup(prefix).WithGroupName(Module).WithTags(tag);

    /// <summary>The version as an entity tag.</summary>
    public static void SetVersion(this HttpContext context, long version) => context.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The version in If-Match; null when the caller does not mind which.</summary>
    public static Outcome<long?> ExpectedVersion(this HttpContext context)
    {
        var header = context.Request.Headers.IfMatch.ToString();
        if (header is "" or "*")
            return new Outcome<long?>(null, null);
        if (long.TryParse(header.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return new Outcome<long?>(version, null);
        return new Refusal("input-invalid", "must be an ETag that this address gave, such as \"3\".", "If-Match");
    }
}

/// <summary>A list that is never long.</summary>
internal sealed record Listed<T>(IReadOnlyList<T> Items);
