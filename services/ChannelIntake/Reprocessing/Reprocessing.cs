using System.Globalization;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Reprocessing;

/// <param name="Everything">Also what was understood; else only what was not.</param>
/// <param name="Since">Only what was stored since then.</param>
internal sealed record ReprocessRequest(bool Everything = false, DateTimeOffset? Since = null);

/// <summary>After an upgrade: reads what could not be read, and if asked everything, again.</summary>
internal static class Reprocessing
{
    public static IServiceCollection AddReprocessing(this IServiceCollection services) =>
        services.AddScoped<ReprocessContacts>().AddSingleton<IHostCommand, IntakeCommand>();

    public static void MapReprocessing(this IEndpointRouteBuilder app) => app.MapPost(
        "/v1/intake/admin/reprocess", async (ReprocessRequest? request, Work<IntakeDb> work, CancellationToken ct) =>
        {
            var asked = new Reprocess(request?.Everything ?? false, request?.Since ?? DateTimeOffset.UnixEpoch, Guid.Empty);
            await work.RunAsync<Unit<IntakeDb>, Done>(
                async (unit, token) =>
                {
                    await unit.Db.Arrivals.ExecuteUpdateAsync(set => set.SetProperty(row => row.Due, unit.Now), token);
                    unit.Schedule($"reprocess/{Guid.CreateVersion7(unit.Now)}", "reprocess", asked, unit.Now);
                    return Done.Value;
                },
                ct);
            return TypedResults.Accepted("/v1/intake/admin/reconciliation");
        })
        .RequireAuthorization(Policies.Admin).WithTags("Operations").Produces(StatusCodes.Status202Accepted)
        .WithName("Reprocess")
        .WithSummary("Reads again what failed or was not understood, or everything since a time. Contacts keep their ids. Goes on by itself.");
}

/// <summary><c>intake reprocess</c>, whether or not the platform is running.</summary>
internal sealed class IntakeCommand(PendingArrivals pending, Work<IntakeDb> work) : IHostCommand
{
    private const string Usage = """
        intake reprocess [--all] [--since TIME]

        Reads what could not be read, and contacts that were not understood; with --all every mail again. TIME: 2026-11-25 or 2026-11-25T08:00:00Z.
        """;

    public string Word => "intake";

    public async Task<int> RunAsync(string[] words, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        if (words is not ["reprocess", .. var options] || Read(options) is not { } asked)
        {
            await errors.WriteLineAsync(Usage);
            return 2;
        }
        var (read, left) = await pending.RunAsync(everything: true, ct);
        await output.WriteLineAsync($"{read} arrivals that waited were read, {left} still wait.");
        var (looked, changed) = (0, 0);
        for (Reprocess? next = asked; next is not null;)
        {
            var done = await work.RunAsync<ReprocessContacts, Reprocessed>((contacts, token) => contacts.HandleAsync(next, token), ct);
            (looked, changed, next) = (looked + done.Looked, changed + done.Changed, done.Next);
        }
        await output.WriteLineAsync($"{looked} contacts were read again, {changed} of them are understood otherwise now.");
        return left == 0 ? 0 : 1;
    }

    private static Reprocess? Read(string[] options)
    {
        var asked = new Reprocess(false, DateTimeOffset.UnixEpoch, Guid.Empty);
        for (var i = 0; i < options.Length; i++)
        {
            if (options[i] == "--all")
                asked = asked with { Everything = true };
            else if (options[i] == "--since" && i + 1 < options.Length && DateTimeOffset.TryParse(
                options[++i], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since))
                asked = asked with { Since = since };
            else
                return null;
        }
        return asked;
    }
}
