using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace CxPlatform.AllInOne;

/// <summary>Says, once everything listens, where things are and what to try; makes the first key of a fresh installation.</summary>
internal sealed class Welcome(
    CxTopology topology, IKeyStore keys, IServer server, IOptions<PlatformOptions> options, IConfiguration configuration) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var first = await FirstKeyAsync(cancellationToken);
        await Console.Out.WriteLineAsync(Text(first));
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Whoever configured a bootstrap key has one already, and container logs are no place for another.
    private async Task<string?> FirstKeyAsync(CancellationToken ct) =>
        options.Value.BootstrapAdminKeyHash is not null || (await keys.ListAsync(ct)).Count > 0
            ? null
            : await keys.CreateAsync("Administrator", [Scopes.Admin], Roles.Admin, ct);

    private string Text(string? firstKey)
    {
        var address = (options.Value.PublicUrl?.AbsoluteUri ?? Listening()).TrimEnd('/');
        var key = firstKey ?? "$CX_KEY";
        var keyLine = firstKey is not null ? $"{firstKey}   shown this once; it signs in to the desk and opens the API"
            : options.Value.BootstrapAdminKeyHash is not null ? "the one whose hash is configured as Cx:BootstrapAdminKeyHash"
            : "was shown at the first start; ./cx key create --name NAME --scope admin --role admin makes another";
        var telemetry = configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } otlp ? $"\n  Telemetry  to {otlp}" : "";
        return $$"""

            CxPlatform is running. Ctrl-C stops it.

              Topology   {{Topology()}}
              Desk       {{address}}/desk
              API        {{address}}/v1   described in /openapi/intake.json, and case, routing, notification, feedback
              Admin key  {{keyLine}}
              Data       {{topology.DataPath}}
              Outbox     {{Path.Combine(topology.DataPath, "outbox")}}   what customers are sent, as long as no mail server is configured{{telemetry}}

            To try, in another terminal{{(firstKey is null ? " (with CX_KEY set to your key)" : "")}}:

              curl -s {{address}}/v1/contacts -H "Authorization: Bearer {{key}}" -H "Content-Type: application/json" \
                -d '{"from":{"kind":"emailAddress","value":"ada@example.com","name":"Ada"},"subject":"Broken lamp","text":"The lamp I bought on Monday does not light."}'

              printf 'From: Grace <grace@example.com>\r\nTo: help@example.com\r\nSubject: Where is my order?\r\n\r\nIt should have come on Friday.\r\n' |
                curl -s {{address}}/v1/channels/email -H "Authorization: Bearer {{key}}" -H "Content-Type: message/rfc822" --data-binary @-

              curl -s {{address}}/v1/events -H "Authorization: Bearer {{key}}"

            """;
    }

    private string Topology()
    {
        if (topology.IsEmbedded)
            return "one process on SQLite, in-process messaging and memory, because no ConnectionStrings are given";
        var databases = topology.Databases.Count == 0 ? "SQLite"
            : topology.Databases.Count == topology.Modules.Count ? "PostgreSQL"
            : $"PostgreSQL for {string.Join(", ", topology.Databases)} and SQLite for the rest";
        return $"one process on {databases}, {(topology.Messaging ? "RabbitMQ" : "in-process messaging")} and "
            + $"{(topology.Cache ? "Redis" : "memory")}, as the ConnectionStrings say";
    }

    private string Listening() =>
        server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?
            .Replace("*", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)
            .Replace("[::]", "127.0.0.1", StringComparison.Ordinal) ?? "http://127.0.0.1:5080";
}
