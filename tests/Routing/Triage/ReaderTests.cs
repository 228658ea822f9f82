using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Routing.Assigning;
using CxPlatform.Routing.Domain;

namespace CxPlatform.Routing.Tests.Triage;

public sealed class ReaderTests
{
    private static readonly RuleSet Few = new()
    {
        Defaults = new(Kind.Question, "general", "general"),
        Languages =
        [
            new() { Language = "en", CommonWords = ["the", "is", "my"], Negations = ["not", "isn't"], ClauseBreaks = ["but"] },
            new() { Language = "de", CommonWords = ["der", "ist", "mein"], Negations = ["nicht"] },
        ],
        Rules =
        [
            new() { Id = "happy", Language = "en", Phrases = ["happy"], Feeling = Feeling.Happy, Weight = 2 },
            new() { Id = "angry", Language = "en", Phrases = ["angry"], Feeling = Feeling.Angry, Weight = 3 },
            new() { Id = "problem", Language = "en", Phrases = ["problem"], Kind = Kind.Problem, Weight = 2 },
            new() { Id = "no-problem", Language = "en", Phrases = ["no problem"], Kind = Kind.Praise, Weight = 2 },
            new() { Id = "urgent", Language = "en", Phrases = ["urgent"], Priority = Priority.High, Weight = 2 },
            new() { Id = "bill", Phrases = ["*rechnung", "invoice*"], Category = "billing" },
            new() { Id = "gift", Language = "de", Phrases = ["Gift"], Priority = Priority.Urgent },
            new() { Id = "fur", Language = "de", Phrases = ["für"], Kind = Kind.Idea, Weight = 2 },
        ],
        Queues =
        [
            new() { Queue = "billing", Categories = ["billing"], Kinds = [Kind.Problem, Kind.Question] },
            new() { Queue = "vip", Tags = ["vip"], Brands = ["gold"] },
            new() { Queue = "gone", Channels = [Channel.Sms] },
        ],
    };

    private static readonly Reader Reader = new(Few);

    private static Reading Read(string text, string? subject = null, string? language = "en") => Reader.Read(subject, text, language);

    [Theory]
    [InlineData("I am happy", Feeling.Happy)]
    [InlineData("I am not happy", Feeling.Unhappy)]
    [InlineData("I am not at all happy", Feeling.Unhappy)]
    [InlineData("that is not what I call a reason to be happy", Feeling.Happy)]
    [InlineData("not so fast, I am happy", Feeling.Happy)]
    [InlineData("not fast but happy", Feeling.Happy)]
    [InlineData("isn’t happy", Feeling.Unhappy)]
    [InlineData("not really. Happy", Feeling.Happy)]
    public void A_negation_reaches_three_words_ahead_within_its_clause(string text, Feeling expected) =>
        Assert.Equal(expected, Read(text).Feeling!.Value);

    [Fact]
    public void Not_angry_says_nothing_in_particular() => Assert.Null(Read("I am not angry").Feeling);

    [Fact]
    public void Not_urgent_is_no_priority() => Assert.Null(Read("it is not urgent").Priority);

    [Fact]
    public void A_category_stands_even_when_negated() => Assert.Equal("billing", Read("this is not the invoice").Category!.Value);

    [Fact]
    public void A_phrase_inside_a_longer_one_on_the_same_matter_says_nothing() => Assert.Equal(Kind.Praise, Read("no problem").Kind!.Value);

    [Theory]
    [InlineData("problems")]
    [InlineData("aproblem")]
    [InlineData("prob lem")]
    public void Only_whole_words_are_found(string text) => Assert.Null(Read(text).Kind);

    [Theory]
    [InlineData("Telefonrechnung")]
    [InlineData("RECHNUNG")]
    [InlineData("invoices")]
    [InlineData("(invoice)")]
    [InlineData("InVoIcE-number")]
    public void A_star_takes_longer_words_and_case_does_not_matter(string text) => Assert.Equal("billing", Read(text).Category!.Value);

    [Theory]
    [InlineData("das ist fur dich, mein Lieber", false)]
    [InlineData("das ist für dich, mein Lieber", true)]
    [InlineData("das ist fu\u0308r dich, mein Lieber", true)]
    [InlineData("das ist fuer dich, mein Lieber", true)]
    public void Umlauts_are_found_however_they_are_written(string text, bool found) =>
        Assert.Equal(found, Read(text, language: null).Kind is not null);

    [Fact]
    public void Rules_of_another_language_do_not_apply()
    {
        Assert.Null(Read("the gift is for my mother", language: null).Priority);
        Assert.Equal(Priority.Urgent, Read("der Hund hat Gift gefressen, er ist krank", language: null).Priority!.Value);
    }

    [Fact]
    public void The_stated_language_decides_when_the_text_does_not_say()
    {
        Assert.Equal("de", Read("Gift", language: "de-AT").Language);
        Assert.Equal("en", Read("Gift", language: "fr").Language);
        Assert.Equal("en", Read("the router is broken", language: "de").Language);
    }

    [Fact]
    public void What_stands_in_the_subject_counts_double()
    {
        var rules = new Reader(Few with
        {
            Rules = [.. Few.Rules,
            new() { Id = "ask", Language = "en", Phrases = ["wonder"], Kind = Kind.Question, Weight = 3 }]
        });
        Assert.Equal(Kind.Question, rules.Read(null, "problem? I wonder", "en").Kind!.Value);
        Assert.Equal(Kind.Problem, rules.Read("Problem", "I wonder", "en").Kind!.Value);
    }

    [Fact]
    public void A_reason_names_the_rules_phrase_and_never_the_customers_words()
    {
        var reading = Read("my secret is that I am NOT very Happy, Telefonrechnung 4711", "Problem with Mrs Miller");
        Assert.Equal("A problem: it says “problem”.", reading.Kind!.Reason);
        Assert.Equal("About billing: it says “rechnung”.", reading.Category!.Reason);
        Assert.Equal("The customer sounds unhappy: it says not “happy”.", reading.Feeling!.Reason);
    }

    [Fact]
    public void The_first_queue_rule_that_fits_names_the_queue()
    {
        var existing = new HashSet<string> { "billing", "vip", "general" };
        Verdict<string> Queue(string text, Channel channel = Channel.Email, string brand = "main", params string[] tags) =>
            Reader.QueueFor(Understanding.Of(Read(text), Few.Defaults, null, null), channel, brand, tags, existing);

        Assert.Equal(new("billing", "Queue billing: it is about billing and it is a problem."), Queue("problem with the invoice"));
        Assert.Equal("general", Queue("no problem with the invoice").Value);
        Assert.Equal("vip", Queue("hello", brand: "gold", tags: ["vip", "x"]).Value);
        Assert.Equal("general", Queue("hello", tags: ["vip"]).Value);
        Assert.Equal("general", Queue("hello", Channel.Sms).Value); // its queue is gone
    }

    [Fact]
    public void What_the_sender_stated_goes_before_the_words_but_danger_is_urgent_whatever_was_stated()
    {
        var stated = Understanding.Of(Read("problem, urgent"), Few.Defaults, Kind.Idea, Priority.Low);
        Assert.Equal((Kind.Idea, Priority.Low), (stated.Kind.Value, stated.Priority.Value));
        var danger = Understanding.Of(Read("der Hund hat Gift gefressen, er ist krank", language: "de"), Few.Defaults, null, Priority.Low);
        Assert.Equal(Priority.Urgent, danger.Priority.Value);
    }

    [Fact]
    public void A_reply_changes_the_feeling_never_lowers_the_priority_and_does_not_make_a_problem_praise()
    {
        var first = Understanding.Of(Read("problem, urgent"), Few.Defaults, null, null);
        var thanks = first.AfterReply(Read("no problem, I am happy"), "general");
        Assert.Equal((Kind.Problem, Priority.High, Feeling.Happy), (thanks.Kind.Value, thanks.Priority.Value, thanks.Feeling.Value));
        Assert.True(thanks.Differs(first));
        var nothing = first.AfterReply(Read("ok"), "general");
        Assert.False(nothing.Differs(first));
        var praise = Understanding.Of(Read("no problem"), Few.Defaults, null, null);
        Assert.Equal(Kind.Problem, praise.AfterReply(Read("a problem after all"), "general").Kind.Value);
    }

    [Fact]
    public void A_correction_replaces_what_its_words_speak_of_and_leaves_the_rest()
    {
        var first = Understanding.Of(Read("problem, urgent"), Few.Defaults, null, null);
        var corrected = first.CorrectedBy(Read("it is about my invoice"));
        Assert.Equal((Kind.Problem, "billing", Priority.High), (corrected.Kind.Value, corrected.Category.Value, corrected.Priority.Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\ud800 \udc00 lone surrogates \ud83d")]
    [InlineData("\u0000\u0001\u200d\ufe0f")]
    [InlineData("!!!???...,,,:::;;;((()))")]
    [InlineData(":-:-:-:")]
    [InlineData(":")]
    [InlineData("Z̡̙͇̲̳̞a̛̬̗l͈̜̙g̠o")]
    [InlineData("'); drop table assignments; -- {{7*7}} ${jndi} %n%n %s")]
    public void Whatever_is_written_can_be_read(string text)
    {
        foreach (var reader in (Reader[])[Reader, BuiltInRules.Reader])
            Assert.NotNull(reader.Read(text, text, text).Language);
    }

    [Fact]
    public void Random_text_of_any_characters_can_be_read()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var run = 0; run < 500; run++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(200))
                .Select(_ => (char)(random.Next(3) == 0 ? random.Next(0x10000) : random.Next(32, 127)))]);
            try
            {
                BuiltInRules.Reader.Read(null, text, null);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, run {run}: {e}");
            }
        }
    }

    [Fact]
    public void The_work_grows_with_the_text_and_not_faster()
    {
        // Texts made to repeat every prefix of the phrases: a matcher that starts over again and again would need the square of this.
        var phrases = Enumerable.Range(1, 58).Select(n => new string('a', n) + "b").ToList();
        var finder = new PhraseFinder(phrases);
        Assert.Empty(finder.Find(new string('a', 200_000)));

        var overlapping = new PhraseFinder(["a", "aa"]);
        Assert.Equal(2 * 1000 - 1, overlapping.Find(new string('a', 1000)).Count);
    }

    [Fact]
    public void The_finder_finds_exactly_what_a_plain_search_finds()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        string Text(int length) => new([.. Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(3)))]);
        for (var run = 0; run < 200; run++)
        {
            var phrases = Enumerable.Range(0, random.Next(1, 12)).Select(_ => Text(random.Next(1, 5))).Distinct().ToList();
            var text = Text(random.Next(60));
            var expected = phrases.SelectMany((phrase, i) => Enumerable.Range(0, text.Length)
                .Where(at => text.AsSpan(at).StartsWith(phrase)).Select(at => new Found(i, at, at + phrase.Length - 1)));
            var actual = new PhraseFinder(phrases).Find(text);
            Assert.True(expected.ToHashSet().SetEquals(actual) && actual.Count == expected.Count(),
                $"seed {seed}, run {run}: {string.Join(' ', phrases)} in {text}");
        }
    }

    [Fact]
    public void The_built_in_rules_pass_their_own_check() =>
        Assert.Empty(RuleSetCheck.Check(BuiltInRules.Reader.Rules, new HashSet<string> { "general" }));

    [Fact]
    public void A_fault_in_a_rule_set_names_its_field()
    {
        var faulty = Few with
        {
            Defaults = new(Kind.Unknown, "Not A Slug", "nowhere"),
            Rules =
            [
                new() { Id = "ok", Phrases = ["fine"], Kind = Kind.Idea },
                new() { Id = "ok", Language = "fr", Phrases = ["a*b", "", "%%"], Weight = 11, Priority = Priority.Normal },
                new() { Id = "x", Phrases = [] },
            ],
            Queues = [new() { Queue = "nowhere" }],
        };
        var fields = RuleSetCheck.Check(faulty, new HashSet<string> { "general" }).Select(fault => fault.Field).ToHashSet();
        Assert.Superset(
            new HashSet<string>
            {
                "defaults.kind", "defaults.category", "defaults.queue", "rules[1].id", "rules[1].language", "rules[1].phrases[0]",
                    "rules[1].phrases[1]",
                "rules[1].phrases[2]", "rules[1].weight", "rules[1].priority", "rules[2].phrases", "rules[2]", "queues[0].queue",
            },
            fields);
        Assert.DoesNotContain("rules[0]", string.Join(' ', fields));
    }

    [Fact]
    public void The_whole_text_is_read_up_to_a_bound()
    {
        var text = new StringBuilder().Insert(0, "word ", 3000).Append("problem").ToString();
        Assert.True(text.Length < Prose.MaxLength);
        Assert.NotNull(Read(text).Kind);
        Assert.Null(Read(new string('x', Prose.MaxLength) + " problem").Kind);
    }
}
