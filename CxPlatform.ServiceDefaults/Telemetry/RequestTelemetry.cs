using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace CxPlatform.ServiceDefaults;

/// <summary>
/// Completes the server's span with route, status and error (OpenTelemetry's HTTP conventions), and takes the tokens out of the path.
/// </summary>
internal sealed class RequestTelemetry(RequestDelegate next)
{
    // Chosen so that no route of ours has a longer literal segment, and every token is longer.
    private const int LongestPlainSegment = 39;

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { } activity)
        {
            await next(context);
            return;
        }
        activity.SetTag("url.path", Redact(context.Request.Path.Value ?? "/"));
        activity.SetTag("url.query", null);
        try
        {
            await next(context);
        }
        finally
        {
            Complete(activity, context);
        }
    }

    private static void Complete(Activity activity, HttpContext context)
    {
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
        activity.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
        if (route is not null)
            activity.SetTag("http.route", route);
        var status = context.Response.StatusCode;
        activity.SetTag("http.response.status_code", status);
        if (status < 500)
            return;
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error.GetType().FullName;
        activity.SetTag("error.type", error ?? status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        activity.SetStatus(ActivityStatusCode.Error);
    }

    internal static string Redact(string path)
    {
        var segments = path.Split('/');
        for (var i = 0; i < segments.Length; i++)
            if (segments[i].Length > LongestPlainSegment || i == 2 && (segments[1] is "s" or "survey"))
                segments[i] = "{token}";
        return string.Join('/', segments);
    }
}
