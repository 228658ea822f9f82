using System.Text.Json;
using CxPlatform.Testing;
using Microsoft.Playwright;

namespace CxPlatform.EndToEnd.Tests.Pages;

/// <summary>One AllInOne and one Chromium for all tests of pages; every test brings its own customer.</summary>
public sealed class PagesFixture : IAsyncLifetime
{
    public const string KioskKey = "a-key-for-the-foyer";

    /// <summary>Milliseconds. For a busy machine: what is expected of a page otherwise has to come about within five seconds.</summary>
    public const float Patience = 30_000;

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public Platform Platform { get; private set; } = null!;

    public Person Aisha { get; private set; } = null!;

    public Person Ben { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Platform = await Platform.StartAsync(Topology.AllInOne, new Dictionary<string, string>
        {
            ["Cx__Case__TimeZone"] = "Europe/Berlin",
            ["Cx__Brand__Name"] = "Holm & Daughters",
            ["Cx__Intake__Kiosk__Keys__foyer"] = KioskKey,
            ["Cx__Intake__Kiosk__NumberPatience"] = "00:00:30",
            ["Cx__Brand__Phone"] = "+49 30 1234567",
            ["Cx__Case__UndoWithin"] = "00:05:00", // however slowly somebody clicks, an answer can still be taken back
            ["Cx__Case__CallBacks__0__Queue"] = "general",
            ["Cx__Case__CallBacks__0__SlotLength"] = "00:30",
            ["Cx__Case__CallBacks__0__Capacity"] = "100",
            ["Cx__Case__CallBacks__0__Lead"] = "01:00",
        });
        Aisha = await HireAsync("Aisha");
        Ben = await HireAsync("Ben");
        (_playwright, _browser) = await LaunchAsync();
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (Platform is not null)
            await Platform.DisposeAsync();
    }

    /// <summary>A browser of its own, at a desk's width.</summary>
    public async Task<IPage> DeskAsync(Person? person, bool script = true)
    {
        var page = await OpenAsync(1280, 900, script);
        await page.GotoAsync("/desk");
        await page.GetByLabel("Your key").FillAsync(person?.Key ?? Platform.AdminKey);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Inbox");
        return page;
    }

    /// <summary>A customer's phone.</summary>
    public Task<IPage> PhoneAsync(bool script = true) => OpenAsync(390, 844, script);

    /// <summary>Writes as a customer and waits until somebody has it and the acknowledgement is out.</summary>
    public async Task<(string Number, string Link)> WriteAsync(string text, string? language = null, string? name = "Cleo Marsh")
    {
        var word = "word" + Guid.NewGuid().ToString("n")[..10];
        var address = $"{word}@customer.example";
        var from = new { value = address, name };
        await Platform.PostAsync("/v1/contacts", new { providerId = word, from, language, text = $"{text} {word}." });
        var mail = await Platform.MailToAsync(address);
        var link = People.StatusLink(mail.Text);
        var number = (await JsonAsync(link)).GetProperty("number").GetString()!;
        return (number, link);
    }

    /// <summary>The status page for programs.</summary>
    public async Task<JsonElement> JsonAsync(string link) => await Platform.GetAsync(new Uri(link).AbsolutePath + ".json");

    /// <summary>Aisha does something with a case, through the API.</summary>
    public Task ActAsync(string number, string what, object body) => StoryTests.ActAsync(Aisha.Client, $"/v1/cases/{number}/{what}", body);

    public Task<JsonElement> CaseAsync(string number) => Platform.GetAsync($"/v1/cases/{number}");

    /// <summary>What happened on a case, but for what becomes of our messages in their own time.</summary>
    public async Task<string[]> DecisionsAsync(string number) =>
    [
        .. (await Platform.GetAsync($"/v1/cases/{number}/timeline")).GetProperty("items").EnumerateArray()
            .Select(entry => entry.GetProperty("type").GetString()!).Where(type => type != "case.message-outcome.v1"),
    ];

    /// <summary>For people to look at, when CX_SCREENSHOTS names a folder.</summary>
    public static async Task LookAsync(IPage page, string name, bool whole = true)
    {
        if (Environment.GetEnvironmentVariable("CX_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = whole });
    }

    private async Task<IPage> OpenAsync(int width, int height, bool script)
    {
        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = Platform.Address.ToString(),
            ViewportSize = new() { Width = width, Height = height },
            JavaScriptEnabled = script,
            Locale = "en-GB",
        });
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        // A content security policy that forbids what the page itself needs shows here only.
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
                throw new InvalidOperationException(message.Text);
        };
        return page;
    }

    private async Task<Person> HireAsync(string name)
    {
        var email = $"{name.ToLowerInvariant()}@desk.example";
        var agent = await Platform.PostAsync("/v1/agents", new { name, email, queues = new[] { "general" }, capacity = 1000 });
        var id = agent.GetProperty("id").GetGuid();
        if (name == "Aisha")
            await Platform.PutAsync($"/v1/agents/{id}/presence", new { presence = "present" });
        var key = (await Platform.PostAsync($"/v1/agents/{id}/key", new { })).GetProperty("key").GetString()!;
        var client = new HttpClient { BaseAddress = Platform.Address };
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        // Each service learns of the key in its own time.
        await Eventually.Async(async () => (await client.GetAsync(new Uri("/v1/cases", UriKind.Relative))).IsSuccessStatusCode, People.Patience);
        return new(id, key, client);
    }

    internal static async Task<(IPlaywright Playwright, IBrowser Browser)> LaunchAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        var playwright = await Playwright.CreateAsync();
        return (playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Executable(),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        }));
    }

    private static string Executable() =>
        ((string[])["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("The pages are tested in Chromium: install the package chromium, or let ./cx test do it.");
}

/// <param name="Client">The API with the agent's own key.</param>
public sealed record Person(Guid Id, string Key, HttpClient Client);

[CollectionDefinition(Name)]
public sealed class PagesCollection : ICollectionFixture<PagesFixture>
{
    public const string Name = "pages";
}
