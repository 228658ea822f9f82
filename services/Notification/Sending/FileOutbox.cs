using System.Globalization;
using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Notifications.Domain;

namespace CxPlatform.Notifications.Sending;

/// <summary>Where messages are written that no provider takes: <c>&lt;utc&gt;-&lt;message id&gt;.eml</c> and <c>.txt</c>. The same message always
/// has the same name, so that one that is written twice is there once.</summary>
internal sealed class OutboxFolder(string path, bool production)
{
    /// <summary>In production a message that reaches nobody is worth a warning.</summary>
    public LogLevel Concern { get; } = production ? LogLevel.Warning : LogLevel.Debug;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public async Task WriteAsync(OutgoingMessage message, string extension, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        Directory.CreateDirectory(Path);
        var name = $"{message.CreatedAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture)}-{message.Id:n}{extension}";
        var draft = System.IO.Path.Combine(Path, "." + name);
        // Written beside and renamed: whoever watches the folder never reads half a message.
        await File.WriteAllBytesAsync(draft, content, ct);
        File.Move(draft, System.IO.Path.Combine(Path, name), overwrite: true);
    }
}

/// <summary>Mail into the folder, as it would have been sent.</summary>
internal sealed class FileMailSender : ISender
{
    private readonly OutboxFolder _folder;
    private readonly MailComposer _composer;

    public FileMailSender(OutboxFolder folder, MailComposer composer, ILogger<FileMailSender> log)
    {
        (_folder, _composer) = (folder, composer);
        log.MailToFolder(folder.Concern, folder.Path);
    }

    public Channel Channel => Channel.Email;

    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken ct)
    {
        var mail = await _composer.ComposeAsync(message, ct);
        if (mail.Bytes is null)
            return new SendResult.Permanent(mail.Fault!);
        await _folder.WriteAsync(message, ".eml", mail.Bytes, ct);
        return new SendResult.Sent(null);
    }
}

/// <summary>Public answers into the folder, for whoever posts them: whose post, which contact it was, an empty line, the words.</summary>
internal sealed class FilePostSender(OutboxFolder folder, ILogger<FilePostSender> log) : ISender
{
    public Channel Channel => Channel.Social;

    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken ct)
    {
        log.PostToFolder(folder.Concern, message.Id, folder.Path);
        await folder.WriteAsync(
            message, ".post.txt", Encoding.UTF8.GetBytes($"To: {message.To.Address}\nContact: {message.Content.AnswersContact}\n\n{message.Content.Text}\n"), ct);
        return new SendResult.Sent(null);
    }
}

/// <summary>Text messages into the folder: the number, an empty line, the words.</summary>
internal sealed class FileSmsSender : ISender
{
    private readonly OutboxFolder _folder;

    public FileSmsSender(OutboxFolder folder, ILogger<FileSmsSender> log)
    {
        _folder = folder;
        log.TextsToFolder(folder.Concern, folder.Path);
    }

    public Channel Channel => Channel.Sms;

    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken ct)
    {
        await _folder.WriteAsync(message, ".txt", Encoding.UTF8.GetBytes($"To: {message.To.Address}\n\n{message.Content.Text}\n"), ct);
        return new SendResult.Sent(null);
    }
}
