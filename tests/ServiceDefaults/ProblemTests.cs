using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CxPlatform.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace CxPlatform.ServiceDefaults.Tests;

public sealed class ProblemTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public enum Colour
    {
        Unknown,
        Red,
        DeepBlue,
    }

    public sealed record Part(Guid Id, string Name);

    public sealed record Input(
        string Text, Colour Colour, int Count = 1, DateTimeOffset? Due = null, TimeSpan? Patience = null, Part? Part = null, IReadOnlyList<string>? Tags = null,
        IReadOnlyList<Part>? Parts = null, IReadOnlyDictionary<string, string>? References = null);

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(app =>
    {
        app.MapPost("/v1/things", (Input input) => TypedResults.Ok(input)).WithMetadata(new RequestSizeLimitAttribute(2000));
        app.MapGet("/v1/things/{id}", (Guid id, [FromQuery] Colour colour) => TypedResults.Ok(new { id, colour }));
        app.MapGet("/v1/refuse/{code}", (string code, [FromQuery] string? field) =>
            ((Outcome<Done>)new Refusal(code, "Because.", field)).ToHttp());
        app.MapGet("/v1/refuse-field", (string rule) => ((Outcome<Done>)new Refusal("due-invalid", rule, "due")).ToHttp());
        app.MapGet("/v1/refuse-all", (string rule) => new InputErrors().Add("due", rule).ToHttp());
        app.MapGet("/v1/refuse-both", () => ((Outcome<Done>)Refusal.OfAll(
            new("text-required", "is required.", "text"), new("due-invalid", "must lie in the future.", "due"), new("due-invalid", "must be a Monday.", "due"))!).ToHttp());
        app.MapGet("/v1/broken", string () => throw new InvalidOperationException("the secret inside"));
        app.MapGet("/broken", string () => throw new InvalidOperationException("the secret inside"));
        app.MapGet("/v1/away", string () => throw new TimeoutException());
        app.MapPost("/v1/echo-idempotency", () => TypedResults.Ok(Ambient.Current));
    });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private async Task<(HttpStatusCode Status, JsonElement Body)> Post(string json, string contentType = "application/json")
    {
        using var content = new StringContent(json, Encoding.UTF8, contentType);
        using var response = await _host.Client.PostAsync("/v1/things", content);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static string Error(JsonElement problem, string field) => problem.GetProperty("errors").GetProperty(field)[0].GetString()!;

    [Theory]
    [InlineData("must be a date.", "due: must be a date.", "It must be a date.")]
    [InlineData("is required.", "due: is required.", "Please fill this in.")]
    [InlineData("There is no team blue.", "There is no team blue.", "There is no team blue.")]
    public async Task A_field_is_named_once_before_its_rule_and_a_sentence_stands_by_itself(string rule, string detail, string atField)
    {
        var refusal = new Refusal("due-invalid", rule, "due");
        Assert.Equal((detail, atField), (refusal.Text, refusal.AtField));
        using var response = await _host.Client.GetAsync($"/v1/refuse-field?rule={Uri.EscapeDataString(rule)}");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("Bad Request", detail, rule), (problem.GetProperty("title").GetString(), problem.GetProperty("detail").GetString(), Error(problem, "due")));
        using var many = await _host.Client.GetAsync($"/v1/refuse-all?rule={Uri.EscapeDataString(rule)}");
        var all = await many.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((detail, rule), (all.GetProperty("detail").GetString(), Error(all, "due")));
    }

    [Fact]
    public async Task All_that_is_wrong_is_one_refusal_by_field_and_what_is_about_no_field_stands_alone()
    {
        Refusal text = new("text-required", "is required.", "text"), due = new("due-invalid", "must lie in the future.", "due");
        var all = Refusal.OfAll(null, text, due, Refusal.OfAll(due, due with { Detail = "must be a Monday." }))!;
        Assert.Equal(("text-required", "text", "text: is required. due: must lie in the future. due: must be a Monday."), (all.Code, all.Field, all.Text));
        Assert.Equal(["steps[1].text", "steps[1].due", "steps[1].due"], all.Under("steps[1]").Each.Select(one => one.Field));
        Assert.Equal(text, Refusal.OfAll(text, null));
        Assert.Null(Refusal.OfAll(null, null));
        Refusal closed = new("case-closed", "The case is closed.");
        Assert.Same(closed, Refusal.OfAll(text, closed, due));

        using var response = await _host.Client.GetAsync("/v1/refuse-both");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(
            """{"text":["is required."],"due":["must lie in the future.","must be a Monday."]}""", problem.GetProperty("errors").GetRawText());
    }

    [Fact]
    public async Task Good_input_is_read_and_written_in_the_platforms_JSON()
    {
        var (status, body) = await Post("""{"text":"a","colour":"deepBlue","due":"2026-03-01T10:30:00.1234567+01:00","patience":"PT30M"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"text":"a","colour":"deepBlue","count":1,"due":"2026-03-01T09:30:00.123456Z","patience":"PT30M"}""", body.GetRawText());
    }

    [Theory]
    [InlineData("""{"colour":"red"}""", "text", "is required.")]
    [InlineData("""{"text":"a"}""", "colour", "is required.")]
    [InlineData("""{"text":null,"colour":"red"}""", "text", "must not be null.")]
    [InlineData("""{"text":"a","colour":"green"}""", "colour", "must be one of red, deepBlue.")]
    [InlineData("""{"text":"a","colour":1}""", "colour", "must be one of red, deepBlue.")]
    [InlineData("""{"text":"a","colour":"unknown"}""", "colour", "must be one of red, deepBlue.")]
    [InlineData("""{"text":"a","colour":"red","count":"2"}""", "count", "must be a whole number.")]
    [InlineData("""{"text":5,"colour":"red"}""", "text", "must be text.")]
    [InlineData("""{"text":"a","colour":"red","due":"2026-03-01T10:30:00"}""", "due", "must be a time with an offset, such as 2026-03-01T09:30:00Z (RFC 3339).")]
    [InlineData("""{"text":"a","colour":"red","patience":"30 min"}""", "patience", "must be an ISO 8601 duration in days, hours, minutes and seconds, such as PT30M or P2D.")]
    [InlineData("""{"text":"a","colour":"red","patience":"P1M"}""", "patience", "must be an ISO 8601 duration in days")]
    [InlineData("""{"text":"a","colour":"red","patience":"-P1Y2DT3M"}""", "patience", "must be an ISO 8601 duration in days")]
    [InlineData("""{"text":"a","colour":"red","part":{"id":"x","name":"n"}}""", "part.id", "must be a UUID.")]
    [InlineData("""{"text":"a","colour":"red","part":{"id":"0198f6a0-0000-7000-8000-000000000000"}}""", "part.name", "is required.")]
    [InlineData("""{"text":"a","colour":"red","tags":"x"}""", "tags", "must be a list.")]
    [InlineData("""{"text":"a","colour":"red","tags":["x",null]}""", "tags", "must not contain null.")]
    [InlineData("""{"text":"a","colour":"red","parts":[null]}""", "parts", "must not contain null.")]
    [InlineData("""{"text":"a","colour":"red","references":{"order":null}}""", "references", "must not contain null.")]
    [InlineData("""{"text":"a","text":"b","colour":"red"}""", "text", "is given twice.")]
    [InlineData("""{"text":"a",""", "body", "is not valid JSON")]
    [InlineData("", "body", "is required.")]
    public async Task Bad_input_is_answered_with_the_field_and_the_rule(string json, string field, string rule)
    {
        var (status, problem) = await Post(json);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("input-invalid", problem.GetProperty("code").GetString());
        Assert.StartsWith(rule, Error(problem, field), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/refuse/not-found?field=a%00b", "field")]
    [InlineData("/v1/refuse/not-found?anything=%00", "anything")]
    [InlineData("/v1/refuse/not-found?%00", "query")]
    [InlineData("/v1/nowhere?after=x%00", "after")]
    public async Task A_query_with_a_NUL_character_is_refused_by_the_name_of_the_field_whatever_the_database(string path, string field)
    {
        using var response = await _host.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("must not have a NUL character.", Error(await response.Content.ReadFromJsonAsync<JsonElement>(), field));
    }

    [Fact]
    public async Task Two_missing_fields_are_named_at_once()
    {
        var (_, problem) = await Post("{}");
        Assert.Equal("is required.", Error(problem, "text"));
        Assert.Equal("is required.", Error(problem, "colour"));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413_and_says_the_limit()
    {
        var (status, problem) = await Post($$"""{"text":"{{new string('x', 3000)}}","colour":"red"}""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Contains("2000 bytes", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_media_type_is_415()
    {
        var (status, problem) = await Post("text", "text/plain");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
        Assert.Equal("unsupported-media-type", problem.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("/v1/things/nonsense?colour=red", "id", "must be a UUID.")]
    [InlineData("/v1/things/0198f6a0-0000-7000-8000-000000000000?colour=green", "colour", "must be one of red, deepBlue.")]
    [InlineData("/v1/things/0198f6a0-0000-7000-8000-000000000000", "colour", "is required.")]
    public async Task A_bad_address_is_answered_with_the_parameter_and_the_rule(string path, string field, string rule)
    {
        using var response = await _host.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(rule, Error(await response.Content.ReadFromJsonAsync<JsonElement>(), field));
    }

    [Theory]
    [InlineData("case-not-found", null, 404)]
    [InlineData("not-found", null, 404)]
    [InlineData("case-closed", null, 409)]
    [InlineData("promise-not-allowed", null, 403)]
    [InlineData("cursor-gone", null, 410)]
    [InlineData("version-mismatch", null, 412)]
    [InlineData("contact-too-large", "text", 413)]
    [InlineData("sms-signature-invalid", null, 401)]
    [InlineData("too-many-requests", null, 429)]
    [InlineData("due-in-the-past", "due", 400)]
    [InlineData("queue-unknown", "queueId", 400)]
    public async Task A_refusal_becomes_a_problem_with_its_code(string code, string? field, int status)
    {
        using var response = await _host.Client.GetAsync($"/v1/refuse/{code}{(field is null ? "" : "?field=" + field)}");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal("Because.", problem.GetProperty("detail").GetString());
        Assert.Equal(field is not null, problem.TryGetProperty("errors", out _));
    }

    [Fact]
    public async Task A_fault_of_ours_is_500_and_gives_nothing_away()
    {
        using var response = await _host.Client.GetAsync("/v1/broken");
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("\"code\":\"internal\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret inside", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_away_is_503_with_a_time_to_try_again()
    {
        using var response = await _host.Client.GetAsync("/v1/away");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", 404, "not-found")]
    [InlineData("DELETE", "/v1/things", 405, "method-not-allowed")]
    public async Task What_is_not_there_is_a_problem_too(string method, string path, int status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await _host.Client.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(code, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("/nothing", 404)]
    [InlineData("/broken", 500)]
    public async Task A_person_in_a_browser_gets_a_page(string path, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html,*/*" } } };
        using var response = await _host.Client.SendAsync(request);
        var html = await response.Content.ReadAsStringAsync();
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("<h1>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("secret inside", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idempotency_key_is_scoped_to_principal_route_and_body()
    {
        async Task<JsonElement> Send(string path, string body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
            request.Headers.Add("Idempotency-Key", "k-1");
            using var response = await _host.Client.SendAsync(request);
            return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("idempotency");
        }
        var first = await Send("/v1/echo-idempotency", "a");
        Assert.Equal("k-1", first.GetProperty("key").GetString());
        Assert.Equal("system", first.GetProperty("principal").GetString());
        Assert.Equal("POST /v1/echo-idempotency", first.GetProperty("route").GetString());
        Assert.Equal(first.GetRawText(), (await Send("/v1/echo-idempotency", "a")).GetRawText());
        Assert.NotEqual(first.GetRawText(), (await Send("/v1/echo-idempotency", "b")).GetRawText());
    }

    [Fact]
    public async Task An_idempotency_key_that_is_too_long_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/echo-idempotency");
        request.Headers.Add("Idempotency-Key", new string('k', 201));
        using var response = await _host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }
}
