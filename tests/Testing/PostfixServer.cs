using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CxPlatform.Testing;

/// <summary>
/// Postfix, a real mail server, as a private instance in a folder of its own. At customer.example maria and jörg have a mailbox, nora has
/// one when <see cref="Greylist"/> lets her, what is for gone is taken and comes back; help.example.com takes bounces. Needs to run as
/// root, as Postfix does.
/// </summary>
public sealed class PostfixServer : IAsyncDisposable
{
    readonly TempFolder folder = new();
    Process? process;

    PostfixServer(int port) => Port = port;

    public int Port { get; }

    /// <summary>Who decides about what is for nora.</summary>
    public Greylist Greylist { get; } = new();

    /// <summary>What its certificate is for; nobody has signed it but itself.</summary>
    public static string HostName => "localhost";

    /// <summary>The PEM file of its certificate.</summary>
    public string Certificate => folder["etc/certificate.pem"];

    /// <param name="users">Who may sign in, and then send to everybody.</param>
    public static async Task<PostfixServer> StartAsync(DovecotServer? users = null)
    {
        var server = new PostfixServer(FreePort.Next());
        await server.WriteAsync(users is null ? [] :
        [
            "smtpd_sasl_auth_enable = yes",
            "smtpd_sasl_type = dovecot",
            $"smtpd_sasl_path = inet:127.0.0.1:{users.AuthPort}",
            "smtpd_tls_auth_only = yes",
            "smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination",
        ]);
        await server.StartAsync();
        return server;
    }

    /// <summary>The messages in a mailbox, oldest first.</summary>
    public IReadOnlyList<byte[]> Mailbox(string name)
    {
        var path = folder[$"mail/{name}/new"];
        return Directory.Exists(path) ? [.. new DirectoryInfo(path).GetFiles().OrderBy(file => file.LastWriteTimeUtc).Select(file => File.ReadAllBytes(file.FullName))] : [];
    }

    public string Log => File.Exists(folder["log"]) ? File.ReadAllText(folder["log"]) : "(nothing logged)";

    async Task WriteAsync(string[] settings)
    {
        foreach (var name in new[] { "etc", "queue", "data", "mail" }) Directory.CreateDirectory(folder[name]);
        // Its unprivileged processes must be able to pass.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.Path, (UnixFileMode)Convert.ToInt32("755", 8));
        await File.WriteAllTextAsync(folder["etc/main.cf"], string.Join('\n',
        [
            "compatibility_level = 3.6",
            $"queue_directory = {folder["queue"]}",
            $"data_directory = {folder["data"]}",
            "command_directory = /usr/sbin",
            "daemon_directory = /usr/lib/postfix/sbin",
            "mail_owner = postfix",
            "setgid_group = postdrop",
            $"maillog_file = {folder["log"]}",
            $"maillog_file_prefixes = {Path.GetTempPath()}",
            "myhostname = mx.customer.example",
            "mydestination =",
            "mynetworks =",
            "inet_interfaces = 127.0.0.1",
            "inet_protocols = ipv4",
            "alias_maps =",
            "alias_database =",
            "local_recipient_maps =",
            "virtual_mailbox_domains = customer.example, help.example.com",
            $"virtual_mailbox_base = {folder["mail"]}",
            $"virtual_mailbox_maps = regexp:{folder["etc/mailboxes"]}",
            "virtual_uid_maps = static:65534",
            "virtual_gid_maps = static:65534",
            // Taken, and found not to exist when it is to be delivered: so it bounces.
            "virtual_alias_maps = inline:{gone@customer.example=moved@customer.example}",
            // Nothing leaves this machine.
            "default_transport = discard:",
            "smtpd_relay_restrictions = reject_unauth_destination",
            "message_size_limit = 100000",
            "smtpd_restriction_classes = greylisted",
            $"greylisted = check_policy_service inet:127.0.0.1:{Greylist.Port}",
            "smtpd_recipient_restrictions = check_recipient_access inline:{{nora@customer.example=greylisted}, {busy@customer.example=450 4.2.1 Mailbox busy}}",
            "header_checks = regexp:{{/^Subject: Buy now/ REJECT 5.7.1 We think this is spam}}",
            "smtpd_tls_security_level = may",
            $"smtpd_tls_chain_files = {folder["etc/key.pem"]}",
            .. settings,
            "",
        ]));
        await File.WriteAllTextAsync(folder["etc/mailboxes"], """
            /^maria@customer\.example$/ maria/
            /^nora@customer\.example$/ nora/
            /^jörg@customer\.example$/ joerg/
            /^bounce\+.*@help\.example\.com$/ bounces/

            """);
        await File.WriteAllTextAsync(folder["etc/master.cf"], $"""
            127.0.0.1:{Port} inet n - n - - smtpd
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            proxymap unix - - n - - proxymap
            discard unix - - n - - discard
            error unix - - n - - error
            retry unix - - n - - error
            virtual unix - n n - - virtual
            anvil unix - - n - 1 anvil
            tlsmgr unix - - n 1000? 1 tlsmgr
            postlog unix-dgram n - n - 1 postlogd

            """);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={HostName}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(HostName);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await File.WriteAllTextAsync(folder["etc/key.pem"], $"{key.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}\n");
        await File.WriteAllTextAsync(Certificate, certificate.ExportCertificatePem());
        using var chown = Process.Start("sh", ["-c", "chown postfix \"$0/data\" && chown 65534:65534 \"$0/mail\"", folder.Path])!;
        await chown.WaitForExitAsync();
    }

    async Task StartAsync()
    {
        // It ends when its input does, and so with this process, however that goes. Its master asks its children to end with it.
        const string UntilInputEnds = """
            set -m; PATH=$PATH:/usr/sbin; postfix -c "$0/etc" start-fg >"$0/out" 2>&1 & cat >/dev/null
            kill -TERM "$(cat "$0/queue/pid/master.pid")" || kill -KILL -- -$!; wait $! 2>/dev/null
            """;
        process = Process.Start(new ProcessStartInfo("bash", ["-c", UntilInputEnds, folder.Path]) { RedirectStandardInput = true })!;
        await Eventually.Async(async () =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            using var reader = new StreamReader(client.GetStream());
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            if ((await reader.ReadLineAsync(deadline.Token))?.StartsWith("220", StringComparison.Ordinal) != true)
                throw new InvalidOperationException($"Postfix does not greet: {Log}");
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        await Greylist.DisposeAsync();
        folder.Dispose();
    }
}
