using System.Globalization;
using CxPlatform.Contracts;

namespace CxPlatform.Routing.Domain;

/// <summary>A rule set made ready to read contacts with. Immutable and safe to share.</summary>
internal sealed class Reader
{
    /// <summary>A negation reaches this many words ahead, within its clause: "not at all happy".</summary>
    private const int NegationReach = 3;

    private const int FeelingThreshold = 2;
    private const int AngerThreshold = 3;

    // Of kinds with the same score, the one that must not be missed.
    private static readonly Kind[] KindOrder = [Kind.Complaint, Kind.Problem, Kind.Request, Kind.Question, Kind.Idea, Kind.Praise];

    private readonly RuleSet _rules;
    private readonly PhraseFinder _finder;
    private readonly List<Meaning> _meanings = [];

    public Reader(RuleSet rules)
    {
        _rules = rules;
        var byPattern = new Dictionary<string, Meaning>();
        Meaning Of(string pattern)
        {
            if (byPattern.TryGetValue(pattern, out var meaning))
                return meaning;
            byPattern.Add(pattern, meaning = new(pattern));
            _meanings.Add(meaning);
            return meaning;
        }

        foreach (var language in rules.Languages)
        {
            foreach (var word in language.CommonWords)
                Of(Pattern(word)).CommonIn.Add(language.Language);
            foreach (var word in language.Negations)
                Of(Pattern(word)).NegatesIn.Add(language.Language);
            foreach (var word in language.ClauseBreaks)
                Of(Pattern(word)).BreaksIn.Add(language.Language);
        }
        foreach (var rule in rules.Rules)
            foreach (var phrase in rule.Phrases.DistinctBy(Pattern))
                Of(Pattern(phrase)).Votes.Add(new(rule, phrase.Trim('*')));
        _finder = new(_meanings.ConvertAll(meaning => meaning.Pattern));
    }

    public RuleSet Rules => _rules;

    /// <summary>The phrase as it is looked up; null when nothing of it can be found in a text.</summary>
    public static string? PatternOf(string phrase) => Prose.Normal(phrase).Length == 0 ? null : Pattern(phrase);

    public Reading Read(string? subject, string text, string? language)
    {
        var prose = Prose.Read(subject, text);
        var found = _finder.Find(prose.Text);
        var spoken = LanguageOf(found, language);
        var votes = Votes(prose, found, spoken);
        return new(spoken, KindIn(votes), CategoryIn(votes), PriorityIn(votes), FeelingIn(votes, prose));
    }

    /// <summary>The queue for a case, and why.</summary>
    public Verdict<string> QueueFor(
        Understanding understood, Channel channel, string brand, IReadOnlyList<string> tags, IReadOnlySet<string> existing)
    {
        foreach (var rule in _rules.Queues)
        {
            if (!existing.Contains(rule.Queue)
                || rule.Categories?.Contains(understood.Category.Value) == false || rule.Kinds?.Contains(understood.Kind.Value) == false
                || rule.Priorities?.Contains(understood.Priority.Value) == false || rule.Channels?.Contains(channel) == false
                || rule.Languages?.Contains(understood.Language) == false || rule.Brands?.Contains(brand) == false
                || rule.Tags?.Intersect(tags).Any() == false)
                continue;
            var because = new List<string>();
            if (rule.Categories is not null)
                because.Add($"it is about {understood.Category.Value}");
            if (rule.Kinds is not null)
                because.Add($"it is {Understanding.Article(understood.Kind.Value).ToLowerInvariant()}");
            if (rule.Priorities is not null)
                because.Add($"its priority is {understood.Priority.Value.ToString().ToLowerInvariant()}");
            if (rule.Channels is not null)
                because.Add($"it came by {channel.ToString().ToLowerInvariant()}");
            if (rule.Languages is not null)
                because.Add($"it is in {understood.Language}");
            if (rule.Brands is not null)
                because.Add($"it is for {brand}");
            if (rule.Tags is not null)
                because.Add($"it is tagged {string.Join(", ", rule.Tags.Intersect(tags))}");
            return new(rule.Queue, $"Queue {rule.Queue}: {(because.Count > 0 ? string.Join(" and ", because) : "it takes every case")}.");
        }
        return new(_rules.Defaults.Queue, $"Queue {_rules.Defaults.Queue}: no other queue is for it.");
    }

    // Texts of one word say little: then what the sender stated counts, and failing that the first language.
    private string LanguageOf(List<Found> found, string? stated)
    {
        var primary = stated?.Split('-', '_')[0].ToLowerInvariant();
        var hits = found.SelectMany(f => _meanings[f.Phrase].CommonIn).CountBy(language => language).ToDictionary();
        return _rules.Languages.Select(language => language.Language)
            .Select((language, i) => (language, score: hits.GetValueOrDefault(language) * 2 + (language == primary ? 1 : 0), i))
            .OrderByDescending(l => l.score).ThenBy(l => l.i).Select(l => l.language).First();
    }

    private List<Vote> Votes(Prose prose, List<Found> found, string language)
    {
        var spoken = found.Where(f => _meanings[f.Phrase].Speaks(language)).OrderBy(f => f.Start).ThenByDescending(f => f.End).ToList();
        var negations = Negations(spoken, language);
        var breaks = spoken.Where(f => _meanings[f.Phrase].BreaksIn.Contains(language)).Select(f => f.Start).ToList();

        var votes = new Dictionary<(Rule, string), Vote>();
        Span<int> covered = stackalloc int[4];
        covered.Fill(-1);
        int negation = -1, lastBreak = -1, nextNegation = 0, nextBreak = 0;
        foreach (var hit in spoken)
        {
            while (nextNegation < negations.Count && negations[nextNegation].End <= hit.Start)
                negation = negations[nextNegation++].End;
            while (nextBreak < breaks.Count && breaks[nextBreak] < hit.Start)
                lastBreak = breaks[nextBreak++];
            var negated = negation >= 0 && lastBreak < negation && prose.ClauseAt(negation - 1) == prose.ClauseAt(hit.Start + 1)
                && prose.WordAt(hit.Start + 1) - prose.WordAt(negation - 1) <= NegationReach;
            foreach (var (rule, phrase) in _meanings[hit.Phrase].Votes)
            {
                if (rule.Language is not null && rule.Language != language)
                    continue;
                // Inside a longer phrase that votes on the same matter it says nothing: "gefällt mir nicht" is not "gefällt mir".
                Span<bool> speaks =
                [
                    rule.Kind is not null && hit.End > covered[0], rule.Category is not null && hit.End > covered[1],
                    rule.Priority is not null && hit.End > covered[2], rule.Feeling is not null && hit.End > covered[3],
                ];
                var weight = hit.Start < prose.SubjectEnd ? rule.Weight * 2 : rule.Weight;
                var vote = new Vote(rule, phrase, weight, negated, speaks[0], speaks[1], speaks[2], speaks[3]);
                if (vote.Any && (!votes.TryGetValue((rule, phrase), out var before) || before.Negated && !negated))
                    votes[(rule, phrase)] = vote;
            }
            foreach (var (rule, _) in _meanings[hit.Phrase].Votes)
            {
                if (rule.Language is not null && rule.Language != language)
                    continue;
                covered[0] = rule.Kind is null ? covered[0] : Math.Max(covered[0], hit.End);
                covered[1] = rule.Category is null ? covered[1] : Math.Max(covered[1], hit.End);
                covered[2] = rule.Priority is null ? covered[2] : Math.Max(covered[2], hit.End);
                covered[3] = rule.Feeling is null ? covered[3] : Math.Max(covered[3], hit.End);
            }
        }
        return [.. votes.Values];
    }

    // The "not" inside "does not work" is spent: it negates nothing that follows.
    private List<Found> Negations(List<Found> spoken, string language)
    {
        var result = new List<Found>();
        var covered = -1;
        foreach (var hit in spoken)
        {
            var meaning = _meanings[hit.Phrase];
            if (meaning.NegatesIn.Contains(language) && hit.End > covered)
                result.Add(hit);
            if (meaning.Votes.Exists(vote => vote.Rule.Language is null || vote.Rule.Language == language))
                covered = Math.Max(covered, hit.End);
        }
        return result;
    }

    private static Verdict<Kind>? KindIn(List<Vote> votes)
    {
        var scores = votes.Where(vote => vote.ForKind && !vote.Negated).GroupBy(vote => vote.Rule.Kind!.Value)
            .ToDictionary(group => group.Key, group => (Score: group.Sum(vote => vote.Weight), Best: group.MaxBy(vote => vote.Weight)!));
        // Praise promises no answer, so it must clearly outweigh whatever else was said.
        if (scores.TryGetValue(Kind.Praise, out var praise) && scores.Any(s => s.Key != Kind.Praise && s.Value.Score * 2 >= praise.Score))
            scores.Remove(Kind.Praise);
        if (scores.Count == 0)
            return null;
        var (kind, best) = scores.OrderByDescending(s => s.Value.Score).ThenBy(s => Array.IndexOf(KindOrder, s.Key)).First();
        return new(kind, $"{Understanding.Article(kind)}: {Says(best.Best)}.");
    }

    private static Verdict<string>? CategoryIn(List<Vote> votes) =>
        votes.Where(vote => vote.ForCategory).GroupBy(vote => vote.Rule.Category!)
            .OrderByDescending(group => group.Sum(vote => vote.Weight)).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new Verdict<string>(group.Key, $"About {group.Key}: {Says(group.MaxBy(vote => vote.Weight)!)}."))
            .FirstOrDefault();

    private static Verdict<Priority>? PriorityIn(List<Vote> votes) =>
        votes.Where(vote => vote.ForPriority && !vote.Negated).GroupBy(vote => vote.Rule.Priority!.Value)
            .OrderByDescending(group => group.Key)
            .Select(group => new Verdict<Priority>(group.Key, $"{group.Key} priority: {Says(group.MaxBy(vote => vote.Weight)!)}."))
            .FirstOrDefault();

    private static Verdict<Feeling>? FeelingIn(List<Vote> votes, Prose prose)
    {
        var scores = new Dictionary<Feeling, int>();
        var loudest = new Dictionary<Feeling, Vote>();
        foreach (var vote in votes.Where(vote => vote.ForFeeling))
        {
            // "Not happy" is unhappy; "not angry" is nothing in particular.
            if (vote.Negated && vote.Rule.Feeling != Feeling.Happy)
                continue;
            var feeling = vote.Negated ? Feeling.Unhappy : vote.Rule.Feeling!.Value;
            scores[feeling] = scores.GetValueOrDefault(feeling) + vote.Weight;
            if (!loudest.TryGetValue(feeling, out var louder) || vote.Weight > louder.Weight)
                loudest[feeling] = vote;
        }
        int happy = scores.GetValueOrDefault(Feeling.Happy), unhappy = scores.GetValueOrDefault(Feeling.Unhappy),
            angry = scores.GetValueOrDefault(Feeling.Angry);
        var shouts = prose.ShoutedWords >= 3 && prose.ShoutedWords * 2 >= prose.LongWords;
        var trouble = unhappy + angry > happy
            || votes.Exists(vote => vote is { ForKind: true, Negated: false } && vote.Rule.Kind is Kind.Problem or Kind.Complaint);
        // Capitals and "!!" make trouble louder; joy may be loud.
        if (trouble && happy < FeelingThreshold)
            angry += (shouts ? 3 : 0) + (prose.Exclaims ? 1 : 0);

        if (angry >= AngerThreshold && angry + unhappy > happy)
            return Sounds(Feeling.Angry, Feeling.Unhappy);
        if (unhappy + angry >= FeelingThreshold && unhappy + angry >= happy)
            return Sounds(Feeling.Unhappy, Feeling.Angry);
        if (happy >= FeelingThreshold && happy > unhappy + angry)
            return new(Feeling.Happy, $"The customer sounds happy: {Says(loudest[Feeling.Happy])}.");
        return null;

        Verdict<Feeling> Sounds(Feeling feeling, Feeling related)
        {
            var because = loudest.TryGetValue(feeling, out var vote) || loudest.TryGetValue(related, out vote) ? Says(vote) : null;
            var manner = shouts ? "it is written in capitals" : prose.Exclaims ? "it is full of exclamation marks" : null;
            var why = because is null ? manner : manner is null ? because : $"{because}, and {manner}";
            return new(feeling, $"The customer sounds {feeling.ToString().ToLowerInvariant()}: {why}.");
        }
    }

    // The rule's phrase, never the customer's text: reasons travel in events.
    private static string Says(Vote vote) =>
        vote.Phrase == "?" ? "it asks something" : $"it says {(vote.Negated ? "not " : "")}“{vote.Phrase}”";

    private static string Pattern(string phrase)
    {
        var trimmed = phrase.Trim();
        return (trimmed.StartsWith('*') ? "" : " ") + Prose.Normal(trimmed) + (trimmed.EndsWith('*') ? "" : " ");
    }

    private sealed record Meaning(string Pattern)
    {
        public List<(Rule Rule, string Phrase)> Votes { get; } = [];
        public HashSet<string> CommonIn { get; } = [];
        public HashSet<string> NegatesIn { get; } = [];
        public HashSet<string> BreaksIn { get; } = [];

        public bool Speaks(string language) =>
            NegatesIn.Contains(language) || BreaksIn.Contains(language)
                || Votes.Exists(vote => vote.Rule.Language is null || vote.Rule.Language == language);
    }

    private sealed record Vote(
        Rule Rule, string Phrase, int Weight, bool Negated, bool ForKind, bool ForCategory, bool ForPriority, bool ForFeeling)
    {
        public bool Any => ForKind || ForCategory || ForPriority || ForFeeling;
    }
}
