using System.Diagnostics;
using System.Text.Json;
using CxPlatform.Messaging;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CxPlatform.ServiceDefaults;

/// <summary>
/// Problem documents (RFC 9457). <c>code</c> is stable for programs, <c>detail</c> is for people; bad input adds
/// <c>errors</c>: <c>{"field": ["rule", ...]}</c>.
/// </summary>
public static class Problems
{
    public static ProblemHttpResult Of(Refusal refusal) => Of(Outcomes.StatusOf(refusal), refusal.Code, refusal.Text,
        refusal.Field is null ? null : refusal.Each.GroupBy(one => one.Field!).ToDictionary(at => at.Key, at => at.Select(one => one.Detail).ToArray()));

    public static ProblemHttpResult Of(int status, string code, string detail, IReadOnlyDictionary<string, string[]>? errors = null) =>
        TypedResults.Problem(Document(status, code, detail, errors));

    /// <summary>400 with code <c>input-invalid</c>.</summary>
    public static ProblemHttpResult Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        Of(StatusCodes.Status400BadRequest, "input-invalid", Summary(errors), errors);

    public static ProblemHttpResult Invalid(string field, string rule) => Invalid(new Dictionary<string, string[]> { [field] = [rule] });

    internal static ProblemDetails Document(int status, string code, string detail, IReadOnlyDictionary<string, string[]>? errors = null)
    {
        var problem = new ProblemDetails
        {
            Type = "urn:cx:problem:" + code,
            Status = status,
            Title = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
            Detail = detail,
            Extensions = { ["code"] = code },
        };
        if (errors is { Count: > 0 })
            problem.Extensions["errors"] = errors;
        AddTrace(problem);
        return problem;
    }

    internal static void AddTrace(ProblemDetails problem)
    {
        if (Activity.Current is { } activity)
            problem.Extensions["traceId"] = activity.TraceId.ToString();
    }

    internal static Task WriteAsync(HttpContext context, ProblemDetails problem)
    {
        context.Response.StatusCode = problem.Status ?? StatusCodes.Status500InternalServerError;
        return context.Response.WriteAsJsonAsync(problem, CxJson.Options, "application/problem+json", context.RequestAborted);
    }

    internal static string Summary(IReadOnlyDictionary<string, string[]> errors) =>
        string.Join(" ", errors.SelectMany(e => e.Value.Select(rule => new Refusal("input-invalid", rule, e.Key).Text)));
}

/// <summary>Collects what is wrong with an input, so that a client learns all of it at once.</summary>
public sealed class InputErrors
{
    private readonly Dictionary<string, List<string>> errors = [];

    public bool Any => errors.Count > 0;

    /// <summary>Adds a rule in the words of a sentence's end: <c>must be at most 4000 characters.</c></summary>
    public InputErrors Add(string field, string rule)
    {
        if (!errors.TryGetValue(field, out var rules))
            errors[field] = rules = [];
        rules.Add(rule);
        return this;
    }

    public InputErrors Check(bool holds, string field, string rule) => holds ? this : Add(field, rule);

    public InputErrors Required(string field, string? value) => Check(!string.IsNullOrWhiteSpace(value), field, "is required.");

    /// <summary>At most <paramref name="max"/> characters; null passes.</summary>
    public InputErrors MaxLength(string field, string? value, int max) =>
        Check(value is null || value.Length <= max, field, $"must be at most {max} characters.");

    public ProblemHttpResult ToHttp() => Problems.Invalid(errors.ToDictionary(e => e.Key, e => e.Value.ToArray()));

    /// <summary>All errors as a refusal, for handlers that answer pages and endpoints alike; null when there is none.</summary>
    public Refusal? ToRefusal() => Refusal.OfAll([.. errors.SelectMany(e => e.Value.Select(rule => new Refusal("input-invalid", rule, e.Key)))]);
}
