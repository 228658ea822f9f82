using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

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
        private Watched? _stream;
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
                if (await _events.MoveNextAsync())
                {
                    if (_parser!.LastEventId is { Length: > 0 } id)
                        Cursor = id;
                    return _events.Current.Data with { Cursor = Cursor };
                }
            }
            catch (CxApiException e) when (e.Oldest is not null)
            {
                Cursor = e.Oldest;
                return null;
            }
            catch (Exception e) when (Backoff.MayPass(e, ct))
            {
                // It is over, as when it ends.
            }
            // An id comes alone as well, to say where the stream begins and how far it has got: also when it breaks after that.
            if (_stream?.LastId is { Length: > 0 } last)
                Cursor = last;
            return null;
        }

        private async Task<IAsyncEnumerator<SseItem<CxEvent>>> OpenAsync(string? after, CancellationToken ct)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Accept.ParseAdd("text/event-stream");
            if (after is not null)
                request.Headers.Add("Last-Event-ID", after);
            _response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            await CxApiException.ThrowIfRefusedAsync(_response, ct);
            _stream = new(await _response.Content.ReadAsStreamAsync(ct), silence, clock);
            _parser = SseParser.Create(_stream, (_, data) => CxEvent.Parse(data));
            return _parser.EnumerateAsync(ct).GetAsyncEnumerator(ct);
        }

        public async ValueTask DisposeAsync()
        {
            if (_events is not null)
                await _events.DisposeAsync();
            _response?.Dispose();
        }
    }

    /// <summary>A stream whose reads end when nothing comes for too long, and that knows the last id which came whole. The parser takes one up with its line: an
    /// event that breaks off behind that would be passed over.</summary>
    private sealed class Watched(Stream inner, TimeSpan silence, TimeProvider clock) : Stream
    {
        private const int LongestId = 1000;

        private readonly List<byte> _line = [];
        private string? _id;
        private bool _afterReturn;

        /// <summary>With the empty line that ends what it stands for.</summary>
        public string? LastId { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var limit = new CancellationTokenSource(silence, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var count = await inner.ReadAsync(buffer, both.Token);
            Look(buffer.Span[..count]);
            return count;
        }

        private void Look(ReadOnlySpan<byte> bytes)
        {
            foreach (var next in bytes)
            {
                var (isEnd, isSecond) = (next is (byte)'\n' or (byte)'\r', next == '\n' && _afterReturn);
                _afterReturn = next == '\r';
                if (isEnd && !isSecond)
                    EndLine();
                else if (!isEnd && _line.Count < LongestId)
                    _line.Add(next);
            }
        }

        private void EndLine()
        {
            if (_line.Count == 0)
                LastId = _id;
            else if (CollectionsMarshal.AsSpan(_line) is var line && line.StartsWith("id:"u8))
                _id = Encoding.UTF8.GetString(line[(line.StartsWith("id: "u8) ? 4 : 3)..]);
            _line.Clear();
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
