using CxPlatform.Contracts;

namespace CxPlatform.Routing.Domain;

/// <summary>What is wrong with a rule set: the field and the rule it breaks. A set that passes can be read with.</summary>
internal static class RuleSetCheck
{
    public const int MaxRules = 500;
    public const int MaxPhrases = 5000;
    public const int MaxPhraseLength = 60;

    public static IReadOnlyList<(string Field, string Rule)> Check(RuleSet rules, IReadOnlySet<string> queues)
    {
        var faults = new List<(string Field, string Rule)>();
        void Require(bool holds, string field, string rule)
        {
            if (!holds && faults.Count < 50)
                faults.Add((field, rule));
        }
        void Queue(string id, string field) =>
            Require(queues.Contains(id), field, $"must be a queue that exists: {string.Join(", ", queues.Order(StringComparer.Ordinal))}.");
        void Words(IReadOnlyList<string> words, string field)
        {
            Require(words.Count <= 500, field, "must hold at most 500 words.");
            for (var i = 0; i < words.Count; i++)
                Phrase(words[i], $"{field}[{i}]");
        }
        void Phrase(string phrase, string field)
        {
            Require(phrase.Trim().Length is > 0 and <= MaxPhraseLength, field, $"must be 1 to {MaxPhraseLength} characters.");
            Require(!phrase.Trim().Trim('*').Contains('*', StringComparison.Ordinal), field,
                "must have its * at the beginning or the end only.");
            Require(Reader.PatternOf(phrase) is not null, field,
                "must hold a letter, a digit, a question mark, an exclamation mark or an emoji.");
        }

        Require(rules.Defaults.Kind != Kind.Unknown, "defaults.kind", "must be a kind of contact.");
        Require(IsName(rules.Defaults.Category), "defaults.category", NameRule);
        Queue(rules.Defaults.Queue, "defaults.queue");

        Require(rules.Languages.Count is > 0 and <= 20, "languages", "must hold 1 to 20 languages.");
        for (var i = 0; i < rules.Languages.Count; i++)
        {
            var language = rules.Languages[i];
            var field = $"languages[{i}]";
            Require(IsName(language.Language) && language.Language.Length is 2 or 3, field + ".language",
                "must be a language such as en or de.");
            Require(rules.Languages.Take(i).All(other => other.Language != language.Language), field + ".language", "is given twice.");
            Words(language.CommonWords, field + ".commonWords");
            Words(language.Negations, field + ".negations");
            Words(language.ClauseBreaks, field + ".clauseBreaks");
        }

        Require(rules.Rules.Count <= MaxRules, "rules", $"must hold at most {MaxRules} rules.");
        Require(rules.Rules.Sum(rule => rule.Phrases.Count) <= MaxPhrases, "rules", $"must hold at most {MaxPhrases} phrases.");
        var ids = new HashSet<string>();
        for (var i = 0; i < rules.Rules.Count && faults.Count < 50; i++)
        {
            var rule = rules.Rules[i];
            var field = $"rules[{i}]";
            Require(IsName(rule.Id), field + ".id", NameRule);
            Require(ids.Add(rule.Id), field + ".id", "is given twice.");
            Require(rule.Language is null || rules.Languages.Any(language => language.Language == rule.Language), field + ".language",
                "must be one of the languages of this rule set.");
            Require(rule.Phrases.Count > 0, field + ".phrases", "must hold at least one phrase.");
            for (var j = 0; j < rule.Phrases.Count; j++)
                Phrase(rule.Phrases[j], $"{field}.phrases[{j}]");
            Require(rule.Kind is not null || rule.Category is not null || rule.Priority is not null || rule.Feeling is not null, field,
                "must say at least one of kind, category, priority and feeling.");
            Require(rule.Kind != Kind.Unknown, field + ".kind", "must be a kind of contact.");
            Require(rule.Category is null || IsName(rule.Category), field + ".category", NameRule);
            Require(rule.Priority is not (Priority.Unknown or Priority.Normal), field + ".priority",
                "must be low, high or urgent: normal is what holds without a rule.");
            Require(rule.Feeling != Feeling.Unknown, field + ".feeling", "must be a feeling.");
            Require(rule.Weight is >= 1 and <= 10, field + ".weight", "must be 1 to 10.");
        }

        Require(rules.Queues.Count <= 200, "queues", "must hold at most 200 queue rules.");
        for (var i = 0; i < Math.Min(rules.Queues.Count, 200); i++)
            Queue(rules.Queues[i].Queue, $"queues[{i}].queue");
        return faults;
    }

    public const string NameRule = "must be 1 to 40 lower-case letters, digits and hyphens, beginning with a letter or digit.";

    /// <summary>Whether it can name a category, a queue or a team: a slug.</summary>
    public static bool IsName(string? name) =>
        name is { Length: >= 1 and <= 40 } && name[0] != '-'
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
