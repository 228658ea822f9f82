namespace CxPlatform.Notifications.Domain;

/// <summary>Stops machines from answering each other: so many automatic messages per case and recipient in so much time, and no more.</summary>
internal static class LoopCap
{
    public static readonly IReadOnlyList<(int Messages, TimeSpan Window)> Limits =
    [
        (10, TimeSpan.FromMinutes(10)),
        (15, TimeSpan.FromMinutes(30)),
        (25, TimeSpan.FromMinutes(60)),
        (50, TimeSpan.FromMinutes(180)),
        (100, TimeSpan.FromMinutes(600)),
    ];

    /// <summary>What every case together may send automatically to one address in a day.</summary>
    public static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>Counts a message that is about to be written; false when it would be one too many.</summary>
    public static bool Admit(Conversation conversation, string recipient, DateTimeOffset now)
    {
        if (!conversation.AutomaticAt.TryGetValue(recipient, out var times))
            conversation.AutomaticAt[recipient] = times = [];
        times.RemoveAll(time => time <= now - Limits[^1].Window);
        foreach (var (messages, window) in Limits)
        {
            // Oldest first: the one that many back is still inside of the window when there are that many in it.
            if (times.Count >= messages && times[^messages] > now - window)
                return false;
        }
        times.Add(now);
        return true;
    }
}

/// <summary>Receipts for what joins a case ("this is part of it now"). A machine that nobody recognised answers each of them: so the first reply
/// after a person spoke is confirmed, the next one only half an hour later, and then ever more seldom.</summary>
/// <param name="Count">Receipts since a person of ours last spoke to them.</param>
internal sealed record Receipts(int Count, DateTimeOffset Last)
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(30);

    public static bool Admit(Conversation conversation, string recipient, DateTimeOffset now)
    {
        var before = conversation.Receipts.GetValueOrDefault(recipient);
        if (before is not null && now < before.Last + (First * Math.Pow(2, Math.Min(before.Count - 1, 20))))
            return false;
        conversation.Receipts[recipient] = new((before?.Count ?? 0) + 1, now);
        return true;
    }
}
