using System.Collections.Frozen;
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
internal sealed record Rendered(string Subject, string Text, string Html, string Sms);

/// <summary>The words we use: <c>Templates/&lt;name&gt;.&lt;language&gt;.&lt;part&gt;.hbs</c>, compiled once. Files that begin with <c>_</c> are shared parts.</summary>
/// <remarks>Made at start: every template is rendered with what it may be given, so that a missing variable stops the start, not a customer's message.</remarks>
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

    /// <param name="files">Sources by <c>name.language.part</c>.</param>
    /// <exception cref="ConfigurationFaultException">A part is missing, does not compile, names an unknown variable, or says that nobody may answer.</exception>
    public Templates(IReadOnlyDictionary<string, string> files)
    {
        var keys = files.Keys.Select(Key).ToList();
        Names = [.. keys.Select(key => key.Name).Where(name => !name.StartsWith('_')).Distinct().Order(StringComparer.Ordinal)];
        Languages = [.. keys.Select(key => key.Language).Distinct().Order(StringComparer.Ordinal)];
        var compiled = new Dictionary<(string, string, string), HandlebarsTemplate<object, object>>();
        foreach (var language in Languages)
        {
            foreach (var part in Parts)
            {
                var environment = Environment(part, files, language);
                foreach (var name in Names)
                {
                    var source = files.GetValueOrDefault($"{name}.{language}.{part}")
                        ?? throw new ConfigurationFaultException($"the template {name} has no {part} part in language {language} (Templates/{name}.{language}.{part}.hbs).");
                    if ((NoReply.Find(name) ?? NoReply.Find(source)) is { } words)
                        throw new ConfigurationFaultException(
                            $"the template {name}.{language}.{part} says \"{words}\". Every message of this platform can be answered; say instead how.");
                    compiled[(name, language, part)] = Compile(environment, source, name, language, part);
                }
            }
        }
        _compiled = compiled.ToFrozenDictionary();
        Check();
    }

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyList<string> Languages { get; }

    /// <summary>The language we have for a BCP 47 tag: its own, or the given default.</summary>
    public string LanguageFor(string? tag, string fallback)
    {
        var language = tag is { Length: >= 2 } ? tag[..2].ToLowerInvariant() : fallback;
        return Languages.Contains(language) ? language : Languages.Contains(fallback) ? fallback : DefaultLanguage;
    }

    public Rendered Mail(string name, string language, Facts facts) => new(
        OneLine(Render(name, language, "subject", facts)), Tidy(Render(name, language, "text", facts)), Render(name, language, "html", facts), "");

    public Rendered Sms(string name, string language, Facts facts) => new("", "", "", OneLine(Render(name, language, "sms", facts)));

    public Rendered All(string name, string language, Facts facts) =>
        Mail(name, language, facts) with { Sms = Sms(name, language, facts).Sms };

    private string Render(string name, string language, string part, Facts facts) => _compiled[(name, language, part)](facts.Values);

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

    private static HandlebarsTemplate<object, object> Compile(IHandlebars environment, string source, string name, string language, string part)
    {
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
        foreach (var name in Names)
        {
            foreach (var language in Languages)
            {
                foreach (var sample in Samples.Of(name, language))
                {
                    try
                    {
                        All(name, language, sample);
                    }
                    catch (Exception e) when (e is HandlebarsException or HandlebarsUndefinedBindingException)
                    {
                        throw new ConfigurationFaultException($"the template {name}.{language} cannot be rendered: {(e.InnerException ?? e).Message}");
                    }
                }
            }
        }
    }

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
