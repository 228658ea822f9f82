using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Cases.Timers;

/// <summary>A case's timers are commands to it: whether one still applies is the case's to decide.</summary>
internal sealed class OnTimers(CaseStore store, ILogger<OnTimers> log)
    : IHandleTimer<AcknowledgeByDefault>, IHandleTimer<PromiseNear>, IHandleTimer<PromiseDue>, IHandleTimer<ProposalSilence>,
        IHandleTimer<CloseDue>, IHandleTimer<ClockDue>, IHandleTimer<ReplyDue>, IHandleTimer<ReminderTime>
{
    public Task HandleAsync(AcknowledgeByDefault timer, TimerContext context, CancellationToken ct) => ActAsync(timer, ct);

    public Task HandleAsync(PromiseNear timer, TimerContext context, CancellationToken ct) => ActAsync(timer, ct);

    public Task HandleAsync(PromiseDue timer, TimerContext context, CancellationToken ct) => ActAsync(timer, ct);

    public Task HandleAsync(ProposalSilence timer, TimerContext context, CancellationToken ct) => ActAsync(timer, ct);

    public Task HandleAsync(CloseDue timer, TimerContext context, CancellationToken ct) => ActAsync(timer, ct);

    public Task HandleAsync(ClockDue timer, TimerContext context, CancellationToken ct) => ActAsync(timer, ct);

    public Task HandleAsync(ReplyDue timer, TimerContext context, CancellationToken ct) => ActAsync(timer, ct);

    public Task HandleAsync(ReminderTime timer, TimerContext context, CancellationToken ct) => ActAsync(timer, ct);

    private async Task ActAsync(TimedCommand timer, CancellationToken ct)
    {
        var done = await store.ActAsync(timer.CaseId, timer, ct);
        if (done.IsRefused)
            log.NotDone(timer.CaseId, timer.GetType().Name, "timer", done.Refusal.Code);
    }
}
