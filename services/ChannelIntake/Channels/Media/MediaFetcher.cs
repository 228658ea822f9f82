using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Media;

internal static class MediaSetup
{
    public static IServiceCollection AddMedia(this IServiceCollection services)
    {
        foreach (var provider in Enum.GetValues<MediaProvider>())
            services.AddCxHttpClient(MediaFetcher.ClientOf(provider), settings: new() { Retries = 2 });
        return services.AddSingleton<MediaFetcher>();
    }
}

/// <summary>Fetches what providers keep for us into the blob store, before its contact is told of. It does so where nobody waits for an
/// answer; what cannot be fetched for longer than <see cref="MediaOptions.Patience"/> is told of without.</summary>
internal sealed class MediaFetcher(
    IHttpClientFactory clients, IBlobs blobs, IOptions<IntakeOptions> options, TimeProvider clock, Metrics metrics, ILogger<MediaFetcher> log)
{
    private const int MostHops = 4;

    // For a whole file: the client's own deadline ends with the headers.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly MediaHosts _hosts = new(options.Value.Media.Hosts);

    /// <summary>One client per provider, so that the circuit of one that is down opens for itself alone.</summary>
    public static string ClientOf(MediaProvider provider) => $"media-{provider}";

    /// <summary>Whether there is anything to wait for.</summary>
    public bool Wants(IReadOnlyList<MediaFile> media) => media.Count > 0 && options.Value.Media.Fetch && media.Any(IsSetUp);

    /// <summary>With its media as attachments; null when it should wait for them a little longer.</summary>
    public async Task<Arrival?> FetchAsync(Arrival arrival, CancellationToken ct)
    {
        if (!Wants(arrival.Media))
            return arrival;
        var late = clock.GetUtcNow() - arrival.TakenAt >= options.Value.Media.Patience;
        var (attachments, warnings) = (arrival.Attachments.ToList(), arrival.Warnings.ToList());
        foreach (var (n, file) in arrival.Media.Index())
        {
            var (attachment, fault, passing) = IsSetUp(file) ? await TryAsync(file, ct) : new(null, "its provider is not set up.", false);
            metrics.Media(attachment is null ? "failed" : "fetched");
            if (attachment is not null)
                attachments.Add(attachment);
            else if (passing && !late)
                return null;
            else
                warnings.Add($"media: file {n + 1} could not be fetched: {fault}");
        }
        return arrival with { Attachments = attachments, Warnings = warnings };
    }

    private bool IsSetUp(MediaFile file) => file.Provider switch
    {
        MediaProvider.Twilio => file.Account is not null && !string.IsNullOrEmpty(options.Value.Twilio.AuthToken),
        MediaProvider.MetaId => !string.IsNullOrEmpty(options.Value.Meta.AccessToken),
        _ => true,
    };

    private async Task<Fetched> TryAsync(MediaFile file, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            var address = file.Provider == MediaProvider.MetaId
                ? await AddressOfAsync(file, patience.Token)
                : Uri.TryCreate(file.Reference, UriKind.Absolute, out var stated) ? stated : null;
            return address is null
                ? new(null, "its address is none.", false)
                : await GetAsync(file, address, patience.Token);
        }
        catch (TooLargeException)
        {
            return new(null, $"it is larger than {options.Value.Media.MaxSize} bytes.", false);
        }
#pragma warning disable CA1031 // Whatever went wrong with somebody else's server, the contact is worth more than its picture.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            log.MediaNotFetched(file.Provider.ToString(), e.GetType().Name);
            return new(null, "its provider did not answer.", true);
        }
    }

    private async Task<Uri?> AddressOfAsync(MediaFile file, CancellationToken ct)
    {
        if (!file.Reference.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            return null;
        var graph = new Uri(options.Value.Meta.GraphUrl.OriginalString.TrimEnd('/') + "/" + file.Reference);
        using var response = await SendAsync(file, graph, ct);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        using var answer = await JsonDocument.ParseAsync(body, default, ct);
        return Uri.TryCreate(answer.RootElement.Text("/url"), UriKind.Absolute, out var address) ? address : null;
    }

    private async Task<Fetched> GetAsync(MediaFile file, Uri address, CancellationToken ct)
    {
        for (var hop = 0; hop < MostHops; hop++)
        {
            if (!_hosts.MayFetch(file.Provider, address))
            {
                log.MediaNotAllowed(file.Provider.ToString());
                return new(null, "nothing is fetched from where it is.", false);
            }
            using var response = await SendAsync(file, address, ct);
            if ((int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } further)
            {
                address = new(address, further);
                continue;
            }
            response.EnsureSuccessStatusCode();
            return new(await KeepAsync(file, response.Content, ct), "", false);
        }
        return new(null, "it is sent on and on.", false);
    }

    private Task<HttpResponseMessage> SendAsync(MediaFile file, Uri address, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        // Nobody else is shown what opens the account.
        if (_hosts.MaySignIn(file.Provider, address))
            request.Headers.Authorization = file.Provider switch
            {
                MediaProvider.Twilio => new("Basic", Convert.ToBase64String(
                    Encoding.UTF8.GetBytes($"{file.Account}:{options.Value.Twilio.AuthToken}"))),
                MediaProvider.MetaId => new("Bearer", options.Value.Meta.AccessToken),
                _ => null,
            };
        return clients.CreateClient(ClientOf(file.Provider)).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    private async Task<Attachment> KeepAsync(MediaFile file, HttpContent content, CancellationToken ct)
    {
        if (content.Headers.ContentLength > options.Value.Media.MaxSize)
            throw new TooLargeException();
        await using var body = await content.ReadAsStreamAsync(ct);
        await using var bounded = new Bounded(body, options.Value.Media.MaxSize);
        var blob = await blobs.PutAsync(bounded, ct);
        var type = Clean.Line(content.Headers.ContentType?.MediaType, Limits.Name)
            ?? (MediaTypeHeaderValue.TryParse(file.ContentType, out var announced) ? announced.MediaType! : FileTypes.Octets);
        return new(Path.HasExtension(file.Name) ? file.Name : file.Name + FileTypes.Extension(type), type, blob.Size, blob.Hash);
    }

    /// <param name="Passing">It may be otherwise next time.</param>
    private sealed record Fetched(Attachment? Attachment, string Fault, bool Passing);

    private sealed class TooLargeException : IOException;

    /// <summary>Ends with an exception above its bound, whatever the length that was announced.</summary>
    private sealed class Bounded(Stream inner, long left) : Stream
    {
        private long _left = left;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            return (_left -= read) >= 0 ? read : throw new TooLargeException();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
