using System.Globalization;
using System.Text.Json;
using CxPlatform.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CxPlatform.EndToEnd.Tests.Pages;

[Collection(PagesCollection.Name)]
public sealed class DeskTests(PagesFixture pages)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_agent_and_a_customer_solve_a_case_with_and_without_script(bool script)
    {
        var (number, link) = await pages.WriteAsync("My blue teapot from order 4711 arrived with a broken spout");
        var desk = await pages.DeskAsync(pages.Aisha, script);
        await PagesFixture.LookAsync(desk, $"inbox-{script}");
        await desk.GetByRole(AriaRole.Link, new() { Name = "All open" }).ClickAsync();
        await desk.GetByRole(AriaRole.Row).Filter(new() { HasText = number }).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("blue teapot");

        await desk.GetByLabel("What the customer reads", new() { Exact = true }).FillAsync("Dear Cleo,\n\nI am sorry about the spout.");
        await SendAsync(desk, "Send the answer", "Your answer is on its way");
        await desk.GetByLabel("What only colleagues read").FillAsync("Warehouse has two left.");
        await SendAsync(desk, "Add the note", "for colleagues only");
        await desk.GetByText("Make a promise").ClickAsync();
        await desk.Locator("#promise-text").FillAsync("I call you when the parcel is on its way");
        await SendAsync(desk, "Promise it", "Promised.");
        await Expect(Region(desk, "Promises").GetByText("I call you when the parcel is on its way").First).ToBeVisibleAsync();
        await desk.GetByRole(AriaRole.Button, new() { NameRegex = new("^Kept ?: I call you") }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Status).First).ToContainTextAsync("Promise kept.");
        await desk.Locator("#propose-text").FillAsync("You get a new teapot by express on Thursday.");
        await SendAsync(desk, "Send the proposal", "Your proposal is on its way");
        await PagesFixture.LookAsync(desk, $"case-{script}");

        var phone = await pages.PhoneAsync(script);
        await phone.GotoAsync(link);
        await Expect(phone.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Aisha has a proposal for you");
        await Expect(Region(phone, "What was said")).ToContainTextAsync("I am sorry about the spout");
        await Expect(Region(phone, "What we promised")).ToContainTextAsync("I call you when the parcel is on its way");
        Assert.DoesNotContain("Warehouse", await phone.ContentAsync(), StringComparison.Ordinal);
        await PagesFixture.LookAsync(phone, $"status-{script}");
        await phone.GetByRole(AriaRole.Button, new() { Name = "Yes, this solves it" }).ClickAsync();
        await Expect(phone.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("This is solved");

        if (!script)
            await desk.ReloadAsync();
        await Expect(Region(desk, "What happened")).ToContainTextAsync("Cleo Marsh accepted the proposal");
        await Expect(Region(desk, "How it ended")).ToContainTextAsync("the customer agreed");
        var resolution = (await pages.CaseAsync(number)).GetProperty("resolution");
        Assert.Equal("customer", resolution.GetProperty("agreement").GetString());
    }

    [Fact]
    public async Task What_happens_elsewhere_appears_on_open_pages_and_disturbs_no_typing()
    {
        var (number, link) = await pages.WriteAsync("Where is my parcel");
        var desk = await pages.DeskAsync(pages.Aisha);
        await desk.GotoAsync($"/desk/cases/{number}");
        var phone = await pages.PhoneAsync();
        await phone.GotoAsync(link);
        var draft = desk.GetByLabel("What the customer reads", new() { Exact = true });
        await draft.FillAsync("Half a sentence");

        await phone.GetByLabel("Your message").FillAsync("It came just now!");
        await phone.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(Region(desk, "What happened")).ToContainTextAsync("It came just now!");
        await Expect(draft).ToHaveValueAsync("Half a sentence");

        await StoryTests.ActAsync(pages.Ben.Client, $"/v1/cases/{number}/replies", new { text = "Good to hear!" });
        await Expect(Region(phone, "What was said")).ToContainTextAsync("Good to hear!");
    }

    [Fact]
    public async Task Two_people_at_once_see_each_other_and_no_word_is_lost()
    {
        var (number, _) = await pages.WriteAsync("When do you open on Saturday");
        var desk = await pages.DeskAsync(pages.Aisha, script: false);
        await desk.GotoAsync($"/desk/cases/{number}");
        await StoryTests.ActAsync(pages.Ben.Client, $"/v1/cases/{number}/notes", new { text = "I know this one." });

        await desk.GetByLabel("What the customer reads", new() { Exact = true }).FillAsync("We open at nine.");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Send the answer" }).ClickAsync();
        var alert = desk.GetByRole(AriaRole.Alert).First;
        await Expect(alert).ToContainTextAsync("Somebody has changed this case");
        await Expect(alert).ToContainTextAsync("Note by Ben");
        await Expect(alert).ToContainTextAsync("I know this one.");
        await PagesFixture.LookAsync(desk, "changed-since", whole: false);
        await Expect(desk.GetByLabel("What the customer reads", new() { Exact = true })).ToHaveValueAsync("We open at nine.");

        await SendAsync(desk, "Send the answer", "Your answer is on its way");
    }

    [Fact]
    public async Task A_refused_form_keeps_what_was_entered_and_says_what_to_change()
    {
        var (number, _) = await pages.WriteAsync("Please send me an invoice");
        var desk = await pages.DeskAsync(pages.Aisha, script: false);
        await desk.GotoAsync($"/desk/cases/{number}");
        await desk.GetByText("Make a promise").ClickAsync();
        await desk.Locator("#promise-text").FillAsync("I send the invoice");
        await desk.Locator("#promise-due").FillAsync("2020-01-01T10:00");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Promise it" }).ClickAsync();
        await Expect(desk.Locator("#promise-due")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(desk.Locator("#promise-due-error")).ToHaveTextAsync("It must lie in the future.");
        await Expect(desk.Locator("#promise-text")).ToHaveValueAsync("I send the invoice");

        await desk.GetByText("Resolve", new() { Exact = true }).ClickAsync();
        await desk.Locator("#resolve-reason").FillAsync(" ");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Resolve the case" }).ClickAsync();
        await Expect(desk.Locator("#resolve-reason-error")).ToHaveTextAsync("Please fill this in.");
    }

    [Fact]
    public async Task A_promise_gets_a_new_date_with_a_reason_and_another_is_withdrawn()
    {
        var (number, link) = await pages.WriteAsync("My lamp flickers");
        var desk = await pages.DeskAsync(pages.Aisha, script: false);
        await desk.GotoAsync($"/desk/cases/{number}");
        foreach (var text in (string[])["I ask the workshop", "I send a lamp"])
        {
            await desk.GetByText("Make a promise").ClickAsync();
            await desk.Locator("#promise-text").FillAsync(text);
            await SendAsync(desk, "Promise it", "Promised.");
            await Expect(Region(desk, "Promises")).ToContainTextAsync(text);
        }
        var workshop = Region(desk, "Promises").GetByRole(AriaRole.Listitem).Filter(new() { HasText = "I ask the workshop" });
        await workshop.Locator("summary").Filter(new() { HasText = "New date" }).ClickAsync();
        var later = DateTime.UtcNow.AddDays(9).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
        await workshop.GetByLabel("Now due").FillAsync(later);
        await workshop.GetByRole(AriaRole.Textbox, new() { Name = "Why, as the customer reads it" }).FillAsync("The workshop answers on Monday.");
        await workshop.GetByRole(AriaRole.Button, new() { Name = "Set the new date" }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Status).First).ToContainTextAsync("The promise has its new date");
        var lamp = Region(desk, "Promises").GetByRole(AriaRole.Listitem).Filter(new() { HasText = "I send a lamp" });
        await lamp.Locator("summary").Filter(new() { HasText = "Withdraw" }).ClickAsync();
        await lamp.GetByRole(AriaRole.Textbox, new() { Name = "Why, as the customer reads it" }).FillAsync("It only needs a new switch.");
        await lamp.GetByRole(AriaRole.Button, new() { Name = "Withdraw the promise" }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Status).First).ToContainTextAsync("The promise is withdrawn");

        var promises = (await pages.JsonAsync(link)).GetProperty("promises").EnumerateArray().ToList();
        Assert.Equal("withdrawn", promises.Single(promise => promise.GetProperty("text").GetString() == "I send a lamp").GetProperty("state").GetString());
        var phone = await pages.PhoneAsync(script: false);
        await phone.GotoAsync(link);
        await Expect(Region(phone, "What we promised")).ToContainTextAsync("The workshop answers on Monday.");
        await Expect(Region(phone, "What we promised")).ToContainTextAsync("First we had said");
    }

    [Fact]
    public async Task A_case_changes_hands_and_the_customer_reads_the_new_name()
    {
        var (number, link) = await pages.WriteAsync("I lost my receipt");
        var desk = await pages.DeskAsync(pages.Ben, script: false);
        await desk.GotoAsync($"/desk/cases/{number}");
        await SendAsync(desk, "Assign to me", "The case has its owner");
        await Expect(Region(desk, "Who has it")).ToContainTextAsync("Ben");
        await desk.GetByText("Give to a colleague").ClickAsync();
        await desk.GetByLabel("Colleague", new() { Exact = true }).SelectOptionAsync("Aisha");
        await SendAsync(desk, "Give", "The case has its owner");
        await Expect(Region(desk, "Who has it").Locator("p").First).ToHaveTextAsync("Aisha");
        Assert.Equal("Aisha", (await pages.JsonAsync(link)).GetProperty("next").GetProperty("who").GetString());
        await SendAsync(desk, "Back to the queue", "back in its queue");
        await Expect(Region(desk, "What happened")).ToContainTextAsync("Back in the queue");
    }

    [Fact]
    public async Task A_form_that_is_sent_twice_acts_once()
    {
        var (number, _) = await pages.WriteAsync("My kettle leaks");
        var desk = await pages.DeskAsync(pages.Aisha, script: false);
        await desk.GotoAsync($"/desk/cases/{number}");
        await desk.GetByLabel("What only colleagues read").FillAsync("Once only");
        var form = desk.Locator("#note form");
        var data = desk.APIRequest.CreateFormData();
        foreach (var field in await form.Locator("input[type=hidden], textarea").AllAsync())
            data.Set((await field.GetAttributeAsync("name"))!, await field.InputValueAsync());
        for (var i = 0; i < 2; i++)
        {
            var answer = await desk.APIRequest.PostAsync($"/desk/cases/{number}", new() { Form = data });
            Assert.True(answer.Ok, $"{answer.Status}");
        }
        Assert.Single(await pages.DecisionsAsync(number), type => type == "case.note-added.v1");
    }

    [Fact]
    public async Task The_inbox_finds_filters_and_pages()
    {
        var (number, _) = await pages.WriteAsync("Do you have gift wrapping");
        for (var i = 0; i < 31; i++)
        {
            var from = new { value = $"many{i}@customer.example" };
            await pages.Platform.PostAsync("/v1/contacts", new { providerId = $"many-{i}", from, text = $"How do I change order {i}?" });
        }
        // All of them with somebody, so that no list changes any more while it is looked at.
        await Eventually.Async(async () => Assert.Equal(31, await OwnedAsync()), People.Patience);
        var desk = await pages.DeskAsync(pages.Aisha, script: false);
        await desk.GetByLabel("Case number").FillAsync(number.ToLowerInvariant());
        await desk.GetByRole(AriaRole.Button, new() { Name = "Find case" }).ClickAsync();
        await Expect(desk).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"/desk/cases/{number}$"));

        await desk.GotoAsync("/desk?view=open");
        var first = await desk.GetByRole(AriaRole.Row).CountAsync();
        Assert.Equal(31, first); // with the head
        var top = await desk.GetByRole(AriaRole.Row).Nth(1).TextContentAsync();
        await desk.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Row).Nth(1)).Not.ToHaveTextAsync(top!);
        await desk.GetByText("Filter", new() { Exact = true }).ClickAsync();
        await desk.GetByLabel("Priority", new() { Exact = true }).SelectOptionAsync("Urgent");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Expect(desk.GetByText("No case here fits the filter.")).ToBeVisibleAsync();

        await desk.GotoAsync("/desk?view=team");
        await Expect(desk.Locator("[aria-current=page]")).ToContainTextAsync("My team");
        Assert.Equal(31, await desk.GetByRole(AriaRole.Row).CountAsync());

        async Task<int> OwnedAsync() => (await pages.Platform.GetAsync("/v1/cases?limit=200&open=true")).GetProperty("items").EnumerateArray()
            .Count(item => item.TryGetProperty("ownerName", out _) && item.GetProperty("need").GetString()!.Contains("change order", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_bare_admin_key_opens_the_desk_and_answers_as_Admin()
    {
        var (number, link) = await pages.WriteAsync("Is there parking for a van");
        var desk = await pages.DeskAsync(null, script: false);
        await Expect(desk.GetByRole(AriaRole.Link, new() { Name = "Mine" })).ToHaveCountAsync(0);
        await desk.GotoAsync($"/desk/cases/{number}");
        await Expect(desk.GetByRole(AriaRole.Button, new() { Name = "Assign to me" })).ToHaveCountAsync(0);
        await desk.GetByLabel("What the customer reads", new() { Exact = true }).FillAsync("Yes, behind the shop.");
        await SendAsync(desk, "Send the answer", "Your answer is on its way");
        await desk.GetByRole(AriaRole.Button, new() { NameRegex = new("^Send now") }).ClickAsync();
        await Eventually.Async(async () => Assert.Contains((await pages.JsonAsync(link)).GetProperty("messages").EnumerateArray(),
            message => !message.GetProperty("fromCustomer").GetBoolean() && message.GetProperty("name").GetString() == "Admin"));
    }

    [Fact]
    public async Task Looking_changes_nothing_and_signing_out_ends_it()
    {
        var (number, link) = await pages.WriteAsync("Just looking");
        var before = await pages.DecisionsAsync(number);
        var desk = await pages.DeskAsync(pages.Aisha);
        string[] paths =
        [
            "/desk", "/desk?view=waiting", "/desk?view=due", "/desk?view=ended", $"/desk?q={number}", $"/desk/cases/{number}",
            $"/desk/cases/{number}?done=reply", link + "?answer=accept", link + "/accept", link + "?done=accept",
        ];
        foreach (var path in paths)
            Assert.True((await desk.GotoAsync(path))!.Ok, path);
        Assert.Equal(before, await pages.DecisionsAsync(number));

        await desk.GotoAsync("/desk");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sign in to the desk");
        await desk.GotoAsync($"/desk/cases/{number}");
        await Expect(desk.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sign in to the desk");
    }

    private static async Task SendAsync(IPage page, string button, string says)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync(says);
    }

    private static ILocator Region(IPage page, string name) => page.GetByRole(AriaRole.Region, new() { Name = name, Exact = true });
}
