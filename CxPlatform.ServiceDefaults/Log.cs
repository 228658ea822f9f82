using CxPlatform.Messaging;
using Microsoft.Extensions.Logging;

namespace CxPlatform.ServiceDefaults;

internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Warning, "A request to {Route} could not be served: {Reason}.")]
    public static partial void RequestUnavailable(ILogger logger, string reason, string route);

    [LoggerMessage(1002, LogLevel.Error, "A request to {Route} failed.")]
    public static partial void RequestFailed(ILogger logger, WordlessException exception, string route);

    [LoggerMessage(1003, LogLevel.Warning, "API keys and agents could not be read ({Reason}); what was known before stays in force.")]
    public static partial void AccessUnreadable(ILogger logger, string reason);

    [LoggerMessage(1004, LogLevel.Warning, "Redis cannot be reached ({Reason}): limits and presence are this process's own until it is back.")]
    public static partial void RedisAway(ILogger logger, string reason);

    [LoggerMessage(1005, LogLevel.Information, "Redis is back.")]
    public static partial void RedisBack(ILogger logger);

    [LoggerMessage(1006, LogLevel.Information, "A sign-in was refused: {Reason}.")]
    public static partial void SignInRefused(ILogger logger, string reason);

    [LoggerMessage(1007, LogLevel.Debug, "The database of {Module} is up to date.")]
    public static partial void Migrated(ILogger logger, string module);
}
