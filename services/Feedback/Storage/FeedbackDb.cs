using CxPlatform.Feedback.Domain;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Feedback.Storage;

/// <summary>Surveys, and when customers were asked.</summary>
internal abstract class FeedbackDb(DbContextOptions options) : ModuleDb(options)
{
    public DbSet<Survey> Surveys => Set<Survey>();

    public DbSet<CustomerMemory> Customers => Set<CustomerMemory>();

    protected override void ConfigureModel(ModelBuilder model)
    {
        model.AddAccess();
        model.Entity<Survey>(e =>
        {
            e.ToTable("surveys").HasKey(survey => survey.Id);
            e.Property(survey => survey.Id).ValueGeneratedNever();
            e.Property(survey => survey.Measure).HasConversion<string>();
            e.HasIndex(survey => survey.CaseId);
            e.HasIndex(survey => survey.CustomerId);
            e.HasIndex(survey => survey.RequestedOn);
            e.HasIndex(survey => survey.AnsweredOn);
        });
        model.Entity<CustomerMemory>(e =>
        {
            e.ToTable("customers").HasKey(customer => customer.CustomerId);
            e.Property(customer => customer.CustomerId).ValueGeneratedNever();
            // Whoever asks must have seen when the customer was asked last: that is what keeps two of us from asking at once.
            e.Property(customer => customer.AskedAt).IsConcurrencyToken();
            e.Property(customer => customer.MergedInto).IsConcurrencyToken();
        });
    }
}

internal sealed class FeedbackDbPostgres(DbContextOptions<FeedbackDbPostgres> options) : FeedbackDb(options);

internal sealed class FeedbackDbSqlite(DbContextOptions<FeedbackDbSqlite> options) : FeedbackDb(options);

internal static class Tracking
{
    /// <summary>Puts the next state in the place of the tracked one, or adds it when there is none.</summary>
    public static void Put<T>(this FeedbackDb db, T? before, T after)
        where T : class
    {
        if (before is null)
            db.Add(after);
        else
            db.Entry(before).CurrentValues.SetValues(after);
    }
}
