using System.Reflection;
using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.Routing.Domain;
using CxPlatform.Routing.Storage;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Routing.Assigning;

/// <summary>What decisions are made with: queues, teams and the rules in force. Immutable.</summary>
internal sealed class Catalog(
    long version, IReadOnlyDictionary<string, Queue> queues, IReadOnlyDictionary<string, string> teams, int rulesVersion, Reader reader)
{
    private readonly HashSet<string> _queueIds = [.. queues.Keys];

    public long Version { get; } = version;

    public IReadOnlyDictionary<string, Queue> Queues { get; } = queues;

    /// <summary>0 for the rules that come with the platform.</summary>
    public int RulesVersion { get; } = rulesVersion;

    public Reader Reader { get; } = reader;

    public IReadOnlySet<string> QueueIds => _queueIds;

    public string TeamName(Queue queue) => teams.GetValueOrDefault(queue.Team, queue.Team);

    /// <summary>The queue of that name; when there is none (any more), the rules' default, and failing that the first.</summary>
    public Queue QueueOf(string id) =>
        Queues.GetValueOrDefault(id) ?? Queues.GetValueOrDefault(Reader.Rules.Defaults.Queue)
            ?? Queues.OrderBy(queue => queue.Key, StringComparer.Ordinal).First().Value;
}

/// <summary>The rules that come with the platform, in force until others are saved.</summary>
internal static class BuiltInRules
{
    private static readonly Lazy<Reader> Instance = new(() =>
    {
        using var document = Assembly.GetExecutingAssembly().GetManifestResourceStream("default-rules.json")!;
        return new(JsonSerializer.Deserialize<RuleSet>(document, EventTypes.Json)!);
    });

    public static Reader Reader => Instance.Value;
}

/// <summary>Keeps the last catalog that was read: a decision asks the database for its version only.</summary>
internal sealed class CatalogCache
{
    private volatile Catalog? _last;

    /// <summary>Reads what is in force within the unit. Where there is no queue at all, the default team and queue are created.</summary>
    public async Task<Catalog> ReadAsync(Unit<RoutingDb> unit, CancellationToken ct)
    {
        var db = unit.Db;
        var version = await db.Catalog.AsNoTracking().Select(row => (long?)row.Version).FirstOrDefaultAsync(ct);
        if (version is null)
        {
            CreateDefaults(unit);
            await db.SaveChangesAsync(ct);
        }
        if (_last is { } last && last.Version == version)
            return last;

        var queues = await db.Queues.AsNoTracking().ToListAsync(ct);
        var teams = await db.Teams.AsNoTracking().ToListAsync(ct);
        var rules = await db.RuleSets.AsNoTracking().OrderByDescending(row => row.Version).FirstOrDefaultAsync(ct);
        var catalog = new Catalog(
            version ?? 1, queues.ToDictionary(row => row.Id, row => row.State), teams.ToDictionary(row => row.Id, row => row.Name),
            rules?.Version ?? 0, rules is null ? BuiltInRules.Reader : new(rules.State));
        // Only what was committed may be remembered under its version.
        unit.OnCommitted(() => _last = catalog);
        return catalog;
    }

    /// <summary>Says that queues, teams or rules changed in this unit.</summary>
    public static async Task ChangedAsync(RoutingDb db, CancellationToken ct)
    {
        if (await db.Catalog.FindAsync([1], ct) is { } row)
            row.Version++;
        else
            db.Catalog.Add(new() { Id = 1, Version = 1 });
    }

    private static void CreateDefaults(Unit<RoutingDb> unit)
    {
        unit.Db.Catalog.Add(new() { Id = 1, Version = 1 });
        unit.Db.Teams.Add(new() { Id = "support", Name = "Support", Version = 1 });
        unit.Db.Queues.Add(new()
        {
            Id = "general",
            State = new("general", "General", "support", "default", TimeSpan.FromHours(4), TimeSpan.FromHours(16), []),
            Version = 1,
        });
    }
}
