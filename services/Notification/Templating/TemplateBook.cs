using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Templating;

/// <summary>The words in use: ours, those of the configured folder over them, and over both what editors have published.</summary>
internal sealed class TemplateBook
{
    private readonly IReadOnlyDictionary<string, string> _files;
    private Templates _current;

    /// <exception cref="ConfigurationFaultException">The folder holds something that is no template, or one that cannot be rendered.</exception>
    public TemplateBook(IOptions<NotificationOptions> options)
    {
        _files = options.Value.Templates is { Length: > 0 } folder ? Over(Templates.Sources, Read(folder)) : Templates.Sources;
        _current = new(_files);
    }

    public Templates Current => Volatile.Read(ref _current);

    /// <summary>The words without what editors published.</summary>
    public IReadOnlyDictionary<string, string> Files => _files;

    /// <summary>What would be in use with these published: made, and so checked as a whole.</summary>
    /// <exception cref="ConfigurationFaultException">Why it cannot be.</exception>
    public Templates With(IEnumerable<TemplateVersionRow> published) => new(Over(_files, published.SelectMany(Parts)));

    /// <summary>The same for what was published long ago: what this version of the service cannot render any more is left out, and only that.</summary>
    public Templates WithUsable(IReadOnlyList<TemplateVersionRow> published, Action<TemplateVersionRow> leftOut)
    {
        try
        {
            return With(published);
        }
        catch (ConfigurationFaultException)
        {
            var (usable, templates) = (new List<TemplateVersionRow>(), With([]));
            foreach (var row in published)
            {
                try
                {
                    templates = With(usable.Append(row));
                    usable.Add(row);
                }
                catch (ConfigurationFaultException)
                {
                    leftOut(row);
                }
            }
            return templates;
        }
    }

    public void Use(Templates templates) => Volatile.Write(ref _current, templates);

    /// <returns>False when others are in use by now: what was read before is out of date.</returns>
    public bool Use(Templates templates, Templates inPlaceOf) => Interlocked.CompareExchange(ref _current, templates, inPlaceOf) == inPlaceOf;

    public static IEnumerable<KeyValuePair<string, string>> Parts(TemplateVersionRow row)
    {
        yield return new(Templates.KeyOf(row.Name, row.Brand, row.Language, "subject"), row.Subject);
        yield return new(Templates.KeyOf(row.Name, row.Brand, row.Language, "text"), row.Text);
        yield return new(Templates.KeyOf(row.Name, row.Brand, row.Language, "html"), row.Html);
        yield return new(Templates.KeyOf(row.Name, row.Brand, row.Language, "sms"), row.Sms);
    }

    private static Dictionary<string, string> Over(IReadOnlyDictionary<string, string> files, IEnumerable<KeyValuePair<string, string>> others)
    {
        var all = files.ToDictionary();
        foreach (var (key, source) in others)
            all[key] = source;
        return all;
    }

    private static IEnumerable<KeyValuePair<string, string>> Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new ConfigurationFaultException($"Cx:Notification:Templates names the folder {folder}, which is not there.");
        return Directory.EnumerateFiles(folder, "*.hbs").Order(StringComparer.Ordinal)
            .Select(file => KeyValuePair.Create(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file).ReplaceLineEndings("\n")));
    }
}

/// <summary>Reads what was published before anything is written in this process, and hears what other processes publish.</summary>
internal sealed class TemplateWatch(TemplateBook book, Work<NotificationDb> work, ILogger<TemplateWatch> log) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private string _seen = "";

    public Task StartingAsync(CancellationToken cancellationToken) => LookAsync(cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            // In real time: what somebody publishes counts within seconds, whatever the clock says.
            await Task.Delay(Every, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await LookAsync(stoppingToken);
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        try
        {
            var before = book.Current;
            var published = await work.ReadAsync((db, token) => db.TemplateVersions.Where(row => row.Published).OrderBy(row => row.Id).ToListAsync(token), ct);
            var seen = string.Join(',', published.Select(row => row.Id));
            if (seen == _seen || book.Use(book.WithUsable(published, row => log.TemplateLeftOut(row.Name, row.Language, row.Version)), inPlaceOf: before))
                _seen = seen;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopping.
        }
#pragma warning disable CA1031 // Whatever it is: the words in use stay, and the next look may succeed.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.TemplatesNotRead(e.WithoutWords());
        }
    }
}
