using CxPlatform.Demo;
using Spectre.Console;

const string Usage = """
    ./cx demo [url] [--key <admin key>]

      url    where the platform is; http://127.0.0.1:5080 unless given
      --key  an admin key; else CX_ADMIN_KEY, else one of its own beside ./cx up, else you are asked

    It creates a small company with its team, queues and agents, and cases in every state. Do not play it against one that is in use.
    """;

var narrator = new Narrator(AnsiConsole.Create(new AnsiConsoleSettings
{
    // Into a file or a pipe goes plain text.
    Ansi = Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
        ? AnsiSupport.No
        : AnsiSupport.Detect,
}));
var address = new Uri("http://127.0.0.1:5080");
var key = Environment.GetEnvironmentVariable("CX_ADMIN_KEY");
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--key" && i + 1 < args.Length)
        key = args[++i];
    else if (!args[i].StartsWith('-') && Uri.TryCreate(args[i], UriKind.Absolute, out var given) && given.Scheme is "http" or "https")
        address = given;
    else
    {
        var asked = args[i] is "--help" or "-h";
        (asked ? Console.Out : Console.Error).WriteLine(asked ? Usage : $"'{args[i]}' is not understood.\n\n{Usage}");
        return asked ? 0 : 2;
    }
}

try
{
    if (string.IsNullOrWhiteSpace(key))
        key = AnsiConsole.Profile.Capabilities.Interactive && !Console.IsInputRedirected
            ? AnsiConsole.Prompt(new TextPrompt<string>("The admin key that [bold]./cx up[/] printed:").Secret())
            : throw new StoryException(
                "An admin key is needed: pass it with --key, or in CX_ADMIN_KEY. "
                + "./cx up prints one at its first start; ./cx key create makes another.");
    using var platform = new Platform(address, key.Trim());
    await new Story(platform, narrator).TellAsync();
    return 0;
}
catch (StoryException e)
{
    narrator.Fail(e.Message);
    return 1;
}
