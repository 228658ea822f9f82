using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Storage;

internal static class WebhookModel
{
    public static void AddWebhooks(this ModelBuilder model)
    {
        model.Entity<OutgoingEventRow>(e =>
        {
            e.ToTable("outgoing_events").HasKey(row => row.Seq);
            e.Property(row => row.Seq).ValueGeneratedOnAdd();
            e.HasIndex(row => row.Id).IsUnique();
            e.HasIndex(row => new { row.Stream, row.Seq });
            e.HasIndex(row => row.Time);
        });
        model.Entity<OutgoingCaseRow>().ToTable("outgoing_cases").HasKey(row => row.CaseId);
        model.Entity<SubscriptionRow>(e =>
        {
            e.ToTable("subscriptions").HasKey(row => row.Id);
            e.Property(row => row.State).HasConversion<string>();
            e.Property(row => row.Revision).IsConcurrencyToken();
            e.HasIndex(row => row.Courier);
        });
        model.Entity<CourierRow>().ToTable("couriers").HasKey(row => row.Id);
        model.Entity<CourseRow>(e =>
        {
            e.ToTable("courses").HasKey(row => row.Id);
            e.HasIndex(row => row.SubscriptionId);
        });
        model.Entity<LaneRow>(e =>
        {
            e.ToTable("lanes").HasKey(row => new { row.CourseId, row.Stream });
            e.HasIndex(row => new { row.SubscriptionId, row.Due });
        });
        model.Entity<DeliveryRow>(e =>
        {
            // Ids are in the order of time: the one index serves the log, its pages and its end.
            e.ToTable("deliveries").HasKey(row => new { row.SubscriptionId, row.Id });
            e.Property(row => row.Outcome).HasConversion<string>();
        });
    }
}
