using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace CxPlatform.Demo;

/// <summary>Fernweh Bikes, who sell and mend e-bikes: one team, three queues, four people, and a few rules of their own.</summary>
internal sealed class Company(Platform platform, Narrator tell)
{
    private static readonly (string Id, string Name, string FirstResponse, string Resolution)[] Queues =
    [
        ("orders", "Orders & delivery", "PT4H", "PT20H"),
        ("workshop", "Workshop", "PT2H", "PT30H"),
        ("make-it-right", "Making it right", "PT1H", "PT10H"),
    ];

    private static readonly (string Name, string Email, string Role, string[] Queues, int Capacity, string Presence)[] People =
    [
        ("Anna Lindqvist", "anna@fernweh-bikes.example", "lead", ["make-it-right", "orders"], 12, "present"),
        ("Ben Okafor", "ben@fernweh-bikes.example", "agent", ["workshop"], 12, "present"),
        ("Chloé Martin", "chloe@fernweh-bikes.example", "agent", ["orders"], 15, "present"),
        ("David Klein", "david@fernweh-bikes.example", "agent", ["workshop", "orders"], 6, "away"),
    ];

    private readonly Dictionary<string, string> _ids = [];
    private readonly Dictionary<string, Platform> _agents = [];

    public async Task OpenAsync()
    {
        await platform.PutAsync("/v1/calendars/default", new
        {
            name = "Shop hours",
            timeZone = "Europe/Berlin",
            hours = ((string[])["monday", "tuesday", "wednesday", "thursday", "friday"]).Select(day => Open(day, "18:00:00"))
                .Append(Open("saturday", "14:00:00")),
        });
        await EnsureAsync("/v1/teams", "fernweh", new { id = "fernweh", name = "Fernweh customer care" });
        foreach (var queue in Queues)
            await EnsureAsync("/v1/queues", queue.Id, new
            {
                id = queue.Id,
                name = queue.Name,
                team = "fernweh",
                firstResponse = queue.FirstResponse,
                resolution = queue.Resolution,
            });
        tell.Table(
            ["queue", "a person answers within", "solved within"],
            Queues.Select(queue => (string[])[queue.Name, Hours(queue.FirstResponse), Hours(queue.Resolution)]));

        var known = (await platform.GetAsync("/v1/agents")).Items().ToList();
        foreach (var person in People)
        {
            var body = new
            {
                name = person.Name,
                email = person.Email,
                role = person.Role,
                capacity = person.Capacity,
                teams = (string[])["fernweh"],
                queues = person.Queues,
            };
            var id = known.Find(agent => agent.Text("email") == person.Email)?.Text("id");
            if (id is null)
                id = (await platform.PostAsync("/v1/agents", body)).Text("id");
            else
                await platform.PutAsync($"/v1/agents/{id}", body);
            await platform.PutAsync($"/v1/agents/{id}/presence", new { presence = person.Presence });
            _ids[person.Name] = id;
        }
        tell.Table(["who", "works on", "at a time", "today"], People.Select(person => (string[])
        [
            person.Name, string.Join(", ", person.Queues.Select(id => Queues.First(queue => queue.Id == id).Name)),
            $"{person.Capacity} cases", person.Presence,
        ]));
        await AddRulesAsync();
        tell.Step(
            "The rules", "send complaints to “Making it right”, what is broken to the workshop, parcels and bills to orders.",
            "data, not code: /v1/rules");
        const string Sample = "My brakes do not work any more, and I have to ride to work tomorrow.";
        var tried = await platform.PostAsync("/v1/rules/try", new { text = Sample });
        tell.Step(
            "Tried out:", $"“{Sample}” is a {tried.Text("kind")}, priority {tried.Text("priority")}, for the {tried.Text("queue")}.",
            "/v1/rules/try keeps nothing");
    }

    public string IdOf(string name) => _ids[name];

    /// <summary>The platform as the agent sees it, signed in with a key of their own.</summary>
    public async Task<Platform> AsAgentAsync(string agentId)
    {
        if (_agents.GetValueOrDefault(agentId) is { } known)
            return known;
        var key = await platform.PostAsync($"/v1/agents/{agentId}/key", new { name = "demo" });
        var agent = platform.As(key.Text("key"));
        await Platform.UntilAsync("a new key is known to every service", TimeSpan.FromSeconds(10), async () =>
            (await agent.TryAsync(HttpMethod.Get, "/v1/cases?limit=1")).Status == HttpStatusCode.OK ? "known" : null);
        return _agents[agentId] = agent;
    }

    // Made once: a second demo finds what the first one left behind.
    private async Task EnsureAsync(string path, string id, object body)
    {
        if ((await platform.TryAsync(HttpMethod.Get, $"{path}/{id}")).Status == HttpStatusCode.NotFound)
            await platform.PostAsync(path, body);
    }

    // Ours come before those that are there; what the platform knows of languages and words stays.
    private async Task AddRulesAsync()
    {
        var rules = (JsonObject)await platform.GetAsync("/v1/rules");
        var ours = Queues.Select(queue => queue.Id).ToHashSet();
        var queueRules = new JsonArray
        {
            new JsonObject { ["queue"] = "make-it-right", ["kinds"] = new JsonArray("complaint") },
            new JsonObject { ["queue"] = "workshop", ["categories"] = new JsonArray("technical", "safety") },
            new JsonObject { ["queue"] = "orders", ["categories"] = new JsonArray("delivery", "billing", "returns", "account") },
        };
        foreach (var rule in rules.Items("queues").Where(rule => !ours.Contains(rule.Text("queue"))).ToList())
            queueRules.Add(rule.DeepClone());
        rules["queues"] = queueRules;
        if (rules["rules"] is JsonArray phrases && !phrases.Any(rule => rule?.Text("id") == "fernweh-bikes"))
            phrases.Add(new JsonObject
            {
                ["id"] = "fernweh-bikes",
                ["category"] = "technical",
                ["weight"] = 3,
                ["phrases"] = new JsonArray("motor", "brake", "brakes", "battery", "gears", "grinding", "grinding noise", "error 503"),
            });
        using var content = JsonContent.Create(rules);
        await platform.SendAsync(HttpMethod.Put, "/v1/rules", content);
    }

    private static object Open(string day, string to) => new { day, from = "08:00:00", to };

    private static string Hours(string duration)
    {
        var hours = System.Xml.XmlConvert.ToTimeSpan(duration).TotalHours;
        return hours == 1 ? "1 opening hour" : $"{hours:0} opening hours";
    }
}
