using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.Routing.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CxPlatform.Routing.Storage;

internal abstract class RoutingDb(DbContextOptions options) : ModuleDb(options)
{
    public DbSet<AgentRow> Agents => Set<AgentRow>();
    public DbSet<QueueRow> Queues => Set<QueueRow>();
    public DbSet<TeamRow> Teams => Set<TeamRow>();
    public DbSet<RuleSetRow> RuleSets => Set<RuleSetRow>();
    public DbSet<CatalogRow> Catalog => Set<CatalogRow>();
    public DbSet<AssignmentRow> Assignments => Set<AssignmentRow>();
    public DbSet<KeyRow> Keys => Set<KeyRow>();

    /// <summary>Everybody who is there, with how many cases they have.</summary>
    public async Task<List<(AgentRow Row, int Load)>> SeatsAsync(CancellationToken ct) =>
        (await Agents.Where(agent => agent.There)
            .Select(agent => new { Row = agent, Load = Assignments.Count(row => row.AgentId == agent.Id && row.Open) })
            .ToListAsync(ct)).ConvertAll(seat => (seat.Row, seat.Load));

    protected override void ConfigureModel(ModelBuilder model)
    {
        model.Entity<AgentRow>(e =>
        {
            e.ToTable("agents").HasKey(row => row.Id);
            e.Property(row => row.Id).ValueGeneratedNever();
            Json(e.Property(row => row.State));
            e.HasIndex(row => row.Email).IsUnique();
            e.HasIndex(row => row.There);
        });
        model.Entity<QueueRow>(e =>
        {
            e.ToTable("queues").HasKey(row => row.Id);
            Json(e.Property(row => row.State));
        });
        model.Entity<TeamRow>().ToTable("teams").HasKey(row => row.Id);
        model.Entity<RuleSetRow>(e =>
        {
            e.ToTable("rule_sets").HasKey(row => row.Version);
            e.Property(row => row.Version).ValueGeneratedNever();
            Json(e.Property(row => row.State));
        });
        model.Entity<CatalogRow>(e =>
        {
            e.ToTable("catalog").HasKey(row => row.Id);
            e.Property(row => row.Id).ValueGeneratedNever();
            e.Property(row => row.Version).IsConcurrencyToken();
        });
        model.Entity<AssignmentRow>(e =>
        {
            e.ToTable("assignments").HasKey(row => row.CaseId);
            e.Property(row => row.CaseId).ValueGeneratedNever();
            Json(e.Property(row => row.State));
            e.HasIndex(row => new { row.AgentId, row.Open });
            e.HasIndex(row => new { row.CustomerId, row.AssignedAt });
            // Who waits: few of many, so the index holds nobody else.
            e.HasIndex(row => new { row.QueueId, row.Priority, row.WaitingSince })
                .HasFilter("waiting").HasDatabaseName("ix_assignments_waiting");
        });
        model.Entity<KeyRow>(e =>
        {
            e.ToTable("keys").HasKey(row => row.Id);
            e.HasIndex(row => row.AgentId);
        });
    }

    /// <summary>A state document as text. Documents are replaced, never changed in place, so being another object is being
    /// changed.</summary>
    private static void Json<T>(PropertyBuilder<T> property)
        where T : class =>
        property.HasConversion(
            state => JsonSerializer.Serialize(state, EventTypes.Json),
            text => JsonSerializer.Deserialize<T>(text, EventTypes.Json)!,
            new ValueComparer<T>((a, b) => ReferenceEquals(a, b), state => state.GetHashCode(), state => state));
}

internal sealed class RoutingDbPostgres(DbContextOptions<RoutingDbPostgres> options) : RoutingDb(options);

internal sealed class RoutingDbSqlite(DbContextOptions<RoutingDbSqlite> options) : RoutingDb(options);

internal sealed class AgentRow
{
    public Guid Id { get; set; }
    public Agent State { get; set; } = null!;
    public string? Email { get; set; }

    /// <summary>Active and present.</summary>
    public bool There { get; set; }

    /// <summary>When they were last given a case, microseconds since 1970, made unique among agents.</summary>
    public long LastAssigned { get; set; }

    /// <summary>The version of the agent's stream.</summary>
    public long Version { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    public void Become(Agent agent, long version)
    {
        State = agent;
        Email = agent.Email;
        There = agent.IsThere;
        Version = version;
    }
}

internal sealed class QueueRow
{
    public string Id { get; set; } = "";
    public Queue State { get; set; } = null!;
    public long Version { get; set; }
}

internal sealed class TeamRow
{
    public string Id { get; set; } = "";
    public string Name { get; set; } = "";
    public long Version { get; set; }
}

/// <summary>A version of the rule set; the highest is in force.</summary>
internal sealed class RuleSetRow
{
    public int Version { get; set; }
    public RuleSet State { get; set; } = null!;
    public string Actor { get; set; } = "";
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>One row, counted up whenever queues, teams or rules change: tells a decision whether its copy of them is good.</summary>
internal sealed class CatalogRow
{
    public int Id { get; set; }
    public long Version { get; set; }
}

/// <summary>Who has a case, or that it waits.</summary>
internal sealed class AssignmentRow
{
    public Guid CaseId { get; set; }
    public Guid CustomerId { get; set; }
    public string QueueId { get; set; } = "";

    /// <summary>Who has it; of a resolved case, who had it. Null when nobody does.</summary>
    public Guid? AgentId { get; set; }

    /// <summary>False once it is resolved: it takes up nobody's room.</summary>
    public bool Open { get; set; }

    /// <summary>Open, without an agent, and for a person to do.</summary>
    public bool Waiting { get; set; }
    public int Priority { get; set; }

    /// <summary>Since when the customer waits for somebody to have it.</summary>
    public DateTimeOffset WaitingSince { get; set; }
    public DateTimeOffset? AssignedAt { get; set; }

    /// <summary>The last version of the case that we know.</summary>
    public long CaseVersion { get; set; }
    public AssignmentState State { get; set; } = null!;
}

/// <param name="Automatic">A machine wrote it: it waits in its queue and is given to nobody.</param>
/// <param name="HandedBackBy">Who gave it back to the queue last: it is for somebody else, until somebody had it again.</param>
internal sealed record AssignmentState(
    Understanding Understood, Verdict<string> Queue, Channel Channel, string Brand, IReadOnlyList<string> Tags, bool Automatic,
    Guid? HandedBackBy = null);

internal sealed class KeyRow
{
    public string Id { get; set; } = "";
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the whole key, lower-case hex. The key itself is stored nowhere.</summary>
    public string Hash { get; set; } = "";

    /// <summary>Separated by spaces.</summary>
    public string Scopes { get; set; } = "";

    /// <summary>The agent who signs in with it; null for a machine's key.</summary>
    public Guid? AgentId { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
    public long Version { get; set; }
}
