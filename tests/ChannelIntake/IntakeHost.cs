using System.Data.Common;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CxPlatform.ChannelIntake.Tests;

public enum Database
{
    Sqlite,
    Postgres,
}

/// <summary>The intake module alone in a real host on a free loopback port.</summary>
internal sealed class IntakeHost : IAsyncDisposable
{
    private const string Key = "cxk_testadmin0_0123456789abcdef0123456789abcdef";

    private static readonly Dictionary<Database, Task<IntakeHost>> Shared = new()
    {
        [Database.Sqlite] = StartLazily(Database.Sqlite),
        [Database.Postgres] = StartLazily(Database.Postgres),
    };

    private readonly WebApplication _app;
    private readonly TempFolder _folder;

    private IntakeHost(WebApplication app, TempFolder folder, Uri address)
    {
        _app = app;
        _folder = folder;
        Client = new() { BaseAddress = address };
        Client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        Anonymous = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = address };
    }

    /// <summary>With every scope.</summary>
    public HttpClient Client { get; }

    public HttpClient Anonymous { get; }

    public IServiceProvider Services => _app.Services;

    public TempFolder Folder => _folder;

    /// <summary>One host per database for the tests that keep to their own contacts. Never stop it.</summary>
    public static Task<IntakeHost> SharedAsync(Database database) => Shared[database];

    public static async Task<IntakeHost> StartAsync(Database database, params string[] settings) =>
        await StartOnAsync(
            database == Database.Postgres ? await (await PostgresServer.SharedAsync()).CreateDatabaseAsync("intake") : null, settings);

    public static async Task<IntakeHost> StartOnAsync(string? connectionString, params string[] settings)
    {
        var folder = new TempFolder();
        var app = Build(folder, connectionString, settings);
        foreach (var module in app.Services.GetServices<IModuleRuntime>())
            await module.MigrateAsync(CancellationToken.None);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new(app, folder, new(address));
    }

    /// <summary>A process that does nothing by itself: no timer runs, nothing waiting is read.</summary>
    public static WebApplication Build(TempFolder folder, string? connectionString, params string[] settings)
    {
        var builder = CxHost.CreateBuilder(
            [
                "--urls=http://127.0.0.1:0",
                "--Cx:Data:Path=" + folder.Path,
                "--Cx:PublicUrl=https://help.example.com",
                "--Cx:MasterKey=" + Convert.ToBase64String(new byte[32]),
                // Nothing is fetched from the world, unless a test has a provider of its own.
                "--Cx:Intake:Media:Fetch=false",
                "--Cx:BootstrapAdminKeyHash=" + ApiKey.HashOf(Key),
                .. connectionString is null ? Array.Empty<string>() : ["--ConnectionStrings:intakedb=" + connectionString],
                .. settings,
            ],
            IntakeModule.Name, "test");
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders();
        builder.AddIntake();
        var app = builder.Build().MapServiceDefaults();
        app.MapIntake();
        return app;
    }

    public Task<HttpResponseMessage> PostContactAsync(object contact, string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/contacts") { Content = JsonContent.Create(contact) };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return Client.SendAsync(request);
    }

    public async Task<JsonNode> AcceptContactAsync(object contact)
    {
        using var response = await PostContactAsync(contact);
        return await JsonAsync(response, 202);
    }

    public Task<HttpResponseMessage> PostMailAsync(byte[] mail)
    {
        var content = new ByteArrayContent(mail);
        content.Headers.ContentType = new("message/rfc822");
        return Client.PostAsync("/v1/channels/email", content);
    }

    public async Task<JsonNode> AcceptMailAsync(string mail)
    {
        using var response = await PostMailAsync(Encoding.UTF8.GetBytes(mail.ReplaceLineEndings("\r\n")));
        return await JsonAsync(response, 202);
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        return await JsonAsync(response, 200);
    }

    /// <summary>The contacts of the customer with that identity, the newest first.</summary>
    public async Task<JsonArray> ContactsOfAsync(string identity, string? kind = null)
    {
        var found = await GetAsync($"/v1/customers?identity={Uri.EscapeDataString(identity)}{(kind is null ? "" : "&kind=" + kind)}");
        var items = found["items"]!.AsArray();
        return items.Count == 0 ? [] : (await GetAsync($"/v1/contacts?customerId={items[0]!["customerId"]}"))["items"]!.AsArray();
    }

    public async Task<ContactReceived> ReceivedAsync(string identity, string? kind = null) =>
        await EventAsync<ContactReceived>("contact/" + (await ContactsOfAsync(identity, kind))[0]!["contactId"]);

    public static async Task<JsonNode> JsonAsync(HttpResponseMessage response, int status)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} instead of {status}: {body}");
        return JsonNode.Parse(body)!;
    }

    public Task<IReadOnlyList<LoggedEvent>> StreamAsync(string stream) =>
        Services.GetRequiredService<EventLog<IntakeDb>>().ReadStreamAsync(stream, CancellationToken.None);

    public async Task<T> EventAsync<T>(string stream) =>
        (T)(await StreamAsync(stream)).Select(e => EventTypes.Read(e.Type, e.Data)).Last(e => e is T);

    public async Task<long> CountAsync(string sql)
    {
        await using var connection = await Services.GetRequiredService<Module<IntakeDb>>().Store.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task<List<string>> ColumnAsync(string sql)
    {
        await using var connection = await Services.GetRequiredService<Module<IntakeDb>>().Store.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await reader.ReadAsync())
            values.Add(reader.GetString(0));
        return values;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await Services.GetRequiredService<Module<IntakeDb>>().Store.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A file that was put lately stays until it is certain that nobody is about to refer to it: as if that had been long ago.</summary>
    public void AgeBlobs()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder.Path, "blobs"), "*", SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Anonymous.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    // Off the thread of the static constructor, which every other test would wait for.
    private static Task<IntakeHost> StartLazily(Database database) => Task.Run(() => StartAsync(database));
}
