using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CxPlatform.ServiceDefaults;

/// <summary>Says in the OpenAPI document that an address takes <c>If-Match</c>.</summary>
internal sealed record TakesIfMatch;

/// <summary>Versions of what can be changed, as entity tags (RFC 9110, section 8.8.3).</summary>
public static class Versions
{
    public static string ETag(long version) => FormattableString.Invariant($"\"{version}\"");

    public static void SetVersion(this HttpContext context, long version)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.Headers.ETag = ETag(version);
    }

    /// <summary>The version in <c>If-Match</c> (RFC 9110, section 13.1.1); null when there is none or it is <c>*</c>. Proxies that compress
    /// make an ETag weak on its way out: it names the same version.</summary>
    /// <returns>False when it holds something that was never an ETag of ours.</returns>
    public static bool TryIfMatch(this HttpRequest request, out long? version)
    {
        ArgumentNullException.ThrowIfNull(request);
        version = null;
        var header = request.Headers.IfMatch.ToString();
        if (header is "" or "*")
            return true;
        var tag = header.StartsWith("W/", StringComparison.Ordinal) ? header[2..] : header;
        if (!long.TryParse(tag.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var named))
            return false;
        version = named;
        return true;
    }

    /// <summary>Documents that the address takes <c>If-Match</c> and answers with an <c>ETag</c>.</summary>
    public static TBuilder WithIfMatch<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new TakesIfMatch()));
        return builder;
    }
}
