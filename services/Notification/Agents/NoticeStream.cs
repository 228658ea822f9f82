using System.Globalization;
using System.Text.Json;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Notifications.Agents;

/// <summary>Tells an agent live, as server-sent events (WHATWG HTML, section 9.2): <c>notice</c> with its number as the id, and <c>unread</c> when
/// that many are. Resumes after <c>Last-Event-ID</c>.</summary>
internal sealed class NoticeStream(NoticeWatch watch, NoticeReader reader, IHostApplicationLifetime lifetime)
{
    private const int Batch = 100;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public async Task<IResult> RunAsync(HttpContext http, Guid agent)
    {
        var asked = http.Request.Headers["Last-Event-ID"].ToString();
        long after = 0;
        if (asked.Length > 0 && !long.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out after))
            return Problems.Invalid("Last-Event-ID", "must be the id of an event of this stream, a number.");
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        var ct = ending.Token;
        try
        {
            using var watching = watch.Watch(agent);
            var newest = await reader.PageAsync(agent, false, null, 1, ct);
            var head = newest.Items.Count > 0 ? newest.Items[0].Number : 0;
            // A number from the future is from before a restore: what comes now is what counts.
            var last = asked.Length == 0 ? head : Math.Min(after, head);
            var response = http.Response;
            await response.BeginEventsAsync(null, ct);
            int? told = null;
            while (true)
            {
                var changed = watch.Now(agent).Changed;
                var page = await reader.AfterAsync(agent, last, Batch, ct);
                foreach (var item in page.Items)
                {
                    last = item.Number;
                    await response.WriteAsync($"id: {item.Number}\nevent: notice\ndata: {JsonSerializer.Serialize(item, CxJson.Options)}\n\n", ct);
                }
                if (page.Unread != told)
                    await response.WriteAsync($"event: unread\ndata: {JsonSerializer.Serialize(new UnreadNotices(page.Unread), CxJson.Options)}\n\n", ct);
                told = page.Unread;
                await response.Body.FlushAsync(ct);
                if (page.Items.Count == Batch)
                    continue;
                while (await Task.WhenAny(changed, Task.Delay(Heartbeat, TimeProvider.System, ct)) != changed)
                {
                    ct.ThrowIfCancellationRequested();
                    await response.WriteAsync(": still here\n\n", ct);
                    await response.Body.FlushAsync(ct);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return TypedResults.Empty; // They have gone, or we stop.
        }
    }
}
