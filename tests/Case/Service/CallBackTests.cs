using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Case.Tests.Service;

/// <summary>Calls at a time that the customer chooses.</summary>
public sealed class CallBackTests
{
    private static readonly string[] Settings =
    [
        "--Cx:Case:CallBacks:0:Queue=help", "--Cx:Case:CallBacks:0:SlotLength=00:30", "--Cx:Case:CallBacks:0:Capacity=3",
        "--Cx:Case:CallBacks:0:Lead=01:00", "--Cx:Case:CallBacks:0:Days=2",
    ];

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task However_many_book_a_slot_at_once_it_is_never_booked_above_its_capacity(Database database)
    {
        await using var host = await CaseHost.StartAsync(database, Settings);
        var links = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            var id = await host.OpenAsync();
            await host.RouteAsync(id);
            links.Add(LinkOf(host, id));
        }
        var slot = (await StatusAsync(host, links[0])).GetProperty("callBack").GetProperty("free")[0].GetProperty("from").GetString()!;

        var answers = await Task.WhenAll(links.Select(link => BookAsync(host, link, slot)));

        Assert.Equal(3, answers.Count(answer => answer.Status == HttpStatusCode.Redirect));
        Assert.All(
            answers.Where(answer => answer.Status != HttpStatusCode.Redirect),
            answer => Assert.Contains("Somebody else was faster", answer.Body, StringComparison.Ordinal));
        Assert.Equal(3, (await RowsAsync(host)).Count);
        var later = await StatusAsync(host, links[0]);
        Assert.DoesNotContain(
            later.GetProperty("callBack").GetProperty("free").EnumerateArray(), free => free.GetProperty("from").GetString() == slot);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_call_is_a_promise_until_the_end_of_its_slot_that_can_be_moved_and_cancelled(Database database)
    {
        await using var host = await CaseHost.StartAsync(database, Settings);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        var link = LinkOf(host, id);
        // Monday 10:00: an hour's lead, two days ahead, from 9 to 17.
        var free = (await StatusAsync(host, link)).GetProperty("callBack").GetProperty("free").EnumerateArray()
            .Select(slot => slot.GetProperty("from").GetDateTimeOffset()).ToList();
        Assert.Equal(host.Clock.GetUtcNow().AddHours(1), free[0]);
        Assert.DoesNotContain(free, from => from.Hour is < 9 or > 16);
        Assert.Equal(new DateTimeOffset(2026, 3, 4, 11, 0, 0, TimeSpan.Zero), free[^1]);

        Assert.Equal(HttpStatusCode.Redirect, (await BookAsync(host, link, Text(free[0]))).Status);
        var booked = (await host.CaseAsync(id)).GetProperty("promises").EnumerateArray().Last();
        Assert.Equal("callBack", booked.GetProperty("source").GetString());
        Assert.Equal("We call you at +49 30 1234567, between 11:00 and 11:30", booked.GetProperty("text").GetString());
        Assert.Equal(free[0].AddMinutes(30), booked.GetProperty("due").GetDateTimeOffset());
        Assert.Equal(free[0], (await StatusAsync(host, link)).GetProperty("callBack").GetProperty("booked").GetProperty("from").GetDateTimeOffset());
        Assert.Contains(
            "DTSTART:20260302T110000Z\r\nDTEND:20260302T113000Z", await host.Anonymous.GetStringAsync($"/s/{link}/call-back.ics"),
            StringComparison.Ordinal);

        // The number is known by now.
        await host.PostAsync($"/v1/cases/{id}/call-back", new { from = free[4] });
        Assert.Equal(free[4], Assert.Single(await RowsAsync(host)).StartsAt);
        var promises = (await host.CaseAsync(id)).GetProperty("promises").EnumerateArray().Where(p => p.GetProperty("source").GetString() == "callBack")
            .Select(p => p.GetProperty("state").GetString());
        Assert.Equal(["withdrawn", "open"], promises);

        using var cancel = await host.Anonymous.PostAsync($"/s/{link}/cancel-call", new FormUrlEncodedContent([]));
        Assert.Empty(await RowsAsync(host));
        Assert.DoesNotContain("\"booked\"", await host.Anonymous.GetStringAsync($"/s/{link}.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_booked_is_refused_with_its_field()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite, Settings);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        var now = host.Clock.GetUtcNow();
        await RefusedAsync(id, new { from = now.AddMinutes(30), phone = "+49 30 1234567" }, "slot-not-offered", "from");
        await RefusedAsync(id, new { from = now.AddHours(1).AddMinutes(1), phone = "+49 30 1234567" }, "slot-not-offered", "from");
        await RefusedAsync(id, new { from = now.AddDays(5), phone = "+49 30 1234567" }, "slot-not-offered", "from");
        await RefusedAsync(id, new { from = now.AddHours(1) }, "phone-required", "phone");
        await RefusedAsync(id, new { from = now.AddHours(1), phone = "call me maybe" }, "phone-invalid", "phone");
        var elsewhere = await host.OpenAsync();
        await host.RouteAsync(elsewhere, queue: "other");
        await RefusedAsync(elsewhere, new { from = now.AddHours(1), phone = "+49 30 1234567" }, "call-backs-not-offered", null);

        async Task RefusedAsync(Guid caseId, object body, string code, string? field)
        {
            using var answer = await host.Client.PostAsJsonAsync($"/v1/cases/{caseId}/call-back", body);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.False(answer.IsSuccessStatusCode, text);
            Assert.Contains(code, text, StringComparison.Ordinal);
            if (field is not null)
                Assert.Contains($"\"{field}\"", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_call_that_is_withdrawn_at_the_desk_gives_its_slot_back()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite, Settings);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        await host.PostAsync($"/v1/cases/{id}/call-back", new { from = host.Clock.GetUtcNow().AddHours(1), phone = "+49 30 1234567" });
        var promise = Assert.Single(await RowsAsync(host)).PromiseId;
        await host.PostAsync($"/v1/cases/{id}/promises/{promise}/withdraw", new { reason = "Solved by mail." });
        Assert.Empty(await RowsAsync(host));
    }

    private static string Text(DateTimeOffset at) => at.ToString("O", System.Globalization.CultureInfo.InvariantCulture);

    private static string LinkOf(CaseHost host, Guid id) =>
        host.Services.GetRequiredService<Tokens>().StatusLink(id, 0, host.Clock.GetUtcNow().AddDays(30));

    private static async Task<JsonElement> StatusAsync(CaseHost host, string link) =>
        JsonDocument.Parse(await host.Anonymous.GetStringAsync($"/s/{link}.json")).RootElement;

    private static async Task<(HttpStatusCode Status, string Body)> BookAsync(CaseHost host, string link, string from)
    {
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Anonymous.BaseAddress };
        using var form = new FormUrlEncodedContent([new("from", from), new("phone", "+49 30 1234567")]);
        using var answer = await browser.PostAsync($"/s/{link}/call-back", form);
        var status = answer.StatusCode == HttpStatusCode.SeeOther ? HttpStatusCode.Redirect : answer.StatusCode;
        return (status, await answer.Content.ReadAsStringAsync());
    }

    private static Task<List<CallBackRow>> RowsAsync(CaseHost host) =>
        host.Services.GetRequiredService<Work<CaseDb>>().ReadAsync((db, ct) => db.CallBacks.ToListAsync(ct));
}
