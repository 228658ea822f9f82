using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CxPlatform.EndToEnd.Tests.Pages;

[Collection(PagesCollection.Name)]
public sealed class StatusTests(PagesFixture pages)
{
    [Fact]
    public async Task The_page_says_what_is_next_who_does_it_and_by_when()
    {
        var (_, link) = await pages.WriteAsync("The heel of my shoe came off");
        var phone = await pages.PhoneAsync(script: false);
        var response = await phone.GotoAsync(link);
        Assert.Equal("no-referrer", response!.Headers["referrer-policy"]);
        Assert.Equal("no-store", response.Headers["cache-control"]);
        Assert.Contains("noindex", response.Headers["x-robots-tag"], StringComparison.Ordinal);
        Assert.False(response.Headers.ContainsKey("set-cookie"));
        await Expect(phone.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Aisha has your request");
        var top = phone.Locator("dl.next");
        await Expect(top).ToContainTextAsync("We answer you");
        await Expect(top).ToContainTextAsync("Aisha");
        await Expect(top.Locator("time")).ToHaveCountAsync(1);
        await Expect(phone.Locator("[aria-current=step]")).ToContainTextAsync("Understand what you need");
        await Expect(phone.GetByRole(AriaRole.Link, new() { Name = "+49 30 1234567" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Not_it_puts_the_need_right_and_the_owner_sees_who_did()
    {
        var (number, link) = await pages.WriteAsync("Something with the thing");
        var phone = await pages.PhoneAsync(script: false);
        await phone.GotoAsync(link);
        await phone.GetByText("That’s not it").ClickAsync();
        await phone.GetByLabel("What is it about, in your words?").FillAsync("My name is spelled wrongly on the ticket");
        await phone.GetByRole(AriaRole.Button, new() { Name = "Put it right" }).ClickAsync();
        await Expect(phone.Locator("blockquote")).ToHaveTextAsync("My name is spelled wrongly on the ticket");
        await Expect(phone.GetByRole(AriaRole.Status)).ToContainTextAsync("Thank you.");

        var desk = await pages.DeskAsync(pages.Aisha, script: false);
        await desk.GotoAsync($"/desk/cases/{number}");
        await Expect(desk.GetByText("Cleo Marsh put right what we understood")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Declining_asks_what_would_make_it_right_and_the_case_goes_on()
    {
        var (number, link) = await pages.WriteAsync("The shelf sticker promised half the price");
        await pages.ActAsync(number, "proposals", new { text = "A voucher over 5 euros." });
        var before = await pages.DecisionsAsync(number);
        var phone = await pages.PhoneAsync(script: false);
        await phone.GotoAsync(link + "?answer=decline");
        var box = phone.GetByLabel("What would make this right?");
        await Expect(box).ToBeVisibleAsync();
        await PagesFixture.LookAsync(phone, "decline");
        await box.FillAsync("Just give me the price on the shelf.");
        Assert.Equal(before, await pages.DecisionsAsync(number));
        await phone.GetByRole(AriaRole.Button, new() { Name = "Send my answer" }).ClickAsync();
        await Expect(phone.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Aisha is working on it");
        await Expect(phone.Locator("dl.next time")).ToHaveCountAsync(1);
        var state = await pages.CaseAsync(number);
        Assert.Equal("inProgress", state.GetProperty("status").GetString());

        var desk = await pages.DeskAsync(pages.Aisha, script: false);
        await desk.GotoAsync($"/desk/cases/{number}");
        await Expect(desk.GetByText("Just give me the price on the shelf.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_answer_to_a_proposal_that_is_gone_is_refused_kindly_and_shows_how_it_stands()
    {
        var (number, link) = await pages.WriteAsync("My order is late");
        await pages.ActAsync(number, "proposals", new { text = "It comes tomorrow." });
        var phone = await pages.PhoneAsync(script: false);
        await phone.GotoAsync(link);
        await pages.ActAsync(number, "proposals", new { text = "It comes today, and the delivery is free." });
        await phone.GetByRole(AriaRole.Button, new() { Name = "Yes, this solves it" }).ClickAsync();
        await Expect(phone.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is a newer proposal");
        await Expect(phone.GetByText("It comes today").First).ToBeVisibleAsync();
        Assert.Equal("proposed", (await pages.CaseAsync(number)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_German_case_has_a_German_page()
    {
        var (_, link) = await pages.WriteAsync("Am Regal klebte ein Aufkleber mit 50% Rabatt", "de", "Greta Klein");
        var phone = await pages.PhoneAsync();
        await phone.GotoAsync(link);
        await Expect(phone.Locator("html")).ToHaveAttributeAsync("lang", "de");
        await Expect(phone.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Aisha hat Ihr Anliegen");
        await Expect(phone.GetByRole(AriaRole.Heading, new() { Name = "Was wir versprochen haben" })).ToBeVisibleAsync();
        await PagesFixture.LookAsync(phone, "german");
        var text = await phone.Locator("body").InnerTextAsync();
        foreach (var english in (string[])["optional", "Skip", "What ", "You"])
            Assert.DoesNotContain(english, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/s/nonsense", 404, "We do not know this link")]
    [InlineData("/s/awGiAETVFHpEr_bHPcACxGQAAAHQlrBocLLvPPzBV9dGoedXc4dU", 404, "We do not know this link")]
    public async Task A_link_of_somebody_elses_making_opens_nothing(string path, int status, string heading)
    {
        var phone = await pages.PhoneAsync();
        var response = await phone.GotoAsync(path);
        Assert.Equal(status, response!.Status);
        await Expect(phone.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(heading);
    }
}
