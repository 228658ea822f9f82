using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Templating;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;

namespace CxPlatform.Notification.Tests;

public sealed class TemplateTests
{
    private static readonly Templates Ours = new();

    public static TheoryData<string, string> All
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var name in Ours.Names)
                foreach (var language in Ours.Languages)
                    data.Add(name, language);
            return data;
        }
    }

    // CX_WRITE_GOLDEN=1 writes the files: read what changed before committing it.
    [Theory]
    [MemberData(nameof(All))]
    public void Every_template_reads_as_its_golden_file(string name, string language)
    {
        var samples = Samples.Of(name, language);
        var text = string.Join("\n\n", samples.Select((facts, i) =>
        {
            var rendered = Ours.All(name, language, facts);
            return $"===== sample {i}\nSubject: {rendered.Subject}\n\n{rendered.Text}\n----- sms\n{rendered.Sms}\n{(i == 0 ? "----- html\n" + rendered.Html.Trim() : "")}";
        })).TrimEnd() + "\n";
        var path = Repository.PathOf("tests", "Notification", "Golden", $"{name}.{language}.txt");
        if (Environment.GetEnvironmentVariable("CX_WRITE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
        Assert.Equal(File.ReadAllText(path), text);
    }

    [Fact]
    public void English_and_German_are_there()
    {
        Assert.Equal(["de", "en"], Ours.Languages);
        Assert.Equal(21, Ours.Names.Count);
    }

    [Theory]
    [InlineData("de-AT", "de")]
    [InlineData("DE", "de")]
    [InlineData("fr", "en")]
    [InlineData(null, "en")]
    public void A_customer_whose_language_we_lack_is_spoken_to_in_the_default_one(string? tag, string language) =>
        Assert.Equal(language, Ours.LanguageFor(tag, "en"));

    [Fact]
    public void What_a_customer_wrote_cannot_become_markup()
    {
        var facts = Facts.Common("CX-1", "<b>Eve</b>", null, null, "Support", "https://help.example.com/s/x")
            .Acknowledgement("<script>alert(1)</script>", "O'Neil & Sons", "next", null).With("by", null, new When("en", "UTC", null), default);
        var rendered = Ours.All("acknowledgement", "en", facts);
        Assert.DoesNotContain("<script>", rendered.Html);
        Assert.DoesNotContain("<b>Eve</b>", rendered.Html);
        Assert.Contains("&lt;script&gt;", rendered.Html);
        Assert.Contains("<script>alert(1)</script>", rendered.Text); // plain text is plain
    }

    [Theory]
    [InlineData("reply.en.text", "Hello {{nmae}}", "nmae")]
    [InlineData("survey.de.html", "{{#>layout}}<a href=\"{{surveyLnk}}\">{{/layout}}", "surveyLnk")]
    [InlineData("reply.en.text", "{{#if text}}", "reply.en.text")]
    public void A_template_that_cannot_be_rendered_stops_the_start(string file, string source, string named)
    {
        var fault = Assert.Throws<ConfigurationFaultException>(() => new Templates(With(file, source)));
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_without_one_of_its_parts_stops_the_start()
    {
        var files = Templates.Sources.Where(pair => pair.Key != "reply.de.sms").ToDictionary();
        Assert.Contains("reply", Assert.Throws<ConfigurationFaultException>(() => new Templates(files)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Please do not reply to this message. {{text}}")]
    [InlineData("This mailbox is not monitored. {{text}}")]
    [InlineData("Bitte antworten Sie nicht auf diese Nachricht. {{text}}")]
    [InlineData("Bitte nicht antworten. {{text}}")]
    public void A_template_that_refuses_an_answer_stops_the_start(string source)
    {
        var fault = Assert.Throws<ConfigurationFaultException>(() => new Templates(With("reply.en.text", source)));
        Assert.Contains("can be answered", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("noreply")]
    [InlineData("no-reply")]
    [InlineData("no_reply")]
    [InlineData("NoReply")]
    [InlineData("donotreply")]
    [InlineData("do-not-reply")]
    [InlineData("keine-antwort")]
    [InlineData("nicht-antworten")]
    public void An_address_that_refuses_an_answer_is_recognised(string local) => Assert.NotNull(NoReply.Find(local));

    [Theory]
    [InlineData("support")]
    [InlineData("hello")]
    [InlineData("reply")]
    [InlineData("norbert.reply")]
    public void An_address_that_people_read_is_not_suspected(string local) => Assert.Null(NoReply.Find(local));

    [Theory]
    [InlineData("en", "Europe/Vienna", "Monday, 23 November, 10:00")]
    [InlineData("de", "Europe/Vienna", "Montag, 23. November, 10:00 Uhr")]
    [InlineData("en", "America/New_York", "Monday, 23 November, 04:00")]
    [InlineData("en", null, "Monday, 23 November, 10:00 (Vienna time)")]
    [InlineData("de", null, "Montag, 23. November, 10:00 Uhr (Ortszeit Vienna)")]
    [InlineData("en", "Not/AZone", "Monday, 23 November, 10:00 (Vienna time)")]
    public void A_time_is_said_in_the_customers_zone_and_language(string language, string? zone, string words) =>
        Assert.Equal(words, new When(language, zone, "Europe/Vienna").Long(Story.Monday, Story.Monday.AddDays(-3)));

    [Theory]
    [InlineData("en", 1, 9, "tomorrow before noon (Saturday, 21 November, 10:00)")]
    [InlineData("en", 1, 11, "tomorrow at noon (Saturday, 21 November, 12:00)")]
    [InlineData("en", 0, 15, "today in the afternoon (Friday, 20 November, 16:00)")]
    [InlineData("en", 1, 18, "tomorrow in the evening (Saturday, 21 November, 19:00)")]
    [InlineData("en", 1, 2, "tomorrow (Saturday, 21 November, 03:00)")]
    [InlineData("en", 0, 8, "Friday, 20 November, 09:00")]
    [InlineData("en", 2, 9, "Sunday, 22 November, 10:00")]
    [InlineData("de", 1, 9, "morgen Vormittag (Samstag, 21. November, 10:00 Uhr)")]
    [InlineData("de", 0, 18, "heute Abend (Freitag, 20. November, 19:00 Uhr)")]
    public void What_is_near_is_said_as_people_do_with_the_exact_time(string language, int days, int hour, string words) =>
        Assert.Equal(words, new When(language, "Europe/Vienna", null).Long(Story.Monday.AddDays(days - 3).AddHours(hour - 9), Story.Monday.AddDays(-3)));

    [Fact]
    public void What_is_near_in_a_zone_that_may_not_be_the_customers_names_it() => Assert.Equal(
        "tomorrow before noon (Saturday, 21 November, 10:00, Vienna time)", new When("en", null, "Europe/Vienna").Long(Story.Monday.AddDays(-2), Story.Monday.AddDays(-3)));

    [Fact]
    public void A_time_in_another_year_names_the_year() =>
        Assert.Equal("Monday, 23 November 2026, 10:00", new When("en", "Europe/Vienna", null).Long(Story.Monday, Story.Monday.AddDays(60)));

    [Fact]
    public void A_text_message_in_english_fits_into_two_segments_with_its_link()
    {
        foreach (var name in Ours.Names.Except(["reply", "proposal", "resolved", "promise-renegotiated"]))
            Assert.True(Ours.Sms(name, "en", Samples.Of(name, "en")[0]).Sms.Length <= 306, name);
    }

    private static Dictionary<string, string> With(string file, string source)
    {
        var files = Templates.Sources.ToDictionary();
        files[file] = source;
        return files;
    }
}
