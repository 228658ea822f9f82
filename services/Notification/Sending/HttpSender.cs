using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Webhooks.Delivery;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>Hands messages of a channel to a provider of the operator's own: JSON by POST, signed as Standard Webhooks, under the same id at every attempt.</summary>
internal sealed class HttpSender(Channel channel, IHttpClientFactory clients, MailComposer composer, IOptions<NotificationOptions> options, TimeProvider clock) : ISender
{
    public const string Client = "message-provider";

    private readonly Uri _url = options.Value.Http[channel.ToString()].Url!;
    private readonly byte[] _key = Signature.KeyOf(options.Value.Http[channel.ToString()].Secret!)!;

    public Channel Channel => channel;

    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken ct)
    {
        Mail? mail = null;
        if (channel == Channel.Email)
        {
            var composed = await composer.ComposeAsync(message, ct);
            if (composed.Bytes is null)
                return new SendResult.Permanent(composed.Fault!);
            mail = new(composed.ReturnPath, message.Content.Subject, composed.Bytes);
        }
        using var request = Request(message, mail);
        using var client = clients.CreateClient(Client);
        using var response = await client.SendAsync(request, ct);
        var answer = await Answers.ReadAsync(response, ct);
        if (response.IsSuccessStatusCode)
            return new SendResult.Sent(Answers.Member(answer, "id"));
        var reason = Reasons.Clean($"{(int)response.StatusCode} {Answers.Member(answer, "error")}");
        var after = Answers.RetryAfter(response, clock.GetUtcNow());
        return Answers.IsOurs(response.StatusCode) ? new SendResult.Transient(reason, after, Ours: true)
            // The same id is being worked on, or it is too early.
            : response.StatusCode is HttpStatusCode.Conflict or (HttpStatusCode)425 ? new SendResult.Transient(reason, after)
            : new SendResult.Permanent(reason, Answers.Member(answer, "noSuchAddress") == bool.TrueString);
    }

    private HttpRequestMessage Request(OutgoingMessage message, Mail? mail)
    {
        var content = message.Content;
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new Handed(
                message.Id, channel, message.To.Address, content.RecipientName, content.Sender, content.Text, message.Template, message.CaseId, content.AutoSubmitted,
                message.CreatedAt, content.LastContactAt, content.AnswersContact, mail),
            EventTypes.Json);
        var (id, timestamp) = (message.Id.ToString(), clock.GetUtcNow().ToUnixTimeSeconds());
        var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", id);
        request.Headers.TryAddWithoutValidation("webhook-id", id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", Signature.Of([_key], id, timestamp, body));
        return request;
    }

    /// <param name="Id">The same at every attempt.</param>
    /// <param name="LastContactAt">When the customer last wrote on the channel.</param>
    /// <param name="AnswersContact">The contact that a public post answers; everybody reads it.</param>
    private sealed record Handed(
        Guid Id, Channel Channel, string To, string? ToName, string From, string Text, string Template, Guid? CaseId, string? AutoSubmitted, DateTimeOffset CreatedAt,
        DateTimeOffset? LastContactAt, Guid? AnswersContact, Mail? Mail);

    /// <param name="ReturnPath">The envelope's sender; empty for the null path.</param>
    /// <param name="Mime">The whole message, ready to be handed to a server.</param>
    private sealed record Mail(string ReturnPath, string Subject, byte[] Mime);
}
