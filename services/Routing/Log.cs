namespace CxPlatform.Routing;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The default team and queue cannot be looked up yet ({Reason}); trying again")]
    public static partial void FirstStartWaits(this ILogger log, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The shared sets of agents' cases are behind ({Reason}); they will be built again")]
    public static partial void LoadsNotShared(this ILogger log, string reason);

    [LoggerMessage(3, LogLevel.Debug, "The depths of the queues could not be read ({Reason})")]
    public static partial void DepthsUnread(this ILogger log, string reason);
}
