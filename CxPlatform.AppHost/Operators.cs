using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace CxPlatform.AppHost;

/// <summary>What people who run the platform need: an admin key, and buttons in the dashboard for what they do.</summary>
/// <param name="AdminKey">While running here: the key itself, shown in the dashboard; also good for signing in to the desk.</param>
/// <param name="AdminKeyHash">When published: its hash, so that the deployed environment never holds the key.</param>
internal sealed record Operators(IResourceBuilder<ParameterResource>? AdminKey, IResourceBuilder<ParameterResource>? AdminKeyHash)
{
    public static Operators Add(IDistributedApplicationBuilder builder) => builder.ExecutionContext.IsRunMode
        ? new(builder.AddParameter("admin-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true), null)
        : new(null, builder.AddParameter("admin-key-hash", secret: true));

    /// <summary>Authorises a dashboard command.</summary>
    public async Task AuthoriseAsync(HttpCommandRequestContext context)
    {
        if (AdminKey is not null)
            context.Request.Headers.Add("X-Api-Key", await AdminKey.Resource.GetValueAsync(context.CancellationToken));
    }
}

internal static class OperatorsExtensions
{
    /// <summary>Lets the admin key in before any other key was created.</summary>
    public static IResourceBuilder<ProjectResource> WithAdminKey(this IResourceBuilder<ProjectResource> service, Operators operators) =>
        operators.AdminKeyHash is { } hash
            ? service.WithEnvironment("Cx__BootstrapAdminKeyHash", hash)
            : service.WithEnvironment(async context =>
            {
                var key = await operators.AdminKey!.Resource.GetValueAsync(context.CancellationToken) ?? "";
                context.EnvironmentVariables["Cx__BootstrapAdminKeyHash"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
            });

    /// <summary>Handles again the events that the service could not handle, after their cause was mended.</summary>
    public static IResourceBuilder<ProjectResource> WithRedriveCommand(this IResourceBuilder<ProjectResource> service, Operators operators) =>
        service.WithHttpCommand(
            path: $"/v1/{service.Resource.Name}/admin/parked/redrive",
            displayName: "Re-drive parked events",
            endpointName: "http",
            commandName: "redrive-parked",
            commandOptions: new HttpCommandOptions
            {
                Description = "Handles the parked events again, in order. Mend their cause first.",
                ConfirmationMessage = "Handle all parked events of this service again?",
                IconName = "ArrowClockwise",
                PrepareRequest = operators.AuthoriseAsync,
            });

    /// <summary>Sends a contact as a customer would, to see it become a case.</summary>
    public static IResourceBuilder<ProjectResource> WithTestContactCommand(this IResourceBuilder<ProjectResource> intake, Operators operators) =>
        intake.WithHttpCommand(
            path: "/v1/contacts",
            displayName: "Send a test contact",
            endpointName: "http",
            commandName: "send-test-contact",
            commandOptions: new HttpCommandOptions
            {
                Description = "Hands in a contact of a made-up customer. Look for its case on the desk.",
                IconName = "MailAdd",
                IsHighlighted = true,
                PrepareRequest = async context =>
                {
                    await operators.AuthoriseAsync(context);
                    context.Request.Content = new StringContent(TestContact(), Encoding.UTF8, "application/json");
                },
            });

    static string TestContact() => JsonSerializer.Serialize(new
    {
        channel = "api",
        providerId = $"apphost-{Guid.NewGuid():N}",
        from = new { value = "ada@example.org", name = "Ada Example" },
        subject = "Where is my parcel?",
        text = "Hello, my order 4711 should have been here on Monday. Can you tell me where it is? Thank you, Ada",
    });
}
