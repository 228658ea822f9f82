using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using CxPlatform.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CxPlatform.EndToEnd.Tests.Pages;

/// <summary>What an agent is told, in a browser.</summary>
[Collection(PagesCollection.Name)]
public sealed class NoticesTests(PagesFixture pages)
{
    private const string Notices = "/v1/agents/me/notices";

    [Fact]
    public async Task The_bell_rings_live_and_is_opened_followed_and_closed_by_keyboard()
    {
        var (number, _) = await pages.WriteAsync("Does anybody hear the bell");
        var desk = await pages.DeskAsync(pages.Ben);
        await ReadAllAsync();
        await pages.ActAsync(number, "notes", new { text = "@Ben please look" });
        var bell = desk.Locator("details.bell");
        await Expect(desk.Locator("[data-bell-count]")).ToHaveTextAsync(new Regex("^[1-9]"));

        await bell.Locator("summary").FocusAsync();
        await desk.Keyboard.PressAsync("Enter");
        var item = bell.Locator("li").Filter(new() { HasText = number }).Filter(new() { HasText = "Aisha mentions you in a note" });
        await Expect(item).ToBeVisibleAsync();
        await PagesFixture.LookAsync(desk, "desk-bell", whole: false);
        await item.GetByRole(AriaRole.Link).FocusAsync();
        await desk.Keyboard.PressAsync("Escape");
        await Expect(bell).Not.ToHaveAttributeAsync("open", "");
        await Expect(bell.Locator("summary")).ToBeFocusedAsync();

        await desk.Keyboard.PressAsync("Enter");
        await item.GetByRole(AriaRole.Link).FocusAsync();
        await desk.Keyboard.PressAsync("Enter");
        await desk.WaitForURLAsync(new Regex($"/desk/cases/{number}$"));
        await Eventually.Async(async () => Assert.DoesNotContain(number, await UnreadAsync()), People.Patience);
    }

    [Fact]
    public async Task The_page_of_notices_follows_what_happens_without_being_loaded_again()
    {
        var (number, _) = await pages.WriteAsync("Is anybody looking at the notices");
        var desk = await pages.DeskAsync(pages.Ben);
        await desk.GotoAsync("/desk/notices");
        await desk.EvaluateAsync("() => { window.kept = true; }");
        await pages.ActAsync(number, "notes", new { text = "@Ben over here" });
        var item = desk.Locator("[data-live-part=notices] li").Filter(new() { HasText = number });
        await Expect(item).ToContainTextAsync("@Ben over here");
        Assert.True(await desk.EvaluateAsync<bool>("() => window.kept === true"));
        await item.GetByRole(AriaRole.Button, new() { NameRegex = new("^Mark as read") }).ClickAsync();
        await Expect(desk.Locator("[data-live-part=notices]")).Not.ToContainTextAsync(number);
    }

    private async Task ReadAllAsync()
    {
        using var read = await pages.Ben.Client.PostAsJsonAsync(Notices + "/read", new { upTo = long.MaxValue });
        read.EnsureSuccessStatusCode();
    }

    private async Task<string[]> UnreadAsync() =>
    [
        .. (await pages.Ben.Client.GetFromJsonAsync<JsonElement>(Notices + "?unread=true&limit=200")).GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("kind").GetString() == "mentioned").Select(item => item.GetProperty("caseNumber").GetString()!),
    ];
}
