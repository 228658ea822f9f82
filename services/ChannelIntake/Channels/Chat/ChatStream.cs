using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Channels.Chat;

/// <summary>A conversation's lines, as server-sent events (WHATWG HTML, section 9.2): what was said, then what is being said.</summary>
internal sealed class ChatStream(Work<IntakeDb> work, ChatSignals signals, IHostApplicationLifetime lifetime)
{
    private const int Page = 200;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    // How long a line that another replica wrote may wait to be seen.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    public Task<List<ChatLine>> LinesAsync(Guid chatId, int after, CancellationToken ct) => work.ReadAsync(
        async (db, token) => (await db.ChatLines.Where(row => row.ChatId == chatId && row.N > after).OrderBy(row => row.N).Take(Page)
            .ToListAsync(token)).ConvertAll(ChatLine.Of),
        ct);

    public async Task<IResult> RunAsync(HttpContext context, Guid chatId, int after, DateTimeOffset until, TimeProvider clock)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var ct = ending.Token;
        var response = context.Response;
        try
        {
            await response.BeginEventsAsync(null, ct);
            var silent = TimeSpan.Zero;
            while (clock.GetUtcNow() < until)
            {
                var news = signals.Next(chatId);
                var lines = await LinesAsync(chatId, after, ct);
                foreach (var line in lines)
                    await response.WriteAsync($"event: line\nid: {line.N}\ndata: {JsonSerializer.Serialize(line, CxJson.Options)}\n\n", ct);
                if (lines.Count > 0)
                    after = lines[^1].N;
                else if (silent >= Heartbeat)
                    await response.WriteAsync(": still here\n\n", ct);
                silent = lines.Count > 0 || silent >= Heartbeat ? TimeSpan.Zero : silent + Poll;
                await response.Body.FlushAsync(ct);
                if (lines.Count < Page)
                    await Task.WhenAny(news, Task.Delay(Poll, ct));
                ct.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // They went away, or we do.
        }
        finally
        {
            signals.Set(chatId);
        }
        return TypedResults.Empty;
    }
}
