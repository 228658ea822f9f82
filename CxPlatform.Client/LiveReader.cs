using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace CxPlatform.Client;

/// <summary>Follows the live stream (server-sent events), and goes on after the last event whenever the connection ends.</summary>
/// <param name="client">With the platform as <see cref="HttpClient.BaseAddress"/> and a key with the scope <c>events</c> as <c>Authorization: Bearer</c>.</param>
/// <param name="query">Which events; all when null.</param>
/// <param name="clock">What the waits go by.</param>
public sealed class LiveReader(HttpClient client, EventQuery? query = null, TimeProvider? clock = null)
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>A connection on which nothing comes for so long is dead: the platform says every 15 seconds that it is there.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Events as they happen, until cancelled.</summary>
    /// <param name="after">A cursor to begin after, of a page of the feed or of <see cref="CxEvent.Cursor"/>; from now on when null.</param>
    /// <param name="ct">Ends the following.</param>
    public async IAsyncEnumerable<CxEvent> FollowAsync(string? after = null, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var backoff = new Backoff(_clock);
        var cursor = after;
        while (true)
        {
            // What is thrown in here is looked at here; a loop with yield cannot catch.
            await using var connection = new Connection(client, (query ?? new()).Write("v1/events/stream"), Silence, _clock);
            while (await connection.NextAsync(cursor, ct) is { } e)
            {
                backoff.Succeeded();
                cursor = e.Cursor;
                yield return e;
            }
            cursor = connection.Cursor ?? cursor;
            await backoff.WaitAsync(ct);
        }
    }

    private sealed class Connection(HttpClient client, string path, TimeSpan silence, TimeProvider clock) : IAsyncDisposable
    {
        private HttpResponseMessage? _response;
        private SseParser<CxEvent>? _parser;
        private IAsyncEnumerator<SseItem<CxEvent>>? _events;

        /// <summary>Where to go on.</summary>
        public string? Cursor { get; private set; }

        /// <summary>Null when the connection has ended.</summary>
        public async Task<CxEvent?> NextAsync(string? after, CancellationToken ct)
        {
            try
            {
                _events ??= await OpenAsync(after, ct);
                bool isThere;
                try
                {
                    isThere = await _events.MoveNextAsync();
                }
                finally
                {
                    // An id comes alone as well, to say where the stream begins and how far it has got: also when it breaks after that.
                    if (_parser!.LastEventId is { Length: > 0 } id)
                        Cursor = id;
                }
                return isThere ? _events.Current.Data with { Cursor = Cursor } : null;
            }
            catch (CxApiException e) when (e.Oldest is not null)
            {
                Cursor = e.Oldest;
                return null;
            }
            catch (Exception e) when (Backoff.MayPass(e, ct))
            {
                return null;
            }
        }

        private async Task<IAsyncEnumerator<SseItem<CxEvent>>> OpenAsync(string? after, CancellationToken ct)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Accept.ParseAdd("text/event-stream");
            if (after is not null)
                request.Headers.Add("Last-Event-ID", after);
            _response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            await CxApiException.ThrowIfRefusedAsync(_response, ct);
            var stream = new NoSilence(await _response.Content.ReadAsStreamAsync(ct), silence, clock);
            _parser = SseParser.Create(stream, (_, data) => CxEvent.Parse(data));
            return _parser.EnumerateAsync(ct).GetAsyncEnumerator(ct);
        }

        public async ValueTask DisposeAsync()
        {
            if (_events is not null)
                await _events.DisposeAsync();
            _response?.Dispose();
        }
    }

    /// <summary>A stream whose reads end when nothing comes for too long.</summary>
    private sealed class NoSilence(Stream inner, TimeSpan silence, TimeProvider clock) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var limit = new CancellationTokenSource(silence, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            return await inner.ReadAsync(buffer, both.Token);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
