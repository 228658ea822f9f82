using System.Text.Json.Serialization;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Chat;

/// <summary>What a visitor says.</summary>
/// <param name="Text">At most 10,000 characters.</param>
/// <param name="Id">The line's own id, a UUID: said twice, it is stored once.</param>
/// <param name="Name">At most 200 characters; with the first line.</param>
/// <param name="Email">Where the answer goes once the visitor has left; may come with any line.</param>
/// <param name="Language">BCP 47; guessed from the text when absent.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ChatLineRequest(string Text, Guid? Id = null, string? Name = null, string? Email = null, string? Language = null);

/// <param name="Raw">The body that it came as.</param>
internal sealed record ChatWords(ChatLineRequest Line, ReadOnlyMemory<byte> Raw);

/// <param name="N">The last line that the visitor has seen.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ChatReadRequest(int N);

/// <param name="Token">Opens this conversation until <paramref name="ExpiresAt"/>: whoever has it is the visitor.</param>
internal sealed record ChatOpened(string Token, DateTimeOffset ExpiresAt, ChatLine Line);

/// <summary>Makes contacts of what visitors say, and lines of the contacts.</summary>
internal sealed class ChatAdapter(
    ContactIntake intake, Work<IntakeDb> work, Tokens tokens, IOptions<IntakeOptions> options)
{
    private const int MostText = 10_000;
    private static readonly Refusal Gone = new("chat-gone", "This conversation is over. Please open a new one.");

    public Outcome<ChatToken> Read(string? token) =>
        tokens.TryReadChat(token, out var chat) ? chat
        : chat.IsExpired ? Gone
        : new Refusal("chat-unauthenticated", "X-Chat-Token must be the token of a conversation.");

    public async Task<Outcome<ChatOpened>> OpenAsync(ChatWords said, string pageLanguage, CancellationToken ct)
    {
        var request = said.Line;
        if (Check(request) is { } refusal)
            return refusal;
        var id = intake.NewId();
        var name = Clean.Line(request.Name, Limits.Name);
        // Everybody may type any address: a visitor is somebody new until a member of staff knows better.
        var handle = $"chat:{request.Id ?? id:n}";
        var stored = await intake.AcceptAsync(
            Arrival(said, id, handle, Identities.Address(request.Email)) with
            {
                Name = name,
                Language = request.Language ?? Language.Guess(request.Text) ?? pageLanguage,
            },
            ct);
        if (stored.IsRefused)
            return stored.Refusal;
        var chat = new ChatRow
        {
            Id = stored.Value.ContactId,
            CustomerId = stored.Value.CustomerId ?? Guid.Empty,
            Handle = handle,
            Name = name,
            Address = Identities.Address(request.Email),
            CreatedAt = intake.Now,
        };
        var line = await work.RunAsync<ChatBook, ChatLine?>((book, token) => book.OpenAsync(chat, Line(chat.Id, request, chat.Id), token), ct);
        var expiry = intake.Now + options.Value.Chat.Lifetime;
        return line is null ? Gone : new ChatOpened(tokens.Chat(chat.Id, expiry), expiry, line);
    }

    public async Task<Outcome<ChatLine>> SayAsync(Guid chatId, ChatWords said, CancellationToken ct)
    {
        var request = said.Line;
        if (Check(request) is { } refusal)
            return refusal;
        var chat = await work.ReadAsync((db, token) => db.Chats.FirstOrDefaultAsync(row => row.Id == chatId, token), ct);
        if (chat is null)
            return Gone;
        var address = Identities.Address(request.Email) ?? chat.Address;
        var stored = await intake.AcceptAsync(
            Arrival(said, intake.NewId(), chat.Handle, address) with
            {
                Name = chat.Name,
                Language = request.Language,
                // The conversation's token names its case.
                Evidence = [new(EvidenceKind.Explicit, chatId.ToString(), chatId)],
            },
            ct);
        if (stored.IsRefused)
            return stored.Refusal;
        if (address is not null && address != chat.Address)
            await work.RunAsync<ChatBook, Done>((book, token) => book.SetAddressAsync(chatId, address, token), ct);
        var line = await work.RunAsync<ChatBook, ChatLine?>(
            (book, token) => book.AddAsync(Line(chatId, request, stored.Value.ContactId), token), ct);
        return line is null ? Gone : line;
    }

    private Arrival Arrival(ChatWords said, Guid id, string handle, string? address) => new()
    {
        ContactId = id,
        Channel = Channel.Chat,
        ProviderId = $"chat:{said.Line.Id ?? id}",
        ReceivedAt = intake.Now,
        From = new(IdentityKind.Handle, handle),
        AnswerTo = address,
        Text = Clean.Text(said.Line.Text),
        Raw = said.Raw,
        RawType = "application/json",
    };

    private ChatLineRow Line(Guid chatId, ChatLineRequest request, Guid contactId) => new()
    {
        ChatId = chatId,
        Key = $"line:{request.Id ?? contactId}",
        Text = Clean.Text(request.Text),
        At = intake.Now,
    };

    private static Refusal? Check(ChatLineRequest request) => new InputErrors()
        .Required("text", request.Text).MaxLength("text", request.Text, MostText)
        .MaxLength("name", request.Name, Limits.Name)
        .Check(string.IsNullOrWhiteSpace(request.Email) || Identities.Address(request.Email) is not null,
            "email", "must be an email address such as name@example.com.")
        .Check(request.Language is null || Language.IsTag(request.Language), "language", "must be a language tag (BCP 47), such as de or pt-BR.")
        .ToRefusal();
}
