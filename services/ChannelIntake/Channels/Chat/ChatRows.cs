using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Channels.Chat;

/// <summary>A conversation in the chat. Its id is that of its first contact, and so of the case that this opened.</summary>
internal sealed class ChatRow
{
    public Guid Id { get; set; }
    public Guid CustomerId { get; set; }

    /// <summary>What the visitor is known by: nobody else has it.</summary>
    public string Handle { get; set; } = "";
    public string? Name { get; set; }

    /// <summary>Where the visitor wants the answer once they have left. Nobody checked that it is theirs.</summary>
    public string? Address { get; set; }

    /// <summary>Lines so far; counting them up is also what lets writers pass one after the other.</summary>
    public int Lines { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>What one of the two said.</summary>
internal sealed class ChatLineRow
{
    public Guid ChatId { get; set; }

    /// <summary>Rises within the conversation, with gaps.</summary>
    public int N { get; set; }

    /// <summary>Unique in the conversation: the visitor's own id of a line, or our message's.</summary>
    public string Key { get; set; } = "";

    /// <summary>The message of ours that it is; null for the visitor's lines.</summary>
    public Guid? MessageId { get; set; }
    public string? Name { get; set; }
    public string Text { get; set; } = "";
    public DateTimeOffset At { get; set; }

    /// <summary>When the visitor had it before their eyes.</summary>
    public DateTimeOffset? ReadAt { get; set; }
}

internal static class ChatModel
{
    public static void AddChat(this ModelBuilder model)
    {
        model.Entity<ChatRow>(e =>
        {
            e.ToTable("chats").HasKey(row => row.Id);
            e.Property(row => row.Id).ValueGeneratedNever();
            e.HasIndex(row => row.CustomerId);
        });
        model.Entity<ChatLineRow>(e =>
        {
            e.ToTable("chat_lines").HasKey(row => new { row.ChatId, row.N });
            e.HasIndex(row => new { row.ChatId, row.Key }).IsUnique();
        });
    }
}
