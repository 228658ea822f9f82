using CxPlatform.Messaging;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Intake;

internal static partial class Log
{
    [LoggerMessage(50, LogLevel.Warning, "Mailbox {Mailbox} cannot be read ({Error}); it is tried again. /v1/intake/mailboxes says more")]
    public static partial void MailboxFailing(this ILogger logger, WordlessException? exception, string mailbox, string error);

    [LoggerMessage(51, LogLevel.Warning, "Message {Uid} of mailbox {Mailbox} is not stored after {Attempt} attempts; others go on")]
    public static partial void MailboxMessageFailed(this ILogger logger, string mailbox, long uid, int attempt);

    [LoggerMessage(52, LogLevel.Information, "Mailbox {Mailbox} is numbered anew by its server; all of it is compared with what is stored")]
    public static partial void MailboxRenumbered(this ILogger logger, string mailbox);

    [LoggerMessage(53, LogLevel.Warning, "Message {Uid} of mailbox {Mailbox} is stored and could not be marked or moved")]
    public static partial void MailboxNotSettled(this ILogger logger, string mailbox, long uid);
}
