using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ServiceDefaults;

/// <summary>Tells a person in a browser from a program, and speaks to the person.</summary>
internal static class Browser
{
    public static bool Wants(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)
        && context.Request.Headers.Accept.Any(a => a?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);

    public static async Task WriteAsync(HttpContext context, ProblemDetails problem)
    {
        // A renderer of its own: the request's one may be what failed.
        var services = context.RequestServices;
        await using var scope = services.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        try
        {
            await Page.Of<ProblemPage>(new { Problem = problem }, problem.Status ?? StatusCodes.Status500InternalServerError).ExecuteAsync(context);
        }
        finally
        {
            context.RequestServices = services;
        }
    }
}
