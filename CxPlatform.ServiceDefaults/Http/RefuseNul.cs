using Microsoft.AspNetCore.Http;

namespace CxPlatform.ServiceDefaults;

/// <summary>Refuses a query with a NUL character by the name of the field: no text can hold one, and not every database says so. In a path the
/// web server refuses it before anything of ours is asked, with 400 and nothing else.</summary>
internal sealed class RefuseNul(RequestDelegate next)
{
    private const string Rule = "must not have a NUL character.";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) != true)
            return next(context);
        var errors = context.Request.Query.Where(pair => pair.Value.Any(value => value?.Contains('\0', StringComparison.Ordinal) == true))
            .ToDictionary(pair => pair.Key.Replace("\0", "", StringComparison.Ordinal), _ => new[] { Rule });
        if (errors.Count == 0)
            errors["query"] = [Rule];
        var problem = Problems.Document(StatusCodes.Status400BadRequest, "input-invalid", Problems.Summary(errors), errors);
        return Browser.Wants(context) ? Browser.WriteAsync(context, problem) : Problems.WriteAsync(context, problem);
    }
}
