using System.Diagnostics;
using System.Globalization;
using CxPlatform.Mail;
using CxPlatform.Testing;
using Spectre.Console;

namespace CxPlatform.Benchmarks;

/// <summary>What keeping the connection to the relay is worth: one mail after the other over one that is kept, beside a new one for each, to the npm package
/// smtp-server on the same machine.</summary>
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
        foreach (var (mode, words) in new[] { ("plain", "unencrypted, no sign-in"), ("starttls", "STARTTLS and a password") })
        {
            await using var server = await NodeSmtpServer.StartAsync(mode, certificate: certificate);
            var options = new SmtpOptions { Host = "127.0.0.1", Port = server.Port, Tls = mode == "plain" ? SmtpTls.None : SmtpTls.StartTls };
            if (mode != "plain")
                options = options with { User = "user", Password = "pässword", CertificateValidation = (_, presented, _, _) => presented is not null };
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
            table.AddRow(
                words, string.Create(CultureInfo.InvariantCulture, $"{kept:N0} mails/s"), string.Create(CultureInfo.InvariantCulture, $"{fresh:N0} mails/s"),
                string.Create(CultureInfo.InvariantCulture, $"{kept / fresh:N1}"));
        }
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]SMTP on {Environment.ProcessorCount} cores[/]: mails of {mail.Length:N0} bytes; the server is on the same machine, where no round trip takes time.");
        AnsiConsole.Write(table);
        return 0;
    }

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
}
