using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notification.Tests.Webhooks;

/// <summary>The module with the loopback allowed as a target, and case events as Case sends them.</summary>
internal sealed class WebhookHost(NotificationHost host) : IAsyncDisposable
{
    private readonly Dictionary<Guid, long> _versions = [];
    private long _position = 1_000_000;

    public NotificationHost Host => host;

    public HttpClient Admin => host.Admin;

    public static async Task<WebhookHost> StartAsync(Store store = Store.Sqlite, TimeProvider? clock = null, params (string Key, string Value)[] settings) =>
        new(await NotificationHost.StartAsync(store, clock, [("Cx:Webhooks:HttpHosts:0", "127.0.0.1"), ("Cx:Webhooks:Networks:0", "127.0.0.0/8"), .. settings]));

    /// <summary>Case events with public data, in one batch; each is the next of its case.</summary>
    public async Task<IReadOnlyList<LoggedEvent>> HappenAsync(params (Guid CaseId, string Type, string Data)[] events)
    {
        var logged = events.Select(e => Logged(e.CaseId, e.Type, e.Data)).ToList();
        await host.DeliverAgainAsync("case", logged);
        return logged;
    }

    /// <summary>So many notes-like events of one case.</summary>
    public Task<IReadOnlyList<LoggedEvent>> HappenAsync(Guid caseId, int count) =>
        HappenAsync([.. Enumerable.Range(0, count).Select(_ => (caseId, "cx.case.step-changed.v1", "{}"))]);

    public async Task<JsonElement> CreateAsync(object request)
    {
        using var response = await Admin.PostAsJsonAsync("/v1/subscriptions", request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <returns>The id and the secret of a subscription that is active.</returns>
    public async Task<(Guid Id, string Secret)> SubscribeAsync(Receiver receiver, string[]? types = null, object? filter = null, int? rate = null, string? contact = null)
    {
        var made = await CreateAsync(new { url = receiver.Url, types = types ?? ["*"], filter, rate, contact });
        var id = made.GetProperty("subscription").GetProperty("id").GetGuid();
        await PostAsync($"/v1/subscriptions/{id}/activate");
        return (id, made.GetProperty("secret").GetString()!);
    }

    public async Task<JsonElement> PostAsync(string path, object? body = null)
    {
        using var response = await Admin.PostAsJsonAsync(path, body ?? new { });
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    public Task<JsonElement> GetAsync(string path) => Admin.GetFromJsonAsync<JsonElement>(path);

    public Task<SubscriptionRow> RowAsync(Guid id) => host.ReadAsync(db => db.Subscriptions.SingleAsync(row => row.Id == id));

    public Task<LaneRow> LaneAsync(Guid id, int attempts) => Eventually.Value(
        async () => await host.ReadAsync(db => db.Lanes.SingleOrDefaultAsync(row => row.SubscriptionId == id && row.Attempts == attempts)));

    private LoggedEvent Logged(Guid caseId, string type, string data)
    {
        var version = _versions[caseId] = _versions.GetValueOrDefault(caseId) + 1;
        var id = Guid.CreateVersion7();
        return new()
        {
            Position = Interlocked.Increment(ref _position),
            Id = id,
            Stream = $"case/{caseId}",
            Version = version,
            // One that this module does not handle itself: what it does with others is not the matter here.
            Type = "case.step-changed.v1",
            Data = "{}",
            PublicType = type,
            PublicSubject = "CX-2026-000001",
            PublicData = data,
            Actor = "system",
            CorrelationId = id,
            Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            Time = Time.Truncate(host.Clock.GetUtcNow()),
        };
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();
}
