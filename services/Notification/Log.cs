using CxPlatform.Messaging;

namespace CxPlatform.Notifications;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "A {Template} on case {CaseId} was not written: too many automatic messages to the same recipient; another machine may be answering")]
    public static partial void LoopStopped(this ILogger log, string template, Guid caseId);

    [LoggerMessage(2, LogLevel.Warning, "Messages wait: looking for them failed")]
    public static partial void ClaimFailed(this ILogger log, WordlessException e);

    [LoggerMessage(3, LogLevel.Warning, "The result of message {MessageId} waits to be recorded")]
    public static partial void RecordFailed(this ILogger log, WordlessException e, Guid messageId);

    [LoggerMessage(12, LogLevel.Error, "Message {MessageId} was not carried; it is claimed again when its claim ends")]
    public static partial void CarryFailed(this ILogger log, WordlessException e, Guid messageId);

    [LoggerMessage(4, LogLevel.Information, "An attempt at message {MessageId} failed ({Fault}) and is made again later")]
    public static partial void AttemptFailed(this ILogger log, string fault, Guid messageId);

    [LoggerMessage(EventId = 5, Message = "Mail is written to {Folder} and reaches nobody: no SMTP host is configured (Cx:Mail:Smtp:Host)")]
    public static partial void MailToFolder(this ILogger log, LogLevel level, string folder);

    [LoggerMessage(13, LogLevel.Warning, "Mail waits, for there is no access token for the relay: {Reason}")]
    public static partial void NoAccessToken(this ILogger log, string reason);

    [LoggerMessage(6, LogLevel.Warning, "A survey asks about case {CaseId}, which is not known here; it is not sent")]
    public static partial void SurveyWithoutCase(this ILogger log, Guid caseId);

    [LoggerMessage(EventId = 7, Message = "Text messages are written to {Folder} and reach nobody: no provider is configured (Cx:Notification:Twilio:AccountSid)")]
    public static partial void TextsToFolder(this ILogger log, LogLevel level, string folder);

    [LoggerMessage(EventId = 19, Message = "The public answer {MessageId} is written to {Folder}: somebody has to post it")]
    public static partial void PostToFolder(this ILogger log, LogLevel level, Guid messageId, string folder);

    [LoggerMessage(8, LogLevel.Warning, "Webhooks wait: the database could not be read or written")]
    public static partial void WebhooksWait(this ILogger log, WordlessException e);

    [LoggerMessage(20, LogLevel.Warning, "Subscription {SubscriptionId} is {State}: it gets nothing until somebody resumes it")]
    public static partial void SubscriptionStopped(this ILogger log, Guid subscriptionId, Storage.SubscriptionState state);

    [LoggerMessage(9, LogLevel.Error, "Deliveries for subscription {SubscriptionId} broke off and begin again")]
    public static partial void DeliveryBroke(this ILogger log, WordlessException e, Guid subscriptionId);

    [LoggerMessage(11, LogLevel.Warning, "Agents are not told live at this moment: the database could not be read")]
    public static partial void NoticesNotSeen(this ILogger log, WordlessException e);

    [LoggerMessage(10, LogLevel.Warning, "The published templates could not be read; the words in use stay")]
    public static partial void TemplatesNotRead(this ILogger log, WordlessException e);

    [LoggerMessage(14, LogLevel.Warning, "Version {Version} of the template {Template} in {Language} is published and cannot be rendered any more; the words below it count")]
    public static partial void TemplateLeftOut(this ILogger log, string template, string language, int version);
}
