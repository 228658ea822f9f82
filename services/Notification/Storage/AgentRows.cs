using CxPlatform.Notifications.Agents;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Storage;

/// <summary>What is known of an agent beside name and address, which the access tables have.</summary>
internal sealed class AgentDeskRow
{
    public Guid AgentId { get; set; }

    /// <summary>The number of their newest notice. Whoever writes one holds the row until the commit, so numbers appear in their order.</summary>
    public long Last { get; set; }

    /// <summary>Counts how often they have marked something as read.</summary>
    public long Reads { get; set; }

    /// <summary>The <see cref="Agents.Duty"/> as JSON.</summary>
    public string? Duty { get; set; }

    /// <summary>The <see cref="AgentChoices"/> as JSON; null while they have chosen nothing.</summary>
    public string? Choices { get; set; }

    /// <summary>The mail that waits for them, a <see cref="Domain.HeldMessage"/> as JSON: what comes meanwhile is told with it.</summary>
    public string? Held { get; set; }
}

/// <summary>Something that an agent is told on the desk and the live stream.</summary>
internal sealed class AgentNoticeRow
{
    public Guid Id { get; set; }
    public Guid AgentId { get; set; }

    /// <summary>From 1, ascending, for the agent.</summary>
    public long Number { get; set; }
    public Guid EventId { get; set; }
    public NoticeKind Kind { get; set; }
    public Guid CaseId { get; set; }
    public string CaseNumber { get; set; } = "";

    /// <summary>What has happened, in the agent's language; nothing about the customer.</summary>
    public string What { get; set; } = "";

    /// <summary>What colleagues wrote about it.</summary>
    public string? Detail { get; set; }
    public DateTimeOffset At { get; set; }
    public DateTimeOffset? ReadAt { get; set; }
}

internal static class AgentModel
{
    public static void AddAgents(this ModelBuilder model)
    {
        model.Entity<AgentDeskRow>(e =>
        {
            e.ToTable("agent_desks").HasKey(row => row.AgentId);
            e.Property(row => row.AgentId).ValueGeneratedNever();
        });
        model.Entity<AgentNoticeRow>(e =>
        {
            e.ToTable("agent_notices").HasKey(row => row.Id);
            e.Property(row => row.Id).ValueGeneratedNever();
            e.Property(row => row.Kind).HasConversion<string>();
            e.HasIndex(row => new { row.AgentId, row.Number }).IsUnique();
            e.HasIndex(row => new { row.AgentId, row.Number }, "ix_agent_notices_unread").HasFilter("read_at is null");
            e.HasIndex(row => new { row.EventId, row.AgentId }).IsUnique();
            e.HasIndex(row => row.CaseId);
        });
    }

    /// <summary>The agent's row, tracked; made when there is none.</summary>
    public static async Task<AgentDeskRow> DeskOfAsync(this NotificationDb db, Guid agentId, CancellationToken ct)
    {
        var row = await db.AgentDesks.FindAsync([agentId], ct);
        if (row is null)
            db.AgentDesks.Add(row = new() { AgentId = agentId });
        return row;
    }
}
