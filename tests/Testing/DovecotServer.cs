using System.Diagnostics;
using System.Net.Sockets;

namespace CxPlatform.Testing;

/// <summary>
/// Dovecot, a real IMAP server, as a private instance in a folder of its own: user <c>user</c>, password <c>secret</c>, mail as plain files
/// that a test may write and read. Needs to run as root, as Dovecot does.
/// </summary>
public sealed class DovecotServer : IAsyncDisposable
{
    readonly TempFolder folder = new();
    Process? process;

    DovecotServer(int port, int authPort) => (Port, AuthPort) = (port, authPort);

    public int Port { get; }

    /// <summary>Where a mail server asks it about users and passwords.</summary>
    public int AuthPort { get; }

    /// <summary>The Maildir: messages are files in <c>new</c> and <c>cur</c>.</summary>
    public string Mail => folder["mail"];

    /// <param name="introspection">Who knows what OAuth tokens are worth (RFC 7662), if it is to take any.</param>
    public static async Task<DovecotServer> StartAsync(Uri? introspection = null)
    {
        var server = new DovecotServer(FreePort.Next(), FreePort.Next());
        await server.WriteAsync(introspection);
        await server.StartAgainAsync();
        return server;
    }

    async Task WriteAsync(Uri? introspection)
    {
        // Dovecot's unprivileged processes must be able to pass.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.Path, (UnixFileMode)Convert.ToInt32("755", 8));
        foreach (var name in new[] { "mail", "mail/new", "mail/cur", "mail/tmp" }) Directory.CreateDirectory(folder[name]);
        await File.WriteAllTextAsync(folder["users"], "user:{PLAIN}secret:65534:65534::" + folder["mail"] + "::\n");
        await File.WriteAllTextAsync(
            folder["oauth2"], $"introspection_url = {introspection}\nintrospection_mode = post\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n");
        await File.WriteAllTextAsync(folder["dovecot.conf"], $$"""
            base_dir = {{folder["run"]}}
            state_dir = {{folder["state"]}}
            log_path = {{folder["log"]}}
            protocols = imap
            listen = 127.0.0.1
            ssl = no
            disable_plaintext_auth = no
            auth_mechanisms = plain login {{(introspection is null ? "" : "xoauth2 oauthbearer")}}
            auth_failure_delay = 0
            first_valid_uid = 1
            mail_location = maildir:{{folder["mail"]}}
            mailbox_list_index = no
            mail_max_userip_connections = 50
            default_internal_user = nobody
            default_internal_group = nogroup
            default_login_user = nobody
            service imap-login {
              chroot =
              inet_listener imap {
                address = 127.0.0.1
                port = {{Port}}
              }
              inet_listener imaps {
                port = 0
              }
            }
            service auth {
              inet_listener {
                address = 127.0.0.1
                port = {{AuthPort}}
              }
            }
            service anvil {
              chroot =
            }
            service stats {
              chroot =
            }
            namespace inbox {
              inbox = yes
            }
            {{(introspection is null ? "" : $"passdb {{\n driver = oauth2\n mechanisms = xoauth2 oauthbearer\n args = {folder["oauth2"]}\n}}")}}
            passdb {
              driver = passwd-file
              args = scheme=PLAIN username_format=%u {{folder["users"]}}
            }
            userdb {
              driver = passwd-file
              args = username_format=%u {{folder["users"]}}
            }

            """);
        await OwnAsync();
    }

    /// <summary>Starts it, for the first time or after <see cref="StopAsync"/>.</summary>
    public async Task StartAgainAsync()
    {
        // It ends when its input does, and so with this process, however that goes.
        // All of it at once: asked politely, its children would serve their connections for ten seconds more.
        const string UntilInputEnds = "set -m; PATH=$PATH:/usr/sbin; dovecot -F -c \"$0\" & cat >/dev/null; kill -KILL -- -$!; wait $! 2>/dev/null";
        var start = new ProcessStartInfo("bash", ["-c", UntilInputEnds, folder["dovecot.conf"]]) { RedirectStandardInput = true };
        process = Process.Start(start)!;
        await Eventually.Async(async () =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            using var reader = new StreamReader(client.GetStream());
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            if ((await reader.ReadLineAsync(deadline.Token))?.StartsWith("* OK", StringComparison.Ordinal) != true)
                throw new InvalidOperationException($"Dovecot does not greet: {Log}");
        });
    }

    public string Log => File.Exists(folder["log"]) ? File.ReadAllText(folder["log"]) : "(nothing logged)";

    /// <summary>Ends it with every connection. The mail stays.</summary>
    public async Task StopAsync()
    {
        if (process is null) return;
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Puts messages into the inbox, as a delivery agent would.</summary>
    public async Task DeliverAsync(params IEnumerable<string> mails)
    {
        var names = new List<string>();
        foreach (var mail in mails)
        {
            var name = $"1.{Guid.NewGuid():n}.test";
            await File.WriteAllTextAsync(Path.Combine(Mail, "tmp", name), mail.ReplaceLineEndings("\r\n"));
            names.Add(name);
        }
        await OwnAsync();
        foreach (var name in names) File.Move(Path.Combine(Mail, "tmp", name), Path.Combine(Mail, "new", name));
    }

    /// <summary>Forgets all UIDs: the next opening gives new ones under a new UIDVALIDITY.</summary>
    public void Renumber()
    {
        foreach (var file in Directory.GetFiles(Mail, "dovecot*")) File.Delete(file);
    }

    async Task OwnAsync()
    {
        using var chown = Process.Start("chown", ["-R", "65534:65534", Mail])!;
        await chown.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Dispose();
    }
}
