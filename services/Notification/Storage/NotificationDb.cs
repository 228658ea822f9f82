using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CxPlatform.Notifications.Storage;

internal abstract class NotificationDb(DbContextOptions options) : ModuleDb(options)
{
    public DbSet<ConversationRow> Conversations => Set<ConversationRow>();

    public DbSet<CustomerRow> Customers => Set<CustomerRow>();

    public DbSet<SuppressionRow> Suppressions => Set<SuppressionRow>();

    public DbSet<MessageRow> Messages => Set<MessageRow>();

    public DbSet<OutgoingEventRow> OutgoingEvents => Set<OutgoingEventRow>();

    public DbSet<SubscriptionRow> Subscriptions => Set<SubscriptionRow>();

    public DbSet<CourseRow> Courses => Set<CourseRow>();

    public DbSet<LaneRow> Lanes => Set<LaneRow>();

    public DbSet<DeliveryRow> Deliveries => Set<DeliveryRow>();

    public DbSet<AttemptRow> Attempts => Set<AttemptRow>();

    public DbSet<ChoiceRow> Choices => Set<ChoiceRow>();

    public DbSet<TemplateVersionRow> TemplateVersions => Set<TemplateVersionRow>();

    public DbSet<AgentDeskRow> AgentDesks => Set<AgentDeskRow>();

    public DbSet<AgentNoticeRow> AgentNotices => Set<AgentNoticeRow>();

    /// <summary>What the handlers of a batch leave to be written in one go before the commit.</summary>
    internal PendingWrites Pending { get; } = new();

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        var saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        if (Pending.Any)
            await Pending.WriteAsync(new Sql(Database.GetDbConnection(), Database.CurrentTransaction?.GetDbTransaction()), cancellationToken);
        return saved;
    }

    protected override void ConfigureModel(ModelBuilder model)
    {
        model.AddAccess();
        model.AddWebhooks();
        model.AddAgents();
        model.Entity<ConversationRow>(e =>
        {
            e.ToTable("conversations").HasKey(row => row.CaseId);
            e.HasIndex(row => row.CustomerId);
        });
        model.Entity<CustomerRow>().ToTable("customers").HasKey(row => row.CustomerId);
        model.Entity<SuppressionRow>().ToTable("suppressions").HasKey(row => row.Address);
        model.Entity<MessageRow>(e =>
        {
            e.ToTable("messages").HasKey(row => row.Id);
            e.Property(row => row.Channel).HasConversion<string>();
            e.Property(row => row.State).HasConversion<string>();
            e.Property(row => row.Weight).HasConversion<string>().HasDefaultValue(Weight.Answer).HasSentinel((Weight)(-1));
            e.HasIndex(row => new { row.EventId, row.Recipient, row.Template, row.Copy }).IsUnique();
            e.HasIndex(row => row.CaseId);
            e.HasIndex(row => row.CustomerId);
            e.HasIndex(row => new { row.Recipient, row.CreatedAt });
            e.HasIndex(row => new { row.Channel, row.Due }).HasFilter("state = 'Pending'");
        });
        model.Entity<TemplateVersionRow>(e =>
        {
            e.ToTable("template_versions").HasKey(row => row.Id);
            e.HasIndex(row => new { row.Name, row.Language, row.Brand, row.Version }).IsUnique();
        });
        model.Entity<AttemptRow>().ToTable("attempts").HasKey(row => new { row.MessageId, row.Number });
        model.Entity<ChoiceRow>(e =>
        {
            e.ToTable("choices").HasKey(row => row.CustomerId);
            e.Property(row => row.Updates).HasConversion<string>();
        });
    }
}

internal sealed class NotificationDbPostgres(DbContextOptions<NotificationDbPostgres> options) : NotificationDb(options);

internal sealed class NotificationDbSqlite(DbContextOptions<NotificationDbSqlite> options) : NotificationDb(options);
