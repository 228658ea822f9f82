using System.Net.Http.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using CxPlatform.Routing.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CxPlatform.Routing.Tests.RoutingHost;

namespace CxPlatform.Routing.Tests.Service;

[Trait("Store", "Sqlite")]
public sealed class AssigningOnSqliteTests : AssigningTests
{
    private protected override Store Store => Store.Sqlite;
}

[Trait("Store", "Postgres")]
public sealed class AssigningOnPostgresTests : AssigningTests
{
    private protected override Store Store => Store.Postgres;
}

public abstract class AssigningTests : IAsyncLifetime
{
    private RoutingHost _host = null!;

    private protected abstract Store Store { get; }

    public async Task InitializeAsync() => _host = await RoutingHost.StartAsync(Store);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_case_is_understood_and_waits_in_its_queue_while_nobody_is_there()
    {
        var opened = Opened("The app crashes. This is unacceptable!");
        var decided = Assert.Single(await _host.DeliverAsync(opened));

        Assert.Equal((opened.CaseId, 1L), (decided.CaseId, decided.CaseVersion));
        Assert.Equal(("general", "General", "Support", "default"),
            (decided.QueueId, decided.QueueName, decided.TeamName, decided.CalendarId));
        Assert.Equal((TimeSpan.FromHours(4), TimeSpan.FromHours(16)), (decided.FirstResponseTarget, decided.ResolutionTarget));
        Assert.Equal((Kind.Complaint, "technical", Priority.High, Feeling.Angry),
            (decided.Kind, decided.Category, decided.Priority, decided.Feeling));
        Assert.Null(decided.AgentId);
        Assert.Equal("Waits: nobody is there for General.", decided.Reasons[^1]);
        Assert.Equal(6, decided.Reasons.Count);
        Assert.Equal($"case/{opened.CaseId}", (await _host.LogAsync()).Single(e => e.Type == "routing.decided.v1").Stream);
    }

    [Fact]
    public async Task Cases_of_one_batch_go_to_the_least_loaded_and_nobody_gets_more_than_their_capacity()
    {
        var (ada, bob) = (await _host.AgentAsync("Ada", 3), await _host.AgentAsync("Bob", 2));
        await _host.AgentAsync("Carl", 5, present: false);
        var decided = await _host.DeliverAsync([.. Enumerable.Range(0, 8).Select(i => Opened(minute: i))]);

        Assert.Equal([ada, bob, ada, bob, ada, null, null, null], decided.Select(d => d.AgentId));
        Assert.Equal("Ada", decided[0].AgentName);
        Assert.Equal("Given to Ada, who is there and with this one has 1 of 3 cases.", decided[0].Reasons[^1]);
        Assert.Equal("Waits: everybody who is there for General has as many cases as they can take.", decided[^1].Reasons[^1]);
    }

    [Fact]
    public async Task What_presses_most_and_waits_longest_is_given_first_when_somebody_comes()
    {
        var low = Opened(priority: Priority.Low, minute: 0);
        var late = Opened(priority: Priority.High, minute: 2);
        var early = Opened(priority: Priority.High, minute: 1);
        await _host.DeliverAsync(low, late, early);
        var ada = await _host.AgentAsync("Ada", 2);

        var given = (await _host.EventsAsync<RoutingDecided>()).Where(d => d.AgentId == ada).Select(d => d.CaseId);
        Assert.Equal([early.CaseId, late.CaseId], given);
        var next = Assert.Single(await _host.DeliverAsync(Resolved(early.CaseId)));
        Assert.Equal((low.CaseId, ada), (next.CaseId, next.AgentId));
    }

    [Fact]
    public async Task A_case_opened_and_one_resolved_in_the_same_batch_are_seen_by_each_other()
    {
        var ada = await _host.AgentAsync("Ada", 1);
        var (first, second) = (Opened(), Opened(minute: 1));
        await _host.DeliverAsync(first);
        var decided = await _host.DeliverAsync(second, Resolved(first.CaseId));

        Assert.Equal([null, ada], decided.Select(d => d.AgentId));
        Assert.All(decided, d => Assert.Equal(second.CaseId, d.CaseId));
        Assert.Equal(1, (await _host.LoadsAsync())[ada]);
    }

    [Fact]
    public async Task Who_had_the_customers_last_case_gets_the_next_one()
    {
        await _host.AgentAsync("Ada", 5);
        var bob = await _host.AgentAsync("Bob", 5);
        var customer = Guid.NewGuid();
        var decided = await _host.DeliverAsync(Opened(), Opened(customer: customer));
        Assert.Equal(bob, decided[1].AgentId);
        await _host.DeliverAsync(Opened(), Opened(), Opened());

        var again = Assert.Single(await _host.DeliverAsync(Opened(customer: customer)));
        Assert.Equal(bob, again.AgentId);
        Assert.Equal("Given to Bob, who had this customer's last case.", again.Reasons[^1]);
    }

    [Fact]
    public async Task What_a_machine_wrote_waits_in_its_queue_and_is_given_to_nobody()
    {
        await _host.AgentAsync("Ada");
        var decided = Assert.Single(await _host.DeliverAsync(Opened("I am out of office", automatic: Automatic.AutoReply)));
        Assert.Null(decided.AgentId);
        Assert.Equal("Waits in its queue: a machine wrote it.", decided.Reasons[^1]);
        await _host.AgentAsync("Bob");
        Assert.Single(await _host.EventsAsync<RoutingDecided>());
    }

    [Fact]
    public async Task A_queue_that_asks_for_a_skill_gives_its_cases_only_to_those_who_have_it()
    {
        await _host.PostAsync("/v1/queues",
            new
            {
                id = "billing",
                name = "Billing",
                team = "support",
                skills = new[] { "money" },
                firstResponse = "PT2H",
                calendar = "weekdays"
            });
        var rules = await _host.GetAsync("/v1/rules");
        var edited = System.Text.Json.Nodes.JsonNode.Parse(rules.GetRawText())!;
        edited["queues"]!.AsArray().Add(System.Text.Json.Nodes.JsonNode.Parse("""{"queue":"billing","categories":["billing"]}"""));
        using var saved = await _host.Admin.PutAsync("/v1/rules",
            new StringContent(edited.ToJsonString(), System.Text.Encoding.UTF8, "application/json"));
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
        await _host.AgentAsync("Ada");

        var waits = Assert.Single(await _host.DeliverAsync(Opened("I was charged twice")));
        Assert.Equal(("billing", "weekdays", TimeSpan.FromHours(2)), (waits.QueueId, waits.CalendarId, waits.FirstResponseTarget));
        Assert.Null(waits.AgentId);
        Assert.Contains("Queue billing: it is about billing.", waits.Reasons);
        var mona = await _host.AgentAsync("Mona", skills: ["money"]);
        Assert.Equal(mona, (await _host.EventsAsync<RoutingDecided>())[^1].AgentId);
    }

    [Fact]
    public async Task The_echo_of_our_own_decision_changes_nothing()
    {
        var ada = await _host.AgentAsync("Ada");
        var opened = Opened();
        await _host.DeliverAsync(opened);
        Assert.Empty(await _host.DeliverAsync(new CaseAssigned(opened.CaseId, ada, "Ada", "general")));
        Assert.Equal(1, (await _host.LoadsAsync())[ada]);
    }

    [Fact]
    public async Task A_case_that_a_person_gave_to_somebody_else_frees_the_room_it_took()
    {
        var (ada, bob) = (await _host.AgentAsync("Ada", 1), await _host.AgentAsync("Bob", 5, present: false));
        var (first, second) = (Opened(), Opened(minute: 1));
        await _host.DeliverAsync(first, second);
        var next = Assert.Single(await _host.DeliverAsync(new CaseAssigned(first.CaseId, bob, "Bob", "general")));
        Assert.Equal((second.CaseId, ada), (next.CaseId, next.AgentId));
        Assert.Equal(1, (await _host.LoadsAsync())[bob]);
    }

    [Fact]
    public async Task A_case_handed_back_goes_to_somebody_else_and_never_straight_back()
    {
        var ada = await _host.AgentAsync("Ada");
        var opened = Opened();
        await _host.DeliverAsync(opened);
        Assert.Empty(await _host.DeliverAsync(new CaseUnassigned(opened.CaseId, ada, "general", "not mine")));
        await _host.PresenceAsync(ada, "away");
        await _host.PresenceAsync(ada, "present");
        Assert.Single(await _host.EventsAsync<RoutingDecided>());

        var bob = await _host.AgentAsync("Bob");
        Assert.Equal(bob, (await _host.EventsAsync<RoutingDecided>())[^1].AgentId);
    }

    [Fact]
    public async Task A_reply_on_a_waiting_case_is_understood_and_decided_only_when_something_changes()
    {
        var opened = Opened();
        await _host.DeliverAsync(opened);
        Assert.Empty(await _host.DeliverAsync(Replied(opened.CaseId, "any news?")));
        var angry = Assert.Single(await _host.DeliverAsync(Replied(opened.CaseId, "This is outrageous, nobody answers!!")));
        Assert.Equal((Feeling.Angry, Priority.High, 3L), (angry.Feeling, angry.Priority, angry.CaseVersion));
        Assert.Equal(Kind.Question, angry.Kind);
    }

    [Fact]
    public async Task A_reply_on_a_case_that_somebody_has_is_theirs_to_read()
    {
        await _host.AgentAsync("Ada");
        var opened = Opened();
        await _host.DeliverAsync(opened);
        Assert.Empty(await _host.DeliverAsync(Replied(opened.CaseId, "This is outrageous, nobody answers!!")));
    }

    [Fact]
    public async Task A_corrected_need_is_understood_anew_and_stays_with_its_owner()
    {
        var ada = await _host.AgentAsync("Ada");
        var opened = Opened();
        await _host.DeliverAsync(opened);
        Assert.Empty(await _host.DeliverAsync(new NeedCorrected(opened.CaseId, "How long does shipping take to Norway?", true)));
        var corrected = Assert.Single(await _host.DeliverAsync(new NeedCorrected(opened.CaseId, "I want a refund, I was charged twice",
            true)));
        Assert.Equal((Kind.Problem, "billing", ada), (corrected.Kind, corrected.Category, corrected.AgentId));
        Assert.Equal("Stays with Ada.", corrected.Reasons[^1]);
    }

    [Fact]
    public async Task A_reopened_case_is_its_former_owners_again()
    {
        var ada = await _host.AgentAsync("Ada");
        await _host.AgentAsync("Bob");
        var opened = Opened();
        await _host.DeliverAsync(opened);
        await _host.DeliverAsync(Resolved(opened.CaseId));
        Assert.Empty(await _host.LoadsAsync());
        Assert.Empty(await _host.DeliverAsync(new CaseReopened(opened.CaseId, "one more thing")));
        Assert.Equal(1, (await _host.LoadsAsync())[ada]);
    }

    [Fact]
    public async Task A_merged_case_takes_up_nobodys_room_until_the_merge_is_undone()
    {
        var ada = await _host.AgentAsync("Ada");
        var (kept, merged) = (Opened(), Opened(minute: 1));
        await _host.DeliverAsync(kept, merged);
        await _host.DeliverAsync(new CaseMergedInto(merged.CaseId, "CX-2026-000002", merged.CustomerId, kept.CaseId, kept.Number, true));
        Assert.Equal(1, (await _host.LoadsAsync())[ada]);
        await _host.DeliverAsync(
            new CaseMergeUndone(kept.CaseId, merged.CaseId, "CX-2026-000002", Reopens: false),
            new CaseMergeUndone(merged.CaseId, kept.CaseId, kept.Number, Reopens: true));
        Assert.Equal(2, (await _host.LoadsAsync())[ada]);
    }

    [Fact]
    public async Task A_reopened_case_whose_former_owner_left_goes_to_somebody_else()
    {
        var ada = await _host.AgentAsync("Ada");
        var opened = Opened();
        await _host.DeliverAsync(opened);
        await _host.DeliverAsync(Resolved(opened.CaseId));
        using var left = await _host.Admin.PutAsJsonAsync($"/v1/agents/{ada}", new { name = "Ada", active = false });
        Assert.True(left.IsSuccessStatusCode);
        var bob = await _host.AgentAsync("Bob");
        Assert.Equal(bob, Assert.Single(await _host.DeliverAsync(new CaseReopened(opened.CaseId, "one more thing"))).AgentId);
    }

    [Fact]
    public async Task Events_delivered_again_change_nothing()
    {
        var ada = await _host.AgentAsync("Ada", 2);
        var batch = _host.Batch(Opened(), Opened(), Opened());
        await _host.DeliverFromAsync("case", batch);
        var log = (await _host.LogAsync()).Count;
        await _host.DeliverFromAsync("case", batch);
        Assert.Equal(log, (await _host.LogAsync()).Count);
        Assert.Equal(2, (await _host.LoadsAsync())[ada]);
    }

    [Fact]
    public async Task Availability_is_told_when_somebody_comes_or_goes_and_when_room_ends_or_begins()
    {
        var ada = await _host.AgentAsync("Ada", 2);
        var (first, second) = (Opened(), Opened());
        await _host.DeliverAsync(first, second);
        await _host.DeliverAsync(Resolved(first.CaseId));
        await _host.PresenceAsync(ada, "away");
        var told = (await _host.EventsAsync<AvailabilityChanged>()).Select(a => (a.QueueId, a.Present, a.Room));
        Assert.Equal([("general", 1, 2), ("general", 1, 0), ("general", 1, 1), ("general", 0, 0)], told);
    }

    [Fact]
    public async Task Under_concurrency_nobody_is_over_capacity_and_nothing_waits_while_there_is_room()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var agents = new List<(Guid Id, int Capacity)>();
        for (var i = 0; i < 4; i++)
        {
            var capacity = random.Next(3, 8);
            agents.Add((await _host.AgentAsync($"Agent {i}", capacity), capacity));
        }
        var replica = Store == Store.Postgres ? await _host.StartReplicaAsync() : _host;
        try
        {
            // Deliveries of six sources and agents who come and go, on two replicas where there can be two.
            var deliveries = Enumerable.Range(0, 6).Select(source => Task.Run(async () =>
            {
                var host = source % 2 == 0 ? _host : replica;
                for (var n = 0; n < 6; n++)
                {
                    var batch = _host.Batch([.. Enumerable.Range(0, 3).Select(_ => (object)Opened())]);
                    await host.DeliverFromAsync($"source{source}", batch);
                }
            }));
            var flips = agents.Select((agent, i) => Task.Run(async () =>
            {
                var host = i % 2 == 0 ? _host : replica;
                for (var n = 0; n < 4; n++)
                {
                    await host.PresenceAsync(agent.Id, "away");
                    await host.PresenceAsync(agent.Id, "present");
                }
            }));
            await Task.WhenAll([.. deliveries, .. flips]);

            var loads = await _host.LoadsAsync();
            Assert.All(agents, agent => Assert.True(loads.GetValueOrDefault(agent.Id) <= agent.Capacity,
                $"seed {seed}: {loads.GetValueOrDefault(agent.Id)} of {agent.Capacity}"));
            Assert.True(loads.Values.Sum() == agents.Sum(agent => agent.Capacity),
                $"seed {seed}: {loads.Values.Sum()} cases given, {agents.Sum(agent => agent.Capacity)} could be");
            var rows = await _host.AssignmentsAsync();
            Assert.True(rows.Count == 108 && rows.TrueForAll(row => row.Waiting == (row.AgentId is null)), $"seed {seed}");

            // Every decision that named somebody named who has the case now, once.
            var named = (await _host.EventsAsync<RoutingDecided>()).Where(d => d.AgentId is not null).ToList();
            Assert.True(named.Count == loads.Values.Sum() && named.Select(d => d.CaseId).Distinct().Count() == named.Count, $"seed {seed}");
        }
        finally
        {
            if (replica != _host)
                await replica.DisposeAsync();
        }
    }

    [Fact]
    public async Task No_migration_is_pending_for_the_model()
    {
        await using var scope = _host.Services.CreateAsyncScope();
        await using var db = scope.ServiceProvider.GetRequiredService<RoutingDb>();
        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public void The_handlers_are_those_that_the_routes_promise()
    {
        var promised = Routes.All.Where(route => route.Consumer == "routing").SelectMany(route => route.Types);
        Assert.Equal(promised.Order(), _host.Runtime.HandledTypes.Order());
    }
}
