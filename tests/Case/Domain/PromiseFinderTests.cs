using CxPlatform.Cases.Domain;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>What a reply seems to promise, as read on Wednesday, 4 March 2026, 11:00 in Berlin, by people who work from nine to five.</summary>
public sealed class PromiseFinderTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero);
    private static readonly BusinessCalendar Berlin = new(BusinessCalendar.WorkingWeek("default", "Week", "Europe/Berlin"));

    [Theory]
    [InlineData("I'll call you tomorrow.", "2026-03-05T16:00Z")]
    [InlineData("I’ll call you tomorrow morning", "2026-03-05T11:00Z")]
    [InlineData("We will get back to you by Friday.", "2026-03-06T16:00Z")]
    [InlineData("We'll send it by Friday at 10 am.", "2026-03-06T09:00Z")]
    [InlineData("I will ring you on Monday at 3pm.", "2026-03-09T14:00Z")]
    [InlineData("I am going to check this today.", "2026-03-04T16:00Z")]
    [InlineData("You will hear from me within two hours.", "2026-03-04T12:00Z")]
    [InlineData("We will refund you within 3 business days.", "2026-03-09T16:00Z")]
    [InlineData("We shall write to you within a week.", "2026-03-11T16:00Z")]
    [InlineData("I'll let you know by the end of the week.", "2026-03-06T16:00Z")]
    [InlineData("We will deliver it next week.", "2026-03-13T16:00Z")]
    [InlineData("I'll be in touch by 3:30 pm.", "2026-03-04T14:30Z")]
    [InlineData("You'll receive it on 12 March.", "2026-03-12T16:00Z")]
    [InlineData("We will send it by March 12th.", "2026-03-12T16:00Z")]
    [InlineData("We will deliver on Saturday.", "2026-03-09T16:00Z")] // nobody is there: the next day on which somebody is
    [InlineData("I'll call you tomorrow at 10.", "2026-03-05T09:00Z")]
    [InlineData("I will call you at 3 on Friday", "2026-03-06T14:00Z")]
    [InlineData("We will get back to you within 24h.", "2026-03-05T10:00Z")]
    [InlineData("I'll have it by the end of business on Friday.", "2026-03-06T16:00Z")]
    [InlineData("We will do it by close of business.", "2026-03-04T16:00Z")]
    [InlineData("I'll see to it in admin by Friday.", "2026-03-06T16:00Z")]
    [InlineData("A colleague will call you back on Monday.", "2026-03-09T16:00Z")]
    [InlineData("Our technician will come on Thursday at 8 am.", "2026-03-05T07:00Z")]
    [InlineData("Your refund will arrive by Friday.", "2026-03-06T16:00Z")]
    [InlineData("Meine Kollegin meldet sich morgen bei Ihnen.", "2026-03-05T16:00Z")]
    [InlineData("Ich rufe Sie am Montag um 10 an.", "2026-03-09T09:00Z")]
    [InlineData("Ich rufe Sie morgen an.", "2026-03-05T16:00Z")]
    [InlineData("Ich melde mich bis Montag 10 Uhr.", "2026-03-09T09:00Z")]
    [InlineData("Bis Freitag melden wir uns bei Ihnen.", "2026-03-06T16:00Z")]
    [InlineData("Morgen früh schicke ich Ihnen das Teil.", "2026-03-05T11:00Z")]
    [InlineData("Wir werden Ihnen übermorgen antworten.", "2026-03-06T16:00Z")]
    [InlineData("Wir melden uns heute Nachmittag.", "2026-03-04T17:00Z")]
    [InlineData("Sie hören innerhalb von zwei Stunden von mir.", "2026-03-04T12:00Z")]
    [InlineData("Wir erstatten den Betrag binnen 3 Werktagen.", "2026-03-09T16:00Z")]
    [InlineData("Ich kümmere mich bis zum 12.03. darum.", "2026-03-12T16:00Z")]
    [InlineData("Sie erhalten die Ware am 12. März.", "2026-03-12T16:00Z")]
    [InlineData("Ich gebe Ihnen bis 15:30 Uhr Bescheid.", "2026-03-04T14:30Z")]
    [InlineData("Wir liefern nächste Woche.", "2026-03-13T16:00Z")]
    public void A_reply_that_says_so_is_read_with_its_date(string text, string due)
    {
        var found = Assert.Single(PromiseFinder.Find($"Hello.\n{text}\nKind regards", Now, null, Berlin));
        Assert.Equal((text, DateTimeOffset.Parse(due, null)), (found.Text, found.Due));
    }

    [Theory]
    [InlineData("Can I call you tomorrow?")]
    [InlineData("If it does not arrive, we will send another one tomorrow.")]
    [InlineData("We will not be there on Friday.")]
    [InlineData("We could call you tomorrow.")]
    [InlineData("Please write to us by Friday.")]
    [InlineData("The parcel arrived yesterday, and we will keep an eye on it.")]
    [InlineData("I will look into it.")]
    [InlineData("I will look at 10 of them.")]
    [InlineData("Guten Morgen, ich melde mich.")]
    [InlineData("Soll ich Sie morgen anrufen?")]
    [InlineData("Wenn Sie möchten, rufe ich Sie morgen an.")]
    [InlineData("Wir können das bis Freitag nicht schaffen.")]
    [InlineData("Bitte schicken Sie uns das Foto bis Montag.")]
    [InlineData("> I'll call you tomorrow.")]
    public void What_does_not_say_so_clearly_is_no_promise(string text) => Assert.Empty(PromiseFinder.Find(text, Now, null, Berlin));

    [Fact]
    public void A_time_of_day_is_the_customers() => Assert.Equal(
        DateTimeOffset.Parse("2026-03-05T15:00Z", null),
        Assert.Single(PromiseFinder.Find("I'll call you tomorrow at 10:00.", Now, "America/New_York", Berlin)).Due);

    [Fact]
    public void A_suggestion_is_a_promise_once_its_author_says_so()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        var events = scene.Do(new SendReply(scene.NewId(), Scene.Ada, "Thank you. I'll call you tomorrow. We will write by Friday.", [], false));
        var (call, write) = (scene.State.Suggestions[0], scene.State.Suggestions[1]);
        Assert.Equal(2, events.OfType<PromiseSuggested>().Count());
        Assert.Empty(scene.State.OpenPromises);

        Assert.Equal(["PromiseMade", "SuggestionSettled"], scene.Do(new ConfirmSuggestion(call.Id, Scene.Ada, null, null)).Select(e => e.GetType().Name));
        var promise = Assert.Single(scene.State.OpenPromises);
        Assert.Equal((call.Id, "I'll call you tomorrow.", call.Due, PromiseSource.Suggestion), (promise.Id, promise.Text, promise.Due, promise.Source));
        Assert.Equal("suggestion-not-found", scene.Refused(new ConfirmSuggestion(call.Id, Scene.Ada, null, null)).Code);

        scene.Do(new DismissSuggestion(write.Id));
        Assert.Empty(scene.State.Suggestions);
        Assert.Single(scene.State.OpenPromises);
        // Another date than the one that the customer has read is told to them, as any promise is.
        scene.Do(new SendReply(scene.NewId(), Scene.Ada, "I'll call you tomorrow at 10 am.", [], false));
        scene.Do(new ConfirmSuggestion(scene.State.Suggestions[0].Id, Scene.Ada, null, scene.Now.AddDays(2)));
        Assert.Equal(PromiseSource.Agent, scene.State.Promises[^1].Source);
    }

    [Fact]
    public void Whatever_is_written_is_read_without_harm()
    {
        var seed = Random.Shared.Next();
        Console.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] words =
        [
            "I'll", "we will", "ich rufe", "melden wir uns", "morgen", "tomorrow", "bis", "by", "Friday", "31.02.", "99:99", "25 Uhr", "13 pm", "within",
            "9999 days", "in", "couple of", "weeks", "2026-13-40", "31 Feb", "am", "Montag", "\n", ".", "!", "Werktagen", "1000", "months", "8.30 Uhr", "0000-00-00",
        ];
        for (var i = 0; i < 3000; i++)
        {
            var text = string.Join(' ', Enumerable.Range(0, random.Next(1, 14)).Select(_ => words[random.Next(words.Length)]));
            Assert.All(PromiseFinder.Find(text, Now, null, Berlin), found => Assert.True(found.Due > Now, $"seed {seed}: {text}"));
        }
    }
}
