using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace CxPlatform.Client;

/// <param name="Events">Oldest first.</param>
/// <param name="Next">The cursor to go on with.</param>
/// <param name="More">There are more already.</param>
public sealed record EventPage(IReadOnlyList<CxEvent> Events, string Next, bool More);

/// <summary>Reads the feed: every event, in order, at least once. What a handler throws ends the reading, and its page comes again.</summary>
/// <param name="client">With the platform as <see cref="HttpClient.BaseAddress"/> and a key with the scope <c>events</c> as <c>Authorization: Bearer</c>.</param>
/// <param name="checkpoint">Where to keep how far was read.</param>
/// <param name="query">Which events; all when null.</param>
/// <param name="clock">What the waits go by.</param>
public sealed class FeedReader(HttpClient client, ICheckpoint checkpoint, EventQuery? query = null, TimeProvider? clock = null)
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>The most events of one page, up to 1,000: as many are handled before the checkpoint is saved.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>How long to wait for more when there is none.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Hears of a cursor that is gone, with the reason, before reading goes on from the oldest event: ids that are known come again.</summary>
    public Action<string>? CursorGone { get; init; }

    /// <summary>One page after a cursor, and nothing else.</summary>
    /// <exception cref="CxApiException">The platform refuses, e.g. because the cursor is gone.</exception>
    public async Task<EventPage> ReadAsync(string? after, CancellationToken ct = default)
    {
        var path = (query ?? new()).Write("v1/events", ("after", after), ("limit", PageSize.ToString(CultureInfo.InvariantCulture)));
        using var response = await client.GetAsync(path, ct);
        await CxApiException.ThrowIfRefusedAsync(response, ct);
        var page = await response.Content.ReadFromJsonAsync<JsonElement>(ct);
        return new(
            [.. page.GetProperty("events").EnumerateArray().Select(CxEvent.Of)], page.GetProperty("next").GetString()!, page.GetProperty("more").GetBoolean());
    }

    /// <summary>Handles what there is, from the checkpoint on, and returns.</summary>
    public async Task ReadToEndAsync(Func<CxEvent, CancellationToken, Task> handle, CancellationToken ct = default)
    {
        var cursor = await checkpoint.LoadAsync(ct);
        for (var more = true; more;)
            (cursor, more) = await HandlePageAsync(cursor, handle, ct);
    }

    /// <summary>Handles what there is and what comes, until cancelled. Faults that pass are waited out.</summary>
    public async Task RunAsync(Func<CxEvent, CancellationToken, Task> handle, CancellationToken ct)
    {
        var backoff = new Backoff(_clock);
        string? cursor = null;
        var loaded = false;
        while (true)
        {
            var handling = false;
            try
            {
                if (!loaded)
                    (cursor, loaded) = (await checkpoint.LoadAsync(ct), true);
                (cursor, var more) = await HandlePageAsync(
                    cursor,
                    async (e, token) =>
                    {
                        handling = true;
                        await handle(e, token);
                        handling = false;
                    },
                    ct);
                backoff.Succeeded();
                if (!more)
                    await Task.Delay(Interval, _clock, ct);
            }
            catch (Exception e) when (!handling && Backoff.MayPass(e, ct))
            {
                await backoff.WaitAsync(ct);
            }
        }
    }

    private async Task<(string Cursor, bool More)> HandlePageAsync(string? cursor, Func<CxEvent, CancellationToken, Task> handle, CancellationToken ct)
    {
        EventPage page;
        try
        {
            page = await ReadAsync(cursor, ct);
        }
        catch (CxApiException e) when (e.Oldest is { } oldest && oldest != cursor)
        {
            CursorGone?.Invoke(e.Message);
            return (oldest, true);
        }
        foreach (var e in page.Events)
            await handle(e, ct);
        if (page.Next != cursor)
            await checkpoint.SaveAsync(page.Next, ct);
        return (page.Next, page.More);
    }
}
