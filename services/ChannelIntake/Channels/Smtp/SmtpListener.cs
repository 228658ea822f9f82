using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CxPlatform.Mail;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Smtp;

/// <summary>Listens for mail servers while the host runs, if the configuration says so.</summary>
internal sealed class SmtpListener(
    IOptions<IntakeOptions> options,
    IOptions<PlatformOptions> platform,
    IConfiguration configuration,
    IHostEnvironment environment,
    IServiceProvider services,
    TimeProvider clock,
    ILogger<SmtpListener> log) : IHostedService, IAsyncDisposable
{
    // Within the host's own patience, which the writer of contacts needs a part of.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private SmtpServer? _server;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var smtp = options.Value.Smtp;
        if (smtp.Port is not { } port)
            return Task.CompletedTask;
        var address = smtp.Address is { } given ? IPAddress.Parse(given)
            : environment.IsDevelopment() ? IPAddress.Loopback
            : Socket.OSSupportsIPv6 ? IPAddress.IPv6Any
            : IPAddress.Any;
        var receiver = ActivatorUtilities.CreateInstance<SmtpReceiver>(services, Recipients(smtp));
        try
        {
            _server = new(
                new()
                {
                    Address = address,
                    Port = port,
                    HostName = smtp.HostName ?? platform.Value.PublicUrl?.Host ?? "localhost",
                    Certificate = Certificate(smtp),
                    MaxConnections = smtp.MaxConnections,
                    MaxConnectionsPerAddress = smtp.MaxConnectionsPerAddress,
                    MaxRecipients = smtp.MaxRecipients,
                    MaxMessageSize = smtp.MaxMessageSize,
                },
                receiver, clock);
        }
        catch (SocketException e)
        {
            throw new ConfigurationFaultException($"Cx:Intake:Smtp: port {port} of {address} cannot be listened on ({e.SocketErrorCode}).");
        }
        log.SmtpListens(address.ToString(), port);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(Grace) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private SmtpRecipients Recipients(SmtpListenerOptions smtp)
    {
        IReadOnlyList<string> taken = smtp.Recipients.Count > 0 ? smtp.Recipients
            : configuration["Cx:Mail:Domain"] is { Length: > 0 } domain ? [domain]
            : throw new ConfigurationFaultException(
                "Cx:Intake:Smtp:Recipients is missing. With a port it must name the domains and addresses whose mail is taken.");
        return new(taken, services.GetRequiredService<Tokens>());
    }

    private static X509Certificate2? Certificate(SmtpListenerOptions smtp)
    {
        if (smtp.Certificate is not { } path)
            return null;
        try
        {
            if (X509Certificate2.GetCertContentType(path) == X509ContentType.Pkcs12)
                return X509CertificateLoader.LoadPkcs12FromFile(path, smtp.CertificatePassword);
            return smtp.CertificatePassword is { } password
                ? X509Certificate2.CreateFromEncryptedPemFile(path, password, smtp.CertificateKey)
                : X509Certificate2.CreateFromPemFile(path, smtp.CertificateKey);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationFaultException($"Cx:Intake:Smtp:Certificate cannot be read with its private key: {e.Message}");
        }
    }
}
