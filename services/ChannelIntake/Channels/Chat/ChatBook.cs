using System.Collections.Concurrent;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Channels.Chat;

/// <summary>A line as both sides see it.</summary>
/// <param name="N">Its place; also the id of its server-sent event.</param>
/// <param name="Mine">The visitor's own, rather than ours.</param>
/// <param name="Name">Who of us speaks.</param>
internal sealed record ChatLine(int N, bool Mine, string? Name, string Text, DateTimeOffset At)
{
    public static ChatLine Of(ChatLineRow row) => new(row.N, row.MessageId is null, row.MessageId is null ? null : row.Name, row.Text, row.At);
}

/// <summary>Writes conversations. What a visitor says is a contact first, and then a line: this is only how it is shown.</summary>
internal sealed class ChatBook(Unit<IntakeDb> unit, ChatSignals signals)
{
    // Long enough to ask again when the answer was lost; afterwards the first line's id opens nothing.
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(10);

    /// <returns>The first line; null when it opened the conversation long ago.</returns>
    public async Task<ChatLine?> OpenAsync(ChatRow chat, ChatLineRow line, CancellationToken ct)
    {
        if (await unit.Db.Chats.FirstOrDefaultAsync(row => row.Id == chat.Id, ct) is { } opened)
            return opened.CreatedAt < unit.Now - Again ? null : await AddAsync(line, ct);
        unit.Db.Chats.Add(chat);
        await unit.Db.SaveChangesAsync(ct);
        return await AddAsync(line, ct);
    }

    /// <returns>The line, or the one that was written before under its key; null when the conversation does not exist (any more).</returns>
    public async Task<ChatLine?> AddAsync(ChatLineRow line, CancellationToken ct)
    {
        // Whoever counts up holds the row until the commit: lines get their places one after the other.
        if (await unit.Db.Chats.Where(row => row.Id == line.ChatId)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Lines, row => row.Lines + 1), ct) == 0)
            return null;
        if (await unit.Db.ChatLines.FirstOrDefaultAsync(row => row.ChatId == line.ChatId && row.Key == line.Key, ct) is { } written)
            return ChatLine.Of(written);
        line.N = await unit.Db.Chats.Where(row => row.Id == line.ChatId).Select(row => row.Lines).SingleAsync(ct);
        unit.Db.ChatLines.Add(line);
        await unit.Db.SaveChangesAsync(ct);
        unit.OnCommitted(() => signals.Set(line.ChatId));
        return ChatLine.Of(line);
    }

    public async Task<Done> SetAddressAsync(Guid chatId, string address, CancellationToken ct)
    {
        await unit.Db.Chats.Where(row => row.Id == chatId).ExecuteUpdateAsync(set => set.SetProperty(row => row.Address, address), ct);
        return Done.Value;
    }

    /// <summary>The visitor has seen everything up to a line: our messages among it need not go by mail.</summary>
    public async Task<Done> ReadAsync(Guid chatId, int upTo, CancellationToken ct)
    {
        var lines = await unit.Db.ChatLines.AsTracking()
            .Where(row => row.ChatId == chatId && row.N <= upTo && row.MessageId != null && row.ReadAt == null).OrderBy(row => row.N)
            .ToListAsync(ct);
        foreach (var line in lines)
        {
            line.ReadAt = unit.Now;
            unit.AppendNext("chat/" + chatId, new NewEvent(new ChatReplyRead(chatId, line.MessageId!.Value, unit.Now)));
        }
        return Done.Value;
    }

    public async Task EraseAsync(IReadOnlyList<Guid> customers, CancellationToken ct)
    {
        var chats = unit.Db.Chats.Where(row => customers.Contains(row.CustomerId));
        await unit.Db.ChatLines.Where(line => chats.Any(row => row.Id == line.ChatId)).ExecuteDeleteAsync(ct);
        await chats.ExecuteDeleteAsync(ct);
    }
}

/// <summary>Wakes those who wait for a conversation's next line in this process; other replicas look every now and then.</summary>
internal sealed class ChatSignals
{
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _waiting = [];

    /// <summary>Take it before looking, await it after finding nothing.</summary>
    public Task Next(Guid chat) =>
        _waiting.GetOrAdd(chat, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Set(Guid chat)
    {
        if (_waiting.TryRemove(chat, out var waiting))
            waiting.TrySetResult();
    }
}
