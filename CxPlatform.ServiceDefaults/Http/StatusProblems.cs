using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CxPlatform.ServiceDefaults;

/// <summary>Gives a body to statuses that come without one: no route, wrong method, not signed in, not allowed.</summary>
internal static class StatusProblems
{
    public static string TooLarge(HttpContext context) => context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize is { } limit
        ? $"The body must be at most {limit} bytes."
        : "The body is too large.";

    public static Task WriteAsync(StatusCodeContext status)
    {
        var context = status.HttpContext;
        var (code, detail) = context.Response.StatusCode switch
        {
            401 => ("unauthenticated", "Send an API key as Authorization: Bearer cxk_..., or sign in."),
            403 => ("forbidden", "You are signed in, but this needs a scope or a role that you do not have."),
            404 => ("not-found", "There is nothing at this address."),
            405 => ("method-not-allowed", $"This address takes {context.Response.Headers.Allow}."),
            413 => ("body-too-large", TooLarge(context)),
            415 => ("unsupported-media-type", "The body is in a format that this address does not take."),
            429 => ("rate-limited", "Too many requests; please wait as long as Retry-After says."),
            503 => ("unavailable", "We cannot do this right now; please try again shortly."),
            >= 500 => ("internal", "Something went wrong on our side."),
            _ => ("request-invalid", "This request cannot be served."),
        };
        var problem = Problems.Document(context.Response.StatusCode, code, detail);
        return Browser.Wants(context) ? Browser.WriteAsync(context, problem) : Problems.WriteAsync(context, problem);
    }
}
