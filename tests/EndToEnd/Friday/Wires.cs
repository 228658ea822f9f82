using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using CxPlatform.Mail;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CxPlatform.EndToEnd.Tests.Friday;

/// <summary>The customer's mail server: takes what we send over SMTP and keeps it as she reads it.</summary>
internal sealed class Mailbox : ISmtpReceiver, IAsyncDisposable
{
    private readonly ConcurrentQueue<InboundMail> _mails = new();
    private readonly SmtpServer _server;

    public Mailbox() => _server = new(new SmtpServerOptions { Port = 0, HostName = "mail.kunde.example" }, this);

    public int Port => _server.Port;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<InboundMail> Mails => [.. _mails];

    public SmtpReply? CheckRecipient(string recipient) => null;

    public async Task<SmtpReply> ReceiveAsync(SmtpDelivery delivery, CancellationToken cancel)
    {
        await using var content = await delivery.OpenAsync(delivery.Recipients[0], cancel);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancel);
        _mails.Enqueue(MimeReader.Read(bytes.ToArray()));
        return new(250, "2.0.0", "Thank you");
    }

    public void Note(SmtpNotice notice)
    {
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Hands a mail over to a server as any other server does: RFC 5321, one command at a time.</summary>
    public static async Task SendAsync(int port, string from, string to, string mail)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        await ExpectAsync("220");
        await SayAsync("EHLO mail.kunde.example", "250");
        await SayAsync($"MAIL FROM:<{from}>", "250");
        await SayAsync($"RCPT TO:<{to}>", "250");
        await SayAsync("DATA", "354");
        await SayAsync(mail.ReplaceLineEndings("\r\n") + "\r\n.", "250");
        await SayAsync("QUIT", "221");

        async Task SayAsync(string line, string code)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"));
            await ExpectAsync(code);
        }

        async Task ExpectAsync(string code)
        {
            string? line;
            do
                line = await reader.ReadLineAsync();
            while (line is { Length: > 3 } && line[3] == '-');
            Assert.True(line?.StartsWith(code, StringComparison.Ordinal) == true, $"expected {code}, got {line}");
        }
    }
}

/// <summary>Twilio's API as far as we use it, and the telephone behind it.</summary>
internal sealed class Telephone : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string To, string Body)> _texts = new();

    private Telephone(WebApplication app, Uri address) => (_app, Address) = (app, address);

    public Uri Address { get; }

    /// <summary>What arrived at a number, oldest first.</summary>
    public IReadOnlyList<string> TextsTo(string number) => [.. _texts.Where(text => text.To == number).Select(text => text.Body)];

    public static async Task<Telephone> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var telephone = new Telephone(app, new($"http://127.0.0.1:{FreePort.Next()}/"));
        app.Urls.Add(telephone.Address.ToString());
        app.MapPost("/2010-04-01/Accounts/{account}/Messages.json", async (string account, HttpRequest request) =>
        {
            var credentials = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account}:{Platform.TwilioToken}"));
            if (request.Headers.Authorization != credentials)
                return Results.StatusCode(StatusCodes.Status401Unauthorized);
            var form = await request.ReadFormAsync();
            telephone._texts.Enqueue((form["To"].ToString(), form["Body"].ToString()));
            return Results.Json(new { sid = "SM" + Guid.NewGuid().ToString("n"), status = "queued" }, statusCode: StatusCodes.Status201Created);
        });
        await app.StartAsync();
        return telephone;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
