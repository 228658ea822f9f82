using System.Text.Json;
using CxPlatform.Testing;
using Microsoft.Playwright;

namespace CxPlatform.EndToEnd.Tests.Pages;

/// <summary>WCAG 2.2 AA as far as a program can tell: axe-core over every page, light and dark, at desk and phone width.</summary>
[Collection(PagesCollection.Name)]
public sealed class AccessibilityTests(PagesFixture pages)
{
    [Fact]
    public async Task No_page_has_a_barrier_that_axe_finds_and_none_scrolls_sideways()
    {
        await NodeTools.InstallAsync("axe-core@4.10.3");
        var axe = await File.ReadAllTextAsync(Path.Combine(NodeTools.Folder, "node_modules", "axe-core", "axe.min.js"));
        var (number, link) = await pages.WriteAsync("I was charged three times, this is urgent and I am angry");
        var (other, _) = await pages.WriteAsync("I would like a catalogue");
        await StoryTests.ActAsync(pages.Aisha.Client, $"/v1/cases/{number}/replies", new { text = "I look into it." });
        await StoryTests.ActAsync(pages.Aisha.Client, $"/v1/cases/{number}/notes", new { text = "Accounting knows." });
        await StoryTests.ActAsync(pages.Aisha.Client, $"/v1/cases/{number}/promises", new { text = "You have the money back", due = DateTimeOffset.UtcNow.AddDays(2) });
        await StoryTests.ActAsync(pages.Aisha.Client, $"/v1/cases/{number}/proposals", new { text = "Two of the three charges are refunded today." });
        await StoryTests.ActAsync(pages.Aisha.Client, $"/v1/cases/{other}/resolve", new { result = "solved", reason = "It is in the post." });
        var page = await pages.DeskAsync(pages.Aisha);

        var found = new List<string>();
        foreach (var path in (string[])["/desk", "/desk?view=open&status=Proposed", "/desk?view=ended", $"/desk/cases/{number}", $"/desk/cases/{other}", link, link + "?answer=decline", "/s/nonsense", "/desk/cases/CX-2000-000001", "/sign-in"])
            foreach (var (width, scheme) in ((int, ColorScheme)[])[(1280, ColorScheme.Light), (1280, ColorScheme.Dark), (360, ColorScheme.Light)])
            {
                await page.SetViewportSizeAsync(width, 800);
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.GotoAsync(path);
                // What is folded is looked at too.
                await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(d => d.open = true)");
                await page.EvaluateAsync(axe);
                var result = await page.EvaluateAsync<JsonElement>("() => axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })");
                found.AddRange(result.GetProperty("violations").EnumerateArray().Select(violation =>
                    $"{path} at {width} {scheme}: {violation.GetProperty("id").GetString()}: {violation.GetProperty("help").GetString()}: "
                    + string.Join("; ", violation.GetProperty("nodes").EnumerateArray().Take(3).Select(node => node.GetProperty("html").GetString()))));
                if (await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > innerWidth"))
                    found.Add($"{path} at {width}: scrolls sideways");
            }
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task The_keyboard_alone_answers_a_customer()
    {
        var (number, _) = await pages.WriteAsync("Do you repair watches");
        var page = await pages.DeskAsync(pages.Aisha);
        await page.GotoAsync($"/desk/cases/{number}");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await Focused(page, "e => e.textContent"));
        for (var i = 0; i < 30 && await Focused(page, "e => e.id") != "reply-text"; i++)
            await page.Keyboard.PressAsync("Tab");
        Assert.Equal("reply-text", await Focused(page, "e => e.id"));
        await page.Keyboard.TypeAsync("Yes, we do.");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("Your answer is on its way");
    }

    private static Task<string> Focused(IPage page, string of) => page.EvaluateAsync<string>($"() => ({of})(document.activeElement)");
}
