using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CxPlatform.ServiceDefaults.Pages;

/// <summary>Pages are Razor components that a minimal endpoint renders once, on the server.</summary>
public static class Page
{
    /// <summary>The component with its parameters: <c>Page.Of&lt;StatusPage&gt;(new { Model = model })</c>.</summary>
    public static RazorComponentResult<TComponent> Of<TComponent>(object? parameters = null, int status = StatusCodes.Status200OK)
        where TComponent : IComponent => new(parameters ?? new { })
        {
            StatusCode = status,
            PreventStreamingRendering = true,
        };

    /// <summary>After a POST: 303 to a path of our own, so that a reload repeats nothing (RFC 9110 section 15.4.4).</summary>
    public static IResult SeeOther(string localPath) => new SeeOtherResult(LocalPath.Or(localPath, "/"));

    /// <summary>
    /// Refuses a POST without the form's token. Needed where the browser's cookie is what authorises, and where the
    /// endpoint reads the form itself: endpoints with <c>[FromForm]</c> parameters have it already.
    /// </summary>
    public static TBuilder RequireAntiforgery<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new Required());

    private sealed class Required : IAntiforgeryMetadata
    {
        public bool RequiresValidation => true;
    }

    private sealed class SeeOtherResult(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = path;
            return Task.CompletedTask;
        }
    }
}

/// <summary>Where a form may send a person afterwards: our own paths only, or the page would serve phishing.</summary>
public static class LocalPath
{
    public static string Or(string? path, string otherwise) =>
        path is ['/', ..] and not ['/', '/', ..] && !path.Any(c => char.IsControl(c) || c == '\\') ? path : otherwise;
}
