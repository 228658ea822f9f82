using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using CxPlatform.AppHost;
using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(args);
var running = builder.ExecutionContext.IsRunMode;

// What an installation is given. Generated secrets are kept in this project's user secrets, so that they survive a restart.
// 44 letters and digits are base64 of 33 bytes: every token, cookie and stored secret hangs on this key.
var masterKey = builder.AddParameter("master-key", new GenerateParameterDefault { MinLength = 44, Special = false }, secret: true, persist: true);
var publicUrl = builder.AddParameter("public-url");
var dataPath = running
    ? builder.AddParameter("data-path", Path.GetFullPath("../.data/aspire", builder.AppHostDirectory))
    : builder.AddParameter("data-path");
var operators = Operators.Add(builder);

// Servers: containers, or existing ones where ConnectionStrings:<name> says so.
var messaging = Server("messaging", () => builder.AddRabbitMQ("messaging")
    .WithManagementPlugin()
    .WithDataVolume("cxplatform-messaging")
    .WithLifetime(ContainerLifetime.Persistent)
    .WithUrlForEndpoint("management", url => url.DisplayText = "RabbitMQ management"));

var cache = Server("cache", () => builder.AddRedis("cache")
    .WithLifetime(ContainerLifetime.Persistent));

var postgres = new Lazy<IResourceBuilder<PostgresServerResource>>(() => builder.AddPostgres("postgres")
    .WithDataVolume("cxplatform-postgres")
    .WithLifetime(ContainerLifetime.Persistent));

// Five services; none calls another, each has a database of its own.
var intake = Service(builder.AddProject<Projects.ChannelIntake>("intake"))
    .WithUrlForEndpoint("http", url => url.DisplayText = "Contacts API")
    .WithTestContactCommand(operators);

var cases = Service(builder.AddProject<Projects.Case>("case"))
    .WithUrlForEndpoint("http", url => url.DisplayText = "Cases API");

var routing = Service(builder.AddProject<Projects.Routing>("routing"))
    .WithUrlForEndpoint("http", url => url.DisplayText = "Routing API");

var notification = Service(builder.AddProject<Projects.Notification>("notification"))
    .WithUrlForEndpoint("http", url => url.DisplayText = "Messages API");

var feedback = Service(builder.AddProject<Projects.Feedback>("feedback"))
    .WithUrlForEndpoint("http", url => url.DisplayText = "Surveys API");

// One address for everybody: the gateway sends each path to the service that owns it.
builder.AddYarp("gateway")
    .WithHostPort(5100)
    .WithExternalHttpEndpoints()
    .WithConfiguration(yarp =>
    {
        foreach (var service in (IResourceBuilder<ProjectResource>[])[intake, cases, routing, notification, feedback])
        {
            var cluster = yarp.AddCluster(service.GetEndpoint("http"));
            foreach (var prefix in Prefixes.Of[service.Resource.Name])
                yarp.AddRoute(Prefixes.Pattern(prefix), cluster);
        }
    })
    .WithUrlForEndpoint("http", url =>
    {
        url.DisplayText = "Desk";
        url.Url = "/desk";
    });

await builder.Build().RunAsync();

IResourceBuilder<IResourceWithConnectionString> Server(string name, Func<IResourceBuilder<IResourceWithConnectionString>> container) =>
    running && !string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(name))
        ? builder.AddConnectionString(name)
        : container();

IResourceBuilder<ProjectResource> Service(IResourceBuilder<ProjectResource> project)
{
    var name = project.Resource.Name;
    foreach (var server in (IResourceBuilder<IResourceWithConnectionString>[])[
        Server($"{name}db", () => postgres.Value.AddDatabase($"{name}db")), messaging, cache])
    {
        project.WithReference(server);
        // An existing server is not ours to wait for: the service retries, and says so in its health.
        if (server.Resource is not ParameterResource)
            project.WaitFor(server);
    }
    return project
        .WithEnvironment("Cx__MasterKey", masterKey)
        .WithEnvironment("Cx__PublicUrl", publicUrl)
        .WithEnvironment("Cx__Data__Path", dataPath)
        .WithEnvironment("Cx__Blobs__Path", $"{dataPath}/blobs")
        .WithAdminKey(operators)
        .WithHttpHealthCheck("/health")
        .WithRedriveCommand(operators);
}
