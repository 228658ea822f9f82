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
        var (number, link) = await pages.WriteAsync("I was charged three times, this is urgent and I am angry");
        await pages.Platform.SendMailAsync("""
            From: Otto <otto@catalogues.example>
            To: support@localhost
            Cc: Ina <ina@catalogues.example>, somebody.whose.address.goes.on.and.on@department-of-catalogues.example
            Subject: Catalogue of kaleidoscopes

            I would like your catalogue of kaleidoscopes.
            """);
        var other = (await pages.Platform.CaseAboutAsync("kaleidoscopes")).GetProperty("number").GetString()!;
        await pages.ActAsync(number, "replies", new { text = "I look into it." });
        await pages.ActAsync(number, "notes", new { text = "Accounting knows." });
        await pages.ActAsync(number, "tags", new { add = new[] { "double charge", "vip" } });
        await pages.ActAsync(number, "replies", new { text = "Is all well?", sendAt = DateTimeOffset.UtcNow.AddDays(9) });
        await pages.ActAsync(number, "promises", new { text = "You have the money back", due = DateTimeOffset.UtcNow.AddDays(2) });
        await pages.ActAsync(number, "proposals", new { text = "Two of the three charges are refunded today." });
        await pages.ActAsync(other, "resolve", new { result = "solved", reason = "It is in the post." });
        await AssertNoBarriersAsync(
            await pages.DeskAsync(pages.Aisha),

            "/desk", "/desk?view=open&status=Proposed", "/desk?view=ended", $"/desk/cases/{number}", $"/desk/cases/{number}?timeline=all", $"/desk/cases/{other}",
            link, link + "?answer=decline", "/s/nonsense", "/contact", "/contact/chat", "/contact/staff", "/desk/cases/CX-2000-000001", "/desk/notices", "/sign-in");
    }

    [Fact]
    public async Task No_page_of_messages_templates_and_webhooks_has_a_barrier()
    {
        await pages.WriteAsync("I would like to know when you open");
        var message = (await pages.Platform.GetAsync("/v1/messages?limit=1")).GetProperty("items")[0].GetProperty("id");
        var made = await pages.Platform.PostAsync("/v1/subscriptions", new { url = $"http://127.0.0.1:{FreePort.Next()}/hooks", types = new[] { "*" }, contact = "integrations@example.com" });
        var subscription = $"subscriptions/{made.GetProperty("subscription").GetProperty("id")}";
        await pages.Platform.PostAsync($"/v1/{subscription}/test", new { });
        await pages.Platform.PostAsync($"/v1/{subscription}/secret", new { });
        await AssertNoBarriersAsync(
            await pages.DeskAsync(null),
            "/messages", $"/messages/{message}", "/messages/templates", "/messages/templates/reply?language=de", "/desk/subscriptions", $"/desk/{subscription}");
    }

    private static async Task AssertNoBarriersAsync(IPage page, params string[] paths)
    {
        await NodeTools.InstallAsync("axe-core@4.10.3");
        var axe = await File.ReadAllTextAsync(Path.Combine(NodeTools.Folder, "node_modules", "axe-core", "axe.min.js"));
        var found = new List<string>();
        (int Width, ColorScheme Scheme)[] looks = [(1280, ColorScheme.Light), (1280, ColorScheme.Dark), (360, ColorScheme.Light)];
        foreach (var path in paths)
            foreach (var (width, scheme) in looks)
            {
                await page.SetViewportSizeAsync(width, 800);
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.GotoAsync(path);
                // What is folded is looked at too.
                await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(d => d.open = true)");
                await page.EvaluateAsync(axe);
                found.AddRange((await page.EvaluateAsync<string[]>(Check)).Select(violation => $"{path} at {width} {scheme}: {violation}"));
            }
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    // A sentence for each barrier, with the elements that are one.
    private const string Check = """
        async () => {
            const result = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
            const found = result.violations.map(v => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html).join('; ')}`);
            return document.documentElement.scrollWidth > innerWidth ? [...found, 'it scrolls sideways'] : found;
        }
        """;

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
        for (var i = 0; i < 5 && await Focused(page, "e => e.textContent") != "Send the answer"; i++)
            await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("Your answer is on its way");
    }

    private static Task<string> Focused(IPage page, string of) => page.EvaluateAsync<string>($"() => ({of})(document.activeElement)");
}
