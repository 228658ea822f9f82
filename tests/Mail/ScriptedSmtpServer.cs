using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CxPlatform.Mail.Tests;

/// <summary>A server that says what a test tells it to, for what real servers do too seldom to wait for.</summary>
sealed class ScriptedSmtpServer : IAsyncDisposable
{
    /// <summary>In place of a reply: close the connection, or never answer.</summary>
    public const string Close = "<close>", Silence = "<silence>";

    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly Func<string, int, string?> script;
    readonly Task accepting;

    /// <param name="script">
    /// From a command (<c>CONNECT</c> and <c>CONTENT</c> stand for the greeting and the end of data) and the number of the connection, from
    /// 1, to the reply without its last line end; null gives the usual one.
    /// </param>
    public ScriptedSmtpServer(Func<string, int, string?>? script = null)
    {
        this.script = script ?? ((_, _) => null);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;
    public ConcurrentQueue<string> Commands { get; } = new();
    public ConcurrentQueue<string> Messages { get; } = new();
    public int Connections { get; private set; }

    public SmtpOptions Options => new() { Host = "127.0.0.1", Port = Port, Tls = SmtpTls.None };

    async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                serving.Add(ServeAsync(client, ++Connections));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    async Task ServeAsync(TcpClient client, int number)
    {
        using var owned = client;
        Stream stream = client.GetStream();
        try
        {
            var reader = new StreamReader(stream, Encoding.Latin1);
            if (!await AnswerAsync("CONNECT", "220 test ESMTP")) return;
            while (await reader.ReadLineAsync(stop.Token) is { } command)
            {
                Commands.Enqueue(command);
                var usual = command.Split(' ')[0].ToUpperInvariant() switch
                {
                    "EHLO" => "250-test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 1000000",
                    "DATA" => "354 go on",
                    "QUIT" => "221 bye",
                    "STARTTLS" => "220 ready",
                    _ => "250 2.0.0 ok",
                };
                if (!await AnswerAsync(command, usual)) return;
                if (command == "STARTTLS" && script(command, number) is null)
                {
                    var ssl = new SslStream(stream);
                    await ssl.AuthenticateAsServerAsync(Certificate.Value);
                    stream = ssl;
                    reader = new StreamReader(stream, Encoding.Latin1);
                }
                if (command == "DATA" && (script(command, number) ?? usual).StartsWith("354", StringComparison.Ordinal))
                {
                    var message = new StringBuilder();
                    while (await reader.ReadLineAsync(stop.Token) is { } line && line != ".") message.Append(line).Append("\r\n");
                    Messages.Enqueue(message.ToString());
                    if (!await AnswerAsync("CONTENT", "250 2.0.0 queued as 42")) return;
                }
                if (command == "QUIT") return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The client left.
        }

        async Task<bool> AnswerAsync(string command, string usual)
        {
            var reply = script(command, number) ?? usual;
            if (reply == Close) return false;
            if (reply == Silence) await Task.Delay(Timeout.Infinite, stop.Token);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(reply + "\r\n"), stop.Token);
            return true;
        }
    }

    static readonly Lazy<X509Certificate2> Certificate = new(() =>
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    });

    public static X509Certificate2 TestCertificate => Certificate.Value;
    public static string Thumbprint => Certificate.Value.GetCertHashString();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }
}
