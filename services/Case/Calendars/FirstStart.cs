using CxPlatform.Cases.Clocks;
using CxPlatform.Cases.Promises;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using Microsoft.Extensions.Options;

namespace CxPlatform.Cases.Calendars;

/// <summary>Writes the default calendar once, when the database is there, and looks whether the targets are new
/// and whether promises have their rows.</summary>
internal sealed class FirstStart(Work<CaseDb> work, IOptions<CaseOptions> options, ILogger<FirstStart> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await work.RunAsync<ChangeCalendar, Outcome<CalendarChanged>>(
                    (handler, ct) => handler.HandleFirstAsync(options.Value.Calendar(), ct), stoppingToken);
                await work.RunAsync<FollowPolicy, Outcome<Done>>((handler, ct) => handler.HandleAsync(ct), stoppingToken);
                await work.RunAsync<BeginIndex, Outcome<Done>>((handler, ct) => handler.HandleAsync(ct), stoppingToken);
                return;
            }
#pragma warning disable CA1031 // The database may come later than this host; cases use the configured calendar until then.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                log.CalendarNotWritten(e.GetType().Name);
                await Task.Delay(TimeSpan.FromSeconds(2), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
