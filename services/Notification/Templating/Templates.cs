using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using CxPlatform.Notifications.Domain;
using CxPlatform.ServiceDefaults;
using HandlebarsDotNet;
using HandlebarsDotNet.Compiler;

namespace CxPlatform.Notifications.Templating;

/// <summary>A message in words.</summary>
/// <param name="Sms">The whole text message.</param>
public sealed record Rendered(string Subject, string Text, string Html, string Sms);

/// <summary>The words we use: <c>&lt;name&gt;.&lt;language&gt;.&lt;part&gt;</c>, or <c>&lt;name&gt;@&lt;brand&gt;.&lt;language&gt;.&lt;part&gt;</c> for one brand, compiled once.
/// Names that begin with <c>_</c> are shared parts.</summary>
/// <remarks>When made, every template is rendered with what it may be given, so that a missing variable stops the start or the save, not a customer's message.</remarks>
internal sealed partial class Templates
{
    public const string DefaultLanguage = "en";
    private static readonly string[] Parts = ["subject", "text", "html", "sms"];
    private static readonly FrozenDictionary<string, string> Embedded = LoadEmbedded();

    private readonly FrozenDictionary<(string Name, string Language, string Part), HandlebarsTemplate<object, object>> _compiled;

    public Templates()
        : this(Embedded)
    {
    }

    /// <param name="files">Sources by name, language and part.</param>
    /// <exception cref="ConfigurationFaultException">A part is missing, does not compile, names an unknown variable, or says that nobody may answer.</exception>
    public Templates(IReadOnlyDictionary<string, string> files)
    {
        Files = files;
        var keys = files.Keys.Select(Key).ToList();
        Names = [.. keys.Select(key => key.Name).Where(name => !name.StartsWith('_') && !name.Contains('@', StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
        Languages = [.. keys.Select(key => key.Language).Distinct().Order(StringComparer.Ordinal)];
        foreach (var language in Languages.Where(language => !IsCulture(language)))
            throw new ConfigurationFaultException($"the templates' language {language} is not one (BCP 47), such as fr.");
        foreach (var name in Names.Where(name => !files.ContainsKey($"{name}.{DefaultLanguage}.{Parts[0]}")))
            throw new ConfigurationFaultException($"the template {name} is not there in the default language {DefaultLanguage}.");
        var compiled = new Dictionary<(string, string, string), HandlebarsTemplate<object, object>>();
        foreach (var part in Parts)
        {
            foreach (var language in keys.GroupBy(key => key.Language))
            {
                var environment = Environment(part, files, language.Key);
                foreach (var name in language.Select(key => key.Name).Where(name => !name.StartsWith('_')).Distinct())
                    compiled[(name, language.Key, part)] = Compile(environment, files, name, language.Key, part);
            }
        }
        _compiled = compiled.ToFrozenDictionary();
        Check();
    }

    /// <summary>What it was made of.</summary>
    public IReadOnlyDictionary<string, string> Files { get; }

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyList<string> Languages { get; }

    /// <summary>The language we have for a BCP 47 tag: its own, or the given default.</summary>
    public string LanguageFor(string? tag, string fallback)
    {
        var language = tag is { Length: >= 2 } ? tag[..2].ToLowerInvariant() : fallback;
        return Languages.Contains(language) ? language : Languages.Contains(fallback) ? fallback : DefaultLanguage;
    }

    /// <summary>The key of a part's source.</summary>
    public static string KeyOf(string name, string brand, string language, string part) => $"{(brand.Length == 0 ? name : $"{name}@{brand}")}.{language}.{part}";

    public Rendered Mail(string name, string language, Facts facts, string brand = "") => new(
        OneLine(Render(name, brand, language, "subject", facts)), Tidy(Render(name, brand, language, "text", facts)), Render(name, brand, language, "html", facts), "");

    public Rendered Sms(string name, string language, Facts facts, string brand = "") => new("", "", "", OneLine(Render(name, brand, language, "sms", facts)));

    public Rendered All(string name, string language, Facts facts, string brand = "") =>
        Mail(name, language, facts, brand) with { Sms = Sms(name, language, facts, brand).Sms };

    // The brand's own words in the language; everybody's in it; the brand's, then everybody's, in the default language.
    private string Render(string name, string brand, string language, string part, Facts facts)
    {
        foreach (var spoken in language == DefaultLanguage ? [language] : new[] { language, DefaultLanguage })
        {
            if ((brand.Length > 0 && _compiled.TryGetValue(($"{name}@{brand}", spoken, part), out var template)) || _compiled.TryGetValue((name, spoken, part), out template))
                return template(facts.Values);
        }
        throw new InvalidOperationException($"There is no template {name}.");
    }

    private static IHandlebars Environment(string part, IReadOnlyDictionary<string, string> files, string language)
    {
        var environment = Handlebars.Create(new HandlebarsConfiguration
        {
            ThrowOnUnresolvedBindingExpression = true,
            NoEscape = part != "html",
        });
        environment.RegisterHelper("paragraphs", (output, _, arguments) => output.WriteSafeString(Paragraphs(arguments[0] as string ?? "")));
        foreach (var (key, source) in files)
        {
            var (name, itsLanguage, itsPart) = Key(key);
            if (name.StartsWith('_') && itsLanguage == language && itsPart == part)
                environment.RegisterTemplate(name[1..], source);
        }
        return environment;
    }

    private static HandlebarsTemplate<object, object> Compile(
        IHandlebars environment, IReadOnlyDictionary<string, string> files, string name, string language, string part)
    {
        var source = files.GetValueOrDefault($"{name}.{language}.{part}")
            ?? throw new ConfigurationFaultException($"the template {name} has no {part} part in language {language} (Templates/{name}.{language}.{part}.hbs).");
        if ((NoReply.Find(name) ?? NoReply.Find(source)) is { } words)
            throw new ConfigurationFaultException(
                $"the template {name}.{language}.{part} says \"{words}\". Every message of this platform can be answered; say instead how.");
        try
        {
            return environment.Compile(source);
        }
        catch (HandlebarsException e)
        {
            throw new ConfigurationFaultException($"the template {name}.{language}.{part} is not valid: {e.Message}");
        }
    }

    private void Check()
    {
        foreach (var ((key, language, part), template) in _compiled)
        {
            var samples = Samples.Of(key.Split('@')[0], language);
            foreach (var sample in samples)
            {
                try
                {
                    template(sample.Values);
                }
                catch (Exception e) when (e is HandlebarsException or HandlebarsUndefinedBindingException)
                {
                    throw new ConfigurationFaultException($"the template {key}.{language}.{part} cannot be rendered: {(e.InnerException ?? e).Message}");
                }
            }
            if (Mentions.Unknown(Files[$"{key}.{language}.{part}"], samples).FirstOrDefault() is { } unknown)
                throw new ConfigurationFaultException(
                    $"the template {key}.{language}.{part} speaks of {unknown}, which is never given; there are {string.Join(", ", samples[0].Values.Keys.Order(StringComparer.Ordinal))}.");
        }
    }

    private static bool IsCulture(string language) => language.Length == 2 && CultureInfo.GetCultures(CultureTypes.NeutralCultures).Any(culture => culture.Name == language);

    /// <summary>What a person typed, as HTML: paragraphs, line breaks, links.</summary>
    private static string Paragraphs(string text)
    {
        var html = new StringBuilder(text.Length + 64);
        foreach (var paragraph in BlankLines().Split(text.ReplaceLineEndings("\n").Trim()))
            html.Append("<p>").Append(Links().Replace(WebUtility.HtmlEncode(paragraph), "<a href=\"$0\">$0</a>").Replace("\n", "<br>\n", StringComparison.Ordinal)).Append("</p>\n");
        return html.ToString();
    }

    private static string Tidy(string text) => ManyLines().Replace(text.ReplaceLineEndings("\n"), "\n\n").Trim() + "\n";

    private static string OneLine(string text) => White().Replace(text, " ").Trim();

    private static (string Name, string Language, string Part) Key(string key)
    {
        var words = key.Split('.');
        return words.Length == 3 ? (words[0], words[1], words[2]) : throw new ConfigurationFaultException($"the template file {key} is not named <name>.<language>.<part>.");
    }

    private static FrozenDictionary<string, string> LoadEmbedded()
    {
        const string Prefix = "Templates/", Suffix = ".hbs";
        var assembly = typeof(Templates).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..^Suffix.Length], name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return reader.ReadToEnd().ReplaceLineEndings("\n");
            });
    }

    /// <summary>The sources that come with the service, for tests that change one.</summary>
    internal static IReadOnlyDictionary<string, string> Sources => Embedded;

    [GeneratedRegex(@"\n\s*\n")]
    private static partial Regex BlankLines();

    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex ManyLines();

    [GeneratedRegex(@"\s+")]
    private static partial Regex White();

    // After encoding, so that what is matched holds neither quotes nor angle brackets; a full stop at the end belongs to the sentence.
    [GeneratedRegex(@"https?://[^\s]*[^\s.,;:!?)]")]
    private static partial Regex Links();
}
