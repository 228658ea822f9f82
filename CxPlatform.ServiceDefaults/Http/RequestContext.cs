using System.Security.Cryptography;
using CxPlatform.Messaging;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CxPlatform.ServiceDefaults;

/// <summary>Says who asks, and under which Idempotency-Key, to whatever the request sets in motion.</summary>
internal sealed class RequestContext(RequestDelegate next)
{
    private const string Header = "Idempotency-Key";

    public async Task InvokeAsync(HttpContext context)
    {
        var key = HttpMethods.IsPost(context.Request.Method) ? context.Request.Headers[Header].ToString() : "";
        if (key.Length > 200 || key.Any(c => c is < ' ' or > '~'))
        {
            await Problems.WriteAsync(context, Problems.Document(400, "input-invalid", $"{Header} must be 1 to 200 printable ASCII characters.",
                new Dictionary<string, string[]> { [Header] = ["must be 1 to 200 printable ASCII characters."] }));
            return;
        }
        var actor = context.User.ActorId();
        var request = key.Length == 0
            ? null
            : new IdempotentRequest(actor, RouteOf(context), key, await HashBodyAsync(context.Request, context.RequestAborted));
        using (Ambient.Use(new RequestInfo(actor, request)))
            await next(context);
    }

    // The path's values are part of what is asked for: the same key on another case is another request.
    private static string RouteOf(HttpContext context)
    {
        var pattern = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? context.Request.Path.Value ?? "";
        var values = string.Join(',', context.Request.RouteValues.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={v.Value}"));
        return $"{context.Request.Method} {pattern} {values}".TrimEnd();
    }

    private static async Task<string> HashBodyAsync(HttpRequest request, CancellationToken ct)
    {
        request.EnableBuffering();
        var hash = await SHA256.HashDataAsync(request.Body, ct);
        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash);
    }
}
