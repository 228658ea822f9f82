namespace CxPlatform.Routing;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The default team and queue cannot be looked up yet ({Reason}); trying again")]
    public static partial void FirstStartWaits(this ILogger log, string reason);
}
