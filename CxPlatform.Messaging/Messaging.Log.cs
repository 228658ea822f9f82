using Microsoft.Extensions.Logging;

namespace CxPlatform.Messaging;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "{Module}: {Handler} is run again after attempt {Attempt} ({Reason})")]
    public static partial void WorkRetried(this ILogger log, string module, string handler, int attempt, string reason);

    [LoggerMessage(2, LogLevel.Warning, "{Module}: events from {Source} wait: attempt {Attempt} failed for a passing reason")]
    public static partial void BatchRetried(this ILogger log, WordlessException e, string module, string source, int attempt);

    [LoggerMessage(3, LogLevel.Error, "{Module}: parked {Type} {EventId} of {Stream} from {Source}; later events of that stream wait behind it")]
    public static partial void EventParked(this ILogger log, WordlessException e, string module, string type, Guid eventId, string stream, string source);

    [LoggerMessage(4, LogLevel.Information, "{Module}: this process leads (fence {Fence})")]
    public static partial void LeadershipTaken(this ILogger log, string module, long fence);

    [LoggerMessage(5, LogLevel.Warning, "{Module}: this process no longer leads")]
    public static partial void LeadershipLost(this ILogger log, string module);

    [LoggerMessage(6, LogLevel.Warning, "{Module}: relay to {Target} waits: attempt {Attempt} failed")]
    public static partial void RelayRetried(this ILogger log, WordlessException e, string module, string target, int attempt);

    [LoggerMessage(7, LogLevel.Warning, "{Module}: {Loop} failed and starts again")]
    public static partial void LoopRestarted(this ILogger log, WordlessException e, string module, string loop);

    [LoggerMessage(8, LogLevel.Error, "{Module}: timer {Type} of {Order} failed and is parked")]
    public static partial void TimerParked(this ILogger log, WordlessException e, string module, string type, string order);

    [LoggerMessage(9, LogLevel.Critical, "{Module}: the log was restored to an older state; a new epoch begins and readers are told")]
    public static partial void LogRestored(this ILogger log, string module);

    [LoggerMessage(10, LogLevel.Information, "{Module}: re-drove {Count} parked events, {Left} remain")]
    public static partial void Redriven(this ILogger log, string module, int count, int left);
}
