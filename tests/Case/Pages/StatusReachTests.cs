using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CxPlatform.Case.Tests.Service;
using CxPlatform.Cases.StatusPage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Case.Tests.Pages;

/// <summary>What the page says beside the case: how far it is from its turn, when people are there, how to reach them; and files.</summary>
public sealed class StatusReachTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_case_that_nobody_has_says_between_which_places_of_its_queue_it_is(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var ids = new List<Guid>();
        // Waiting in this order: normal, low, normal, high.
        foreach (var priority in (Priority[])[Priority.Normal, Priority.Low, Priority.Normal, Priority.High])
        {
            var id = await host.OpenAsync(CaseHost.Contact() with { ReceivedAt = host.Clock.GetUtcNow().AddMinutes(ids.Count) });
            await host.DeliverAsync("routing", $"case/{id}", Decision(host, id, priority));
            ids.Add(id);
        }
        await PlaceAsync(1, 2, ids[0]); // what is urgent may come before
        await PlaceAsync(2, 4, ids[1]);
        await PlaceAsync(2, 4, ids[2]);
        await PlaceAsync(1, 4, ids[3]);
        var page = await host.Anonymous.GetStringAsync($"/s/{LinkOf(host, ids[2])}");
        Assert.Contains("It is between number 2 and number 4 in line", page, StringComparison.Ordinal);

        var agent = Guid.CreateVersion7();
        await host.AgentAsync(agent, "Aisha");
        await host.PostAsync($"/v1/cases/{ids[2]}/assign", new { agentId = agent });
        Assert.False((await StatusAsync(host, ids[2])).TryGetProperty("place", out _));
        await PlaceAsync(1, 3, ids[3]);

        async Task PlaceAsync(int from, int to, Guid id)
        {
            var place = (await StatusAsync(host, id)).GetProperty("place");
            Assert.Equal((from, to), (place.GetProperty("from").GetInt32(), place.GetProperty("to").GetInt32()));
        }
    }

    [Fact]
    public async Task It_says_until_when_people_are_there_or_when_they_are_back_and_whether_somebody_is_free()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        Assert.Equal("People are here now, until 17:00.", await PeopleAsync());
        await host.DeliverAsync("routing", "queue/help", new AvailabilityChanged("help", "Help", 0, 0, host.Clock.GetUtcNow()));
        Assert.Equal("We are open until 17:00, but at this moment nobody is free.", await PeopleAsync());
        await host.DeliverAsync("routing", "queue/help", new AvailabilityChanged("help", "Help", 2, 1, host.Clock.GetUtcNow()));
        Assert.Equal("People are here now, until 17:00.", await PeopleAsync());
        host.Clock.Set(new(2026, 3, 6, 17, 0, 0, TimeSpan.Zero));
        Assert.Equal("People are here again from Monday before noon, Mon 9 Mar 2026, 09:00.", await PeopleAsync());

        async Task<string> PeopleAsync() => (await StatusAsync(host, id)).GetProperty("people").GetProperty("words").GetString()!;
    }

    [Fact]
    public async Task Phone_and_help_are_those_of_the_queue_the_category_and_the_language()
    {
        await using var host = await CaseHost.StartAsync(
            Database.Sqlite, "--Cx:Brand:Phone=+49 30 1111", "--Cx:Case:Phones:0:Queue=help", "--Cx:Case:Phones:0:Number=+49 30 2222",
            "--Cx:Case:Helps:0:Category:0=appliances", "--Cx:Case:Helps:0:Language=en", "--Cx:Case:Helps:0:Text=How to descale a kettle",
            "--Cx:Case:Helps:0:Link=https://help.example.com/kettle", "--Cx:Case:Helps:1:Language=de", "--Cx:Case:Helps:1:Text=Nur deutsch");
        var (here, elsewhere) = (await host.OpenAsync(), await host.OpenAsync());
        await host.RouteAsync(here);
        await host.RouteAsync(elsewhere, queue: "other");
        var status = await StatusAsync(host, here);
        Assert.Equal("+49 30 2222", status.GetProperty("phone").GetString());
        var help = Assert.Single(status.GetProperty("helps").EnumerateArray());
        Assert.Equal("https://help.example.com/kettle", help.GetProperty("link").GetString());
        Assert.Equal("+49 30 1111", (await StatusAsync(host, elsewhere)).GetProperty("phone").GetString());
        Assert.Contains("How to descale a kettle</a>", await host.Anonymous.GetStringAsync($"/s/{LinkOf(host, here)}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_a_case_without_a_known_language_speaks_the_browsers()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/s/{LinkOf(host, id)}");
        request.Headers.AcceptLanguage.ParseAdd("fr, de-AT;q=0.8, en;q=0.5");
        using var answer = await host.Anonymous.SendAsync(request);
        Assert.Contains("<html lang=\"de\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_kept_with_the_message_and_given_out_as_what_its_bytes_are_to_nobody_else()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var (id, other) = (await host.OpenAsync(), await host.OpenAsync());
        await host.RouteAsync(id);
        using (var sent = await SendAsync(host, id, "", ("receipt.png", "image/png", [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A]), ("page.html", "text/html", "<script>alert(1)</script>"u8.ToArray())))
            Assert.Equal(HttpStatusCode.OK, sent.StatusCode);

        var files = (await host.GetAsync($"/v1/cases/{id}/timeline")).GetProperty("items").EnumerateArray()
            .Single(item => item.GetProperty("type").GetString() == "case.customer-replied.v1").GetProperty("data").GetProperty("attachments");
        Assert.Equal(["receipt.png", "page.html"], files.EnumerateArray().Select(file => file.GetProperty("name").GetString()));
        var blobs = files.EnumerateArray().Select(file => file.GetProperty("blob").GetString()).ToList();
        await ServedAsync(id, blobs[0]!, HttpStatusCode.OK, "image/png");
        await ServedAsync(id, blobs[1]!, HttpStatusCode.OK, "application/octet-stream");
        await ServedAsync(other, blobs[0]!, HttpStatusCode.NotFound, null);
        using var staff = await host.Client.GetAsync($"/v1/cases/{id}/files/{blobs[0]}");
        Assert.Equal("image/png", staff.Content.Headers.ContentType!.MediaType);

        async Task ServedAsync(Guid caseId, string blob, HttpStatusCode status, string? type)
        {
            using var answer = await host.Anonymous.GetAsync($"/s/{LinkOf(host, caseId)}/files/{blob}");
            Assert.Equal(status, answer.StatusCode);
            if (type is null)
                return;
            Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Fact]
    public async Task Too_many_files_and_too_large_ones_are_refused_and_the_words_stay()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        using var many = await SendAsync(
            host, id, "All of them", [.. Enumerable.Range(0, Uploads.MaxFiles + 1).Select(n => ($"{n}.txt", "text/plain", "x"u8.ToArray()))]);
        Assert.Equal(HttpStatusCode.BadRequest, many.StatusCode);
        var page = await many.Content.ReadAsStringAsync();
        Assert.Contains("At most 20 files", page, StringComparison.Ordinal);
        Assert.Contains(">All of them</textarea>", page, StringComparison.Ordinal);
        using var large = await SendAsync(host, id, "A film", ("film.mp4", "video/mp4", new byte[Uploads.MaxFile + 1]));
        Assert.Contains("A file may have up to 10 MB.", await large.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("case.customer-replied.v1", await host.TypesAsync(id));
    }

    [Theory]
    [InlineData("2026-03-02T10:00Z", "today before noon")]
    [InlineData("2026-03-02T11:00Z", "today at noon")]
    [InlineData("2026-03-02T16:59Z", "today in the afternoon")]
    [InlineData("2026-03-02T17:00Z", "today in the evening")]
    [InlineData("2026-03-03T09:00Z", "tomorrow before noon")]
    [InlineData("2026-03-01T09:00Z", "yesterday before noon")]
    [InlineData("2026-03-02T23:30Z", "tomorrow before noon")] // past midnight in Berlin
    [InlineData("2026-03-07T09:00Z", "Saturday before noon")]
    [InlineData("2026-03-10T09:00Z", null)]
    public void Near_dates_are_said_as_people_say_them(string at, string? words) => Assert.Equal(
        words,
        Near.Words(
            DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero), "Europe/Berlin",
            StatusWords.In("en")));

    private static async Task<HttpResponseMessage> SendAsync(CaseHost host, Guid id, string text, params (string Name, string Type, byte[] Content)[] files)
    {
        using var form = new MultipartFormDataContent { { new StringContent(text, Encoding.UTF8), "text" } };
        foreach (var (name, type, content) in files)
            form.Add(new ByteArrayContent(content) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } }, "files", name);
        return await host.Anonymous.PostAsync($"/s/{LinkOf(host, id)}/reply", form);
    }

    private static RoutingDecided Decision(CaseHost host, Guid id, Priority priority) => new()
    {
        CaseId = id,
        CaseVersion = 1,
        Kind = Kind.Problem,
        Category = "appliances",
        Priority = priority,
        Feeling = Feeling.Neutral,
        QueueId = "help",
        QueueName = "Help",
        TeamName = "Kitchen team",
        CalendarId = "default",
        FirstResponseTarget = TimeSpan.FromHours(2),
        DecidedAt = host.Clock.GetUtcNow(),
    };

    private static string LinkOf(CaseHost host, Guid id) =>
        host.Services.GetRequiredService<Tokens>().StatusLink(id, 0, host.Clock.GetUtcNow().AddDays(30));

    private static async Task<JsonElement> StatusAsync(CaseHost host, Guid id) =>
        JsonDocument.Parse(await host.Anonymous.GetStringAsync($"/s/{LinkOf(host, id)}.json")).RootElement;
}
