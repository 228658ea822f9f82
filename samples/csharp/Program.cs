// dotnet run webhooks: subscribes, and prints every event that is posted here.
// dotnet run feed:     prints the events since it last ran.
// CX_URL and CX_KEY (scope: events) say where and who; PORT where to listen, SUBSCRIPTION_FILE which subscription is ours,
// CURSOR_FILE how far was read.
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Client;
using CxPlatform.Contracts.Public.V1;

string Setting(string name, string otherwise) => Environment.GetEnvironmentVariable(name) ?? otherwise;

using var client = new HttpClient { BaseAddress = new(Setting("CX_URL", "http://127.0.0.1:5080")) };
client.DefaultRequestHeaders.Authorization = new("Bearer", Setting("CX_KEY", ""));

if (args is ["feed"])
{
    // Everything comes at least once, in order; the file is written when a page is handled.
    await new FeedReader(client, new FileCheckpoint(Setting("CURSOR_FILE", "cursor"))).ReadToEndAsync((e, _) =>
    {
        Print(e);
        return Task.CompletedTask;
    });
    return;
}

var address = $"http://127.0.0.1:{Setting("PORT", "9001")}";
// Made once: who starts again goes on with the same subscription, and what happened meanwhile comes now.
var file = Setting("SUBSCRIPTION_FILE", "subscription");
var mine = File.Exists(file) ? JsonSerializer.Deserialize<Mine>(await File.ReadAllTextAsync(file)) : null;
var verifier = mine is null ? null : new WebhookVerifier(mine.Secret);
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders(); // What is printed here are the events.
var app = builder.Build();
app.MapPost("/hooks", async (HttpRequest request) =>
{
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body); // The bytes as they came: they are what is signed.
    string? Header(string name) => request.Headers[name];
    var fault = verifier is null
        ? "There is no secret yet."
        : verifier.FaultOf(body.ToArray(), Header(WebhookVerifier.IdHeader), Header(WebhookVerifier.TimestampHeader), Header(WebhookVerifier.SignatureHeader));
    if (fault is not null)
        return Results.Text(fault, statusCode: 401);
    Print(CxEvent.Parse(body.ToArray()));
    return Results.NoContent(); // Within 15 seconds; what takes longer is done afterwards.
});
app.Urls.Add(address);
await app.StartAsync();

if (mine is null)
{
    string[] everything = ["*"];
    var made = await PostAsync("/v1/subscriptions", new { url = address + "/hooks", types = everything });
    mine = new(made.GetProperty("subscription").GetProperty("id").GetString()!, made.GetProperty("secret").GetString()!); // Which is told this once.
    verifier = new WebhookVerifier(mine.Secret);
    await File.WriteAllTextAsync(file, JsonSerializer.Serialize(mine));
}
// Now that the address listens: it gets a test event, and deliveries begin when that is answered.
await PostAsync($"/v1/subscriptions/{mine.Id}/activate", new { });
Console.WriteLine("ready");
await app.WaitForShutdownAsync();

async Task<JsonElement> PostAsync(string path, object content)
{
    using var response = await client.PostAsJsonAsync(path, content);
    return response.IsSuccessStatusCode
        ? await response.Content.ReadFromJsonAsync<JsonElement>()
        : throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
}

static void Print(CxEvent e) => Console.WriteLine(e.Facts switch
{
    CaseOpenedFacts opened => $"{e.Type} {e.Subject} by {opened.Channel}",
    PromiseMadeFacts promise => $"{e.Type} {e.Subject} due {promise.Due:u}",
    _ => $"{e.Type} {e.Subject}", // Of a type of a later version e.Data has the facts.
});

internal sealed record Mine(string Id, string Secret);
