using System.Text.RegularExpressions;
using CxPlatform.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CxPlatform.EndToEnd.Tests.Pages;

/// <summary>What makes a day at the desk bearable: undo, drafts, colleagues, many cases at once, keys.</summary>
[Collection(PagesCollection.Name)]
public sealed class DeskWorkTests(PagesFixture pages)
{
    [Fact]
    public async Task An_answer_can_be_taken_back_into_its_form_before_it_goes_out()
    {
        var (number, link) = await pages.WriteAsync("Can I return a lamp");
        var desk = await pages.DeskAsync(pages.Aisha, script: false);
        await desk.GotoAsync($"/desk/cases/{number}");
        await Answer(desk).FillAsync("Yes, within a weak.");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Send the answer" }).ClickAsync();
        await desk.GetByRole(AriaRole.Button, new() { NameRegex = new("^Undo ?: Yes, within") }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Status).First).ToContainTextAsync("back in its form");
        await Expect(Answer(desk)).ToHaveValueAsync("Yes, within a weak.");
        await Answer(desk).FillAsync("Yes, within a week.");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Send the answer" }).ClickAsync();
        await desk.GetByRole(AriaRole.Button, new() { NameRegex = new("^Send now") }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Status).First).ToContainTextAsync("The answer is on its way");
        var said = (await pages.JsonAsync(link)).GetProperty("messages").EnumerateArray()
            .Where(message => !message.GetProperty("fromCustomer").GetBoolean()).Select(message => message.GetProperty("text").GetString());
        Assert.Equal(["Yes, within a week."], said);
    }

    [Fact]
    public async Task An_answer_for_later_waits_and_is_looked_at_again_when_the_customer_writes()
    {
        var (number, link) = await pages.WriteAsync("Please remind me of the sale");
        var desk = await pages.DeskAsync(pages.Aisha, script: false);
        await desk.GotoAsync($"/desk/cases/{number}");
        await pages.ActAsync(number, "tags", new { add = new[] { "sale", "newsletter" } });
        await pages.ActAsync(number, "promises", new { text = "You hear from us before the sale", due = TimeProvider.System.GetUtcNow().AddDays(4) });
        await desk.ReloadAsync();
        await Answer(desk).FillAsync("The sale begins today!");
        await desk.GetByText("Send it later").ClickAsync();
        await desk.Locator("#reply-sendAt").FillAsync(DateTime.UtcNow.AddDays(3).ToString("yyyy-MM-dd'T'10:00", System.Globalization.CultureInfo.InvariantCulture));
        await desk.GetByRole(AriaRole.Button, new() { Name = "Send the answer" }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Status).First).ToContainTextAsync("goes out at its time");
        await Expect(Region(desk, "Not sent yet")).ToContainTextAsync("The sale begins today!");
        var phone = await pages.PhoneAsync(script: false);
        await phone.GotoAsync(link);
        Assert.DoesNotContain("The sale begins today", await phone.ContentAsync(), StringComparison.Ordinal);
        await phone.GetByLabel("Your message").FillAsync("I am away all month after all.");
        await phone.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await desk.GotoAsync($"/desk/cases/{number}");
        await Expect(Region(desk, "Not sent yet")).ToContainTextAsync("Does it still hold?");
        await PagesFixture.LookAsync(desk, "desk-case");
    }

    [Fact]
    public async Task A_draft_survives_a_closed_tab_and_colleagues_see_who_types()
    {
        var (number, _) = await pages.WriteAsync("Is the blue one in stock");
        var ben = await pages.DeskAsync(pages.Ben);
        await ben.GotoAsync($"/desk/cases/{number}");
        var aisha = await pages.DeskAsync(pages.Aisha);
        await aisha.GotoAsync($"/desk/cases/{number}");
        await Expect(ben.Locator("[data-presence]")).ToContainTextAsync("Aisha is looking at this case.");
        await Answer(aisha).PressSequentiallyAsync("Yes, three of them");
        await Expect(aisha.Locator("#reply [data-draft-state]")).ToHaveTextAsync("Draft saved");
        // That somebody types is forgotten within seconds: she does until he sees it.
        await Eventually.Async(
            async () =>
            {
                await Answer(aisha).FillAsync("Yes, three of them");
                await Expect(ben.Locator("[data-presence]")).ToContainTextAsync("Aisha is typing.", new() { Timeout = 3_000 });
            },
            People.Patience);
        await aisha.CloseAsync();

        await ben.ReloadAsync();
        await Expect(ben.GetByText("Aisha has a draft of an answer")).ToBeVisibleAsync();
        await Expect(ben.GetByText("Yes, three of them")).ToHaveCountAsync(0);
        var again = await pages.DeskAsync(pages.Aisha, script: false);
        await again.GotoAsync($"/desk/cases/{number}");
        await Expect(Answer(again)).ToHaveValueAsync("Yes, three of them");
        await again.GetByLabel("What only colleagues read").FillAsync("Ask the warehouse");
        await again.Locator("#note").GetByRole(AriaRole.Button, new() { Name = "Save as a draft" }).ClickAsync();
        await Expect(again.GetByRole(AriaRole.Status).First).ToContainTextAsync("Your draft is saved");
        await Expect(again.GetByLabel("What only colleagues read")).ToHaveValueAsync("Ask the warehouse");
        await again.GetByRole(AriaRole.Button, new() { Name = "Send the answer" }).ClickAsync();
        await Expect(Answer(again)).ToHaveValueAsync("");
    }

    [Fact]
    public async Task Chosen_cases_are_tagged_together_and_a_filter_becomes_a_view()
    {
        var tag = "recall " + Guid.NewGuid().ToString("n")[..6];
        var (one, _) = await pages.WriteAsync("My heater smells");
        var (two, _) = await pages.WriteAsync("My heater hums");
        var desk = await pages.DeskAsync(pages.Ben, script: false);
        await desk.GotoAsync("/desk?view=open");
        await desk.GetByLabel($"Choose {one}").CheckAsync();
        await desk.GetByLabel($"Choose {two}").CheckAsync();
        await desk.GetByText("With the chosen cases").ClickAsync();
        await desk.Locator("#bulk-tags").FillAsync(tag);
        await desk.GetByRole(AriaRole.Button, new() { Name = "Add the tags" }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Status).First).ToContainTextAsync("2 done");
        await desk.GetByRole(AriaRole.Link, new() { Name = "Back to the inbox" }).ClickAsync();

        await desk.GetByText("Filter", new() { Exact = true }).ClickAsync();
        await desk.GetByLabel("Tag", new() { Exact = true }).FillAsync(tag);
        await desk.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Row)).ToHaveCountAsync(3); // with the head
        await desk.GetByLabel("Save this as a view called").FillAsync($"Heaters {tag}");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Save the view" }).ClickAsync();
        await Expect(desk.Locator("[aria-current=page]")).ToContainTextAsync($"Heaters {tag}");
        await Expect(desk.GetByRole(AriaRole.Row)).ToHaveCountAsync(3);
        await desk.GetByText("Filter", new() { Exact = true }).ClickAsync();
        await desk.GetByRole(AriaRole.Button, new() { Name = $"Remove the view “Heaters {tag}”" }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Link, new() { NameRegex = new(tag) })).ToHaveCountAsync(0);

        await desk.GotoAsync("/desk?view=open");
        await desk.GetByText("With the chosen cases").ClickAsync();
        await desk.GetByRole(AriaRole.Button, new() { Name = "Set the priority" }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Alert).First).ToContainTextAsync("Nothing was done");
    }

    [Fact]
    public async Task Priority_and_tags_are_set_on_the_case()
    {
        var (number, _) = await pages.WriteAsync("The door does not lock");
        var desk = await pages.DeskAsync(pages.Aisha, script: false);
        await desk.GotoAsync($"/desk/cases/{number}");
        await desk.GetByText("Change the priority").ClickAsync();
        await desk.GetByLabel("Priority", new() { Exact = true }).SelectOptionAsync("High");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Set the priority" }).ClickAsync();
        await Expect(Region(desk, "Priority and tags")).ToContainTextAsync("set by Aisha");
        await desk.GetByText("Add tags").ClickAsync();
        await desk.GetByLabel("Tags, with commas between them").FillAsync("Door, safety");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await desk.GetByRole(AriaRole.Button, new() { NameRegex = new("^Remove the tag door") }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Status).First).ToContainTextAsync("The tag is gone");
        var state = await pages.CaseAsync(number);
        Assert.Equal("high", state.GetProperty("priority").GetString());
        Assert.Equal(["safety"], state.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!));
    }

    [Fact]
    public async Task One_timeline_tells_of_all_the_customers_cases()
    {
        var address = $"twice{Guid.NewGuid():n}@customer.example";
        foreach (var text in (string[])["My kettle leaks since Monday.", "Where is my invoice for the lamp?"])
        {
            await pages.Platform.PostAsync("/v1/contacts", new { providerId = Guid.NewGuid().ToString(), from = new { value = address, name = "Cleo" }, text });
        }
        var number = await Eventually.Value(async () => (await pages.Platform.GetAsync("/v1/cases?limit=50")).GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("need").GetString()!.Contains("invoice for the lamp", StringComparison.Ordinal))
            .Select(item => item.GetProperty("number").GetString()).FirstOrDefault(), People.Patience);
        var desk = await pages.DeskAsync(pages.Aisha, script: false);
        await desk.GotoAsync($"/desk/cases/{number}");
        await Expect(Region(desk, "What happened")).Not.ToContainTextAsync("My kettle leaks");
        await desk.GetByRole(AriaRole.Link, new() { NameRegex = new("^All of Cleo's") }).ClickAsync();
        await Expect(Region(desk, "What happened")).ToContainTextAsync("My kettle leaks");
        await Expect(Region(desk, "What happened")).ToContainTextAsync("invoice for the lamp");
    }

    [Fact]
    public async Task Keys_lead_through_the_inbox_and_the_case_and_can_be_turned_off()
    {
        await pages.WriteAsync("How heavy is the table");
        var desk = await pages.DeskAsync(pages.Aisha);
        await desk.GotoAsync("/desk?view=open");
        await desk.Keyboard.PressAsync("j");
        await desk.Keyboard.PressAsync("Enter");
        await Expect(desk).ToHaveURLAsync(new Regex("/desk/cases/CX-"));
        await desk.WaitForLoadStateAsync(); // a page listens to keys when its script has run
        await desk.Keyboard.PressAsync("j");
        Assert.Equal("LI", await desk.EvaluateAsync<string>("() => document.activeElement.tagName"));
        // Who reads the timeline keeps their place in it when something happens meanwhile.
        await StoryTests.ActAsync(pages.Ben.Client, $"/v1/cases/{desk.Url.Split('/')[^1]}/notes", new { text = "It is of oak." });
        await Expect(Region(desk, "What happened")).ToContainTextAsync("It is of oak.");
        Assert.Equal("LI", await desk.EvaluateAsync<string>("() => document.activeElement.tagName"));
        await desk.Keyboard.PressAsync("r");
        await Expect(Answer(desk)).ToBeFocusedAsync();
        await desk.Keyboard.TypeAsync("jn?");
        await Expect(Answer(desk)).ToHaveValueAsync("jn?");
        await desk.Keyboard.PressAsync("Escape");
        await desk.Keyboard.PressAsync("n");
        await Expect(desk.GetByLabel("What only colleagues read")).ToBeFocusedAsync();
        await desk.Keyboard.PressAsync("Escape");
        await desk.Keyboard.PressAsync("?");
        await Expect(desk.GetByText("answer the customer", new() { Exact = true })).ToBeVisibleAsync();
        await desk.GetByLabel("Keys are on").UncheckAsync();
        await desk.ReloadAsync();
        await desk.Keyboard.PressAsync("r");
        await Expect(Answer(desk)).Not.ToBeFocusedAsync();
    }

    private static ILocator Answer(IPage page) => page.GetByLabel("What the customer reads", new() { Exact = true });

    private static ILocator Region(IPage page, string name) => page.GetByRole(AriaRole.Region, new() { Name = name, Exact = true });
}
