using CxPlatform.Intake.Channels.Chat;
using CxPlatform.Intake.Channels.Email;
using CxPlatform.Intake.Channels.Imap;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake;

/// <summary>Contacts as they came, customers and what they are known by.</summary>
internal abstract class IntakeDb(DbContextOptions options) : ModuleDb(options)
{
    public DbSet<ArrivalRow> Arrivals => Set<ArrivalRow>();

    public DbSet<ContactRow> Contacts => Set<ContactRow>();

    public DbSet<ContactThreadRow> ContactThreads => Set<ContactThreadRow>();

    public DbSet<ContactBlobRow> ContactBlobs => Set<ContactBlobRow>();

    public DbSet<CustomerRow> Customers => Set<CustomerRow>();

    public DbSet<IdentityRow> Identities => Set<IdentityRow>();

    public DbSet<SenderRuleRow> SenderRules => Set<SenderRuleRow>();

    public DbSet<OrganisationRow> Organisations => Set<OrganisationRow>();

    public DbSet<OrganisationDomainRow> OrganisationDomains => Set<OrganisationDomainRow>();

    public DbSet<DistinctCustomersRow> DistinctCustomers => Set<DistinctCustomersRow>();

    public DbSet<TallyRow> Tallies => Set<TallyRow>();

    public DbSet<ChatRow> Chats => Set<ChatRow>();

    public DbSet<ChatLineRow> ChatLines => Set<ChatLineRow>();

    public DbSet<MailboxRow> Mailboxes => Set<MailboxRow>();

    public DbSet<MailboxMessageRow> MailboxMessages => Set<MailboxMessageRow>();

    protected override void ConfigureModel(ModelBuilder model)
    {
        model.AddAccess();
        model.AddChat();
        model.AddMailboxes();
        model.Entity<ArrivalRow>(e =>
        {
            e.ToTable("arrivals").HasKey(row => row.Id);
            e.Property(row => row.Id).ValueGeneratedNever();
            e.HasIndex(row => row.Due);
            // What waited before there were several readers is mail.
            e.Property(row => row.Reader).HasDefaultValue(MailArrivals.Reader);
        });
        model.Entity<ContactThreadRow>().ToTable("contact_threads").HasKey(row => new { row.Channel, row.Thread });
        model.Entity<ContactRow>(e =>
        {
            e.ToTable("contacts").HasKey(row => row.Id);
            e.Property(row => row.Id).ValueGeneratedNever();
            e.HasIndex(row => new { row.Channel, row.ProviderId }).IsUnique();
            e.HasIndex(row => new { row.CustomerId, row.ReceivedAt, row.Id });
            e.HasIndex(row => row.StoredAt);
            e.HasIndex(row => new { row.State, row.StoredAt, row.Id });
        });
        model.Entity<ContactBlobRow>(e =>
        {
            e.ToTable("contact_blobs").HasKey(row => new { row.ContactId, row.Hash });
            e.HasIndex(row => row.Hash);
        });
        model.Entity<CustomerRow>(e =>
        {
            e.ToTable("customers").HasKey(row => row.Id);
            e.Property(row => row.Id).ValueGeneratedNever();
            e.HasIndex(row => row.MergedInto);
            e.HasIndex(row => row.NameKey);
            e.HasIndex(row => row.OrganisationId);
        });
        model.Entity<IdentityRow>(e =>
        {
            e.ToTable("identities").HasKey(row => new { row.Kind, row.Value });
            e.HasIndex(row => row.CustomerId);
            e.HasIndex(row => row.Domain);
        });
        model.Entity<SenderRuleRow>().ToTable("sender_rules").HasKey(row => row.Pattern);
        model.Entity<OrganisationRow>(e =>
        {
            e.ToTable("organisations").HasKey(row => row.Id);
            e.Property(row => row.Id).ValueGeneratedNever();
        });
        model.Entity<OrganisationDomainRow>(e =>
        {
            e.ToTable("organisation_domains").HasKey(row => row.Domain);
            e.HasIndex(row => row.OrganisationId);
        });
        model.Entity<DistinctCustomersRow>().ToTable("distinct_customers").HasKey(row => new { row.One, row.Other });
        model.Entity<TallyRow>().ToTable("tallies").HasKey(row => new { row.Hour, row.Channel });
    }
}

internal sealed class IntakeDbPostgres(DbContextOptions<IntakeDbPostgres> options) : IntakeDb(options);

internal sealed class IntakeDbSqlite(DbContextOptions<IntakeDbSqlite> options) : IntakeDb(options);
