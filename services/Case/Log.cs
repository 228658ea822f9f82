using Microsoft.Extensions.Logging;

namespace CxPlatform.Cases;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "Case {CaseId}: {Command} from {Source} was not done ({Code})")]
    public static partial void NotDone(this ILogger log, Guid caseId, string command, string source, string code);

    [LoggerMessage(2, LogLevel.Warning, "Waiting cases could not be counted ({Reason})")]
    public static partial void CountFailed(this ILogger log, string reason);

    [LoggerMessage(3, LogLevel.Information, "Customer {CustomerId} was erased from {Count} cases")]
    public static partial void CustomerErased(this ILogger log, Guid customerId, int count);

    [LoggerMessage(4, LogLevel.Warning, "The default calendar could not be written yet ({Reason})")]
    public static partial void CalendarNotWritten(this ILogger log, string reason);
}
