using Microsoft.Extensions.Configuration;

namespace CxPlatform.ServiceDefaults;

/// <summary>What this host is made of, as configuration decided it.</summary>
/// <param name="Modules">The modules in this process, e.g. <c>case</c>.</param>
/// <param name="DataPath">Absolute folder for everything an embedded host keeps.</param>
/// <param name="Messaging">Whether events travel over RabbitMQ (else in process).</param>
/// <param name="Cache">Whether presence and limits live in Redis (else in memory).</param>
/// <param name="Databases">The modules whose data lies in PostgreSQL (the others use a SQLite file).</param>
public sealed record CxTopology(
    IReadOnlyList<string> Modules, string DataPath, bool Messaging, bool Cache, IReadOnlyList<string> Databases)
{
    public static IReadOnlyList<string> AllModules { get; } = ["intake", "case", "routing", "notification", "feedback"];

    /// <summary>One process holds several modules; nothing external is required.</summary>
    public bool IsAllInOne => Modules.Count > 1;

    /// <summary>Nothing external at all: SQLite, in process, memory.</summary>
    public bool IsEmbedded => IsAllInOne && !Messaging && !Cache && Databases.Count == 0;

    /// <summary>The name in telemetry and in messages to people.</summary>
    public string ServiceName => IsAllInOne ? "cx" : "cx-" + Modules[0];

    internal static CxTopology Read(IConfiguration configuration, IReadOnlyList<string> modules) => new(
        modules,
        Path.GetFullPath(configuration["Cx:Data:Path"] ?? "./.data"),
        Has(configuration, "messaging"),
        Has(configuration, "cache"),
        [.. modules.Where(m => Has(configuration, m + "db"))]);

    /// <summary>The connection strings a single-service host lacks: it must never silently run beside the system instead of in it.</summary>
    internal void RequireConnections(IConfiguration configuration)
    {
        if (IsAllInOne || Modules.Count == 0)
            return;
        var missing = new (string Name, string What)[]
        {
            (Modules[0] + "db", "its PostgreSQL database"),
            ("messaging", "RabbitMQ, an amqp:// address"),
            ("cache", "Redis"),
        }.Where(c => !Has(configuration, c.Name)).Select(c => $"ConnectionStrings:{c.Name} ({c.What})").ToList();
        if (missing.Count > 0)
            throw new ConfigurationFaultException(
                $"the {Modules[0]} service on its own lacks {string.Join(", ", missing)}. Set each as an environment variable, "
                + $"e.g. ConnectionStrings__{Modules[0]}db, or run AllInOne, which needs none of them.");
    }

    private static bool Has(IConfiguration configuration, string name) => !string.IsNullOrWhiteSpace(configuration.GetConnectionString(name));
}
