using System.Text.Json;
using CxPlatform.EndToEnd.Tests.Pages;
using CxPlatform.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CxPlatform.EndToEnd.Tests.Friday;

/// <summary>A weekend in a customer's life: real mail both ways, real text messages, a real browser, a clock that is moved.</summary>
public sealed class FridayTests
{
    private const string Wish = "Erstatten Sie mir einfach die Hälfte, so wie es am Regal stand.";
    private const string Refund = "Die 20 Euro sind auf Ihrem Konto";

    [Theory]
    [InlineData(Topology.AllInOne)]
    [InlineData(Topology.Processes)]
    public async Task From_friday_evening_to_the_refund_she_always_sees_what_is_next_who_and_when_and_repeats_nothing(Topology topology)
    {
        await using var stage = await FridayStage.SetAsync(topology);
        try
        {
            await TellAsync(stage);
        }
        catch
        {
            Console.WriteLine(stage.Platform.Output);
            throw;
        }
    }

    private static async Task TellAsync(FridayStage stage)
    {
        var platform = stage.Platform;
        var (benId, ben) = await platform.HireAsync("Ben");
        var (aishaId, aisha) = await platform.HireAsync("Aisha");
        await PresenceAsync(platform, aishaId, "away");
        await platform.PutAsync("/v1/queues/general", await QueueAsync(platform, TimeSpan.FromMinutes(65)));
        await KnownAsync(stage);

        // Friday, 16:55. A shop refused what its shelf promised.
        stage.Set(stage.At(DayOfWeek.Friday, 16, 55));
        var before = stage.Received();
        await stage.MailAsync(FridayStage.Support, """
            From: Greta Klein <greta@kunde.example>
            To: support@laden.example
            Subject: =?utf-8?Q?Aufkleber_versprach_50_%_Rabatt?=
            Message-ID: <regal-1@kunde.example>
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            Guten Tag,

            am Regal klebte ein Aufkleber mit 50 % Rabatt auf den Wasserkocher, an der Kasse wollte man davon nichts wissen und ich habe 40 Euro bezahlt.
            Ich bin sehr verärgert und enttäuscht.

            Greta Klein
            """);
        var acknowledgement = await stage.MailedAsync(mail => mail.Text.Contains("Aufkleber", StringComparison.Ordinal));
        var monday = stage.At(DayOfWeek.Monday, 10, 0);
        foreach (var word in (string[])["Aufkleber", "50", "Ben", FridayStage.German(monday), "10:00", FridayStage.Phone])
            Assert.Contains(word, acknowledgement.Text, StringComparison.Ordinal);
        foreach (var cheer in (string[])["!", "freuen", "gern", "super", "toll", "Glück"])
            Assert.DoesNotContain(cheer, acknowledgement.Text.Replace("Greta", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        stage.Open(acknowledgement);
        var page = await stage.ObserveAsync();
        var number = page.GetProperty("number").GetString()!;
        Assert.Equal("Ben", page.GetProperty("next").GetProperty("who").GetString());
        Assert.Equal(monday, page.GetProperty("next").GetProperty("by").GetDateTimeOffset(), TimeSpan.FromMinutes(1));
        var path = $"/v1/cases/{number}";
        await StoryTests.ActAsync(ben, path + "/notes", new { text = "INTERNAL: the branch manager knows of the sticker" });

        // 19:00. She texts from her own number while what sends messages is killed and comes back.
        await stage.TravelAsync(stage.At(DayOfWeek.Friday, 19, 0));
        using (var sms = await platform.SendSmsAsync(FridayStage.GretasNumber, "Den Kassenbon habe ich noch, Filiale Hauptstraße 5."))
            Assert.True(sms.IsSuccessStatusCode, await sms.Content.ReadAsStringAsync());
        await platform.KillNotificationAsync();
        await platform.StartNotificationAsync();
        page = await stage.SeesAsync(seen => seen.GetRawText().Contains("Kassenbon", StringComparison.Ordinal));
        Assert.Equal(number, page.GetProperty("number").GetString());
        Assert.Contains("Ben", await stage.ReceivesAsync("hinzugefügt", before), StringComparison.Ordinal);

        // Monday. Ben is ill: Aisha has it, and she hears so before ten.
        await stage.TravelAsync(stage.At(DayOfWeek.Monday, 8, 30));
        await PresenceAsync(platform, aishaId, "present");
        await platform.PutAsync($"/v1/agents/{benId}/absence", new { until = stage.At(DayOfWeek.Wednesday, 9, 0), coverId = aishaId });
        var cover = await stage.ReceivesAsync("Aisha", before);
        Assert.Contains("Aisha", (await stage.SeesAsync(Says("next", "who", "Aisha"))).GetProperty("heading").GetString(), StringComparison.Ordinal);
        Assert.Contains("10:00", cover, StringComparison.Ordinal);
        await stage.TravelAsync(stage.At(DayOfWeek.Monday, 9, 40));

        // The first offer is not what she was promised.
        await StoryTests.ActAsync(aisha, path + "/proposals", new { text = "Guten Tag Frau Klein,\n\nwir schicken Ihnen einen Gutschein über 5 Euro." });
        var offer = await stage.ReceivesAsync("Gutschein", before);
        await stage.TravelAsync(stage.At(DayOfWeek.Monday, 10, 15));
        await using (var browser = await Browser.OpenAsync())
        {
            await browser.Page.GotoAsync(People.StatusLink(offer));
            await browser.Page.GetByText("Nein, noch nicht").ClickAsync();
            await browser.Page.GetByLabel("Was würde es in Ordnung bringen?").FillAsync(Wish);
            await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Antwort senden" }).ClickAsync();
            await Expect(browser.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("Wir sind wieder dran");
            await Expect(browser.Page.Locator("dl.next")).ToContainTextAsync("Aisha");
            await Expect(browser.Page.Locator("dl.next time")).ToHaveCountAsync(1);
        }
        var wished = (await platform.GetAsync(path + "/timeline")).GetRawText();
        Assert.Contains("so wie es am Regal stand", wished, StringComparison.Ordinal);

        // Aisha proposes just that and says by when; she agrees.
        await stage.TravelAsync(stage.At(DayOfWeek.Monday, 11, 0));
        var due = stage.At(DayOfWeek.Wednesday, 12, 0);
        await StoryTests.ActAsync(aisha, path + "/promises", new { text = Refund, due });
        await StoryTests.ActAsync(aisha, path + "/proposals", new { text = "Guten Tag Frau Klein,\n\nSie haben recht. Wir erstatten Ihnen 20 Euro, die Hälfte des Preises." });
        var proposal = await stage.ReceivesAsync("Wir erstatten", before);
        await stage.TravelAsync(stage.At(DayOfWeek.Monday, 11, 30));
        await using (var browser = await Browser.OpenAsync())
        {
            await browser.Page.GotoAsync(People.StatusLink(proposal));
            await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Ja, das löst es" }).ClickAsync();
            await Expect(browser.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Das ist gelöst");
            await Expect(browser.Page.Locator("dl.next")).ToContainTextAsync(Refund);
        }

        // She says how it was, and thanks by text and by mail: all of it lands on her case, and nothing opens it again.
        var survey = await stage.ReceivesAsync("/survey/", before);
        using (var plain = new HttpClient(new HttpClientHandler { CookieContainer = new() }))
            await People.SubmitAsync(plain, People.SurveyPath(survey), "/survey/", ("score", "5"), ("comment", "Danke, Aisha."));
        using (var sms = await platform.SendSmsAsync(FridayStage.GretasNumber, "Vielen Dank, Aisha!"))
            Assert.True(sms.IsSuccessStatusCode, await sms.Content.ReadAsStringAsync());
        await stage.MailAsync(Assert.Single(acknowledgement.ReplyTo).Address, $"""
            From: Greta Klein <greta@kunde.example>
            To: {acknowledgement.ReplyTo.Single().Address}
            Subject: Re: {acknowledgement.Subject}
            Message-ID: <regal-2@kunde.example>
            In-Reply-To: {acknowledgement.MessageId}
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8

            Danke!
            """);
        await Eventually.Async(async () =>
        {
            var now = await platform.GetAsync(path);
            return now.GetProperty("feedback").GetArrayLength() == 1 && now.GetProperty("status").GetString() == "resolved"
                && (await platform.GetAsync(path + "/timeline")).GetProperty("items").EnumerateArray()
                    .Count(e => e.GetProperty("data").TryGetProperty("thanks", out var thanks) && thanks.GetBoolean()) == 2;
        }, People.Patience);

        // Wednesday: the refund is there before it was promised.
        await stage.TravelAsync(stage.At(DayOfWeek.Wednesday, 10, 30));
        var promise = (await platform.GetAsync(path)).GetProperty("promises").EnumerateArray().Single(p => p.GetProperty("text").GetString() == Refund);
        await StoryTests.ActAsync(aisha, $"{path}/promises/{promise.GetProperty("id").GetGuid()}/keep", new { });
        await stage.TravelAsync(due.AddMinutes(5));
        page = await stage.ObserveAsync();
        Assert.All(
            page.GetProperty("promises").EnumerateArray(), p => Assert.Equal("gehalten", p.GetProperty("standing").GetString()));

        stage.Oracle.Read([.. stage.Received().Except(before)], ["einen Gutschein", "Wir erstatten"]);
        Console.WriteLine($"{stage.Oracle.Minutes} simulated minutes were judged");
        Assert.True(stage.Oracle.Faults.Count == 0, string.Join('\n', stage.Oracle.Faults.Take(40)));
        Assert.True(stage.Oracle.Minutes > 4 * 24 * 60, $"only {stage.Oracle.Minutes} minutes were judged");
        await StoryTests.FeedIsGaplessAsync(platform);
    }

    /// <summary>She has written before, by text and by mail; we know that both are her, and nothing of it is open.</summary>
    private static async Task KnownAsync(FridayStage stage)
    {
        var platform = stage.Platform;
        using (var sms = await platform.SendSmsAsync(FridayStage.GretasNumber, "Haben Sie am Donnerstag bis acht auf"))
            Assert.True(sms.IsSuccessStatusCode, await sms.Content.ReadAsStringAsync());
        await stage.MailAsync(FridayStage.Support, """
            From: Greta Klein <greta@kunde.example>
            To: support@laden.example
            Subject: Newsletter
            Message-ID: <frueher@kunde.example>
            Content-Type: text/plain; charset=utf-8

            Bitte nehmen Sie mich aus dem Newsletter.
            """);
        var texted = await platform.CaseAboutAsync("Donnerstag", found => found.TryGetProperty("ownerName", out _));
        var mailed = await platform.CaseAboutAsync("Newsletter", found => found.TryGetProperty("ownerName", out _));
        foreach (var known in (JsonElement[])[texted, mailed])
            await platform.PostAsync($"/v1/cases/{known.GetProperty("number").GetString()}/resolve", new { result = "solved", reason = "Erledigt." });
        // What is on its way to her from then has nothing to do with Friday. One person would be asked once, so they are two until both are asked.
        foreach (var template in (string[])["resolved", "survey"])
            await Eventually.Async(
                async () => Assert.Equal(2, (await platform.GetAsync($"/v1/messages?state=sent&template={template}")).GetProperty("items").GetArrayLength()),
                People.Patience);
        await platform.PostAsync(
            $"/v1/customers/{mailed.GetProperty("customerId").GetGuid()}/merge", new { customerId = texted.GetProperty("customerId").GetGuid() });
        await platform.CaseAboutAsync("Donnerstag", found => found.GetProperty("customerId").GetGuid() == mailed.GetProperty("customerId").GetGuid());
    }

    private static async Task<object> QueueAsync(Platform platform, TimeSpan firstResponse)
    {
        var queue = await platform.GetAsync("/v1/queues/general");
        return new { name = queue.GetProperty("name").GetString(), team = queue.GetProperty("team").GetString(), firstResponse = System.Xml.XmlConvert.ToString(firstResponse) };
    }

    private static Task PresenceAsync(Platform platform, Guid agent, string presence) =>
        platform.PutAsync($"/v1/agents/{agent}/presence", new { presence });

    private static Func<JsonElement, bool> Says(string part, string name, string word) =>
        page => page.GetProperty(part).TryGetProperty(name, out var value) && value.GetString()!.Contains(word, StringComparison.Ordinal);
}

/// <summary>Chromium on her phone, without script.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser, IPage page) => (_playwright, _browser, Page) = (playwright, browser, page);

    public IPage Page { get; }

    public static async Task<Browser> OpenAsync()
    {
        var (playwright, browser) = await PagesFixture.LaunchAsync();
        var context = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = 390, Height = 844 },
            JavaScriptEnabled = false,
            Locale = "de-DE",
        });
        context.SetDefaultTimeout(PagesFixture.Patience);
        return new(playwright, browser, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
