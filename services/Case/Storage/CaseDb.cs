using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Storage;

/// <summary>What the Case service keeps beside its event log.</summary>
internal abstract class CaseDb(DbContextOptions options) : ModuleDb(options)
{
    public DbSet<CaseRow> Cases => Set<CaseRow>();

    public DbSet<ParticipantRow> Participants => Set<ParticipantRow>();

    public DbSet<ParticipantAddressRow> ParticipantAddresses => Set<ParticipantAddressRow>();

    public DbSet<TagRow> Tags => Set<TagRow>();

    public DbSet<DraftRow> Drafts => Set<DraftRow>();

    public DbSet<SavedViewRow> SavedViews => Set<SavedViewRow>();

    public DbSet<PromiseRow> Promises => Set<PromiseRow>();

    public DbSet<PraiseRow> Praise => Set<PraiseRow>();

    public DbSet<AbsenceRow> Absences => Set<AbsenceRow>();

    public DbSet<PlanTemplateRow> PlanTemplates => Set<PlanTemplateRow>();

    public DbSet<CalendarRow> Calendars => Set<CalendarRow>();

    public DbSet<NumberRow> Numbers => Set<NumberRow>();

    public DbSet<AccessAgentRow> Agents => Set<AccessAgentRow>();

    public DbSet<AgentQueueRow> AgentQueues => Set<AgentQueueRow>();

    public DbSet<AvailabilityRow> Availability => Set<AvailabilityRow>();

    public DbSet<CallBackRow> CallBacks => Set<CallBackRow>();

    public DbSet<AgentTeamRow> AgentTeams => Set<AgentTeamRow>();

    public DbSet<TierRow> Tiers => Set<TierRow>();

    public DbSet<SettingRow> Settings => Set<SettingRow>();

    public DbSet<CheckpointRow> Checkpoints => Set<CheckpointRow>();

    protected override void ConfigureModel(ModelBuilder model)
    {
        model.AddAccess();
        model.Entity<CaseRow>(e =>
        {
            e.ToTable("cases").HasKey(row => row.Id);
            e.Property(row => row.Id).ValueGeneratedNever();
            e.Property(row => row.Version).IsConcurrencyToken();
            e.Property(row => row.Status).HasConversion<string>();
            e.Property(row => row.Priority).HasConversion<string>();
            e.Property(row => row.Kind).HasConversion<string>();
            e.Property(row => row.Channel).HasConversion<string>();
            e.Ignore(row => row.Case);
            e.HasIndex(row => row.Number).IsUnique();
            e.HasIndex(row => row.CustomerId);
            e.HasIndex(row => new { row.OpenedAt, row.Id });
            // One index for each view of the desk, in the order in which the view is read, so that a page costs as much as it shows.
            // Most concern open cases only: they stay small. What changes with every event is in none of them.
            e.HasIndex(row => new { row.Status, row.OpenedAt, row.Id });
            e.HasIndex(row => new { row.OpenedAt, row.Id }, "ix_cases_open").HasFilter("is_open");
            e.HasIndex(row => new { row.OpenedAt, row.Id }, "ix_cases_unassigned").HasFilter("is_open and owner_id is null");
            e.HasIndex(row => new { row.OwnerId, row.OpenedAt, row.Id }).HasFilter("is_open");
            e.HasIndex(row => new { row.QueueId, row.OpenedAt, row.Id }).HasFilter("is_open");
            e.HasIndex(row => new { row.NextDue, row.Id }).HasFilter("next_due is not null");
            e.HasIndex(row => new { row.ClockDue, row.Id }).HasFilter("clock_due is not null");
            e.HasIndex(row => new { row.WaitingSince, row.Id }).HasFilter("waiting_since is not null");
            e.HasIndex(row => new { row.QueueId, row.WaitingSince }).HasFilter("owner_id is null and waiting_since is not null");
        });
        model.Entity<ParticipantRow>(e =>
        {
            e.ToTable("participants").HasKey(row => new { row.CaseId, row.CustomerId });
            e.HasIndex(row => row.CustomerId);
        });
        model.Entity<ParticipantAddressRow>(e =>
        {
            e.ToTable("participant_addresses").HasKey(row => new { row.CaseId, row.Mark });
            e.HasIndex(row => row.Mark);
        });
        model.Entity<TagRow>(e =>
        {
            e.ToTable("case_tags").HasKey(row => new { row.Tag, row.CaseId });
            e.HasIndex(row => new { row.Tag, row.CaseId }).HasFilter("is_open");
        });
        model.Entity<DraftRow>(e => e.ToTable("drafts").HasKey(row => new { row.CaseId, row.Author, row.Kind }));
        model.Entity<SavedViewRow>(e =>
        {
            e.ToTable("saved_views").HasKey(row => row.Id);
            e.Property(row => row.Id).ValueGeneratedNever();
            e.HasIndex(row => row.Author);
            e.HasIndex(row => row.Team);
        });
        model.Entity<PromiseRow>(e =>
        {
            e.ToTable("promises").HasKey(row => row.Id);
            e.Property(row => row.Id).ValueGeneratedNever();
            e.Property(row => row.Source).HasConversion<string>();
            e.Property(row => row.State).HasConversion<string>();
            e.Property(row => row.Channel).HasConversion<string>();
            e.HasIndex(row => row.CaseId);
            e.HasIndex(row => new { row.DueOn, row.OwnerId });
            // Whoever is away: what of theirs is open.
            e.HasIndex(row => new { row.OwnerId, row.Due }).HasFilter("state = 'Open'");
        });
        model.Entity<PraiseRow>(e =>
        {
            e.ToTable("praise").HasKey(row => new { row.Id, row.CaseId });
            e.Property(row => row.Id).ValueGeneratedNever();
            e.Property(row => row.Channel).HasConversion<string>();
            e.HasIndex(row => new { row.On, row.AgentId });
        });
        model.Entity<AbsenceRow>(e =>
        {
            e.ToTable("absences").HasKey(row => row.AgentId);
            e.Property(row => row.AgentId).ValueGeneratedNever();
        });
        model.Entity<PlanTemplateRow>(e => e.ToTable("plan_templates").HasKey(row => row.Category));
        model.Entity<CalendarRow>(e => e.ToTable("calendars").HasKey(row => row.Id));
        model.Entity<AgentQueueRow>(e => e.ToTable("agent_queues").HasKey(row => new { row.AgentId, row.QueueId }));
        model.Entity<AvailabilityRow>(e => e.ToTable("queue_availability").HasKey(row => row.QueueId));
        model.Entity<CallBackRow>(e =>
        {
            e.ToTable("call_backs").HasKey(row => new { row.QueueId, row.StartsAt, row.Seat });
            e.Property(row => row.Seat).ValueGeneratedNever();
            e.HasIndex(row => row.PromiseId).IsUnique();
        });
        model.Entity<AgentTeamRow>(e => e.ToTable("agent_teams").HasKey(row => new { row.AgentId, row.Team }));
        model.Entity<TierRow>(e =>
        {
            e.ToTable("customer_tiers").HasKey(row => row.CustomerId);
            e.Property(row => row.CustomerId).ValueGeneratedNever();
        });
        model.Entity<SettingRow>(e => e.ToTable("settings").HasKey(row => row.Name));
        model.Entity<CheckpointRow>(e =>
        {
            e.ToTable("event_checkpoints").HasKey(row => new { row.Owner, row.Name });
            e.Property(row => row.Version).IsConcurrencyToken();
        });
        model.Entity<NumberRow>(e =>
        {
            e.ToTable("numbers").HasKey(row => row.Year);
            e.Property(row => row.Year).ValueGeneratedNever();
        });
    }
}

internal sealed class CaseDbSqlite(DbContextOptions<CaseDbSqlite> options) : CaseDb(options);
