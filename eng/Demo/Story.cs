using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CxPlatform.Demo;

/// <summary>A day at Fernweh Bikes: people get in touch, are told what happens, are helped, and are asked how it went.</summary>
internal sealed class Story(Platform platform, Narrator tell)
{
    private const string Mail = "/v1/channels/email";
    private const string Form = "/v1/channels/web-form";
    private const string Sms = "/v1/channels/sms/twilio";
    private const string Contacts = "/v1/contacts";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Scene _scene = new(platform, tell);
    private string _statusPage = "";

    public async Task TellAsync()
    {
        tell.Open("A day at Fernweh Bikes", $"told against {platform.Address} through its public HTTP interface");
        await platform.GetAsync("/v1/cases?limit=1");
        var (_, before) = await _scene.FeedAsync(null);

        tell.Chapter("A small company opens");
        tell.Say("Fernweh Bikes sell and mend e-bikes. They have shop hours, three queues and four people, one of whom is away today.");
        await _scene.Company.OpenAsync();
        await AnnaTestsTheLineAsync();

        var (jonas, peter) = await PeopleGetInTouchAsync();
        await JonasWritesAgainAsync(jonas);
        await BenHelpsAsync(jonas);
        await JonasAcceptsAsync(jonas);
        await JonasIsAskedAsync(jonas);
        await TheRestOfTheDayAsync(peter);
        await EveryStepInOrderAsync(jonas, before);
        await WhatIsLeftAsync();
    }

    // Whoever listens on the other end of one's own line finds out before the customers do. It also wakes up what was just started.
    private async Task AnnaTestsTheLineAsync()
    {
        using var content = JsonContent.Create(new
        {
            channel = "api",
            providerId = $"test-{_scene.Cast.Run}",
            from = new { value = $"line-test.{_scene.Cast.Run}@fernweh-bikes.example", name = "Anna Lindqvist" },
            subject = "Is this line open?",
            text = "This is our own test, as every morning. Where is my parcel?",
            tags = (string[])["synthetic"],
        });
        var test = await _scene.ArrivesAsync("Anna", Contacts, content, "a test of the line");
        tell.Step(
            "Anna", $"tests the line before the first customer does: told after {test.AcknowledgedIn()}.",
            "the first contact of a fresh start is the slowest");
        await _scene.OwnerDoesAsync(test, "resolve", new { result = "solved", reason = "We hear ourselves." });
    }

    private async Task<(JsonNode Jonas, JsonNode Peter)> PeopleGetInTouchAsync()
    {
        tell.Chapter("People get in touch, each in their own way");
        tell.Say("Whatever the channel: 202 means that it is stored for good. A case follows, Routing reads it, and the customer is told "
            + "what we understood, who has it, what happens next and by when. That date is a promise.");

        tell.Step("Jonas", "writes a mail.", $"POST {Mail}, raw RFC 5322");
        using var mail = _scene.Cast.JonasAsksForHelp(Scene.Now);
        var jonas = await _scene.ArrivesAsync("Jonas", Mail, mail, "his bike stopped working");
        tell.Show(jonas);
        await _scene.ShowMessageAsync($"to Jonas, {jonas.AcknowledgedIn()} after his mail", jonas, "acknowledgement", lines: 40);

        tell.Step("Marie", "fills in the web form.", $"POST {Form}");
        var marie = await _scene.ArrivesAsync("Marie", Form, JsonContent.Create(new
        {
            id = $"form-{_scene.Cast.Run}",
            name = "Marie Dubois",
            email = _scene.Cast.Address("marie"),
            subject = "Where is my parcel?",
            message = "I ordered a helmet two weeks ago (order 20388) and the tracking has not moved since Monday. "
                + "When will it be delivered?",
        }), "her helmet has not arrived");
        tell.Show(marie);
        await _scene.ShowMessageAsync($"to Marie, after {marie.AcknowledgedIn()}", marie, "acknowledgement");

        tell.Step("Peter", "complains in the shop's app.", $"POST {Contacts}, JSON from another program");
        var peter = await _scene.ArrivesAsync("Peter", Contacts, JsonContent.Create(new
        {
            channel = "api",
            providerId = $"app-{_scene.Cast.Run}",
            from = new { value = _scene.Cast.Address("peter"), name = "Peter Aldridge" },
            subject = "Charged twice",
            text = "You charged me twice for the same service, and nobody called me back although I was promised it. "
                + "I am very disappointed. This is unacceptable.",
            references = new { order = "20351" },
            timeZone = "Europe/London",
        }), "he was charged twice");
        tell.Show(peter);
        await _scene.ShowMessageAsync(
            $"to Peter, who is unhappy, in other words, after {peter.AcknowledgedIn()}",
            peter, "acknowledgement-unhappy", "acknowledgement");

        await YusufTextsAsync();

        tell.Step("Ingrid", "says thank you.", "nothing to solve, so nothing is promised");
        using var praise = _scene.Cast.IngridSaysThankYou(Scene.Now);
        var ingrid = await _scene.ArrivesAsync("Ingrid", Mail, praise, "praise for Ben");
        tell.Show(ingrid);
        await _scene.ShowMessageAsync("to Ingrid", ingrid, "acknowledgement-praise", "acknowledgement");
        return (jonas, peter);
    }

    private async Task YusufTextsAsync()
    {
        var token = Environment.GetEnvironmentVariable("Cx__Intake__Twilio__AuthToken");
        var webhook = Environment.GetEnvironmentVariable("Cx__Intake__Twilio__WebhookUrl")
            ?? (Environment.GetEnvironmentVariable("Cx__PublicUrl") is { Length: > 0 } url ? url.TrimEnd('/') + Sms : null);
        if (string.IsNullOrEmpty(token) || string.IsNullOrEmpty(webhook))
        {
            tell.Skipped(
                "Yusuf's text message is skipped:",
                "text messages come signed by Twilio. "
                + "Start the platform and this story with the same Cx__Intake__Twilio__AuthToken and Cx__PublicUrl to see one.");
            return;
        }
        using var sms = _scene.Cast.Sms("Hi, are you open on Saturday? My brakes squeak.", token, new Uri(webhook));
        var since = Scene.Now.AddSeconds(-1);
        var (status, answer) = await platform.TryAsync(HttpMethod.Post, Sms, sms);
        if (status != HttpStatusCode.OK)
            throw new StoryException($"The text message was answered {(int)status}: {answer?["detail"]}");
        tell.Step("Yusuf", "sends a text message.", $"POST {Sms}, signed as Twilio does");
        tell.Show(await _scene.ArrivedAsync("Yusuf", "sms", since, "is the shop open on Saturday?"));
    }

    private async Task JonasWritesAgainAsync(JsonNode jonas)
    {
        tell.Chapter("Jonas adds something, and does not have to explain it all again");
        var number = jonas.Text("number");
        var acknowledgement = await _scene.MessageAsync(jonas, "acknowledgement");
        using var mail = _scene.Cast.JonasWritesAgain(Scene.Now, acknowledgement.Text("messageId"));
        await platform.SendAsync(HttpMethod.Post, Mail, mail);
        tell.Step("Jonas", "answers our message.", "In-Reply-To names it");
        var joined = await _scene.EventAsync(number, "case.customer-replied.v1", "Jonas's second mail joins his case");
        tell.Step($"Case {number}", "takes it in; no second case is opened.", $"joined by {joined.Text("joinedBy")}");
        tell.FromCustomer("what the agents see of it: no quoted history", joined.Text("text"));
        await _scene.ShowMessageAsync("to Jonas", jonas, "acknowledgement-joined");
    }

    private async Task BenHelpsAsync(JsonNode jonas)
    {
        tell.Chapter("Somebody helps");
        var number = jonas.Text("number");
        var path = $"/v1/cases/{number}";
        var (ben, name) = await _scene.OwnerAsync(number, "Ben Okafor");

        await ben.PostAsync($"{path}/notes", new
        {
            text = "503 with noise under load: the freewheel, as on the other 7s of that month. We have two in stock.",
        });
        tell.Step(name, "leaves a note for the colleagues.", "never visible to Jonas");
        await ben.PostAsync($"{path}/replies", new
        {
            text = "Hello Jonas,\n\nplease do not ride it: error 503 with that noise means that the motor's freewheel is worn, "
                + "and it can lock. "
                + "It is covered by the guarantee. I send a courier for the bike and you have it back the day after.",
        });
        await _scene.ShowMessageAsync($"{name} to Jonas", jonas, "reply");
        var kept = await _scene.EventAsync(number, "case.promise.kept.v1", "the promised answer counts as given");
        tell.Step("The promise", "that somebody would answer is kept.", kept.Text("late") == "true" ? "late" : "in time");

        var due = NextNoon();
        await ben.PostAsync($"{path}/promises", new { text = "The courier picks up your bike at your door", due });
        tell.Step(
            name, $"promises: the courier comes by {due.ToString("dddd", CultureInfo.InvariantCulture)} noon.",
            "a thing with a date and an owner, chased before it breaks");
        await _scene.ShowMessageAsync("to Jonas", jonas, "promise-made");
        var promise = (await _scene.CaseAsync(number)).Items("promises").Last();
        await ben.PostAsync($"{path}/promises/{promise.Text("id")}/keep", new { });
        tell.Step(name, "keeps it: the courier was there.");

        await ben.PostAsync($"{path}/proposals", new
        {
            text = "Your bike is back with a new freewheel, and I took it up our steepest hill: no noise, no error. "
                + "Is everything as it should be?",
        });
        await _scene.ShowMessageAsync($"{name} proposes a solution", jonas, "proposal");
    }

    private async Task JonasAcceptsAsync(JsonNode jonas)
    {
        tell.Chapter("Jonas has the last word");
        using var browser = new Browser(platform.Address);
        var link = Scene.LinkIn(await _scene.MessageAsync(jonas, "proposal"), "/s/");
        _statusPage = link.Split('?')[0];
        var page = await browser.OpenAsync(link);
        tell.Step("Jonas", "opens the link in the message.", "no account, no password; the link is for this case alone");
        tell.FromCustomer("his page says", Scene.Read(page, 24));
        var (form, button) = Scene.FormFor(page, "accept");
        await browser.SubmitAsync(link, form, button);
        var resolved = await _scene.EventAsync(jonas.Text("number"), "case.resolved.v1", "the case resolves when its customer accepts");
        tell.Step("Jonas", "accepts: the case is resolved.", $"agreed by the {resolved.Text("agreement")}");
        await _scene.ShowMessageAsync("to Jonas", jonas, "resolved");
    }

    private async Task JonasIsAskedAsync(JsonNode jonas)
    {
        const string Comment = "Ben told me at once what was wrong, and did what he said.";
        tell.Chapter("How did we do?");
        var survey = await _scene.MessageAsync(jonas, "survey", advice:
            "A survey goes out Cx:Feedback:SurveyDelay after a case is resolved: ten minutes, unless configured. ./cx up asks at once; "
            + "elsewhere, start the platform with Cx__Feedback__SurveyDelay=00:00:00 to see this part.");
        tell.FromUs("to Jonas, once in fourteen days at most", Scene.Short(survey.Text("text")));
        using var browser = new Browser(platform.Address);
        var link = Scene.LinkIn(survey, "/survey/");
        var (form, button) = Scene.FormFor(await browser.OpenAsync(link), "survey");
        await browser.SubmitAsync(link, form, button, ("score", "5"), ("comment", Comment));
        tell.FromCustomer("Jonas gives five of five", Comment);
        var feedback = await _scene.EventAsync(jonas.Text("number"), "case.feedback-received.v1", "the answer lands on the case");
        tell.Step($"Case {jonas.Text("number")}", "has the answer on its timeline.", $"score {feedback.Text("score")}");
    }

    private async Task TheRestOfTheDayAsync(JsonNode peter)
    {
        tell.Chapter("The rest of the day");
        tell.Say("Other cases go their own ways, so that the desk has something to show.");
        var who = await _scene.OwnerDoesAsync(peter, "replies", new
        {
            text = "Dear Mr Aldridge, I am sorry. I see both charges; the second one is on its way back to your card, "
                + "and I ring you myself on Monday to hear whether it arrived.",
        });
        tell.Step(who, "answers Peter and goes on working on it.", "in progress");

        var greta = await HandInAsync("Greta", "letter", "Greta Brandt", "Neue Lieferadresse",
            "Guten Tag, ich bin umgezogen und möchte bitte die Lieferadresse für meine Bestellung ändern. "
            + "Mit freundlichen Grüßen, Greta Brandt",
            "she has moved house");
        await _scene.ShowMessageAsync("an Greta, deren Brief abgetippt wurde, auf Deutsch", greta, "acknowledgement");
        who = await _scene.OwnerDoesAsync(
            greta, "replies", new { text = "Liebe Frau Brandt, gern. Wie lautet die neue Adresse?", asksCustomer = true });
        tell.Step(who, "asks Greta back.", "waiting on the customer");

        var omar = await HandInAsync("Omar", "voice", "Omar Haddad", "Brakes squeak after the service",
            "The brakes squeak since the last service and it is getting worse. Please fix this.", "his brakes squeak");
        who = await _scene.OwnerDoesAsync(
            omar, "proposals", new { text = "New pads of the softer kind are in; they need two rides to settle. Is it quiet now?" });
        tell.Step(who, "proposes a solution to Omar, who called.", "proposed");

        var lena = await HandInAsync("Lena", "kiosk", "Lena Fischer", "Gears for a 1987 racing bike",
            "Could you please repair the gears of my 1987 racing bike? Nobody else wants to.", "her old racing bike");
        who = await _scene.OwnerDoesAsync(lena, "resolve", new
        {
            result = "notPossible",
            policy = "We repair what we can still get parts for.",
            alternative = "The bicycle museum in town has the parts, and expects your call.",
            reason = "We have no parts for it.",
        });
        tell.Step(who, "has to tell Lena no, with a reason and with somebody who can.", "resolved by us");
    }

    private async Task EveryStepInOrderAsync(JsonNode jonas, string before)
    {
        tell.Chapter("Every step, once and in order");
        var number = jonas.Text("number");
        var timeline = await _scene.TimelineAsync(number);
        tell.Table(["#", "time (UTC)", "what", "by", "who sees it"], timeline.Select(entry => (string[])
        [
            entry.Text("version"), entry.Time("at")?.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) ?? "",
            What(entry.Text("type")), entry.Text("actor").Split(':')[0], entry.Text("visibility"),
        ]));
        var (events, _) = await _scene.FeedAsync(before);
        var feed = events.Where(e => e.Text("subject") == number).ToList();
        var sequence = string.Join(", ", feed.Select(e => e.Text("sequence")));
        // Something more may have happened since the timeline was read.
        if (feed.Count < timeline.Count || sequence != string.Join(", ", Enumerable.Range(1, feed.Count)))
            throw new StoryException($"The feed should hold the steps of case {number} from 1 to {timeline.Count}; it holds {sequence}.");
        tell.Step(
            "The event feed", $"has the same steps in the same order, among {events.Count} events of this story.",
            "GET /v1/events: facts and ids, nobody's words or addresses");
        tell.Fact("for example", feed[0].ToJsonString(Readable));
    }

    private async Task WhatIsLeftAsync()
    {
        tell.Chapter("What is left behind");
        var rows = new List<string[]>();
        foreach (var (number, what) in _scene.Cases)
            if (await _scene.CaseAsync(number) is var c)
                rows.Add([number, c.Text("status"), c.Who(), what]);
        tell.Table(["case", "status", "who has it", "what it is about"], rows);
        tell.Say("A case is “new” for a second only, and “closed” fourteen days after its end: those two you cannot see here.");
        tell.Close($"""
            [bold green]That was the whole story.[/] Look around:

            the desk        {platform.Address}desk (sign in with your key)
            Jonas's page    {_statusPage}
            the web form    {platform.Address}contact
            what was sent   the folder outbox beside the data, unless mail is configured
            the event feed  curl -H "X-Api-Key: $KEY" {platform.Address}v1/events
            """);
    }

    /// <summary>Staff or another program hands in what a customer said elsewhere.</summary>
    private async Task<JsonNode> HandInAsync(string who, string channel, string name, string subject, string text, string about)
    {
        using var content = JsonContent.Create(new
        {
            channel,
            providerId = $"{channel}-{_scene.Cast.Run}",
            from = new { value = _scene.Cast.Address(who.ToLowerInvariant()), name },
            subject,
            text,
        });
        return await _scene.ArrivesAsync(who, Contacts, content, about);
    }

    // On a day when the shop is open.
    private static DateTimeOffset NextNoon()
    {
        var shop = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var day = TimeZoneInfo.ConvertTime(Scene.Now, shop).Date.AddDays(1);
        var noon = (day.DayOfWeek == DayOfWeek.Sunday ? day.AddDays(1) : day).AddHours(12);
        return new(noon, shop.GetUtcOffset(noon));
    }

    private static string What(string type) =>
        type["case.".Length..].Replace(".v1", "", StringComparison.Ordinal).Replace('.', ' ').Replace('-', ' ');
}
