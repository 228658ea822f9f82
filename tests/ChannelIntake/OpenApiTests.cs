using System.Text.Json.Nodes;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class OpenApiTests
{
    [Fact]
    public async Task Every_address_is_described_with_what_it_takes_and_answers()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        using var response = await host.Client.GetAsync("/openapi/intake.json");
        var document = await IntakeHost.JsonAsync(response, 200);
        var operations = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject()
                .Select(operation => (Name: $"{operation.Key} {path.Key}", Operation: operation.Value!)))
            .ToDictionary(pair => pair.Name, pair => pair.Operation);
        Assert.All(operations, pair => Assert.False(string.IsNullOrEmpty((string?)pair.Value["summary"]), pair.Key));
        Assert.Equal(
            [
                "delete /v1/customers/{id}",
                "delete /v1/customers/{id}/identities",
                "delete /v1/intake/senders/{pattern}",
                "delete /v1/organisations/{id}",
                "get /v1/channels/chat/lines",
                "get /v1/channels/chat/stream",
                "get /v1/channels/meta",
                "get /v1/contacts",
                "get /v1/contacts/{id}",
                "get /v1/contacts/{id}/attachments/{n}",
                "get /v1/contacts/{id}/inline/{n}",
                "get /v1/contacts/{id}/raw",
                "get /v1/customers",
                "get /v1/customers/{id}",
                "get /v1/customers/{id}/contacts",
                "get /v1/customers/{id}/export",
                "get /v1/customers/{id}/preferences",
                "get /v1/customers/{id}/suggestions",
                "get /v1/intake/admin/reconciliation",
                "get /v1/intake/held",
                "get /v1/intake/mailboxes",
                "get /v1/intake/senders",
                "get /v1/intake/waiting",
                "get /v1/organisations",
                "get /v1/organisations/proposals",
                "get /v1/organisations/{id}",
                "patch /v1/customers/{id}",
                "post /v1/channels/chat",
                "post /v1/channels/chat/lines",
                "post /v1/channels/chat/read",
                "post /v1/channels/email",
                "post /v1/channels/email/preview",
                "post /v1/channels/meta",
                "post /v1/channels/sms/twilio",
                "post /v1/channels/staff",
                "post /v1/channels/voice/twilio",
                "post /v1/channels/web-form",
                "post /v1/channels/webhook/{source}",
                "post /v1/contacts",
                "post /v1/contacts/{id}/release",
                "post /v1/customers/{id}/merge",
                "post /v1/customers/{id}/suggestions/dismiss",
                "post /v1/customers/{id}/unmerge",
                "post /v1/intake/admin/reprocess",
                "post /v1/organisations",
                "post /v1/organisations/proposals/dismiss",
                "put /v1/customers/{id}/identities",
                "put /v1/customers/{id}/organisation",
                "put /v1/customers/{id}/preferences",
                "put /v1/intake/senders/{pattern}",
                "put /v1/organisations/{id}",
            ],
            operations.Keys.Where(name => !name.Contains("/parked", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains("message/rfc822", operations["post /v1/channels/email"]["requestBody"]!["content"]!.AsObject()
            .Select(content => content.Key));
        Assert.NotNull(operations["post /v1/contacts"]["responses"]!["202"]);
    }
}
