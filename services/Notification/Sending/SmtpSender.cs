using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using CxPlatform.Contracts;
using CxPlatform.Mail;
using CxPlatform.Notifications.Domain;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>Mail through the configured relay, over a few connections that are kept.</summary>
internal sealed class SmtpSender : ISender, IAsyncDisposable
{
    private readonly MailComposer _composer;
    private readonly Channel<SmtpClient> _idle = System.Threading.Channels.Channel.CreateUnbounded<SmtpClient>();

    public SmtpSender(IOptions<MailOptions> options, MailComposer composer, Links links, SmtpTokens tokens, DomainTurns turns)
    {
        _composer = composer;
        Turns = turns;
        var smtp = options.Value.Smtp;
        var settings = new SmtpOptions
        {
            Host = smtp.Host!,
            Port = smtp.Port,
            Tls = smtp.Tls,
            User = smtp.User,
            Password = smtp.Password,
            CertificateValidation = smtp.Authority is { Length: > 0 } authority ? Trusting(X509CertificateLoader.LoadCertificateFromFile(authority)) : null,
            LocalName = links.MailDomain,
            ConnectTimeout = TimeSpan.FromSeconds(20),
            CommandTimeout = TimeSpan.FromSeconds(60),
            DataReplyTimeout = TimeSpan.FromSeconds(150),
        };
        for (var i = 0; i < smtp.Connections; i++)
            _idle.Writer.TryWrite(new(smtp.OAuth.IsGiven ? settings with { AccessToken = tokens.ForConnection() } : settings));
    }

    public Contracts.Channel Channel => Contracts.Channel.Email;

    public DomainTurns? Turns { get; }

    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken ct)
    {
        var mail = await _composer.ComposeAsync(message, ct);
        if (mail.Bytes is null)
            return new SendResult.Permanent(mail.Fault!);
        var client = await _idle.Reader.ReadAsync(ct);
        try
        {
            var result = await client.SendAsync(mail.ReturnPath, [message.To.Address], mail.Bytes, ct);
            var reply = result.Recipients[0].Reply;
            return reply.Positive ? new SendResult.Sent(QueueId(reply))
                : reply.Transient ? new SendResult.Transient(Reasons.Clean(reply.ToString()))
                : new SendResult.Permanent(Reasons.Clean(reply.ToString()), NoSuchAddress(reply), reply.EnhancedStatus);
        }
        catch (SmtpException e)
        {
            // Our relay, our credentials or our network: nothing that this message could help, so it waits until somebody mends it.
            return new SendResult.Transient(Reasons.Clean($"{e.Failure}: {e.Message}"), Ours: true);
        }
        catch (ArgumentException e)
        {
            return new SendResult.Permanent(Reasons.Clean($"The address is not one that mail can be sent to: {e.Message}"));
        }
        finally
        {
            _idle.Writer.TryWrite(client);
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_idle.Reader.TryRead(out var client))
            await client.DisposeAsync();
    }

    // What the system trusts, and what this authority has signed; names and dates count all the same.
    private static RemoteCertificateValidationCallback Trusting(X509Certificate2 authority) => (_, certificate, presented, errors) =>
    {
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 server)
            return errors == SslPolicyErrors.None;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (presented is not null)
            foreach (var element in presented.ChainElements)
                chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(server);
    };

    // RFC 3463 sections 3.2 and 3.3: there is no such mailbox or domain, it has moved, or it is disabled; every other refusal may be about this message only.
    // Servers that know no such codes say it in words.
    private static bool NoSuchAddress(SmtpReply reply) =>
        !reply.Local && (reply.EnhancedStatus is "5.1.1" or "5.1.2" or "5.1.3" or "5.1.6" or "5.1.10" or "5.2.1" || (reply.EnhancedStatus is null && reply.SaysNoSuchAddress));

    // "250 2.0.0 Ok: queued as 4F1D2" and its like: the last word is what the relay's operator asks for.
    private static string? QueueId(SmtpReply reply) => reply.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).LastOrDefault()?.TrimEnd('.') is { Length: > 3 and <= 100 } id ? id : null;
}
