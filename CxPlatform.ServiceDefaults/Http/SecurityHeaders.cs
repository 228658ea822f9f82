using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Http;

namespace CxPlatform.ServiceDefaults;

/// <summary>Headers that every response carries. Links hold tokens, so no address ever leaves in a Referer.</summary>
internal sealed class SecurityHeaders(RequestDelegate next, PageAssets assets)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(static state =>
        {
            var (context, policy) = ((HttpContext, string))state;
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            // Strangers' bytes are served under a stricter one.
            if (headers.ContentSecurityPolicy.Count == 0)
                headers.ContentSecurityPolicy = policy;
            if (headers.CacheControl.Count == 0)
                headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }, (context, assets.ContentSecurityPolicy));
        return next(context);
    }
}
