using CxPlatform.Messaging;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Intake;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "A contact on channel {Channel} could not be stored ({Error}); its sender was told to come again")]
    public static partial void NotStored(this ILogger logger, WordlessException exception, string channel, string error);

    [LoggerMessage(2, LogLevel.Warning, "A mail could not be understood ({Error}); it is kept whole as a contact")]
    public static partial void MailNotUnderstood(this ILogger logger, string error);

    [LoggerMessage(4, LogLevel.Error, "What came in on channel {Channel} could not be read (attempt {Attempt}: {Error}); it is kept and tried again")]
    public static partial void NotRead(this ILogger logger, WordlessException exception, string channel, int attempt, string error);

    [LoggerMessage(8, LogLevel.Warning, "What came in on channel {Channel} could not be understood (attempt {Attempt}: {Fault}); it is kept and tried again")]
    public static partial void NotUnderstood(this ILogger logger, string channel, int attempt, string fault);

    [LoggerMessage(9, LogLevel.Warning, "Media kept by {Provider} could not be fetched ({Error}); the contact waits for it a while")]
    public static partial void MediaNotFetched(this ILogger logger, string provider, string error);

    [LoggerMessage(10, LogLevel.Warning, "Media of {Provider} is at a host that nothing is fetched from: add it to Cx:Intake:Media:Hosts if it is right")]
    public static partial void MediaNotAllowed(this ILogger logger, string provider);

    [LoggerMessage(5, LogLevel.Warning, "What waits to be read could not be looked for ({Error}); it is tried again")]
    public static partial void PendingNotLooked(this ILogger logger, string error);

    [LoggerMessage(6, LogLevel.Warning, "The spam scanner did not answer ({Error}); the mail goes on without it")]
    public static partial void ScannerFailed(this ILogger logger, string error);

    [LoggerMessage(7, LogLevel.Error, "Channel {Channel} does not add up in the hour from {Hour}: {Missing} contacts are missing")]
    public static partial void NotBalanced(this ILogger logger, string channel, DateTimeOffset hour, long missing);

    [LoggerMessage(3, LogLevel.Warning, "A webhook of {Provider} came without a valid signature")]
    public static partial void SignatureRefused(this ILogger logger, string provider);
}
