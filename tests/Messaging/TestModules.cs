using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Messaging.Tests;

// Two small modules that bear the names of real ones, so that the real table of routes connects them.
public abstract class OwnerDb(DbContextOptions options) : ModuleDb(options)
{
    protected override void ConfigureModel(ModelBuilder model)
    {
    }
}

public sealed class OwnerDbPostgres(DbContextOptions<OwnerDbPostgres> options) : OwnerDb(options);

public sealed class OwnerDbSqlite(DbContextOptions<OwnerDbSqlite> options) : OwnerDb(options);

public abstract class ConsumerDb(DbContextOptions options) : ModuleDb(options)
{
    public DbSet<Seen> Seen => Set<Seen>();

    public DbSet<Rang> Rang => Set<Rang>();

    protected override void ConfigureModel(ModelBuilder model)
    {
        model.Entity<Seen>().ToTable("seen").HasKey(row => row.Place);
        model.Entity<Rang>().ToTable("rang").HasKey(row => row.Place);
    }
}

public sealed class ConsumerDbPostgres(DbContextOptions<ConsumerDbPostgres> options) : ConsumerDb(options);

public sealed class ConsumerDbSqlite(DbContextOptions<ConsumerDbSqlite> options) : ConsumerDb(options);

public sealed class Seen
{
    public long Place { get; set; }
    public Guid EventId { get; set; }
    public string Stream { get; set; } = "";
    public long Version { get; set; }
    public long Position { get; set; }
}

public sealed class Rang
{
    public long Place { get; set; }
    public string Name { get; set; } = "";
    public DateTimeOffset Due { get; set; }
    public DateTimeOffset At { get; set; }
}

/// <summary>Which texts a handler refuses, set by a test.</summary>
public sealed class Faults
{
    public HashSet<string> Texts { get; } = [];
}

public sealed class OnContactReceived(ConsumerDb db, Faults faults) : IHandle<ContactReceived>
{
    public Task HandleAsync(ContactReceived e, EventEnvelope envelope, CancellationToken ct)
    {
        if (faults.Texts.Contains(e.Text))
            throw new InvalidOperationException("This one never works: " + e.Text);
        db.Seen.Add(new() { EventId = envelope.Id, Stream = envelope.Stream, Version = envelope.Version, Position = envelope.Position });
        return Task.CompletedTask;
    }
}

[TimerType("test.ring")]
public sealed record Ring(string Name, bool Fails = false);

public sealed class OnRing(ConsumerDb db, Unit<ConsumerDb> unit) : IHandleTimer<Ring>
{
    public Task HandleAsync(Ring timer, TimerContext context, CancellationToken ct)
    {
        if (timer.Fails)
            throw new InvalidOperationException("This timer never works.");
        db.Rang.Add(new() { Name = timer.Name, Due = context.Due, At = unit.Now });
        return Task.CompletedTask;
    }
}

/// <summary>A use case for <see cref="Work{TDb}"/>.</summary>
public sealed class Append(Unit<OwnerDb> unit)
{
    public Unit<OwnerDb> Unit => unit;

    public static ContactReceived Contact(string text) => new()
    {
        ContactId = Guid.NewGuid(),
        Channel = Channel.Api,
        ProviderId = "p",
        ReceivedAt = DateTimeOffset.UnixEpoch,
        CustomerId = Guid.NewGuid(),
        From = new(IdentityKind.EmailAddress, "ada@example.org"),
        Text = text,
    };

    public Task<Done> Next(string stream, string text)
    {
        unit.AppendNext(stream, new NewEvent(Contact(text)));
        return Task.FromResult(Done.Value);
    }
}

public sealed class Schedule(Unit<ConsumerDb> unit)
{
    public Task<Done> Set(params (string Key, Ring Timer, DateTimeOffset Due)[] timers)
    {
        foreach (var (key, timer, due) in timers)
            unit.Schedule(key, "order", timer, due);
        return Task.FromResult(Done.Value);
    }

    public Task<Done> Cancel(string key)
    {
        unit.Cancel(key);
        return Task.FromResult(Done.Value);
    }
}
