using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations.Design;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

// Arguments: the service's folder, the migration's name. The service's assembly stands beside this program.
if (args is not [var folder, var name])
{
    Console.Error.WriteLine("usage: Migrations <service folder> <Name>");
    return 2;
}

var contexts = Directory.GetFiles(AppContext.BaseDirectory, "CxPlatform.*.dll")
    .Select(Assembly.LoadFrom)
    .SelectMany(assembly => assembly.GetTypes())
    .Where(type => type is { IsAbstract: false } && typeof(DbContext).IsAssignableFrom(type))
    .ToList();
foreach (var provider in (string[])["Postgres", "Sqlite"])
{
    if (contexts.Find(type => type.Name.EndsWith(provider, StringComparison.Ordinal)) is not { } type)
    {
        Console.Error.WriteLine($"No DbContext named ...Db{provider} in {folder}.");
        return 1;
    }
    using var checking = Create(type, provider);
    if (!checking.Database.HasPendingModelChanges())
    {
        Console.WriteLine($"{type.Name}: the model has not changed, nothing to do.");
        continue;
    }
    // A context of its own: checking used up the other one's snapshot, and scaffolding would find it empty.
    using var context = Create(type, provider);
    var scaffolder = DesignTimeServices(context).GetRequiredService<IMigrationsScaffolder>();
    var migration = scaffolder.ScaffoldMigration(name, type.Namespace, "Migrations." + provider, "C#");
    // Written here rather than by the scaffolder, which puts snapshots of two contexts in places of its own and adds byte order marks.
    var target = Directory.CreateDirectory(Path.Combine(folder, "Storage", "Migrations", provider)).FullName;
    File.WriteAllText(Path.Combine(target, migration.MigrationId + ".cs"), migration.MigrationCode.ReplaceLineEndings("\n"));
    File.WriteAllText(Path.Combine(target, migration.MigrationId + ".Designer.cs"), migration.MetadataCode.ReplaceLineEndings("\n"));
    File.WriteAllText(Path.Combine(target, migration.SnapshotName + ".cs"), migration.SnapshotCode.ReplaceLineEndings("\n"));
    Console.WriteLine(Path.Combine(folder, "Storage", "Migrations", provider, migration.MigrationId + ".cs"));
}
return 0;

// Scaffolding compares models and never connects: any connection string will do.
static DbContext Create(Type type, string provider)
{
    var options = (DbContextOptionsBuilder)Activator.CreateInstance(typeof(DbContextOptionsBuilder<>).MakeGenericType(type))!;
    _ = provider == "Postgres" ? options.UseNpgsql("Host=none") : options.UseSqlite("Data Source=none");
    return (DbContext)Activator.CreateInstance(type, options.Options)!;
}

static ServiceProvider DesignTimeServices(DbContext context)
{
    var services = new ServiceCollection().AddEntityFrameworkDesignTimeServices().AddDbContextDesignTimeServices(context);
    var provider = Assembly.Load(context.GetService<IDatabaseProvider>().Name);
    var name = provider.GetCustomAttribute<DesignTimeProviderServicesAttribute>()!.TypeName;
    ((IDesignTimeServices)Activator.CreateInstance(provider.GetType(name, throwOnError: true)!)!).ConfigureDesignTimeServices(services);
    return services.BuildServiceProvider();
}
