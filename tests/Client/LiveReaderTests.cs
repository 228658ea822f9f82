using CxPlatform.Testing;
using Microsoft.AspNetCore.Http;

namespace CxPlatform.Client.Tests;

public sealed class LiveReaderTests
{
    [Fact]
    public async Task Whenever_the_connection_ends_following_goes_on_after_the_last_id_also_one_without_an_event()
    {
        var clock = new SteppedTime(DateTimeOffset.UnixEpoch);
        // Longer than all waits between connections together: only what is dead is taken for dead, however slow the machine.
        var silence = TimeSpan.FromDays(1);
        var isDead = false;
        await using var server = await ScriptedServer.StartAsync(async (context, n) =>
        {
            context.Response.ContentType = "text/event-stream";
            string Message(int i) => $"id: c{i}\nevent: cx.case.closed.v1\ndata: {ScriptedServer.Event(i)}\n\n";
            switch (n)
            {
                case 1:
                    await context.Response.WriteAsync(": connected\n\n" + Message(1) + "id: c5\n\n");
                    break;
                case 2:
                    await ScriptedServer.ProblemAsync(context, 503, "unavailable");
                    break;
                case 3:
                    // The reader has the id, and waits for the rest of the event, when the connection breaks.
                    var reads = clock.TimersMade;
                    await context.Response.WriteAsync(Message(6)[..40]);
                    await context.Response.Body.FlushAsync();
                    await Eventually.Async(() => Assert.Equal(reads + 2, clock.TimersMade));
                    context.Abort();
                    break;
                case 4:
                    await ScriptedServer.ProblemAsync(context, 410, "cursor-gone", ",\"oldest\":\"c3\"");
                    break;
                case 5:
                    // A connection that is dead: nothing comes, and it does not end.
                    await context.Response.WriteAsync(": connected\n\n");
                    await context.Response.Body.FlushAsync();
                    isDead = true;
                    await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                    break;
                default:
                    isDead = false;
                    await context.Response.WriteAsync(Message(6));
                    break;
            }
        });
        var read = new List<string>();
        async Task FollowAsync()
        {
            await foreach (var e in new LiveReader(server.Client, new() { Types = ["cx.case.closed.v1"] }, clock) { Silence = silence }.FollowAsync("c0"))
            {
                read.Add($"{e.Id} {e.Cursor}");
                if (read.Count == 2)
                    return;
            }
        }
        var following = FollowAsync();
        await Eventually.Async(() =>
        {
            clock.Advance(Volatile.Read(ref isDead) ? silence : TimeSpan.FromSeconds(20));
            Assert.True(following.IsCompleted);
        });
        await following;
        Assert.Equal(["e1 c1", "e6 c6"], read);
        const string path = "GET /v1/events/stream?type=cx.case.closed.v1 ";
        Assert.Equal([path + "c0", path + "c5", path + "c5", path + "c5", path + "c3", path + "c3"], server.Requests.Take(6));
    }

    [Fact]
    public async Task A_connection_that_is_dead_before_its_first_event_is_gone_on_from_where_it_began()
    {
        var clock = new SteppedTime(DateTimeOffset.UnixEpoch);
        await using var server = await ScriptedServer.StartAsync(async (context, n) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(n == 1 ? ": connected\nid: c7\n\n" : $"id: c8\nevent: cx.case.closed.v1\ndata: {ScriptedServer.Event(8)}\n\n");
            await context.Response.Body.FlushAsync();
            if (n == 1)
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        var read = new List<string>();
        async Task FollowAsync()
        {
            await foreach (var e in new LiveReader(server.Client, clock: clock).FollowAsync())
            {
                read.Add($"{e.Id} {e.Cursor}");
                return;
            }
        }
        var following = FollowAsync();
        // The second read waits: the first one had the id.
        await Eventually.Async(() => Assert.Equal(2, clock.TimersMade));
        await Eventually.Async(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(20));
            Assert.True(following.IsCompleted);
        });
        await following;
        Assert.Equal(["e8 c8"], read);
        Assert.Equal(["GET /v1/events/stream", "GET /v1/events/stream c7"], server.Requests.Take(2));
    }

    [Fact]
    public async Task A_refusal_ends_the_following()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.ProblemAsync(context, 401, "unauthenticated"));
        await Assert.ThrowsAsync<CxApiException>(async () =>
        {
            await foreach (var _ in new LiveReader(server.Client).FollowAsync())
                Assert.Fail("There is nothing.");
        });
    }
}
