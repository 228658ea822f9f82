using CxPlatform.Messaging;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Intake;

internal static partial class Log
{
    [LoggerMessage(40, LogLevel.Information, "Mail servers are listened for on port {Port} of {Address}")]
    public static partial void SmtpListens(this ILogger logger, string address, int port);

    [LoggerMessage(41, LogLevel.Error, "A mail that came over SMTP could not be stored ({Error}); its sender was told to come again")]
    public static partial void SmtpDeferred(this ILogger logger, WordlessException exception, string error);
}
