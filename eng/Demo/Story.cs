using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AngleSharp.Html.Dom;

namespace CxPlatform.Demo;

/// <summary>A day at Fernweh Bikes: people get in touch, are told what happens, are helped, and are asked how it went.</summary>
internal sealed partial class Story(Platform platform, Narrator narrator)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);
    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Narrator _tell = narrator;
    private readonly Cast _cast = new();
    private readonly List<(string Number, string What)> _cases = [];
    private Company _company = null!;
    private string? _feedStart;
    private string _statusPage = "";

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public async Task TellAsync()
    {
        _tell.Open("A day at Fernweh Bikes", $"told against {platform.Address} through its public HTTP interface");
        await platform.GetAsync("/v1/cases?limit=1");
        _feedStart = (await ReadFeedAsync(null)).Next;

        _tell.Chapter("A small company opens");
        _tell.Say("Fernweh Bikes sell and mend e-bikes. They have shop hours, three queues and four people, one of whom is away today.");
        _company = new(platform, _tell);
        await _company.OpenAsync();

        var (jonas, acknowledgement) = await PeopleGetInTouchAsync();
        await JonasWritesAgainAsync(jonas, acknowledgement);
        await BenHelpsAsync(jonas);
        await JonasAcceptsAsync(jonas);
        await JonasIsAskedAsync(jonas);
        await TheRestOfTheDayAsync();
        await EveryStepInOrderAsync(jonas);
        await WhatIsLeftAsync();
    }

    private async Task<(JsonNode Case, JsonNode Message)> PeopleGetInTouchAsync()
    {
        _tell.Chapter("People get in touch, each in their own way");
        _tell.Say("Whatever the channel: 202 means that it is stored for good. A case follows, Routing reads it, and the customer is told "
            + "what we understood, who has it, what happens next and by when. That date is a promise.");

        using var mail = _cast.JonasAsksForHelp(Now);
        var jonas = await ArrivesAsync("Jonas", "writes a mail", "POST /v1/channels/email, raw RFC 5322", HttpMethod.Post, "/v1/channels/email", mail, "his bike stopped working");
        var acknowledgement = await ReadMessageAsync(jonas, "acknowledgement");
        _tell.FromUs($"to Jonas, {jonas.AcknowledgedIn()} after his mail", Short(acknowledgement.Text("text"), 40));

        var marie = await ArrivesAsync("Marie", "fills in the web form", "POST /v1/channels/web-form", HttpMethod.Post, "/v1/channels/web-form", JsonContent.Create(new
        {
            id = $"form-{_cast.Run}",
            name = "Marie Dubois",
            email = _cast.Address("marie"),
            subject = "Where is my parcel?",
            message = "I ordered a helmet two weeks ago (order 20388) and the tracking has not moved since Monday. When will it be delivered?",
        }), "her helmet has not arrived");
        _tell.FromUs($"to Marie, after {marie.AcknowledgedIn()}", Short((await ReadMessageAsync(marie, "acknowledgement")).Text("text")));

        var peter = await ArrivesAsync("Peter", "complains in the shop's app", "POST /v1/contacts, JSON from another program", HttpMethod.Post, "/v1/contacts", JsonContent.Create(new
        {
            channel = "api",
            providerId = $"app-{_cast.Run}",
            from = new { value = _cast.Address("peter"), name = "Peter Aldridge" },
            subject = "Charged twice",
            text = "You charged me twice for the same service, and nobody called me back although I was promised it. I am very disappointed. This is unacceptable.",
            references = new { order = "20351" },
            timeZone = "Europe/London",
        }), "he was charged twice");
        _tell.FromUs($"to Peter, who is unhappy, in other words, after {peter.AcknowledgedIn()}", Short((await ReadMessageAsync(peter, "acknowledgement-unhappy", "acknowledgement")).Text("text")));

        await SmsAsync();

        using var praise = _cast.IngridSaysThankYou(Now);
        var ingrid = await ArrivesAsync("Ingrid", "says thank you", "nothing to solve, so nothing is promised", HttpMethod.Post, "/v1/channels/email", praise, "praise for Ben");
        _tell.FromUs("to Ingrid", Short((await ReadMessageAsync(ingrid, "acknowledgement-praise", "acknowledgement")).Text("text")));
        return (jonas, acknowledgement);
    }

    private async Task SmsAsync()
    {
        const string Path = "/v1/channels/sms/twilio";
        if (Environment.GetEnvironmentVariable("Cx__Intake__Twilio__AuthToken") is not { Length: > 0 } token)
        {
            _tell.Skipped("Yusuf's text message is skipped:", "text messages come signed by Twilio. Start the platform and this demo with the same Cx__Intake__Twilio__AuthToken to see one.");
            return;
        }
        var webhook = Environment.GetEnvironmentVariable("Cx__Intake__Twilio__WebhookUrl") is { Length: > 0 } told
            ? new Uri(told)
            : new Uri(new Uri(Environment.GetEnvironmentVariable("Cx__PublicUrl") ?? platform.Address.ToString()), Path);
        var since = Now.AddSeconds(-1);
        using var sms = _cast.Sms("Hi, are you open on Saturday? My brakes squeak.", token, webhook);
        var (status, answer) = await platform.TryAsync(HttpMethod.Post, Path, sms);
        if (status != HttpStatusCode.OK)
            throw new StoryException($"The text message was answered {(int)status}: {answer?["detail"]}");
        _tell.Step("Yusuf", "sends a text message.", "POST " + Path + ", signed as Twilio does");
        var found = await Platform.UntilAsync("the text message becomes a case", Soon, async () =>
            (await platform.GetAsync("/v1/cases?limit=20")).Items().FirstOrDefault(c => c.Text("channel") == "sms" && c.Time("openedAt") >= since));
        _tell.Show(await ToldAsync(found.Text("number"), "Yusuf"));
        _cases.Add((found.Text("number"), "Yusuf asks for the Saturday hours"));
    }

    private async Task JonasWritesAgainAsync(JsonNode jonas, JsonNode acknowledgement)
    {
        var number = jonas.Text("number");
        _tell.Chapter("Jonas adds something, and does not have to explain it all again");
        using var mail = _cast.JonasWritesAgain(Now, acknowledgement.Text("messageId"));
        await platform.SendAsync(HttpMethod.Post, "/v1/channels/email", mail);
        _tell.Step("Jonas", "answers our message.", "In-Reply-To names it");
        var joined = await EventAsync(number, "case.customer-replied.v1", "Jonas's second mail joins his case");
        _tell.Step($"Case {number}", "takes it in; no second case is opened.", $"joined by {joined["data"]!.Text("joinedBy")}");
        _tell.FromCustomer("what the agents see of it: no quoted history", joined["data"]!.Text("text"));
        _tell.FromUs("to Jonas", Short((await ReadMessageAsync(jonas, "acknowledgement-joined")).Text("text")));
    }

    private async Task BenHelpsAsync(JsonNode jonas)
    {
        var number = jonas.Text("number");
        var path = $"/v1/cases/{number}";
        _tell.Chapter("Somebody helps");
        var (ben, name) = await OwnerAsync(number, "Ben Okafor");

        await ben.PostAsync($"{path}/notes", new { text = "Error 503 with noise under load: freewheel, as on the other 7s of that month. We have two in stock." });
        _tell.Step(name, "leaves a note for his colleagues.", "never visible to Jonas");
        await ben.PostAsync($"{path}/replies", new
        {
            text = "Hello Jonas,\n\nplease do not ride it: error 503 with that noise means that the motor's freewheel is worn, and it can lock. "
                + "It is covered by the guarantee. I send a courier for the bike and you have it back the day after.",
        });
        _tell.FromUs($"{name} to Jonas", Short((await ReadMessageAsync(jonas, "reply")).Text("text")));
        var kept = await EventAsync(number, "case.promise.kept.v1", "the promised answer counts as given");
        _tell.Step("The promise", "that somebody would answer is kept.", kept["data"]!.Text("late") == "true" ? "late" : "in time");

        var due = NextNoon();
        await ben.PostAsync($"{path}/promises", new { text = "The courier picks up your bike at your door", due });
        var promise = (await platform.GetAsync(path)).Items("promises").Last();
        _tell.Step(name, "promises: the courier comes by " + due.ToString("dddd", CultureInfo.InvariantCulture) + " noon" + ".", "a thing with a date and an owner, chased before it breaks");
        _tell.FromUs("to Jonas", Short((await ReadMessageAsync(jonas, "promise-made")).Text("text")));
        await ben.PostAsync($"{path}/promises/{promise.Text("id")}/keep", new { });
        _tell.Step(name, "keeps it: the courier was there.");

        await ben.PostAsync($"{path}/proposals", new { text = "Your bike is back with a new freewheel, and I took it up our steepest hill: no noise, no error. Is everything as it should be?" });
        _tell.FromUs($"{name} proposes a solution", Short((await ReadMessageAsync(jonas, "proposal")).Text("text")));
    }

    private async Task JonasAcceptsAsync(JsonNode jonas)
    {
        var number = jonas.Text("number");
        _tell.Chapter("Jonas has the last word");
        using var browser = new Browser(platform.Address);
        var link = LinkIn((await ReadMessageAsync(jonas, "proposal")).Text("text"), "/s/");
        var page = await browser.OpenAsync(link);
        _statusPage = link.Split('?')[0];
        _tell.Step("Jonas", "opens the link in the message.", "no account, no password; the link is for this case alone");
        _tell.FromCustomer("his page says", Page(page));
        var (form, button) = FormFor(page, "accept")
            ?? throw new StoryException("The status page has no form to accept the solution with.");
        await browser.SubmitAsync(link, form, button);
        var resolved = await EventAsync(number, "case.resolved.v1", "the case resolves when its customer accepts");
        _tell.Step("Jonas", "accepts: the case is resolved.", $"agreed by the {resolved["data"]!.Text("agreement")}");
        _tell.FromUs("to Jonas", Short((await ReadMessageAsync(jonas, "resolved")).Text("text")));
    }

    private async Task JonasIsAskedAsync(JsonNode jonas)
    {
        var number = jonas.Text("number");
        _tell.Chapter("How did we do?");
        var survey = await ReadMessageAsync(jonas, "survey", advice:
            "A survey goes out Cx:Feedback:SurveyDelay after a case is resolved, ten minutes unless configured. ./cx up asks at once; elsewhere, start the platform with Cx__Feedback__SurveyDelay=00:00:00 to see this part.");
        _tell.FromUs("to Jonas, once in fourteen days at most", Short(survey.Text("text")));
        using var browser = new Browser(platform.Address);
        var link = LinkIn(survey.Text("text"), "/survey/");
        var page = await browser.OpenAsync(link);
        var form = page.Forms.OfType<IHtmlFormElement>().FirstOrDefault(f => f.QuerySelector("[name=score]") is not null)
            ?? throw new StoryException("The survey page has no form to answer with.");
        const string Comment = "Ben told me at once what was wrong, and did what he said.";
        await browser.SubmitAsync(link, form, null, ("score", "5"), ("comment", Comment));
        _tell.FromCustomer("Jonas gives five of five", Comment);
        var feedback = await EventAsync(number, "case.feedback-received.v1", "the answer lands on the case");
        _tell.Step($"Case {number}", "has the answer on its timeline.", $"score {feedback["data"]!.Text("score")}");
    }

    private async Task TheRestOfTheDayAsync()
    {
        _tell.Chapter("The rest of the day");
        _tell.Say("Other cases go their own ways, so that the desk has something to show.");
        var peter = await platform.GetAsync($"/v1/cases/{Number("Peter")}");
        var petersAgent = await ByOwnerAsync(peter, "replies", new { text = "Dear Mr Aldridge, I am sorry. I see both charges; the second one is on its way back to your card, and I ring you myself on Monday to hear whether it arrived." });
        _tell.Step(petersAgent, "answers Peter and goes on working on it.", "in progress");

        var greta = await HandInAsync("Greta", new
        {
            channel = "letter",
            providerId = $"letter-{_cast.Run}",
            from = new { value = _cast.Address("greta"), name = "Greta Brandt" },
            subject = "Neue Lieferadresse",
            text = "Guten Tag, ich bin umgezogen und möchte bitte die Lieferadresse für meine Bestellung ändern. Mit freundlichen Grüßen, Greta Brandt",
            language = "de",
        }, "Greta has moved house");
        var gretasAgent = await ByOwnerAsync(greta, "replies", new { text = "Liebe Frau Brandt, gern. Wie lautet die neue Adresse?", asksCustomer = true });
        _tell.FromUs("an Greta, auf Deutsch", Short((await ReadMessageAsync(greta, "acknowledgement")).Text("text")));
        _tell.Step(gretasAgent, "asks Greta back.", "waiting on the customer");

        var omar = await HandInAsync("Omar", new
        {
            channel = "voice",
            providerId = $"call-{_cast.Run}",
            from = new { value = _cast.Address("omar"), name = "Omar Haddad" },
            subject = "Brakes squeak after the service",
            text = "The brakes squeak since the last service and it is getting worse. Please fix this.",
        }, "Omar's brakes squeak");
        var omarsAgent = await ByOwnerAsync(omar, "proposals", new { text = "New pads of the softer kind are in; they need two rides to settle. Is it quiet now?" });
        _tell.Step(omarsAgent, "has proposed a solution to Omar.", "proposed");

        var lena = await HandInAsync("Lena", new
        {
            channel = "kiosk",
            providerId = $"kiosk-{_cast.Run}",
            from = new { value = _cast.Address("lena"), name = "Lena Fischer" },
            subject = "Gears for a 1987 racing bike",
            text = "Could you please repair the gears of my 1987 racing bike? Nobody else wants to.",
        }, "Lena's old racing bike");
        var lenasAgent = await ByOwnerAsync(lena, "resolve", new { result = "notPossible", reason = "We have no parts for it. The bicycle museum in town has, and expects her call." });
        _tell.Step(lenasAgent, "has to tell Lena no, with a reason and with somebody who can.", "resolved by us");
    }

    private async Task EveryStepInOrderAsync(JsonNode jonas)
    {
        var number = jonas.Text("number");
        _tell.Chapter("Every step, once and in order");
        var timeline = (await platform.GetAsync($"/v1/cases/{number}/timeline")).Items().ToList();
        _tell.Table(["#", "time (UTC)", "what", "by", "who sees it"], timeline.Select(entry => (string[])
        [
            entry.Text("version"), entry.Time("at")?.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) ?? "", What(entry.Text("type")), By(entry.Text("actor")), entry.Text("visibility"),
        ]));
        var caught = await ReadFeedAsync(_feedStart);
        var feed = caught.Events.Where(e => e.Text("subject") == number).ToList();
        var sequence = feed.ConvertAll(e => e.Text("sequence"));
        if (!sequence.SequenceEqual(Enumerable.Range(1, timeline.Count).Select(i => i.ToString(CultureInfo.InvariantCulture))))
            throw new StoryException($"The feed should hold the steps 1 to {timeline.Count} of case {number} in order; it holds {string.Join(", ", sequence)}.");
        _tell.Step("The event feed", $"has the same {feed.Count} steps in the same order, among {caught.Events.Count} events of today.", "GET /v1/events: facts and ids, nobody's words or addresses");
        _tell.Fact("for example", feed[0].ToJsonString(Readable));
    }

    private async Task WhatIsLeftAsync()
    {
        _tell.Chapter("What is left behind");
        var rows = new List<string[]>();
        foreach (var (number, what) in _cases)
        {
            var c = await platform.GetAsync($"/v1/cases/{number}");
            rows.Add([number, c.Text("status"), c.Who(), what]);
        }
        _tell.Table(["case", "status", "who has it", "what it is about"], rows.OrderBy(row => row[0], StringComparer.Ordinal));
        _tell.Say("A case is “new” for a second only, and “closed” fourteen days after its end: those two you cannot see here.");
        _tell.Close($"""
            [bold green]That was the whole story.[/] Look around:
              Jonas's page    {_statusPage}
              the desk        {platform.Address}desk  (sign in with your key)
              the web form    {platform.Address}contact
              what was sent   .data/outbox (unless mail is configured)
              the event feed  curl -H "X-Api-Key: ..." {platform.Address}v1/events
            """);
    }

    /// <summary>A contact comes in, becomes a case and is acknowledged.</summary>
    private async Task<JsonNode> ArrivesAsync(string who, string what, string how, HttpMethod method, string path, HttpContent content, string about)
    {
        var accepted = await platform.SendAsync(method, path, content);
        _tell.Step(who, what + ".", how);
        var c = await ToldAsync(await CaseOfAsync(accepted, who), who);
        _cases.Add((c.Text("number"), $"{who}: {about}"));
        _tell.Show(c);
        return c;
    }

    private async Task<JsonNode> HandInAsync(string who, object contact, string about)
    {
        using var content = JsonContent.Create(contact);
        var accepted = await platform.SendAsync(HttpMethod.Post, "/v1/contacts", content);
        var c = await ToldAsync(await CaseOfAsync(accepted, who), who);
        _cases.Add((c.Text("number"), about));
        return c;
    }

    private async Task<string> CaseOfAsync(JsonNode accepted, string who)
    {
        var customer = accepted.Text("customerId");
        var found = await Platform.UntilAsync($"{who}'s contact becomes a case", Soon, async () =>
            (await platform.GetAsync($"/v1/cases?customer={customer}&limit=1")).Items().FirstOrDefault());
        return found.Text("number");
    }

    /// <summary>Waits until the customer was told, and the team's answer has an owner where somebody has room.</summary>
    private Task<JsonNode> ToldAsync(string number, string who) => Platform.UntilAsync($"{who} is told what we understood (case {number})", Soon, async () =>
        await platform.GetAsync($"/v1/cases/{number}") is var c && (c.IsTold() || c.Text("status") == "resolved") ? c : null);

    /// <summary>The newest message of a case in these words (or in the plainer ones), with its text.</summary>
    /// <param name="advice">What to do when it does not come.</param>
    private async Task<JsonNode> ReadMessageAsync(JsonNode c, string template, string? plainer = null, string advice = "")
    {
        var (number, id) = (c.Text("number"), c.Text("id"));
        var message = await Platform.UntilAsync($"a message “{template}” leaves for case {number}", Soon, advice, async () =>
            (await platform.GetAsync($"/v1/messages?caseId={id}")).Items().FirstOrDefault(m =>
                (m.Text("template") == template || m.Text("template") == plainer) && m.Text("state") == "sent"));
        return await platform.GetAsync($"/v1/messages/{message.Text("id")}");
    }

    private Task<JsonNode> EventAsync(string number, string type, string what) => Platform.UntilAsync(what, Soon, async () =>
        (await platform.GetAsync($"/v1/cases/{number}/timeline")).Items().LastOrDefault(entry => entry.Text("type") == type));

    /// <summary>Who has the case, signed in. Where everybody's hands are full, with what earlier stories left, it is handed to somebody.</summary>
    private async Task<(Platform Agent, string Name)> OwnerAsync(string number, string otherwise)
    {
        var c = await platform.GetAsync($"/v1/cases/{number}");
        if (c.Text("ownerId").Length == 0)
        {
            await platform.PostAsync($"/v1/cases/{number}/assign", new { agentId = _company.IdOf(otherwise), reason = "Everybody is busy" });
            _tell.Step("A lead", $"gives case {number} to {otherwise}, because nobody has room.");
            c = await platform.GetAsync($"/v1/cases/{number}");
        }
        return (await _company.AsAgentAsync(c.Text("ownerId")), c.Text("ownerName"));
    }

    /// <returns>Who did it.</returns>
    private async Task<string> ByOwnerAsync(JsonNode c, string action, object body)
    {
        var (agent, name) = await OwnerAsync(c.Text("number"), "Anna Lindqvist");
        await agent.PostAsync($"/v1/cases/{c.Text("number")}/{action}", body);
        return name;
    }

    private async Task<(List<JsonNode> Events, string Next)> ReadFeedAsync(string? after)
    {
        var events = new List<JsonNode>();
        while (true)
        {
            var page = await platform.GetAsync($"/v1/events?limit=1000{(after is null ? "" : "&after=" + after)}");
            events.AddRange(page.Items("events"));
            after = page.Text("next");
            if (page.Text("more") != "true")
                return (events, after);
        }
    }

    private string Number(string who) => _cases.First(c => c.What.StartsWith(who, StringComparison.Ordinal)).Number;

    private static string LinkIn(string text, string path) =>
        Links().Matches(text).Select(match => match.Value).FirstOrDefault(link => link.Contains(path, StringComparison.Ordinal))
        ?? throw new StoryException($"The message holds no link to {path}: {text}");

    private static (IHtmlFormElement Form, IHtmlElement? Button)? FormFor(IHtmlDocument page, string word)
    {
        foreach (var form in page.Forms.OfType<IHtmlFormElement>())
        {
            var button = form.QuerySelectorAll("button,input[type=submit]").OfType<IHtmlElement>().FirstOrDefault(b =>
                $"{b.GetAttribute("value")} {b.GetAttribute("name")} {b.GetAttribute("formaction")}".Contains(word, StringComparison.OrdinalIgnoreCase));
            if (button is not null)
                return (form, button);
            if (form.GetAttribute("action")?.Contains(word, StringComparison.OrdinalIgnoreCase) == true)
                return (form, null);
        }
        return null;
    }

    private static string Page(IHtmlDocument page) => Short(string.Join('\n', (page.QuerySelector("main")?.TextContent ?? "")
        .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)), 18);

    /// <summary>The beginning of a message; what every message ends with need not be read ten times.</summary>
    private static string Short(string text, int lines = 9)
    {
        var all = Secrets().Replace(text, "$1…").Trim().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0).ToList();
        return string.Join('\n', all.Count <= lines ? all : [.. all.Take(lines), "…"]);
    }

    // On a day when the shop is open.
    private static DateTimeOffset NextNoon()
    {
        var shop = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var day = TimeZoneInfo.ConvertTime(Now, shop).Date.AddDays(1);
        var noon = (day.DayOfWeek == DayOfWeek.Sunday ? day.AddDays(1) : day).AddHours(12);
        return new(noon, shop.GetUtcOffset(noon));
    }

    private static string What(string type) => type.Replace("case.", "", StringComparison.Ordinal).Replace(".v1", "", StringComparison.Ordinal).Replace('.', ' ').Replace('-', ' ');

    private static string By(string actor) => actor.Split(':')[0];

    // A link's token opens the case: enough of it to recognise the link.
    [GeneratedRegex(@"(/(?:s|survey)/[\w-]{6})[\w-]+")]
    private static partial Regex Secrets();

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Links();
}
