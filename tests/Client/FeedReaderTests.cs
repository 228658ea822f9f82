using CxPlatform.Testing;
using Microsoft.AspNetCore.Http;

namespace CxPlatform.Client.Tests;

public sealed class FeedReaderTests
{
    [Fact]
    public async Task Every_page_is_handled_and_then_remembered_in_the_file()
    {
        using var folder = new TempFolder();
        await using var server = await ScriptedServer.StartAsync((context, _) => context.Request.Query["after"].ToString() switch
        {
            "" => ScriptedServer.PageAsync(context, "c2", true, 1, 2),
            "c2" => ScriptedServer.PageAsync(context, "c3", false, 3),
            _ => ScriptedServer.PageAsync(context, "c3", false),
        });
        var checkpoint = new FileCheckpoint(folder["cursor"]);
        var read = new List<string>();
        Task HandleAsync(CxEvent e, CancellationToken ct)
        {
            read.Add($"{e.Id} at {(File.Exists(folder["cursor"]) ? File.ReadAllText(folder["cursor"]) : "the beginning")}");
            return Task.CompletedTask;
        }
        await new FeedReader(server.Client, checkpoint, new() { Types = ["cx.case.*"], Tags = ["a b&c"] }).ReadToEndAsync(HandleAsync);
        await new FeedReader(server.Client, checkpoint).ReadToEndAsync(HandleAsync);

        Assert.Equal(["e1 at the beginning", "e2 at the beginning", "e3 at c2"], read);
        Assert.Equal("c3", await checkpoint.LoadAsync(default));
        Assert.Equal("GET /v1/events?limit=100&type=cx.case.%2A&tag=a%20b%26c", server.Requests[0]);
        Assert.Equal("GET /v1/events?after=c3&limit=100", server.Requests[^1]);
    }

    [Fact]
    public async Task What_a_handler_could_not_do_comes_again()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.PageAsync(context, "c2", false, 1, 2));
        var checkpoint = new Memory();
        var reader = new FeedReader(server.Client, checkpoint);
        var failures = 0;
        var read = new List<string>();
        Task HandleAsync(CxEvent e, CancellationToken ct)
        {
            read.Add(e.Id);
            return e.Id == "e2" && failures++ == 0 ? throw new TimeoutException("The ledger does not answer.") : Task.CompletedTask;
        }

        // Also while running: what the handler throws is the handler's, however passing it may look.
        await Assert.ThrowsAsync<TimeoutException>(() => reader.RunAsync(HandleAsync, default));
        Assert.Null(checkpoint.Cursor);
        await reader.ReadToEndAsync(HandleAsync);
        Assert.Equal(["e1", "e2", "e1", "e2"], read);
    }

    [Fact]
    public async Task Faults_that_pass_are_waited_out_and_new_events_are_asked_for()
    {
        var clock = new SteppedTime(DateTimeOffset.UnixEpoch);
        await using var server = await ScriptedServer.StartAsync((context, n) => n switch
        {
            1 => ScriptedServer.ProblemAsync(context, 503, "unavailable"),
            2 => Task.Run(context.Abort),
            3 => ScriptedServer.PageAsync(context, "c1", false, 1),
            4 => ScriptedServer.PageAsync(context, "c1", false),
            _ => ScriptedServer.PageAsync(context, "c2", false, 2),
        });
        var read = new List<string>();
        using var enough = new CancellationTokenSource();
        var running = new FeedReader(server.Client, new Memory(), clock: clock).RunAsync(
            (e, ct) =>
            {
                read.Add(e.Id);
                return e.Id == "e2" ? enough.CancelAsync() : Task.CompletedTask;
            },
            enough.Token);
        await Eventually.Async(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.True(running.IsCompleted);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(["e1", "e2"], read);
    }

    [Fact]
    public async Task A_cursor_that_is_gone_is_told_and_reading_goes_on_from_the_oldest()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => context.Request.Query["after"].ToString() == "lost"
            ? ScriptedServer.ProblemAsync(context, 410, "cursor-gone", ",\"oldest\":\"c0\"")
            : ScriptedServer.PageAsync(context, "c1", false, 1));
        var told = new List<string>();
        var read = new List<string>();
        var checkpoint = new Memory { Cursor = "lost" };
        await new FeedReader(server.Client, checkpoint) { CursorGone = told.Add }.ReadToEndAsync((e, _) =>
        {
            read.Add(e.Id);
            return Task.CompletedTask;
        });
        Assert.Equal(["410 cursor-gone: Why."], told);
        Assert.Equal(["e1"], read);
        Assert.Equal("c1", checkpoint.Cursor);
    }

    [Fact]
    public async Task A_refusal_is_told_with_its_code()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.ProblemAsync(context, 403, "forbidden"));
        var refused = await Assert.ThrowsAsync<CxApiException>(() => new FeedReader(server.Client, new Memory()).RunAsync((_, _) => Task.CompletedTask, default));
        Assert.Equal(("forbidden", 403), (refused.Code, (int)refused.Status));
    }

    [Fact]
    public async Task The_platform_keeps_a_checkpoint_and_whoever_is_slower_leaves_it()
    {
        var cursor = "";
        await using var server = await ScriptedServer.StartAsync(async (context, n) =>
        {
            if (context.Request.Method == "PUT")
            {
                using var body = new StreamReader(context.Request.Body);
                cursor = await body.ReadToEndAsync();
                await (n > 2 ? ScriptedServer.ProblemAsync(context, 409, "checkpoint-behind") : context.Response.WriteAsync("{}"));
            }
            else
            {
                await ScriptedServer.ProblemAsync(context, 404, "checkpoint-not-found");
            }
        });
        var checkpoint = new ServerCheckpoint(server.Client, "my app");
        Assert.Null(await checkpoint.LoadAsync(default));
        await checkpoint.SaveAsync("c1", default);
        await checkpoint.SaveAsync("c0", default);
        Assert.Equal("""{"cursor":"c0"}""", cursor);
        Assert.Equal("PUT /v1/events/checkpoints/my%20app", server.Requests[1]);
    }

    private sealed class Memory : ICheckpoint
    {
        public string? Cursor { get; set; }

        public Task<string?> LoadAsync(CancellationToken ct) => Task.FromResult(Cursor);

        public Task SaveAsync(string cursor, CancellationToken ct)
        {
            Cursor = cursor;
            return Task.CompletedTask;
        }
    }
}
