using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CxPlatform.Case.Tests.Service;

public sealed class CalendarTests
{
    [Fact]
    public async Task The_documents_own_example_is_answered_and_can_be_saved_and_read_back()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var paths = JsonNode.Parse((await host.GetAsync("/openapi/case.json")).GetRawText())!["paths"]!;
        var example = paths["/v1/calendars/preview"]!["post"]!["requestBody"]!["content"]!["application/json"]!["example"]!;
        var preview = await host.PostAsync("/v1/calendars/preview", example);
        Assert.Equal("2026-03-02T15:30:00Z", preview.GetProperty("answers")[0].GetProperty("instant").GetString()); // over the break
        Assert.Equal("2026-03-02T16:30:00+01:00", preview.GetProperty("answers")[0].GetProperty("local").GetString());
        Assert.Equal("PT27H30M", Hours(preview.GetProperty("answers")[1])); // 7:30, the night from Friday of 8, and 12 on Saturday
        Assert.Equal("2026-03-07T11:00:00Z", preview.GetProperty("answers")[2].GetProperty("instant").GetString());
        Assert.True(preview.GetProperty("answers")[3].GetProperty("isOpen").GetBoolean());

        using var put = await host.Client.PutAsJsonAsync("/v1/calendars/berlin", example["calendar"]);
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        var read = JsonNode.Parse((await host.GetAsync("/v1/calendars/berlin")).GetRawText())!;
        foreach (var exception in example["calendar"]!["exceptions"]!.AsArray())
            exception!["yearly"] = false; // said or not, it is the same
        foreach (var field in (string[])["name", "timeZone", "hours", "alwaysOpen"])
            Assert.True(JsonNode.DeepEquals(example["calendar"]![field], read[field]), $"{field}: {read[field]}");
        var exceptions = read["exceptions"]!.AsArray().Zip(example["calendar"]!["exceptions"]!.AsArray(), JsonNode.DeepEquals);
        Assert.Equal([true, true], exceptions);
        Assert.Equal(
            example["calendar"]!["holidays"]!.AsArray().Select(h => h!.ToJsonString()).Order(),
            read["holidays"]!.AsArray().Select(h => h!.ToJsonString()).Order());
        using var again = await host.Client.PutAsJsonAsync("/v1/calendars/berlin", read);
        Assert.True(again.IsSuccessStatusCode, await again.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_question_that_cannot_be_answered_says_why_and_the_others_are()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var preview = await host.PostAsync("/v1/calendars/preview", new
        {
            calendar = new { name = "None", timeZone = "Europe/Berlin", hours = Array.Empty<object>() },
            questions = new object[]
            {
                new { ask = "add", at = "2026-03-02T09:00:00Z", duration = "PT1H" },
                new { ask = "add", at = "yesterday", duration = "PT1H" },
                new { ask = "add", at = "2026-03-02T09:00:00Z", duration = "P1M" },
                new { ask = "add", at = "2026-03-02T09:00:00Z", duration = "P900W" },
                new { ask = "between", from = "2026-03-02T09:00:00Z" },
                new { ask = "between", from = "2026-03-02T09:00:00Z", to = "2027-03-02T09:00:00Z" },
                new { ask = "isOpen", at = "2026-03-02T09:00:00" },
                new { ask = "nextOpening", at = "9998-03-02T09:00:00Z" },
                new { ask = "add", at = "2026-03-02T09:00:00Z", duration = "PT1H", seconds = 3600 },
                new { ask = "add", at = "2026-03-02T09:00:00Z", seconds = 1e300 },
            },
        });
        var answers = preview.GetProperty("answers").EnumerateArray().ToList();
        string? Error(int i, string what) =>
            answers[i].TryGetProperty("error", out var e) && e.TryGetProperty(what, out var value) ? value.GetString() : null;
        Assert.Equal(
            ["calendar-never-opens", "input-invalid", "input-invalid", "calendar-never-opens", "input-invalid", null, null,
                "input-invalid", "input-invalid", "input-invalid"],
            Enumerable.Range(0, 10).Select(i => Error(i, "code")));
        Assert.Equal([null, "at", "duration", null, "to"], Enumerable.Range(0, 5).Select(i => Error(i, "field")));
        Assert.Equal(("seconds", "seconds"), (Error(8, "field"), Error(9, "field")));
        Assert.Equal("PT0S", answers[5].GetProperty("duration").GetString());
        Assert.False(answers[6].GetProperty("isOpen").GetBoolean());
        Assert.False(preview.TryGetProperty("nextOpening", out _));
    }

    [Fact]
    public async Task A_calendar_that_makes_no_sense_is_refused_by_field()
    {
        (string Field, string Body)[] wrong =
        [
            ("hours[0].from", """{"name":"x","timeZone":"UTC","hours":[{"day":"monday","from":"9","to":"17:00"}]}"""),
            ("hours[0].from", """{"name":"x","timeZone":"UTC","hours":[{"day":"monday","from":"24:00","to":"17:00"}]}"""),
            ("hours[0].to", """{"name":"x","timeZone":"UTC","hours":[{"day":"monday","from":"09:00","to":"25:00"}]}"""),
            ("hours", """{"name":"x","timeZone":"UTC","hours":[]}"""),
            ("hours", """{"name":"x","timeZone":"UTC"}"""),
            ("hours", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"hours":[{"day":"monday","from":"09:00","to":"17:00"}]}"""),
            ("holidays[0].to", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"holidays":[{"date":"2026-12-24","from":"14:00","to":"13:00"}]}"""),
            ("holidays[0].until", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"holidays":[{"date":"2026-12-24","until":"2026-12-23"}]}"""),
            ("holidays[1].until", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"holidays":["2026-12-24",{"date":"2026-01-01","until":"2027-01-02"}]}"""),
            ("holidays[0].until", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"holidays":[{"date":"2026-12-24","until":"2026-12-26","from":"14:00"}]}"""),
            ("holidays[0].until", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"holidays":[{"date":"2026-12-24","until":"soon"}]}"""),
            ("holidays", $$"""{"name":"x","timeZone":"UTC","alwaysOpen":true,"holidays":[{{string.Join(',', Enumerable.Repeat("""{"date":"2026-01-01","until":"2026-12-31"}""", 6))}}]}"""),
            ("hours", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"holidays":[{"date":"2026-01-01","until":"2026-12-31","yearly":true}]}"""),
            ("exceptions", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"exceptions":[{"date":"2026-12-24"},{"date":"2026-12-24"}]}"""),
            ("holidays[1].date", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"holidays":["2026-12-24",{"date":"25.12.2026"}]}"""),
            ("holidays[0].date", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"holidays":[{"name":"Christmas"}]}"""),
            ("holidays[0]", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"holidays":[5]}"""),
            ("holidays", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"holidays":[null]}"""),
            ("hours[0].day", """{"name":"x","timeZone":"UTC","hours":[{"day":"m","from":"09:00","to":"17:00"}]}"""),
            ("holidays", $$"""{"name":"x","timeZone":"UTC","alwaysOpen":true,"holidays":[{{string.Join(',', Enumerable.Repeat("""{"date":"0001-01-01","until":"9999-12-31"}""", 2000))}}]}"""),
            ("interval", """{"name":"x","timeZone":"UTC","interval":[{"day":"monday","from":"09:00","to":"17:00"}]}"""),
            ("hours[0].start", """{"name":"x","timeZone":"UTC","hours":[{"day":"monday","start":"09:00","from":"09:00","to":"17:00"}]}"""),
            ("holidays[1].till", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"holidays":["2026-12-24",{"date":"2026-12-25","till":"2026-12-26"}]}"""),
            ("exceptions[0].interval", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"exceptions":[{"date":"2026-12-24","interval":[]}]}"""),
            ("exceptions[0].hours[0].day", """{"name":"x","timeZone":"UTC","alwaysOpen":true,"exceptions":[{"date":"2026-12-24","hours":[{"day":"monday","from":"09:00","to":"10:00"}]}]}"""),
            ("exceptions[0].hours[0].from", """{"name":"x","timeZone":"UTC","exceptions":[{"date":"2026-12-24","hours":[{"from":"x","to":"9:00"}]}]}"""),
        ];
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        foreach (var (field, body) in wrong)
        {
            using var answer = await host.Client.PutAsync("/v1/calendars/x", new StringContent(body, Encoding.UTF8, "application/json"));
            var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            Assert.True(
                answer.StatusCode == HttpStatusCode.BadRequest && problem.GetProperty("errors").TryGetProperty(field, out _),
                $"{field}: {problem.GetRawText()}");
        }

        // Whatever is wrong, at once, where it stands in the request, and with what would be right.
        var many = await RefusedAsync(
            """{"name":"","timeZone":"Mars","hours":[{"day":"monday","from":"9","to":"17:00"}],"holidays":[{"date":"2026-12-24","until":"2026-12-23"}]}""");
        Assert.Equal(
            ["calendar.holidays[0].until", "calendar.hours[0].from", "calendar.name", "calendar.timeZone"], many.EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal));
        var date = await RefusedAsync("""{"name":"x","timeZone":"UTC","holidays":["2026-12-24",{"date":"25.12.2026"}]}""");
        Assert.Equal("must be a date, such as 2026-03-01.", date.GetProperty("calendar.holidays[1].date")[0].GetString());
        var unknown = await RefusedAsync("""{"name":"x","timeZone":"UTC","interval":[]}""");
        Assert.Equal(
            "is not known here; known are name, timeZone, hours, holidays, exceptions, alwaysOpen, id, isOpen, nextOpening.",
            unknown.GetProperty("calendar.interval")[0].GetString());
        unknown = await RefusedAsync("""{"name":"x","timeZone":"UTC","holidays":[{"date":"2026-12-25","till":"2026-12-26"}]}""");
        Assert.Equal("is not known here; known are date, name, yearly, from, to, until.", unknown.GetProperty("calendar.holidays[0].till")[0].GetString());

        async Task<JsonElement> RefusedAsync(string calendar)
        {
            var body = new StringContent($$"""{"calendar":{{calendar}},"questions":[]}""", Encoding.UTF8, "application/json");
            using var answer = await host.Client.PostAsync("/v1/calendars/preview", body);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors");
        }
    }

    [Fact]
    public async Task Names_of_days_and_zones_are_read_as_other_systems_write_them_and_saved_in_one_form()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        const string Body =
            """
            {"name":"x","timeZone":"W. Europe Standard Time","hours":[{"day":"Mon","from":"09:00","to":"17:00"},
            {"day":"TU","from":"9:00 am","to":"5 pm"},{"day":"WEDNESDAY","from":"09:00:00","to":"24:00:00"}]}
            """;
        using var put = await host.Client.PutAsync("/v1/calendars/x", new StringContent(Body, Encoding.UTF8, "application/json"));
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        var read = await host.GetAsync("/v1/calendars/x");
        Assert.Equal("Europe/Berlin", read.GetProperty("timeZone").GetString());
        Assert.Equal(
            """[{"day":"monday","from":"09:00","to":"17:00"},{"day":"tuesday","from":"09:00","to":"17:00"},{"day":"wednesday","from":"09:00","to":"24:00"}]""",
            read.GetProperty("hours").GetRawText());
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Holidays_come_from_a_file_once(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        await host.Client.PutAsJsonAsync("/v1/calendars/shop", new
        {
            name = "Shop",
            timeZone = "Europe/Berlin",
            alwaysOpen = true,
            holidays = new[] { "2026-03-03" },
        });
        const string File =
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260303\r\nSUMMARY:Known\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n"
            + "DTSTART;VALUE=DATE:20260304\r\nSUMMARY:New\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n"
            + "DTSTART;VALUE=DATE:20251229\r\nDTEND;VALUE=DATE:20260103\r\nSUMMARY:Works holiday\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        for (var i = 0; i < 2; i++)
        {
            using var answer = await ImportAsync("shop", File);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
        var calendar = await host.GetAsync("/v1/calendars/shop");
        Assert.Equal(
            """["2026-03-03",{"date":"2025-12-29","until":"2026-01-02","name":"Works holiday","yearly":true},{"date":"2026-03-04","name":"New","yearly":true}]""",
            calendar.GetProperty("holidays").GetRawText());
        // As it was read it can be tried, and every day of it is kept, in every year.
        object Asked(string at) => new { ask = "isOpen", at };
        var preview = await host.PostAsync("/v1/calendars/preview", new
        {
            calendar = new { name = "Shop", timeZone = "Europe/Berlin", alwaysOpen = true, holidays = calendar.GetProperty("holidays") },
            questions = new[] { "2030-12-28", "2030-12-29", "2030-12-31", "2031-01-01", "2031-01-02", "2031-01-03" }.Select(day => Asked(day + "T12:00:00")),
        });
        Assert.Equal([true, false, false, false, false, true], preview.GetProperty("answers").EnumerateArray().Select(a => a.GetProperty("isOpen").GetBoolean()));
        using var wrong = await ImportAsync("shop", "hello");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var nowhere = await ImportAsync("none", File);
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);

        Task<HttpResponseMessage> ImportAsync(string id, string file) =>
            host.Client.PostAsync($"/v1/calendars/{id}/holidays", new StringContent(file, Encoding.UTF8, "text/calendar"));
    }

    private static string Hours(JsonElement answer) =>
        System.Xml.XmlConvert.ToTimeSpan(answer.GetProperty("duration").GetString()!) is var d
            ? $"PT{(int)d.TotalHours}H{d.Minutes}M" : "";
}
