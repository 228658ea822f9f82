using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using CxPlatform.Mail;
using CxPlatform.Testing;
using Spectre.Console;

namespace CxPlatform.Benchmarks;

/// <summary>What keeping the connection to the relay is worth: one mail after the other over one that is kept, beside a new one for each; to our own listener, and to the
/// npm package smtp-server, which lets a sender wait 100 ms for its greeting to see who cannot.</summary>
internal static class SmtpBench
{
    private const int Repetitions = 3;
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(4);

    public static async Task<int> RunAsync()
    {
        using var folder = new TempFolder();
        var certificate = TestCertificate.Write(folder);
        var mail = MimeWriter.Write(new OutboundMail
        {
            From = new("Anna Berger", "support@example.org"),
            To = [new("Maria Huber", "sink@example.com")],
            Subject = "Re: Coffee machine",
            Date = DateTimeOffset.UnixEpoch,
            MessageId = "one@example.org",
            Text = string.Concat(Enumerable.Repeat("We are sending you a new seal today. It is free of charge.\n", 15)),
            Html = string.Concat(Enumerable.Repeat("<p>We are sending you a new seal today. It is free of charge.</p>\n", 15)),
        });
        var table = new Table().AddColumns("One mail after the other", "Connection kept", "A new one for each", "Ratio").Border(TableBorder.Rounded);
        using var own = X509Certificate2.CreateFromPemFile(certificate.Certificate, certificate.Key);
        await using (var plain = new SmtpServer(new() { Port = 0, MaxCommands = int.MaxValue }, new Sink()))
            await CompareAsync(table, "our listener, unencrypted", new() { Host = "127.0.0.1", Port = plain.Port, Tls = SmtpTls.None }, mail);
        await using (var secure = new SmtpServer(new() { Port = 0, MaxCommands = int.MaxValue, Certificate = own }, new Sink()))
            await CompareAsync(table, "our listener, STARTTLS", Encrypted(secure.Port), mail);
        await using (var node = await NodeSmtpServer.StartAsync("starttls", certificate: certificate))
            await CompareAsync(table, "smtp-server, STARTTLS and a password", Encrypted(node.Port) with { User = "user", Password = "pässword" }, mail);
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]SMTP on {Environment.ProcessorCount} cores[/]: mails of {mail.Length:N0} bytes; the servers are on the same machine, where a round trip takes no time.");
        AnsiConsole.Write(table);
        return 0;
    }

    private static SmtpOptions Encrypted(int port) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Tls = SmtpTls.StartTls,
        CertificateValidation = (_, presented, _, _) => presented is not null,
    };

    private static async Task CompareAsync(Table table, string words, SmtpOptions options, byte[] mail)
    {
        var (kept, fresh) = (0.0, 0.0);
        // By turns, and the best of each: what else the machine does is not what is measured.
        for (var i = 0; i < Repetitions; i++)
        {
            await using (var client = new SmtpClient(options))
                kept = Math.Max(kept, await PerSecondAsync(() => SendAsync(client, mail)));
            fresh = Math.Max(fresh, await PerSecondAsync(async () =>
            {
                await using var client = new SmtpClient(options);
                await SendAsync(client, mail);
            }));
        }
        table.AddRow(words, Figure($"{kept:N0} mails/s"), Figure($"{fresh:N0} mails/s"), Figure($"{kept / fresh:N1}"));
    }

    private static string Figure(FormattableString figure) => figure.ToString(CultureInfo.InvariantCulture);

    private static async Task SendAsync(SmtpClient client, byte[] mail)
    {
        var result = await client.SendAsync("bounces@example.org", ["sink@example.com"], mail);
        if (!result.AllAccepted)
            throw new InvalidOperationException($"The server does not take it: {result.Recipients[0].Reply}");
    }

    private static async Task<double> PerSecondAsync(Func<Task> work)
    {
        await work();
        var from = Stopwatch.GetTimestamp();
        var count = 0;
        do
        {
            await work();
            count++;
        }
        while (Stopwatch.GetElapsedTime(from) < Each);
        return count / Stopwatch.GetElapsedTime(from).TotalSeconds;
    }

    /// <summary>Reads a mail and says yes.</summary>
    private sealed class Sink : ISmtpReceiver
    {
        public SmtpReply? CheckRecipient(string recipient) => null;

        public async Task<SmtpReply> ReceiveAsync(SmtpDelivery delivery, CancellationToken cancel)
        {
            await using var mail = await delivery.OpenAsync(delivery.Recipients[0], cancel);
            await mail.CopyToAsync(Stream.Null, cancel);
            return new(250, "2.0.0", "Taken");
        }

        public void Note(SmtpNotice notice)
        {
        }
    }
}
