using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Templating;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;

namespace CxPlatform.Notification.Tests;

/// <summary>Words that editors save, publish and take back.</summary>
public sealed class TemplateEditingTests
{
    private const string Versions = "/v1/templates/reply/versions";

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_saved_version_reaches_people_when_it_is_published_and_an_old_one_can_come_back(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        Assert.Equal(1, await SaveAsync(host, "First words: {{text}}"));
        await SayAsync(host, 1, "new seal", not: "First words");
        await PublishAsync(host, 1);
        await SayAsync(host, 2, "First words: We are sending");
        Assert.Equal(2, await SaveAsync(host, "Second words: {{text}}"));
        await PublishAsync(host, 2);
        await SayAsync(host, 3, "Second words");
        await PublishAsync(host, 1);
        await SayAsync(host, 4, "First words");
        using (var back = await host.Admin.PostAsJsonAsync("/v1/templates/reply/unpublish", new { language = "en" }))
            Assert.Equal(HttpStatusCode.NoContent, back.StatusCode);
        await SayAsync(host, 5, "new seal", not: "words");

        var versions = await host.Admin.GetFromJsonAsync<JsonElement>($"{Versions}?language=en");
        Assert.Equal([2, 1], versions.EnumerateArray().Select(version => version.GetProperty("version").GetInt32()));
        Assert.Empty(await host.ParkedAsync());
    }

    [Fact]
    public async Task A_brand_has_words_of_its_own_and_shares_the_rest()
    {
        await using var host = await NotificationHost.StartAsync();
        await SaveAsync(host, "From the second brand: {{text}}", brand: "second");
        await PublishAsync(host, 1, "second");
        var story = new Story();
        await host.DeliverAsync(story.Opened() with { Brand = "second" }, story.Acknowledged(), story.Answered());
        var mails = await host.MailsAsync(2);
        Assert.Contains(mails, mail => mail.TextBody!.Contains("From the second brand: We are sending", StringComparison.Ordinal));
        Assert.Contains(mails, mail => mail.TextBody!.Contains("We got this.", StringComparison.Ordinal));
        await SayAsync(host, 3, "new seal", not: "second brand");
    }

    [Theory]
    [InlineData("text", "Hello {{nmae}}", "nmae")]
    [InlineData("text", "{{text}}{{#if person}}{{#unless name}}where no sample leads: {{nmae}}{{/unless}}{{/if}}", "nmae")]
    [InlineData("sms", "{{#if text}}", "reply.en.sms")]
    [InlineData("html", "Please do not reply. {{text}}", "can be answered")]
    [InlineData("subject", "", "required")]
    [InlineData("html", "{{text}}\0", "NUL")]
    public async Task What_could_not_be_sent_is_refused_when_it_is_saved(string part, string source, string named)
    {
        await using var host = await NotificationHost.StartAsync();
        var words = new Dictionary<string, string> { ["language"] = "en", ["subject"] = "Subject", ["text"] = "{{text}}", ["html"] = "{{text}}", ["sms"] = "{{text}}", [part] = source };
        using var response = await host.Admin.PostAsJsonAsync(Versions, words);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains(named, problem.GetProperty("errors").GetProperty(part)[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(0, (await host.Admin.GetFromJsonAsync<JsonElement>(Versions)).GetArrayLength());
    }

    [Fact]
    public async Task What_was_published_and_cannot_be_rendered_any_more_is_left_out_and_nothing_else_is()
    {
        await using var host = await NotificationHost.StartAsync();
        await SaveAsync(host, "Good words: {{text}}");
        await PublishAsync(host, 1);
        await host.ReadAsync(async db =>
        {
            db.Add(new TemplateVersionRow
            {
                Id = Guid.CreateVersion7(),
                Name = "proposal",
                Language = "en",
                Version = 1,
                Published = true,
                Author = "an earlier version",
                Subject = "{{gone}}",
                Text = "{{gone}}",
                Html = "{{gone}}",
                Sms = "{{gone}}",
            });
            return await db.SaveChangesAsync();
        });
        await host.StopAsync();
        await host.StartAgainAsync();
        Assert.Contains("Version 1 of the template proposal in en", host.Log.All, StringComparison.Ordinal);
        await SayAsync(host, 1, "Good words: We are sending");
    }

    [Fact]
    public async Task What_one_process_publishes_all_of_them_use()
    {
        await using var host = await NotificationHost.StartAsync(Store.Postgres);
        await using var other = await host.AnotherAsync();
        await SaveAsync(host, "New words: {{text}}");
        await PublishAsync(host, 1);
        await Eventually.Async(async () =>
        {
            using var response = await other.Admin.PostAsJsonAsync("/v1/templates/reply/preview", new { language = "en" });
            return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("text").GetString()!.StartsWith("New words", StringComparison.Ordinal);
        }, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_further_language_is_files_and_speaks_the_default_one_where_it_has_none()
    {
        var files = Templates.Sources.ToDictionary();
        foreach (var part in new[] { "subject", "text", "html", "sms" })
            files[$"reply.fr.{part}"] = "Bonjour. {{text}}";
        var templates = new Templates(files);
        Assert.Equal(["de", "en", "fr"], templates.Languages);
        Assert.StartsWith("Bonjour.", templates.All("reply", "fr", Samples.Of("reply", "fr")[0]).Text, StringComparison.Ordinal);
        Assert.Contains("We got this.", templates.All("acknowledgement", "fr", Samples.Of("acknowledgement", "fr")[0]).Text, StringComparison.Ordinal);
        Assert.Equal("lundi, 23 novembre, 10:00", new When("fr", "Europe/Vienna", null).Long(Story.Monday, Story.Monday.AddDays(-3)));
        files.Remove("reply.fr.sms");
        Assert.Contains("reply.fr.sms", Assert.Throws<ConfigurationFaultException>(() => new Templates(files)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_holds_further_words_and_a_wrong_one_stops_the_start()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["reply.en.text.hbs"], "Words from the folder: {{text}}");
        await using (var host = await NotificationHost.StartAsync(settings: ("Cx:Notification:Templates", folder.Path)))
            await SayAsync(host, 1, "Words from the folder: We are sending");
        await File.WriteAllTextAsync(folder["reply.en.text.hbs"], "{{nmae}}");
        var fault = await Assert.ThrowsAsync<ConfigurationFaultException>(() => NotificationHost.StartAsync(settings: ("Cx:Notification:Templates", folder.Path)));
        Assert.Contains("nmae", fault.Message, StringComparison.Ordinal);
    }

    private static async Task<int> SaveAsync(NotificationHost host, string text, string? brand = null)
    {
        using var response = await host.Admin.PostAsJsonAsync(Versions, new { language = "en", brand, subject = "Answer [{{number}}]", text, html = "<p>{{text}}</p>", sms = "{{text}}" });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("version").GetInt32();
    }

    private static async Task PublishAsync(NotificationHost host, int version, string? brand = null)
    {
        using var response = await host.Admin.PostAsJsonAsync($"{Versions}/{version}/publish", new { language = "en", brand });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task SayAsync(NotificationHost host, int count, string words, string? not = null)
    {
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Answered());
        var mail = (await host.MailsAsync(count))[^1];
        Assert.Contains(words, mail.TextBody);
        if (not is not null)
            Assert.DoesNotContain(not, mail.TextBody!, StringComparison.Ordinal);
    }
}
