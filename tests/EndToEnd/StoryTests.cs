using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Testing;

namespace CxPlatform.EndToEnd.Tests;

/// <summary>The story that the platform exists for, told once in each topology.</summary>
public sealed class StoryTests
{
    [Theory]
    [InlineData(Topology.AllInOne)]
    [InlineData(Topology.Processes)]
    public async Task A_contact_becomes_a_case_is_acknowledged_routed_answered_agreed_and_surveyed(Topology topology)
    {
        await using var platform = await Platform.StartAsync(topology);
        try
        {
            await TellAsync(platform);
        }
        catch
        {
            Console.WriteLine(platform.Output);
            throw;
        }
    }

    private static async Task TellAsync(Platform platform)
    {
        var (_, aisha) = await platform.HireAsync("Aisha");
        await platform.WarmUpAsync();

        // A complaint by mail, in German: restated, owned, dated, answerable.
        await platform.SendMailAsync("""
            From: Greta Klein <greta@kunde.example>
            To: support@localhost
            Subject: =?utf-8?Q?Aufkleber_versprach_50_%_Rabatt?=
            Message-ID: <shelf-1@kunde.example>
            Date: Fri, 20 Nov 2026 15:55:00 +0100
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8

            Guten Tag,

            am Regal klebte ein Aufkleber mit 50% Rabatt, an der Kasse wollte man davon nichts wissen. Ich bin sehr verärgert und enttäuscht!

            Greta Klein
            """);
        var complaint = await platform.CaseAboutAsync("Aufkleber", found => found.TryGetProperty("acknowledgedAt", out _) && found.TryGetProperty("ownerName", out _));
        Assert.Equal("complaint", complaint.GetProperty("kind").GetString());
        Assert.Equal("Aisha", complaint.GetProperty("ownerName").GetString());
        var promise = complaint.GetProperty("promises").EnumerateArray().Single();
        Assert.Equal("policy", promise.GetProperty("source").GetString());
        var acknowledgement = await platform.MailToAsync("greta@kunde.example");
        Assert.Contains("Aufkleber", acknowledgement.Text, StringComparison.Ordinal);
        Assert.Contains("Aisha", acknowledgement.Text, StringComparison.Ordinal);
        Assert.Equal("shelf-1@kunde.example", acknowledgement.InReplyTo.Single().Trim('<', '>'));
        var replyTo = Assert.Single(acknowledgement.ReplyTo).Address;
        var status = People.StatusLink(acknowledgement.Text);

        // A web form, an API contact, a text message, and praise.
        using (var form = await new HttpClient { BaseAddress = platform.Address }.PostAsJsonAsync("/v1/channels/web-form", new { name = "Ben Ode", email = "ben@customer.example", subject = "Opening hours", message = "When do you open on Saturday? Is there parking?" }))
            Assert.True(form.IsSuccessStatusCode, await form.Content.ReadAsStringAsync());
        await platform.PostAsync("/v1/contacts", new { providerId = "shop-1", from = new { value = "cleo@customer.example", name = "Cleo" }, subject = "Order 4711", text = "My order 4711 arrived broken, please send a new one.", references = new { order = "4711" } });
        using (var sms = await platform.SendSmsAsync("+491701234567", "Please call me back about my invoice"))
            Assert.True(sms.IsSuccessStatusCode, await sms.Content.ReadAsStringAsync());
        await platform.PostAsync("/v1/contacts", new { providerId = "praise-1", from = new { value = "dora@customer.example", name = "Dora" }, text = "Thank you so much, your service is wonderful! I just wanted to say how great Aisha is." });
        await platform.CaseAboutAsync("Saturday");
        await platform.CaseAboutAsync("4711");
        await platform.CaseAboutAsync("invoice");
        var praise = await platform.CaseAboutAsync("wonderful", found => found.GetProperty("status").GetString() == "resolved");
        Assert.Empty(praise.GetProperty("promises").EnumerateArray());
        var thanks = await platform.MailToAsync("dora@customer.example");
        var question = await platform.MailToAsync("ben@customer.example");
        await Eventually.Async(() => Assert.Contains(platform.Texts(), text => text.Contains("/s/", StringComparison.Ordinal)), People.Patience);

        // She answers the acknowledgement: it joins her case, in other words than the first time.
        await platform.SendMailAsync($"""
            From: Greta Klein <greta@kunde.example>
            To: {replyTo}
            Cc: Jonas Klein <jonas@kunde.example>, noreply@kunde.example
            Subject: Re: {acknowledgement.Subject}
            Message-ID: <shelf-2@kunde.example>
            In-Reply-To: {acknowledgement.MessageId}
            Content-Type: text/plain; charset=utf-8

            Hier noch die Filiale: Hauptstraße 5.
            """);
        var joined = await platform.MailToAsync("greta@kunde.example", mail => mail.MessageId != acknowledgement.MessageId);
        Assert.Equal(4, new[] { acknowledgement.Text, joined.Text, thanks.Text, question.Text }.Distinct().Count());
        Assert.Single((await platform.GetAsync("/v1/cases?limit=100")).GetProperty("items").EnumerateArray(), item => item.GetProperty("number").GetString() == complaint.GetProperty("number").GetString());

        // Aisha was told of both: on the desk, and by mail.
        var number = complaint.GetProperty("number").GetString()!;
        await Eventually.Async(async () =>
        {
            var notices = await aisha.GetFromJsonAsync<JsonElement>(new Uri("/v1/agents/me/notices?limit=200", UriKind.Relative));
            var told = notices.GetProperty("items").EnumerateArray().Where(notice => notice.GetProperty("caseNumber").GetString() == number);
            Assert.Equal(["customerReplied", "assigned"], told.Select(notice => notice.GetProperty("kind").GetString()));
        }, People.Patience);
        await platform.MailToAsync("aisha@desk.example", mail => mail.Text.Contains(number, StringComparison.Ordinal));

        await ChatAsync(platform, aisha);

        // Whom she put in copy is proposed to Aisha, who adds him: from then on he gets what she is answered.
        var path = $"/v1/cases/{complaint.GetProperty("number").GetString()}";
        var jonas = (await platform.GetAsync(path + "/participants")).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("role").GetString() == "suggested");
        Assert.Equal("jonas@kunde.example", jonas.GetProperty("from").GetProperty("value").GetString());
        Assert.DoesNotContain(platform.Mails(), mail => mail.To.Concat(mail.Cc).Any(to => to.Address == "jonas@kunde.example"));
        using (var added = await aisha.PutAsJsonAsync($"{path}/participants/{jonas.GetProperty("id").GetGuid()}", new { role = "cc" }))
            Assert.True(added.IsSuccessStatusCode, await added.Content.ReadAsStringAsync());

        // Aisha answers, promises, keeps, proposes.
        await ActAsync(aisha, path + "/replies", new { text = "Sie haben recht, das hätte nicht passieren dürfen. Ich kläre das mit der Filiale." });
        Assert.Contains("Filiale", (await platform.MailToAsync("greta@kunde.example", mail => mail.Text.Contains("hätte nicht passieren", StringComparison.Ordinal))).Text, StringComparison.Ordinal);
        await Eventually.Async(() =>
        {
            var both = platform.Mails().Where(mail => mail.Text.Contains("hätte nicht passieren", StringComparison.Ordinal)).ToList();
            Assert.Equal(["jonas@kunde.example", "jonas@kunde.example"], both.SelectMany(mail => mail.Cc).Select(cc => cc.Address));
            Assert.Single(both, mail => mail.Text.Contains("/s/", StringComparison.Ordinal));
        }, People.Patience);
        await ActAsync(aisha, path + "/notes", new { text = "INTERNAL: the store manager is on holiday" });
        await ActAsync(aisha, path + "/promises", new { text = "Ich rufe Sie nach dem Gespräch an", due = DateTimeOffset.UtcNow.AddHours(3) });
        var promised = (await platform.GetAsync(path)).GetProperty("promises").EnumerateArray().Single(p => p.GetProperty("source").GetString() == "agent");
        await ActAsync(aisha, $"{path}/promises/{promised.GetProperty("id").GetGuid()}/keep", new { });
        await ActAsync(aisha, path + "/proposals", new { text = "Wir erstatten Ihnen die Hälfte des Preises." });
        await platform.MailToAsync("greta@kunde.example", mail => mail.Text.Contains("erstatten", StringComparison.Ordinal));

        // She sees all of it but the note, and accepts.
        using var browser = new HttpClient(new HttpClientHandler { CookieContainer = new() });
        var page = await browser.GetStringAsync(new Uri(status));
        Assert.Contains("erstatten", page, StringComparison.Ordinal);
        Assert.DoesNotContain("INTERNAL", page, StringComparison.Ordinal);
        await People.SubmitAsync(browser, status, "/accept");
        var resolved = await platform.CaseAboutAsync("Aufkleber", found => found.GetProperty("status").GetString() == "resolved");
        Assert.Equal("customer", resolved.GetProperty("resolution").GetProperty("agreement").GetString());
        Assert.All(resolved.GetProperty("promises").EnumerateArray(), p => Assert.Equal("kept", p.GetProperty("state").GetString()));

        // The survey, and its answer on the case.
        var survey = People.SurveyPath((await platform.MailToAsync("greta@kunde.example", mail => mail.Text.Contains("/survey/", StringComparison.Ordinal))).Text);
        await People.SubmitAsync(browser, survey, "/survey/", ("score", "5"), ("comment", "Danke, Aisha!"));
        await platform.CaseAboutAsync("Aufkleber", found => found.GetProperty("feedback").GetArrayLength() == 1);

        // One timeline and one feed, in order.
        var timeline = (await platform.GetAsync(path + "/timeline")).GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("type").GetString()!).ToList();
        InOrder(timeline, "case.opened.v1", "case.triaged.v1", "case.acknowledged.v1", "case.customer-replied.v1", "case.reply-sent.v1", "case.note-added.v1",
            "case.promise.made.v1", "case.promise.kept.v1", "case.solution-proposed.v1", "case.solution-accepted.v1", "case.resolved.v1", "case.feedback-received.v1");
        await FeedIsGaplessAsync(platform);
    }

    /// <summary>A chat is answered while the visitor waits, whichever process holds their connection.</summary>
    private static async Task ChatAsync(Platform platform, HttpClient agent)
    {
        using var visitor = new HttpClient { BaseAddress = platform.Address };
        using var opened = await visitor.PostAsJsonAsync("/v1/channels/chat", new { text = "Is the observatory open tonight?", name = "Vera" });
        Assert.True(opened.IsSuccessStatusCode, await opened.Content.ReadAsStringAsync());
        visitor.DefaultRequestHeaders.Add("X-Chat-Token", (await opened.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var stream = await visitor.GetStreamAsync(new Uri("/v1/channels/chat/stream", UriKind.Relative), patience.Token);
        var number = (await platform.CaseAboutAsync("observatory")).GetProperty("number").GetString();
        await ActAsync(agent, $"/v1/cases/{number}/replies", new { text = "Yes, until midnight." });
        using var lines = new StreamReader(stream);
        while (await lines.ReadLineAsync(patience.Token) is { } line)
            if (line.StartsWith("data:", StringComparison.Ordinal) && line.Contains("until midnight", StringComparison.Ordinal))
                return;
        Assert.Fail("The stream ended without the answer.");
    }

    internal static async Task ActAsync(HttpClient agent, string path, object body)
    {
        using var response = await agent.PostAsJsonAsync(path, body);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    internal static async Task FeedIsGaplessAsync(Platform platform)
    {
        var events = new List<JsonElement>();
        var cursor = "";
        while (true)
        {
            var read = await platform.GetAsync("/v1/events?limit=50&after=" + cursor);
            events.AddRange(read.GetProperty("events").EnumerateArray());
            cursor = read.GetProperty("next").GetString();
            if (!read.GetProperty("more").GetBoolean())
                break;
        }
        Assert.NotEmpty(events);
        // Without gaps in any case, and each as the AsyncAPI document says.
        var schemas = new EventSchemas();
        Assert.Empty(events.SelectMany(schemas.FaultsOf));
        var all = string.Concat(events.Select(e => e.GetRawText()));
        Assert.DoesNotContain("INTERNAL", all, StringComparison.Ordinal);
        Assert.DoesNotContain("@kunde.example", all, StringComparison.Ordinal);
        Assert.DoesNotContain("erstatten", all, StringComparison.Ordinal);
    }

    private static void InOrder(List<string> timeline, params string[] expected)
    {
        var from = 0;
        foreach (var type in expected)
        {
            var at = timeline.IndexOf(type, from);
            Assert.True(at >= 0, $"{type} is missing after place {from} of: {string.Join(", ", timeline)}");
            from = at;
        }
    }
}
