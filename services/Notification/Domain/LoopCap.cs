namespace CxPlatform.Notifications.Domain;

/// <summary>Stops two machines from answering each other: at most 10 automatic messages per case and recipient in 10 minutes.</summary>
internal static class LoopCap
{
    public const int Messages = 10;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>Counts a message that is about to be written; false when it would be one too many.</summary>
    public static bool Admit(Conversation conversation, string recipient, DateTimeOffset now)
    {
        if (!conversation.AutomaticAt.TryGetValue(recipient, out var times))
            conversation.AutomaticAt[recipient] = times = [];
        times.RemoveAll(time => time <= now - Window);
        if (times.Count >= Messages)
            return false;
        times.Add(now);
        return true;
    }
}
