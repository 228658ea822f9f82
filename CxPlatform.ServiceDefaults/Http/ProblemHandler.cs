using System.Data.Common;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using CxPlatform.Messaging;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace CxPlatform.ServiceDefaults;

/// <summary>Turns what an endpoint threw into a problem document, or into a page for a person in a browser.</summary>
internal sealed partial class ProblemHandler(ILogger<ProblemHandler> logger) : IExceptionHandler
{
    private static readonly string[] Required = ["is required."];

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }
        var problem = exception switch
        {
            _ when IsForgery(exception) => Problems.Document(
                400, "form-outdated", "This form is out of date. Please go back, reload the page and send it again."),
            BadHttpRequestException bad => Describe(bad, httpContext),
            JsonException json => Invalid(Errors(json, BodyType(httpContext))),
            IdempotencyMismatchException e => Problems.Document(422, "idempotency-key-reused", e.Message),
            IdempotencyInFlightException e => Problems.Document(409, "idempotency-key-in-flight", e.Message),
            StreamConflictException => Problems.Document(409, "conflict", "Somebody else changed this at the same moment. Please try again."),
            _ when IsUnstorable(exception) => Problems.Document(
                400, "input-invalid", "The request has a NUL character in a text: no text can have one."),
            _ when IsUnavailable(exception) => Unavailable(httpContext, exception),
            _ => Broken(httpContext, exception),
        };
        if (Browser.Wants(httpContext))
            await Browser.WriteAsync(httpContext, problem);
        else
            await Problems.WriteAsync(httpContext, problem);
        return true;
    }

    private ProblemDetails Unavailable(HttpContext context, Exception exception)
    {
        Log.RequestUnavailable(logger, exception.GetType().Name, RouteOf(context));
        context.Response.Headers.RetryAfter = "5";
        return Problems.Document(503, "unavailable", "We cannot store or read this right now. Nothing was accepted; please try again shortly.");
    }

    private ProblemDetails Broken(HttpContext context, Exception exception)
    {
        Log.RequestFailed(logger, exception.WithoutWords(), RouteOf(context));
        return Problems.Document(500, "internal", "Something went wrong on our side. It has been recorded under the trace id given here.");
    }

    private static string RouteOf(HttpContext context) =>
        (EndpointOf(context) as Microsoft.AspNetCore.Routing.RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

    // The exception handler has cleared the request's endpoint by now.
    private static Endpoint? EndpointOf(HttpContext context) => context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();

    private static bool IsForgery(Exception exception) =>
        exception is Microsoft.AspNetCore.Antiforgery.AntiforgeryValidationException
        || exception.InnerException is Microsoft.AspNetCore.Antiforgery.AntiforgeryValidationException
        || exception.Message.Contains("anti-forgery", StringComparison.OrdinalIgnoreCase);

    // PostgreSQL's text has room for every character but NUL; what a request says of it was rolled back.
    private static bool IsUnstorable(Exception exception) =>
        exception is DbException { SqlState: "22021" } || exception.InnerException is DbException { SqlState: "22021" };

    private static bool IsUnavailable(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
            if (e is DbException { IsTransient: true } or TimeoutException or System.Net.Sockets.SocketException
                || e is DbException && e.InnerException is IOException or System.Net.Sockets.SocketException)
                return true;
        return false;
    }

    private static ProblemDetails Describe(BadHttpRequestException bad, HttpContext context)
    {
        if (bad.StatusCode == StatusCodes.Status413PayloadTooLarge)
            return Problems.Document(413, "body-too-large", StatusProblems.TooLarge(context));
        if (bad.StatusCode == StatusCodes.Status415UnsupportedMediaType)
            return Problems.Document(415, "unsupported-media-type", "The body must be JSON: Content-Type application/json.");
        if (bad.StatusCode != StatusCodes.Status400BadRequest)
            return Problems.Document(bad.StatusCode, "request-invalid", bad.Message);
        if (bad.InnerException is JsonException json)
            return Invalid(Errors(json, BodyType(context)));
        if (Parameter().Match(bad.Message) is { Success: true } match)
            return Invalid(new() { [match.Groups["name"].Value] = [Rule(context, match.Groups["name"].Value, match.Groups["value"].Success)] });
        if (bad.Message.Contains("no body was provided", StringComparison.OrdinalIgnoreCase)
            || bad.Message.Contains("request body without", StringComparison.OrdinalIgnoreCase))
            return Invalid(new() { ["body"] = ["is required."] });
        return Problems.Document(400, "request-invalid", bad.Message);
    }

    private static ProblemDetails Invalid(Dictionary<string, string[]> errors) =>
        Problems.Document(400, "input-invalid", Problems.Summary(errors), errors);

    private static string Rule(HttpContext context, string name, bool given)
    {
        var type = EndpointOf(context)?.Metadata.GetMetadata<MethodInfo>()?.GetParameters()
            .FirstOrDefault(p => p.Name == name)?.ParameterType;
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        if (!given)
            return "is required.";
        return type switch
        {
            { IsEnum: true } => "must be one of " + string.Join(", ", CxJson.NamesOf(type)) + ".",
            _ when type == typeof(Guid) => "must be a UUID.",
            _ when type == typeof(int) || type == typeof(long) => "must be a whole number.",
            _ when type == typeof(bool) => "must be true or false.",
            _ when type == typeof(DateTimeOffset) => "must be a time with an offset, such as 2026-03-01T09:30:00Z.",
            _ => "cannot be read.",
        };
    }

    private static Dictionary<string, string[]> Errors(JsonException json, Type? bodyType)
    {
        // What a converter has read by itself knows the way inside of it, and whoever called the converter the way to it. A syntax error is of another type.
        if (json.InnerException is JsonException inside && inside.GetType() == typeof(JsonException))
            return Errors(inside, TypeAt(bodyType, json.Path ?? "$")).ToDictionary(e => $"{FieldOf(json.Path)}.{e.Key}", e => e.Value);
        if (Missing().Match(json.Message) is { Success: true } missing)
        {
            var prefix = FieldOf(json.Path);
            return Quoted().Matches(missing.Groups["names"].Value).ToDictionary(
                m => prefix is "body" ? m.Groups[1].Value : prefix + "." + m.Groups[1].Value, _ => Required);
        }
        if (Null().Match(json.Message) is { Success: true } nothing)
            return new() { [Member(json.Path, nothing.Groups["name"].Value)] = ["must not be null."] };
        if (json.Message.StartsWith("must ", StringComparison.Ordinal))
            return new() { [FieldOf(json.Path)] = [json.Message] };
        if (Unmapped().Match(json.Message) is { Success: true } unmapped)
            return Unknown(Member(json.Path, unmapped.Groups["name"].Value), bodyType);
        if (json.Message.Contains("could not be converted", StringComparison.Ordinal))
            return new() { [FieldOf(json.Path)] = [$"must be {Words(TypeAt(bodyType, json.Path ?? "$"))}."] };
        if (json.Message.StartsWith("Duplicate property", StringComparison.Ordinal))
            return new() { [FieldOf(json.Path)] = ["is given twice."] };
        return new() { ["body"] = [$"is not valid JSON (line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1})."] };
    }

    private static Dictionary<string, string[]> Unknown(string field, Type? bodyType)
    {
        var within = TypeAt(bodyType, field.LastIndexOf('.') is >= 0 and var end ? "$." + field[..end] : "$");
        var known = within?.GetProperties().Where(p => p.CanWrite && !p.IsDefined(typeof(JsonIgnoreAttribute)))
            .Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)) ?? [];
        return new() { [field] = [$"is not known here; known are {string.Join(", ", known)}."] };
    }

    private static string Member(string? path, string member)
    {
        var name = JsonNamingPolicy.CamelCase.ConvertName(member);
        var field = FieldOf(path);
        return field == "body" ? name : field == name || field.EndsWith("." + name, StringComparison.Ordinal) ? field : field + "." + name;
    }

    private static string FieldOf(string? path) => path is null or "" or "$" ? "body"
        : path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path.TrimStart('$');

    private static Type? BodyType(HttpContext context) =>
        EndpointOf(context)?.Metadata.GetMetadata<Microsoft.AspNetCore.Http.Metadata.IAcceptsMetadata>()?.RequestType;

    // The reader's own message names the type that holds the member, not the member's.
    private static Type? TypeAt(Type? type, string path)
    {
        foreach (var segment in path.Split('.').Skip(1))
        {
            var name = segment.Split('[')[0];
            type = type?.GetProperties().FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase))?.PropertyType;
            for (var i = segment.Count(c => c == '['); i > 0; i--)
                type = type?.GetElementType() ?? type?.GetGenericArguments().LastOrDefault();
        }
        return type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
    }

    private static string Words(Type? type) => Type.GetTypeCode(type) switch
    {
        TypeCode.String => "text",
        TypeCode.Boolean => "true or false",
        TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 => "a whole number",
        TypeCode.Decimal or TypeCode.Double or TypeCode.Single => "a number",
        _ when type is null => "of another form",
        _ when type == typeof(Guid) => "a UUID",
        _ when type == typeof(Uri) => "an address",
        _ when type == typeof(DateOnly) => "a date, such as 2026-03-01",
        _ when type == typeof(TimeOnly) => "a time of day, such as 09:30",
        _ when type.IsAssignableTo(typeof(System.Collections.IEnumerable)) && !type.GetInterfaces().Append(type).Any(IsMap) => "a list",
        _ => "an object",
    };

    private static bool IsMap(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() is { } d && (d == typeof(IDictionary<,>) || d == typeof(IReadOnlyDictionary<,>));

    [GeneratedRegex("""arameter "(?<type>.+) (?<name>\w+)" (was not provided|from "(?<value>.*)")""", RegexOptions.Singleline)]
    private static partial Regex Parameter();

    [GeneratedRegex("missing required properties including: (?<names>.+?)\\.?$", RegexOptions.Singleline)]
    private static partial Regex Missing();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();

    [GeneratedRegex("(property or field|constructor parameter|property) '(?<name>[^']+)' on type .+ doesn't allow (setting|getting|null)")]
    private static partial Regex Null();

    [GeneratedRegex("JSON property '(?<name>[^']+)' could not be mapped to any \\.NET member")]
    private static partial Regex Unmapped();
}
