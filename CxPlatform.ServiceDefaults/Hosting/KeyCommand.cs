using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ServiceDefaults;

/// <summary><c>key create|list|revoke</c>, in AllInOne and in Routing's host, whether or not the platform is running.</summary>
internal static class KeyCommand
{
    private const string Usage = """
        key create --name NAME [--scope SCOPE]... [--role agent|lead|admin]
        key list
        key revoke KEY_ID

        Scopes: intake, events, cases:read, cases:write, admin. With a role the key is a person's and opens the desk.
        """;

    public static async Task<int> RunAsync(IServiceProvider services, string[] words, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        if (services.GetService<IKeyStore>() is not { } store)
            throw new ConfigurationFaultException("keys are kept by Routing: run this with AllInOne or with the routing service.");
        switch (words)
        {
            case ["create", .. var options]:
                return await CreateAsync(store, options, output, errors, ct);
            case ["list"]:
                await ListAsync(store, output, ct);
                return 0;
            case ["revoke", var keyId]:
                if (await store.RevokeAsync(keyId, ct))
                {
                    await output.WriteLineAsync($"Key {keyId} is revoked; every service knows within five seconds.");
                    return 0;
                }
                await errors.WriteLineAsync($"There is no key {keyId}. See: key list");
                return 1;
            default:
                await errors.WriteLineAsync(Usage);
                return 2;
        }
    }

    private static async Task<int> CreateAsync(IKeyStore store, string[] options, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        string? name = null, role = null;
        var scopes = new List<string>();
        for (var i = 0; i < options.Length; i++)
        {
            var value = i + 1 < options.Length ? options[i + 1] : null;
            switch (options[i])
            {
                case "--name" when value is not null:
                    name = value;
                    break;
                case "--role" when value is not null && Roles.All.Contains(value):
                    role = value;
                    break;
                case "--scope" when value is not null && value.Split(',').All(Scopes.All.Contains):
                    scopes.AddRange(value.Split(','));
                    break;
                default:
                    await errors.WriteLineAsync($"'{string.Join(' ', options.Skip(i).Take(2))}' is not understood.\n\n{Usage}");
                    return 2;
            }
            i++;
        }
        if (name is null || scopes.Count == 0 && role is null)
        {
            await errors.WriteLineAsync(name is null ? $"A key needs a --name.\n\n{Usage}" : $"A key needs a --scope or a --role.\n\n{Usage}");
            return 2;
        }
        // The key alone goes to the output, so that a script can take it.
        await errors.WriteLineAsync("The key, shown this once:");
        await output.WriteLineAsync(await store.CreateAsync(name, scopes, role, ct));
        return 0;
    }

    private static async Task ListAsync(IKeyStore store, TextWriter output, CancellationToken ct)
    {
        var keys = await store.ListAsync(ct);
        var width = Math.Max(4, keys.Select(k => k.Name.Length).DefaultIfEmpty().Max());
        await output.WriteLineAsync($"{"ID",-10}  {"NAME".PadRight(width)}  {"CREATED",-10}  {"STATE",-7}  MAY");
        foreach (var key in keys)
            await output.WriteLineAsync(
                $"{key.KeyId,-10}  {key.Name.PadRight(width)}  {key.CreatedAt:yyyy-MM-dd}  {(key.RevokedAt is null ? "active" : "revoked"),-7}  "
                + string.Join(' ', key.Scopes) + (key.AgentName is null ? "" : $" (signs in as {key.AgentName})"));
    }
}
