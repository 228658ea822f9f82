using CxPlatform.Contracts;
using CxPlatform.Mail;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>A mail as bytes, or why it can never be one.</summary>
/// <param name="ReturnPath">The envelope's sender; empty for the null path (RFC 5321 section 4.5.5).</param>
internal sealed record ComposedMail(byte[]? Bytes, string ReturnPath, string? Fault = null);

/// <summary>Turns a message into a mail that can be answered: it comes from a name and an address that people read, its answer names the case.</summary>
internal sealed class MailComposer(IOptions<MailOptions> options, Links links, IBlobs blobs, TimeProvider clock)
{
    /// <summary>What servers commonly take, before the base64 that adds a third.</summary>
    private const long MostAttached = 18 * 1024 * 1024;

    public async Task<ComposedMail> ComposeAsync(OutgoingMessage message, CancellationToken ct)
    {
        var content = message.Content;
        var domain = links.MailDomain;
        var from = $"{options.Value.From}@{domain}";
        if (content.Attachments.Sum(attachment => attachment.Size) > MostAttached)
            return new(null, "", $"The attachments are larger than {MostAttached / 1024 / 1024} MB together.");
        var attachments = new List<OutboundAttachment>();
        foreach (var attachment in content.Attachments)
        {
            await using var blob = await blobs.OpenAsync(attachment.Blob, ct);
            if (blob is null)
                return new(null, "", "An attachment is not stored any more.");
            var bytes = new MemoryStream((int)attachment.Size);
            await blob.CopyToAsync(bytes, ct);
            attachments.Add(new(attachment.Name, attachment.ContentType, bytes.ToArray()));
        }
        try
        {
            var mail = new OutboundMail
            {
                From = new(content.Sender, from),
                ReplyTo = [new(content.Sender, content.ReplyToken is null ? from : $"case+{content.ReplyToken}@{domain}")],
                To = [content.WrittenTo is { } written ? new(written.Name, written.Address) : new(content.RecipientName, message.To.Address)],
                Cc = [.. content.Cc.Select(person => new MailAddress(person.Name, person.Address))],
                Subject = content.Subject,
                Date = clock.GetUtcNow(),
                MessageId = content.MessageId ?? throw new ArgumentException("A mail has a Message-ID."),
                InReplyTo = content.References is [.., var last] ? last : null,
                References = content.References,
                AutoSubmitted = content.AutoSubmitted,
                ExtraHeaders = [.. Headers(content)],
                Text = content.Text,
                Html = content.Html,
                Attachments = attachments,
            };
            return new(MimeWriter.Write(mail), content.NullReturnPath ? "" : content.ReplyToken is null ? from : $"bounce+{content.ReplyToken}@{domain}");
        }
        catch (ArgumentException e)
        {
            return new(null, "", Reasons.Clean($"It cannot be written as a mail: {e.Message}"));
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Headers(MessageContent content)
    {
        // Exchange and its kin answer automatic mail unless told not to.
        if (content.AutoSubmitted is not null)
            yield return new("X-Auto-Response-Suppress", "OOF, AutoReply");
        if (content.ChoicesLink is null)
            yield break;
        yield return new("List-Unsubscribe", $"<{content.ChoicesLink}>");
        yield return new("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    }
}
