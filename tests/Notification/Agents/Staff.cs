using System.Net.Http.Headers;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notification.Tests.Agents;

/// <summary>Who works at the desk, on the case of a story: Anna has it, Ben is a colleague, Lea leads its queue and Max another.</summary>
internal sealed class Staff(NotificationHost host)
{
    public Story Story { get; } = new();

    public Guid Anna { get; } = Guid.CreateVersion7();

    public Guid Ben { get; } = Guid.CreateVersion7();

    public Guid Lea { get; } = Guid.CreateVersion7();

    public Guid Max { get; } = Guid.CreateVersion7();

    public static async Task<Staff> AtAsync(NotificationHost host)
    {
        var staff = new Staff(host);
        await host.DeliverAsync(staff.Of(staff.Anna), staff.Of(staff.Ben), staff.Of(staff.Lea), staff.Of(staff.Max));
        await host.DeliverAsync(staff.Story.Opened(), staff.Triaged());
        return staff;
    }

    public string NameOf(Guid id) => id == Anna ? "Anna Berger" : id == Ben ? "Ben Koch" : id == Lea ? "Lea Lead" : "Max Lead";

    public AgentChanged Of(Guid id) => new()
    {
        AgentId = id,
        Name = NameOf(id),
        Email = $"{NameOf(id).Split(' ')[0].ToLowerInvariant()}@desk.example",
        Role = id == Lea || id == Max ? "lead" : "agent",
        Active = true,
        Queues = [id == Max ? "sales" : "support"],
    };

    public CaseTriaged Triaged() => new()
    {
        CaseId = Story.CaseId,
        Kind = Kind.Problem,
        Category = "appliances",
        Priority = Priority.Normal,
        Feeling = Feeling.Neutral,
        QueueId = "support",
        QueueName = "Support",
        TeamName = "Kitchen team",
        CalendarId = "default",
    };

    public CaseAssigned Assigned(Guid to, Guid? from = null, string? reason = null) => new(Story.CaseId, to, NameOf(to), "support", reason, from);

    public NoteAdded Note(Guid by, string text, params Guid[] mentions) => new(Story.CaseId, Guid.CreateVersion7(), by, NameOf(by), text, mentions);

    /// <summary>As the agent, by a key of theirs.</summary>
    public async Task<HttpClient> SignInAsync(Guid agent, NotificationHost? at = null)
    {
        var key = ApiKey.Create();
        await host.DeliverAsync(new AccessChanged { KeyId = key.KeyId, Name = NameOf(agent), Hash = key.Hash, Scopes = [], AgentId = agent, At = DateTimeOffset.UnixEpoch });
        var client = new HttpClient { BaseAddress = (at ?? host).Admin.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Plaintext);
        return client;
    }

    public Task<List<AgentNoticeRow>> NoticesAsync(Guid agent) =>
        host.ReadAsync(db => db.AgentNotices.Where(row => row.AgentId == agent).OrderBy(row => row.Number).ToListAsync());

    public async Task<string> KindsAsync(Guid agent) => string.Join(' ', (await NoticesAsync(agent)).Select(row => row.Kind));

    /// <summary>Templates and states of the mails to an agent, in the order in which they were written.</summary>
    public async Task<List<MessageRow>> MailsAsync(Guid agent) => [.. (await host.MessagesAsync()).Where(row => row.AgentId == agent)];
}
