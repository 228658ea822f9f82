using Npgsql;

namespace CxPlatform.Testing;

/// <summary>PostgreSQL, with up to 500 connections, every commit fsynced unless a test says otherwise.</summary>
public sealed class PostgresServer : PrivateServer
{
    const string Variable = "CX_TEST_POSTGRES";
    static readonly Lazy<Task<PostgresServer>> Instance = new(() => Shared("postgres", [Variable], Create));

    PostgresServer(string? folder, string[] options, IReadOnlyDictionary<string, string> addresses)
        : base("postgres", folder, options, addresses)
    {
    }

    /// <summary>The one server of this test process, started when first asked for. Never stop it.</summary>
    public static Task<PostgresServer> SharedAsync() => Instance.Value;

    /// <summary>A server that only this caller knows, and may stop, kill and start.</summary>
    /// <param name="fsync">False trades durability for speed, where a test has no use for it.</param>
    public static Task<PostgresServer> StartOwnAsync(bool fsync = true)
        => StartNew("postgres", ["--fsync", fsync ? "on" : "off"], Create);

    /// <summary>The connection string of a database on this server; <c>postgres</c> is always there.</summary>
    public string ConnectionString(string database = "postgres") => $"{Addresses[Variable]};Database={database};Include Error Detail=true";

    /// <summary>Creates an empty database whose name starts with the given one and is unique on the server.</summary>
    /// <param name="name">Lower-case letters, digits and underscores.</param>
    /// <returns>The new database's connection string.</returns>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        var unique = $"{name}_{Guid.NewGuid().ToString("N")[..12]}";
        await ExecuteAsync($"CREATE DATABASE \"{unique}\"");
        return ConnectionString(unique);
    }

    /// <summary>Drops a database that <see cref="CreateDatabaseAsync"/> made, ending the connections to it.</summary>
    public async Task DropDatabaseAsync(string connectionString)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString).Database;
        await ExecuteAsync($"DROP DATABASE IF EXISTS \"{database}\" WITH (FORCE)");
    }

    async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
        // Creating and dropping wait for a checkpoint: on a busy disk that takes its time.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync();
    }

    static PostgresServer Create(string? folder, string[] options, IReadOnlyDictionary<string, string> addresses)
        => new(folder, options, addresses);
}
