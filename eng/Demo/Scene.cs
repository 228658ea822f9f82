using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace CxPlatform.Demo;

/// <summary>What every chapter does: hands something in, waits for what must follow, shows what was said.</summary>
internal sealed partial class Scene(Platform platform, Narrator tell)
{
    /// <summary>How long the story waits for the next thing to happen.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    public Platform Platform => platform;

    public Narrator Tell => tell;

    public Cast Cast { get; } = new();

    public Company Company { get; } = new(platform, tell);

    /// <summary>The cases of this run, by number, and what they are about.</summary>
    public SortedDictionary<string, string> Cases { get; } = new(StringComparer.Ordinal);

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>A contact comes in and becomes a case, whose customer is told.</summary>
    /// <returns>The case.</returns>
    public async Task<JsonNode> ArrivesAsync(string who, string path, HttpContent content, string about)
    {
        var accepted = await platform.SendAsync(HttpMethod.Post, path, content);
        var found = await Platform.UntilAsync($"{who}'s contact becomes a case", Soon, async () =>
            (await platform.GetAsync($"/v1/cases?customer={accepted.Text("customerId")}&limit=1")).Items().FirstOrDefault());
        return await ToldAsync(found.Text("number"), who, about);
    }

    /// <summary>The newest case of a channel since then, whose customer is told.</summary>
    public async Task<JsonNode> ArrivedAsync(string who, string channel, DateTimeOffset since, string about)
    {
        var found = await Platform.UntilAsync($"{who}'s contact becomes a case", Soon, async () =>
            (await platform.GetAsync("/v1/cases?limit=20")).Items().FirstOrDefault(c =>
                c.Text("channel") == channel && c.Time("openedAt") >= since));
        return await ToldAsync(found.Text("number"), who, about);
    }

    public Task<JsonNode> CaseAsync(string number) => platform.GetAsync($"/v1/cases/{number}");

    /// <summary>The newest message of a case in these words (or in the plainer ones), as it left.</summary>
    /// <param name="advice">What to do when it does not come.</param>
    public async Task<JsonNode> MessageAsync(JsonNode c, string template, string? plainer = null, string advice = "")
    {
        var message = await Platform.UntilAsync($"a message “{template}” leaves for case {c.Text("number")}", Soon, advice, async () =>
            (await platform.GetAsync($"/v1/messages?caseId={c.Text("id")}")).Items().FirstOrDefault(m =>
                (m.Text("template") == template || m.Text("template") == plainer) && m.Text("state") == "sent"));
        return await platform.GetAsync($"/v1/messages/{message.Text("id")}");
    }

    /// <summary>Shows such a message, and returns it.</summary>
    public async Task<JsonNode> ShowMessageAsync(string heading, JsonNode c, string template, string? plainer = null, int lines = 9)
    {
        var message = await MessageAsync(c, template, plainer);
        tell.FromUs(heading, Short(message.Text("text"), lines));
        return message;
    }

    /// <summary>What the newest event of that type on the case's timeline says.</summary>
    public async Task<JsonNode> EventAsync(string number, string type, string what)
    {
        var entry = await Platform.UntilAsync(what, Soon, async () =>
            (await TimelineAsync(number)).LastOrDefault(e => e.Text("type") == type));
        return entry["data"] ?? new JsonObject();
    }

    public async Task<IReadOnlyList<JsonNode>> TimelineAsync(string number) =>
        [.. (await platform.GetAsync($"/v1/cases/{number}/timeline")).Items()];

    /// <summary>Who has the case, signed in. Where everybody's hands are full with what earlier stories left, it is handed on.</summary>
    public async Task<(Platform Agent, string Name)> OwnerAsync(string number, string otherwise)
    {
        var c = await CaseAsync(number);
        if (c.Text("ownerId").Length == 0)
        {
            await platform.PostAsync($"/v1/cases/{number}/assign", new { agentId = Company.IdOf(otherwise), reason = "Everybody is busy" });
            tell.Step("A lead", $"gives case {number} to {otherwise}, because nobody has room.");
            c = await CaseAsync(number);
        }
        return (await Company.AsAgentAsync(c.Text("ownerId")), c.Text("ownerName"));
    }

    /// <summary>The case's owner does something with it.</summary>
    /// <returns>Who that is.</returns>
    public async Task<string> OwnerDoesAsync(JsonNode c, string action, object body)
    {
        var (agent, name) = await OwnerAsync(c.Text("number"), "Anna Lindqvist");
        await agent.PostAsync($"/v1/cases/{c.Text("number")}/{action}", body);
        return name;
    }

    /// <summary>All events after a cursor, and the cursor behind the last of them.</summary>
    public async Task<(IReadOnlyList<JsonNode> Events, string Next)> FeedAsync(string? after)
    {
        var events = new List<JsonNode>();
        while (true)
        {
            var page = await platform.GetAsync($"/v1/events?limit=1000{(after is null ? "" : "&after=" + after)}");
            events.AddRange(page.Items("events"));
            after = page.Text("next");
            if (page.Text("more") != "true")
                return (events, after);
        }
    }

    /// <summary>The first link in a message that leads to such a path.</summary>
    public static string LinkIn(JsonNode message, string path) =>
        Links().Matches(message.Text("text")).Select(match => match.Value)
            .FirstOrDefault(link => link.Contains(path, StringComparison.Ordinal))
        ?? throw new StoryException($"The message holds no link to {path}:\n{message.Text("text")}");

    /// <summary>The form that such a button sends, or whose address names the word.</summary>
    public static (IHtmlFormElement Form, IHtmlElement? Button) FormFor(IHtmlDocument page, string word)
    {
        foreach (var form in page.Forms.OfType<IHtmlFormElement>())
        {
            var button = form.QuerySelectorAll("button,input[type=submit]").OfType<IHtmlElement>().FirstOrDefault(b =>
                $"{b.GetAttribute("value")} {b.GetAttribute("name")} {b.GetAttribute("formaction")}"
                    .Contains(word, StringComparison.OrdinalIgnoreCase));
            if (button is not null)
                return (form, button);
            if (form.GetAttribute("action")?.Contains(word, StringComparison.OrdinalIgnoreCase) == true)
                return (form, null);
        }
        throw new StoryException($"The page “{page.Title}” has no form to {word} with.");
    }

    /// <summary>What a page says, without what only invites to write something.</summary>
    public static string Read(IHtmlDocument page, int lines)
    {
        var text = new StringBuilder();
        Read(page.QuerySelector("main"), text);
        return Short(string.Join('\n', text.ToString().Split('\n').Select(line => Spaces().Replace(line, " ").Trim())), lines);
    }

    private static void Read(INode? node, StringBuilder text)
    {
        foreach (var child in node?.ChildNodes ?? Enumerable.Empty<INode>())
        {
            if (child is IText words)
                text.Append(words.Data.Replace('\n', ' '));
            if (child is not IElement element || element.LocalName is "details" or "style" or "script" or "textarea" or "select")
                continue;
            Read(element, text);
            text.Append(element.LocalName switch
            {
                "span" or "a" or "time" or "strong" or "em" or "b" or "i" or "small" or "code" => " ",
                "dt" or "label" => ": ",
                _ => "\n",
            });
        }
    }

    /// <summary>The beginning of a message; what every message ends with need not be read ten times.</summary>
    public static string Short(string text, int lines = 9)
    {
        var all = Tokens().Replace(text, "$1…").Trim().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0).ToList();
        return string.Join('\n', all.Count <= lines ? all : [.. all.Take(lines), "…"]);
    }

    private async Task<JsonNode> ToldAsync(string number, string who, string about)
    {
        Cases[number] = $"{who}: {about}";
        return await Platform.UntilAsync($"{who} is told what we understood (case {number})", Soon, async () =>
            await CaseAsync(number) is var c && (c.IsTold() || c.Text("status") == "resolved") ? c : null);
    }

    // A link's token opens the case: enough of it to recognise the link.
    [GeneratedRegex(@"(/(?:s|survey)/[\w-]{6})[\w-]+")]
    private static partial Regex Tokens();

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Links();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
