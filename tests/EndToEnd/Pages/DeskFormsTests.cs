using System.Text.RegularExpressions;
using CxPlatform.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CxPlatform.EndToEnd.Tests.Pages;

/// <summary>What an agent does beside answering: waiting for others, a second opinion, calls, promises in other words.</summary>
[Collection(PagesCollection.Name)]
public sealed class DeskFormsTests(PagesFixture pages)
{
    [Fact]
    public async Task Whom_we_wait_for_is_said_at_the_desk_and_the_customer_sees_it()
    {
        var (number, link) = await pages.WriteAsync("When does my armchair come");
        var desk = await OpenAsync(number, 390);
        await desk.GetByText("We wait for somebody else").ClickAsync();
        await desk.GetByLabel("For whom, as the customer reads it").FillAsync("the carpenter in Lund");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Wait for them" }).ClickAsync();
        await Expect(Region(desk, "Waiting for others")).ToContainTextAsync("the carpenter in Lund");
        Assert.Equal("waitingOnThirdParty", (await pages.CaseAsync(number)).GetProperty("status").GetString());
        var phone = await pages.PhoneAsync(script: false);
        await phone.GotoAsync(link);
        await Expect(phone.GetByRole(AriaRole.Main)).ToContainTextAsync("the carpenter in Lund");
        await PagesFixture.LookAsync(desk, "desk-waiting-390");

        await desk.GetByRole(AriaRole.Button, new() { Name = "It is our turn again" }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Status).First).ToContainTextAsync("our turn again");
        await Expect(desk.GetByText("We wait for somebody else")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_no_can_be_looked_at_again_by_somebody_else()
    {
        var (number, _) = await pages.WriteAsync("Please take the lamp back after three years");
        await pages.ActAsync(number, "resolve", new
        {
            result = "notPossible",
            reason = "Three years are too long.",
            policy = "We take things back for a year.",
            alternative = "We repair it at cost.",
        });
        var desk = await OpenAsync(number);
        await desk.GetByText("Ask for a second opinion").ClickAsync();
        await desk.GetByLabel("What to look at, for colleagues").FillAsync("The hinge is a known fault.");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Ask a colleague to look again" }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Status).First).ToContainTextAsync("Somebody else looks at it again");
        await Expect(desk.GetByText("Ask for a second opinion")).ToHaveCountAsync(0);
        Assert.True((await pages.CaseAsync(number)).TryGetProperty("secondOpinion", out _));
    }

    [Fact]
    public async Task A_call_is_booked_moved_and_called_off_at_the_desk()
    {
        var (number, link) = await pages.WriteAsync("I would rather talk to somebody");
        var desk = await OpenAsync(number);
        await desk.GetByText("Book a call").First.ClickAsync();
        await desk.GetByRole(AriaRole.Button, new() { Name = "Book a call" }).ClickAsync();
        await Expect(desk.Locator("#call-phone-error")).ToContainTextAsync("did not write from a number");
        await desk.Locator("#call-phone").FillAsync("+49 30 9876543");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Book a call" }).ClickAsync();
        var region = Region(desk, "A call at a time of their choice");
        await Expect(region).ToContainTextAsync("+49 30 9876543");
        var first = await BookedAsync();
        await desk.GetByText("Move the call").First.ClickAsync();
        await desk.Locator("#call-from").SelectOptionAsync(new SelectOptionValue { Index = 3 });
        await desk.GetByRole(AriaRole.Button, new() { Name = "Move the call" }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Status).First).ToContainTextAsync("The call is booked");
        await Eventually.Async(async () => Assert.NotEqual(first, await BookedAsync()), People.Patience);
        var phone = await pages.PhoneAsync(script: false);
        await phone.GotoAsync(link);
        await Expect(phone.Locator("#call-back")).ToBeVisibleAsync();
        await PagesFixture.LookAsync(desk, "desk-call-1280");

        await desk.GetByText("Call it off").First.ClickAsync();
        await desk.GetByLabel("Why, as the customer reads it").And(desk.Locator("#call-off-reason")).FillAsync("The question is answered.");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Call it off" }).ClickAsync();
        await Expect(desk.GetByText("Book a call").First).ToBeVisibleAsync();
        Assert.Null(await BookedAsync());

        async Task<string?> BookedAsync() =>
            (await pages.Platform.GetAsync($"/v1/cases/{number}/call-back")).TryGetProperty("booked", out var booked)
                ? booked.GetProperty("from").GetString() : null;
    }

    [Fact]
    public async Task What_an_answer_seems_to_promise_is_promised_in_other_words_and_the_need_is_put_right()
    {
        var (number, _) = await pages.WriteAsync("The invoice has the wrong name on it");
        await pages.ActAsync(number, "replies", new { text = "I will send you the corrected invoice tomorrow." });
        var desk = await OpenAsync(number, 390);
        await desk.GetByText(new Regex("^In other words")).ClickAsync();
        await desk.GetByLabel("What, as the customer reads it").First.FillAsync("You have the right invoice in your inbox");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Promise it so" }).ClickAsync();
        await Expect(Region(desk, "Promises")).ToContainTextAsync("You have the right invoice in your inbox");
        await desk.GetByText("Put the need right").ClickAsync();
        await desk.GetByLabel("What the customer needs, in one sentence they can see").FillAsync("An invoice with the right name");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Put it right" }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("An invoice with the right name");
        Assert.Equal(0, await desk.EvaluateAsync<int>("() => Math.max(0, document.documentElement.scrollWidth - innerWidth)"));
        await PagesFixture.LookAsync(desk, "desk-promise-390");
    }

    [Fact]
    public async Task An_agent_sees_only_how_their_own_promises_came_out()
    {
        var (number, _) = await pages.WriteAsync("Is the museum open on Monday");
        // On a day on which nothing else is due, for other cases get their promises at the same time.
        var due = TimeProvider.System.GetUtcNow().AddDays(40);
        var (aisha, ben) = (await MadeAsync(pages.Aisha), await MadeAsync(pages.Ben));
        await pages.ActAsync(number, "promises", new { text = "You hear from the museum", due });
        Assert.Equal((aisha + 1, ben), (await MadeAsync(pages.Aisha), await MadeAsync(pages.Ben)));
        Assert.False((await pages.Platform.GetAsync("/v1/measures/promises")).TryGetProperty("owner", out _)); // an administrator: everybody's

        async Task<long> MadeAsync(Person person)
        {
            var path = $"/v1/measures/promises?by=queue&from={due.AddDays(-1):yyyy-MM-dd}&to={due.AddDays(1):yyyy-MM-dd}";
            var text = await person.Client.GetStringAsync(new Uri(path, UriKind.Relative));
            var measures = System.Text.Json.JsonDocument.Parse(text).RootElement;
            Assert.Equal(person.Id, measures.GetProperty("owner").GetGuid());
            return measures.GetProperty("total").GetProperty("made").GetInt64();
        }
    }

    private async Task<IPage> OpenAsync(string number, int width = 1280)
    {
        var desk = await pages.DeskAsync(pages.Aisha, script: false);
        await desk.SetViewportSizeAsync(width, 900);
        await desk.GotoAsync($"/desk/cases/{number}");
        return desk;
    }

    private static ILocator Region(IPage page, string name) => page.GetByRole(AriaRole.Region, new() { Name = name });
}
