using System.Text.Json;
using CxPlatform.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CxPlatform.EndToEnd.Tests.Pages;

[Collection(PagesCollection.Name)]
public sealed class ChatTests(PagesFixture pages)
{
    [Fact]
    public async Task A_visitor_writes_and_reads_the_answer_in_the_chat_and_it_does_not_go_by_mail()
    {
        var phone = await pages.PhoneAsync();
        await phone.GotoAsync("/contact/chat");
        await phone.GetByLabel("Your message").FillAsync("Does the zeppelin museum open on Sunday?");
        await phone.GetByLabel("Your email address (optional)").FillAsync("zeppelin@customer.example");
        await phone.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        var log = phone.GetByRole(AriaRole.Log);
        await Expect(log).ToContainTextAsync("zeppelin museum");
        var number = (await pages.Platform.CaseAboutAsync("zeppelin", found => found.TryGetProperty("ownerName", out _)))
            .GetProperty("number").GetString()!;

        await pages.ActAsync(number, "replies", new { text = "Yes, from ten to six." });
        await Expect(log).ToContainTextAsync("Yes, from ten to six.");
        await Expect(log).ToContainTextAsync("Aisha");
        await PagesFixture.LookAsync(phone, "chat");
        // Read in the chat is delivered, and the case knows it.
        await Eventually.Async(async () => (await pages.Platform.GetAsync($"/v1/cases/{number}/timeline")).GetProperty("items").EnumerateArray()
            .Any(entry => entry.GetProperty("type").GetString() == "case.message-outcome.v1"
                && JsonSerializer.Serialize(entry).Contains("\"chat\"", StringComparison.Ordinal)), People.Patience);
        Assert.DoesNotContain(pages.Platform.Mails(), mail => mail.Text.Contains("from ten to six", StringComparison.Ordinal));

        await phone.ReloadAsync();
        await Expect(phone.GetByRole(AriaRole.Log)).ToContainTextAsync("Yes, from ten to six.");
        await phone.GetByLabel("Your message").FillAsync("And in winter?");
        await phone.Keyboard.PressAsync("Enter");
        await Expect(phone.GetByRole(AriaRole.Log)).ToContainTextAsync("And in winter?");
        await Eventually.Async(async () => JsonSerializer.Serialize(await pages.Platform.GetAsync($"/v1/cases/{number}/timeline"))
            .Contains("And in winter?", StringComparison.Ordinal), People.Patience);
    }

    [Fact]
    public async Task At_a_kiosk_without_script_somebody_gets_a_number_and_a_link_and_the_next_one_an_empty_form()
    {
        var kiosk = await pages.PhoneAsync(script: false);
        await kiosk.GotoAsync("/contact/kiosk");
        await kiosk.GetByLabel("Key").FillAsync(PagesFixture.KioskKey);
        await kiosk.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await kiosk.GetByLabel("What is it about?").FillAsync("The carousel music is too loud for the baby.");
        await PagesFixture.LookAsync(kiosk, "kiosk");
        await kiosk.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(kiosk.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("we got this");
        await PagesFixture.LookAsync(kiosk, "kiosk-thanks");
        var shown = await kiosk.GetByRole(AriaRole.Main).InnerTextAsync();
        var found = await pages.Platform.CaseAboutAsync("carousel");
        Assert.Equal("kiosk", found.GetProperty("channel").GetString());
        Assert.Contains(found.GetProperty("number").GetString()!, shown, StringComparison.Ordinal);
        await kiosk.GetByRole(AriaRole.Link, new() { Name = "Done" }).ClickAsync();
        await Expect(kiosk.GetByLabel("What is it about?")).ToBeEmptyAsync();
        // What they take away opens their case on their own phone.
        var phone = await pages.PhoneAsync();
        await phone.GotoAsync(People.StatusLink(shown));
        await Expect(phone.GetByRole(AriaRole.Main)).ToContainTextAsync("carousel");
    }

    [Fact]
    public async Task What_is_held_is_released_by_its_button_and_becomes_a_case_with_those_in_copy_proposed()
    {
        await pages.Platform.PutAsync("/v1/intake/senders/held.example", new { verdict = "block" });
        await pages.Platform.SendMailAsync("""
            From: Gerd <gerd@held.example>
            To: support@localhost
            Cc: Hilde <hilde@customer.example>, Ida <ida@customer.example>
            Subject: Trampoline
            Message-ID: <trampoline@held.example>

            The trampoline squeaks.
            """);
        var desk = await pages.DeskAsync(null, script: false);
        await desk.GotoAsync("/contact/held");
        var card = desk.GetByRole(AriaRole.Article).Filter(new() { HasText = "Trampoline" });
        await Expect(card).ToContainTextAsync("list: blocked");
        await card.GetByLabel("Never hold this sender again").CheckAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();
        await Expect(desk.GetByText("Trampoline")).ToHaveCountAsync(0);
        var number = (await pages.Platform.CaseAboutAsync("trampoline")).GetProperty("number").GetString();

        // One key for each decides.
        await desk.GotoAsync($"/desk/cases/{number}");
        var people = desk.GetByRole(AriaRole.Region, new() { Name = "Also taking part" });
        ILocator Person(string name) => people.GetByRole(AriaRole.Listitem).Filter(new() { HasText = name });
        await Expect(Person("Hilde")).ToContainTextAsync("hilde@customer.example");
        await PagesFixture.LookAsync(desk, "desk-in-copy");
        await Person("Hilde").GetByRole(AriaRole.Button, new() { Name = "Add as cc" }).PressAsync("Enter");
        await Person("Ida").GetByRole(AriaRole.Button, new() { Name = "Not needed" }).PressAsync("Enter");
        await Expect(Person("Ida")).ToHaveCountAsync(0);
        await Expect(Person("Hilde").GetByRole(AriaRole.Button, new() { Name = "Take off" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Staff_writes_down_a_call_without_script_and_it_becomes_a_case()
    {
        var desk = await pages.DeskAsync(pages.Aisha, script: false);
        await desk.GetByRole(AriaRole.Link, new() { Name = "Write down a contact" }).ClickAsync();
        await desk.GetByLabel("Number or address of the customer").FillAsync("+49 151 5550123");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Look" }).ClickAsync();
        await Expect(desk.GetByRole(AriaRole.Status)).ToContainTextAsync("Nobody that we know yet");
        await desk.GetByLabel("What did they say?").FillAsync("The accordion squeaks when it is cold.");
        await desk.GetByRole(AriaRole.Button, new() { Name = "Store it" }).ClickAsync();
        await Expect(desk.GetByText("It is stored and on its way to a case.")).ToBeVisibleAsync();
        var found = await pages.Platform.CaseAboutAsync("accordion");
        Assert.Equal("voice", found.GetProperty("channel").GetString());
    }
}
