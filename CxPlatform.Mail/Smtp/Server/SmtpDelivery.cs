using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>A mail that was handed over, with its envelope.</summary>
public sealed class SmtpDelivery
{
    const int LongestHeader = 256 * 1024;

    readonly MailSpool spool;

    internal SmtpDelivery(MailSpool spool) => this.spool = spool;

    /// <summary>The envelope's sender; empty for the null path of bounces.</summary>
    public required string From { get; init; }

    /// <summary>The accepted recipients, in their order; at least one.</summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    public required IPAddress RemoteAddress { get; init; }

    /// <summary>What the sender said it is; not to be trusted.</summary>
    public required string Helo { get; init; }

    /// <summary>By HELO, EHLO, TLS and SMTPUTF8 (RFC 3848, RFC 6531 section 4.3).</summary>
    public required string Protocol { get; init; }

    public required string HostName { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Bytes of the mail as it came.</summary>
    public long Length => spool.Length;

    /// <summary>
    /// The mail as final delivery leaves it (RFC 5321 section 4.4): Return-Path, Delivered-To and Received, then the bytes that came. A
    /// mail without Message-ID gets one made from its bytes, so that the same mail handed over twice is still the same.
    /// </summary>
    /// <returns>Valid until the reply is given.</returns>
    public async Task<Stream> OpenAsync(string deliveredTo, CancellationToken cancel)
    {
        var trace = Trace(deliveredTo);
        var content = await spool.OpenAsync(cancel).ConfigureAwait(false);
        if (!await HasMessageIdAsync(content, cancel).ConfigureAwait(false))
        {
            content = await spool.OpenAsync(cancel).ConfigureAwait(false);
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel).ConfigureAwait(false));
            trace = $"Message-ID: <{hash}@{HostName}>\r\n{trace}";
        }
        return new PrefixedStream(Encoding.UTF8.GetBytes(trace), await spool.OpenAsync(cancel).ConfigureAwait(false));
    }

    static async Task<bool> HasMessageIdAsync(Stream content, CancellationToken cancel)
    {
        var head = new byte[Math.Min(content.Length, LongestHeader)];
        await content.ReadExactlyAsync(head, cancel).ConfigureAwait(false);
        return HasMessageId(head);
    }

    string Trace(string deliveredTo)
    {
        var literal = RemoteAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "IPv6:" : "";
        var date = ReceivedAt.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
        return $"Return-Path: <{From}>\r\nDelivered-To: {deliveredTo}\r\n"
            + $"Received: from {Helo} ([{literal}{RemoteAddress}])\r\n\tby {HostName} with {Protocol}; {date}\r\n";
    }

    /// <summary>Whether the header, which an empty line or the end of the mail ends, has the field.</summary>
    static bool HasMessageId(ReadOnlySpan<byte> mail)
    {
        var name = "message-id"u8;
        while (mail.Length > 0)
        {
            var end = mail.IndexOf((byte)'\n');
            var line = end < 0 ? mail : mail[..end];
            if (line.TrimEnd((byte)'\r').IsEmpty) return false;
            if (line.Length > name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name)
                && line[name.Length..].TrimStart(" \t"u8).StartsWith((byte)':'))
                return true;
            if (end < 0) return false;
            mail = mail[(end + 1)..];
        }
        return false;
    }
}
