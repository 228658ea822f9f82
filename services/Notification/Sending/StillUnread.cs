using CxPlatform.Messaging;

namespace CxPlatform.Notifications.Sending;

/// <summary>A message that can only be read in the chat was not: the visitor never came back, and left no address.</summary>
[TimerType("notification.still-unread")]
internal sealed record StillUnread(Guid MessageId)
{
    /// <summary>As long as a conversation lasts.</summary>
    public static readonly TimeSpan After = TimeSpan.FromDays(3);
}
