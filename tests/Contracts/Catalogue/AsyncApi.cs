using System.Text.Json.Nodes;
using CxPlatform.Contracts.Public;
using CxPlatform.Messaging;

namespace CxPlatform.Contracts.Tests.Catalogue;

/// <summary>The AsyncAPI 3.0 document: what the platform emits, and the four ways in which it does.</summary>
internal static class AsyncApi
{
    private const string Test = "cx.subscription.test.v1";

    /// <summary>Public events in the order of the catalogue: first what a case may begin with.</summary>
    public static IReadOnlyList<(Type Facts, PublicEventAttribute Event)> Events { get; } =
        [.. EventCatalogue.All.Select(type => (type, EventCatalogue.Of(type))).OrderBy(pair => pair.Item2.Type, StringComparer.Ordinal)];

    /// <summary>Events of a case that are nobody else's business: their data is empty.</summary>
    public static IReadOnlyList<string> Internal { get; } =
    [
        .. EventTypes.All.Select(EventTypes.NameOf).Where(name => name.StartsWith("case.", StringComparison.Ordinal) && name != "case.customer-erased.v1")
            .Select(name => "cx." + name).Where(type => EventCatalogue.Find(type) is null).Order(StringComparer.Ordinal),
    ];

    public static JsonObject Document() => new()
    {
        ["asyncapi"] = "3.0.0",
        ["info"] = new JsonObject
        {
            ["title"] = "CxPlatform case events",
            ["version"] = "1.0.0",
            ["description"] = "Everything that happens to a case, in order, as CloudEvents 1.0. Four ways to read one stream: webhooks, the feed, the live stream, "
                + "AMQP; `data` is the same bytes on each. Fields, words of enumerations and event types may be added at any time: pass over what you do not know.",
            ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["url"] = "https://www.apache.org/licenses/LICENSE-2.0" },
        },
        ["defaultContentType"] = "application/cloudevents+json",
        ["servers"] = new JsonObject
        {
            ["api"] = new JsonObject
            {
                ["host"] = "localhost:5080",
                ["protocol"] = "http",
                ["description"] = "The platform's public address.",
                ["security"] = new JsonArray(Ref("securitySchemes", "bearer"), Ref("securitySchemes", "apiKey")),
            },
            ["broker"] = new JsonObject
            {
                ["host"] = "localhost:5672",
                ["protocol"] = "amqp",
                ["protocolVersion"] = "0.9.1",
                ["description"] = "The platform's RabbitMQ, where there is one.",
                ["security"] = new JsonArray(Ref("securitySchemes", "amqp")),
            },
        },
        ["channels"] = Channels(),
        ["operations"] = Operations(),
        ["components"] = new JsonObject
        {
            ["securitySchemes"] = new JsonObject
            {
                ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "An API key with the scope `events`." },
                ["apiKey"] = new JsonObject { ["type"] = "httpApiKey", ["in"] = "header", ["name"] = "X-Api-Key", ["description"] = "The same key." },
                ["amqp"] = new JsonObject { ["type"] = "userPassword" },
            },
            ["schemas"] = ComponentSchemas(),
            ["messages"] = Messages(),
        },
    };

    private static JsonObject Channels() => new()
    {
        ["webhook"] = new JsonObject
        {
            ["address"] = null,
            ["title"] = "Webhook",
            ["description"] = "Posted to the URL of a subscription (`POST /v1/subscriptions`), signed as Standard Webhooks. In the order of each case, repeated until "
                + "answered 2xx within 15 seconds.",
            ["messages"] = new JsonObject(
                Events.Select(pair => pair.Event.Type).Append("internal").Select(type => KeyValuePair.Create(type, (JsonNode?)Ref("messages", "webhook." + type)))),
        },
        ["feed"] = new JsonObject
        {
            ["address"] = "/v1/events",
            ["title"] = "Feed",
            ["description"] = "Pages of events after a cursor or a checkpoint, oldest first, gapless.",
            ["servers"] = new JsonArray(new JsonObject { ["$ref"] = "#/servers/api" }),
            ["messages"] = new JsonObject { ["page"] = Ref("messages", "page") },
        },
        ["stream"] = new JsonObject
        {
            ["address"] = "/v1/events/stream",
            ["title"] = "Live stream",
            ["description"] = "Server-sent events. Each `id` is a cursor of the feed, `event` the type, `data` the CloudEvent. `Last-Event-ID` resumes.",
            ["servers"] = new JsonArray(new JsonObject { ["$ref"] = "#/servers/api" }),
            ["messages"] = Emitted(),
        },
        ["amqp"] = new JsonObject
        {
            ["address"] = "{routingKey}",
            ["title"] = "AMQP",
            ["description"] = "A durable topic exchange. Bind a queue of your own: `#` for everything, `case.promise.*` for what becomes of promises.",
            ["parameters"] = new JsonObject
            {
                ["routingKey"] = new JsonObject
                {
                    ["description"] = "The type without `cx.` and version.",
                    ["enum"] = new JsonArray([.. EmittedTypes.Select(RoutingKeyOf).Distinct().Select(key => (JsonNode)key)]),
                },
            },
            ["servers"] = new JsonArray(new JsonObject { ["$ref"] = "#/servers/broker" }),
            ["messages"] = Emitted(),
            ["bindings"] = new JsonObject
            {
                ["amqp"] = new JsonObject
                {
                    ["is"] = "routingKey",
                    ["exchange"] = new JsonObject { ["name"] = "cx.events", ["type"] = "topic", ["durable"] = true, ["autoDelete"] = false, ["vhost"] = "/" },
                    ["bindingVersion"] = "0.3.0",
                },
            },
        },
    };

    private static JsonObject Operations() => new()
    {
        ["deliver"] = Operation("webhook", "A subscription's endpoint gets an event.", "POST"),
        ["read"] = Operation("feed", "A reader asks for the events after a cursor.", "GET", Query(
            ("after", Text("The cursor after which to read; from the beginning without one.")),
            ("limit", new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 1000, ["default"] = 100 }))),
        ["follow"] = Operation("stream", "A reader follows what happens.", "GET", Query(
            ("after", Text("The cursor after which to begin, unless Last-Event-ID names one; from now on without either.")))),
        ["publish"] = new JsonObject
        {
            ["action"] = "send",
            ["channel"] = new JsonObject { ["$ref"] = "#/channels/amqp" },
            ["summary"] = "An event is published, persistent and confirmed.",
            ["bindings"] = new JsonObject { ["amqp"] = new JsonObject { ["deliveryMode"] = 2, ["timestamp"] = true, ["bindingVersion"] = "0.3.0" } },
        },
    };

    private static JsonObject Query(params (string Name, JsonObject Schema)[] own)
    {
        var properties = new JsonObject { ["checkpoint"] = Text("The name of a checkpoint of the reader's after which to read.") };
        foreach (var (name, schema) in own)
            properties[name] = schema;
        foreach (var name in (string[])["type", "kind", "category", "priority", "queue", "channel", "tag", "brand"])
            properties[name] = new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject { ["type"] = "string" },
                ["description"] = name == "type" ? "Event types, or beginnings such as `cx.case.promise.*`." : "What must be so about the case right after the event; one of these.",
            };
        return new() { ["type"] = "object", ["properties"] = properties };
    }

    private static JsonObject Operation(string channel, string summary, string method, JsonObject? query = null)
    {
        var http = new JsonObject { ["method"] = method, ["bindingVersion"] = "0.3.0" };
        if (query is not null)
            http["query"] = query;
        return new()
        {
            ["action"] = "send",
            ["channel"] = new JsonObject { ["$ref"] = "#/channels/" + channel },
            ["summary"] = summary,
            ["bindings"] = new JsonObject { ["http"] = http },
        };
    }

    private static JsonObject ComponentSchemas()
    {
        var schemas = new JsonObject { ["CloudEvent"] = CloudEventSchema(), ["WebhookHeaders"] = WebhookHeaders() };
        foreach (var (facts, e) in Events)
        {
            var data = Schemas.Of(facts);
            data["title"] = e.Title;
            data["description"] = Words.Of(facts);
            data["examples"] = new JsonArray(Schemas.ExampleOf(facts));
            schemas[e.Type + ".data"] = data;
            schemas[e.Type] = EventSchema(new JsonObject { ["const"] = e.Type }, Ref("schemas", e.Type + ".data"));
        }
        schemas["internal"] = EventSchema(
            new JsonObject { ["enum"] = new JsonArray([.. Internal.Select(type => (JsonNode)type)]) }, new JsonObject { ["type"] = "object", ["maxProperties"] = 0 });
        schemas["Page"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["events"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["anyOf"] = new JsonArray([.. EmittedMessages.Select(type => Ref("schemas", type))]) } },
                ["next"] = Text("The cursor to go on with."),
                ["more"] = new JsonObject { ["type"] = "boolean", ["description"] = "There are more events already." },
            },
            ["required"] = new JsonArray("events", "next", "more"),
        };
        return schemas;
    }

    private static JsonObject EventSchema(JsonObject type, JsonObject data) => new()
    {
        ["allOf"] = new JsonArray(
            Ref("schemas", "CloudEvent"), new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["type"] = type, ["data"] = data } }),
    };

    private static JsonObject CloudEventSchema() => new()
    {
        ["type"] = "object",
        ["description"] = "CloudEvents 1.0, structured mode.",
        ["properties"] = new JsonObject
        {
            ["specversion"] = new JsonObject { ["const"] = "1.0" },
            ["id"] = new JsonObject { ["type"] = "string", ["format"] = "uuid", ["description"] = "The same however often and in whatever way it is delivered." },
            ["source"] = new JsonObject { ["type"] = "string", ["format"] = "uri-reference", ["description"] = "`/cases/{id}`." },
            ["type"] = new JsonObject { ["type"] = "string" },
            ["subject"] = Text("The case's number."),
            ["time"] = new JsonObject { ["type"] = "string", ["format"] = "date-time" },
            ["sequence"] = new JsonObject { ["type"] = "string", ["pattern"] = "^[1-9][0-9]*$", ["description"] = "Counts the case's events from 1, without gaps." },
            ["traceparent"] = new JsonObject { ["type"] = "string", ["description"] = "W3C Trace Context of what made the event." },
            ["datacontenttype"] = new JsonObject { ["const"] = "application/json" },
            ["data"] = new JsonObject { ["type"] = "object" },
        },
        ["required"] = new JsonArray("specversion", "id", "source", "type", "time", "datacontenttype", "data"),
    };

    private static JsonObject WebhookHeaders() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["webhook-id"] = new JsonObject { ["type"] = "string", ["description"] = "The event's id." },
            ["webhook-timestamp"] = new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]+$", ["description"] = "This attempt's time, seconds since 1970." },
            ["webhook-signature"] = new JsonObject { ["type"] = "string", ["description"] = "`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`; several, separated by spaces, during a rotation." },
        },
        ["required"] = new JsonArray("webhook-id", "webhook-timestamp", "webhook-signature"),
    };

    private static JsonObject Messages()
    {
        var messages = new JsonObject();
        foreach (var (facts, e) in Events)
        {
            if (e.Type != Test)
                messages[e.Type] = Message(e.Type, e.Title, Words.Of(facts), ExampleOf(e.Type, Schemas.ExampleOf(facts)), webhook: false);
            messages["webhook." + e.Type] = Message(e.Type, e.Title, Words.Of(facts), example: null, webhook: true);
        }
        const string internals = "An event that is nobody else's business. Its data is empty; it is there so that sequences have no gaps.";
        messages["internal"] = Message("internal", "Internal event", internals, ExampleOf(Internal[0], []), webhook: false);
        messages["webhook.internal"] = Message("internal", "Internal event", internals, example: null, webhook: true);
        messages["page"] = new JsonObject { ["name"] = "page", ["title"] = "Page of events", ["contentType"] = "application/json", ["payload"] = Ref("schemas", "Page") };
        return messages;
    }

    private static JsonObject Message(string name, string title, string summary, JsonObject? example, bool webhook)
    {
        var message = new JsonObject { ["name"] = name, ["title"] = title, ["summary"] = summary, ["payload"] = Ref("schemas", name) };
        if (webhook)
            message["headers"] = Ref("schemas", "WebhookHeaders");
        if (example is not null)
            message["examples"] = new JsonArray(new JsonObject { ["payload"] = example });
        return message;
    }

    public static JsonObject ExampleOf(string type, JsonObject data) => new()
    {
        ["specversion"] = "1.0",
        ["id"] = "019ac0de-98aa-7b59-8c42-2c311bfe074e",
        ["source"] = type == Test ? "/subscriptions/019ac0de-9514-7f7a-8f83-077c1bf4948d" : "/cases/" + (data["caseId"]?.GetValue<string>() ?? "019ac0de-7a11-7000-8000-00002a7f3e0b"),
        ["type"] = type,
        ["subject"] = "CX-2026-000123",
        ["time"] = "2026-11-23T10:15:31.506797Z",
        ["sequence"] = "7",
        ["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ["datacontenttype"] = "application/json",
        ["data"] = data,
    };

    private static IEnumerable<string> EmittedTypes => Events.Select(pair => pair.Event.Type).Where(type => type != Test).Concat(Internal);

    private static IEnumerable<string> EmittedMessages => Events.Select(pair => pair.Event.Type).Where(type => type != Test).Append("internal");

    private static JsonObject Emitted() => new(EmittedMessages.Select(type => KeyValuePair.Create(type, (JsonNode?)Ref("messages", type))));

    private static string RoutingKeyOf(string type) => type[3..type.LastIndexOf(".v", StringComparison.Ordinal)];

    private static JsonObject Ref(string kind, string name) => new() { ["$ref"] = $"#/components/{kind}/{name}" };

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };
}
