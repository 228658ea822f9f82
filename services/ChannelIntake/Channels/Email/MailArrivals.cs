using CxPlatform.Contracts;
using CxPlatform.Mail;
using CxPlatform.Messaging;

namespace CxPlatform.Intake.Channels.Email;

/// <summary>The one way in for mail, however it comes: its bytes and its envelope are durable first, and read then.</summary>
internal sealed class MailIntake(RawArrivals arrivals)
{
    public const string RawType = "message/rfc822";

    /// <summary>Durable when this answers; a refusal means that nothing was kept and the sender must come again.</summary>
    public Task<Outcome<Receipt>> TakeAsync(Stream mail, Envelope envelope, CancellationToken ct) =>
        TheOneAsync(arrivals.TakeAsync(MailArrivals.Reader, Channel.Email, RawType, mail, envelope, ct));

    // One mail is one contact.
    private static async Task<Outcome<Receipt>> TheOneAsync(Task<Outcome<List<Receipt>>> taken) =>
        await taken is var outcome && outcome.IsRefused ? outcome.Refusal : outcome.Value[0];
}

/// <summary>Makes an arrival of a kept mail: reads it, and puts its files into the blob store.</summary>
internal sealed class MailArrivals(MailReader reader, SpamFilter spam, IBlobs blobs) : IRawReader, IDisposable
{
    public const string Reader = "mail";

    // Files of a large mail are copied in pieces, but its text is in memory several times over: two at a time, more only wait.
    private readonly SemaphoreSlim _large = new(2);

    public string Name => Reader;

    public async Task<RawReading> ReadAsync(RawArrival raw, CancellationToken ct)
    {
        if (raw.RawBlob is null)
            return new([await ArrivalOf(raw, raw.Raw, ct)]);
        await _large.WaitAsync(ct);
        try
        {
            return new([await RawContent.UseAsync(null, raw.RawBlob, blobs, bytes => ArrivalOf(raw, bytes, ct), ct)]);
        }
        finally
        {
            _large.Release();
        }
    }

    public IEnumerable<RawPart> PartsOf(RawArrival raw, ReadOnlyMemory<byte> bytes)
    {
        var from = reader.Read(bytes, raw.Envelope).From;
        // Where the mail does not say who wrote it, its envelope may.
        if (from.Kind == IdentityKind.ExternalId && Identities.Address(raw.Envelope.Sender) is { } sender)
            from = new(IdentityKind.EmailAddress, sender);
        return [new(from, ..)];
    }

    public void Dispose() => _large.Dispose();

    private async Task<Arrival> ArrivalOf(RawArrival raw, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        var reading = reader.Read(bytes, raw.Envelope);
        var shown = reading.Shown;
        var score = await spam.ListsAndScannerAsync(shown.Spam, reading.From, reading.IsAuthentic, bytes, ct);
        // A try after the first has been counted already, and what a program answers to us is nobody's flood.
        if (raw.Attempts == 1 && shown.Automatic == Automatic.None && reading.Evidence.All(item => item.CaseId is null))
            score += await spam.FloodAsync(reading.From, shown.ReplyText, ct);
        return new()
        {
            ContactId = raw.Id,
            Channel = Channel.Email,
            ProviderId = reading.ProviderId,
            ReceivedAt = raw.TakenAt,
            // A server of ours has found the address genuine: whoever writes from it, it is theirs.
            From = reading.From with { Verified = reading.IsAuthentic && reading.From.Kind == IdentityKind.EmailAddress },
            Name = reading.Name,
            AnswerTo = reading.AnswerTo,
            To = reading.DeliveredTo,
            Cc = [.. shown.Cc.Select(cc => Identities.Address(cc.Address ?? "")).OfType<string>().Distinct().Take(50)],
            InCopy = shown.InCopy,
            Subject = shown.Subject,
            Text = shown.ReplyText,
            Language = shown.Language,
            Automatic = shown.Automatic,
            Bounce = reading.Bounce,
            Evidence = reading.Evidence,
            MessageId = shown.MessageId,
            Warnings = shown.Warnings,
            Spam = score,
            Attachments = await StoreAsync(reading, ct),
            Raw = raw.Raw ?? default(ReadOnlyMemory<byte>),
            RawBlob = raw.RawBlob,
            RawType = raw.RawType,
            Envelope = raw.Envelope,
        };
    }

    public async Task<IReadOnlyList<Attachment>> StoreAsync(MailReading reading, CancellationToken ct)
    {
        if (reading.Files.Count == 0)
            return [];
        var attachments = new List<Attachment>(reading.Files.Count);
        foreach (var (file, shown) in reading.Files.Zip(reading.Shown.Attachments))
            attachments.Add(new(shown.Name, shown.ContentType, file.Size, await PutAsync(file, ct), file.Inline));
        return attachments;
    }

    private async Task<string> PutAsync(InboundAttachment file, CancellationToken ct)
    {
        if (file.Size <= Limits.InlineRaw)
            return (await blobs.PutAsync(file.Content, ct)).Hash;
        await using var content = file.OpenContent();
        return (await blobs.PutAsync(content, ct)).Hash;
    }
}
