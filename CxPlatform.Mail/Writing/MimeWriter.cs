using System.Security.Cryptography;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Writes messages: RFC 5322, 2045, 2046, 2047, 2231. Lines end with CRLF and have at most 998 bytes. All bytes are ASCII unless an address
/// has a local part that is not (RFC 6532, see <see cref="NeedsSmtpUtf8"/>). The same mail always gives the same bytes.
/// </summary>
public static class MimeWriter
{
    static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID", "Return-Path",
    };

    /// <exception cref="ArgumentException">A field is not valid; the message and ParamName name the field and the rule.</exception>
    public static byte[] Write(OutboundMail mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        var header = new StringBuilder();
        WriteHeader(new(header), mail);
        var output = new MemoryStream();
        Append(output, header.ToString());
        Body(mail).WriteTo(output);
        return output.ToArray();
    }

    /// <summary>Whether an address needs a server that speaks SMTPUTF8 (RFC 6531): its local part is not ASCII.</summary>
    public static bool NeedsSmtpUtf8(OutboundMail mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        IEnumerable<MailAddress> all = [mail.From, .. mail.ReplyTo, .. mail.To, .. mail.Cc];
        return (mail.Sender is null ? all : all.Append(mail.Sender)).Any(a => !Ascii.IsValid(a.LocalPart));
    }

    static void WriteHeader(HeaderWriter header, OutboundMail mail)
    {
        header.Date(mail.Date);
        header.Addresses("From", [mail.From], "From");
        if (mail.Sender is not null) header.Addresses("Sender", [mail.Sender], "Sender");
        header.Addresses("Reply-To", mail.ReplyTo, "ReplyTo");
        header.Addresses("To", mail.To, "To");
        header.Addresses("Cc", mail.Cc, "Cc");
        header.Unstructured("Subject", mail.Subject, "Subject");
        header.MessageIds("Message-ID", [mail.MessageId], "MessageId");
        if (mail.InReplyTo is not null) header.MessageIds("In-Reply-To", [mail.InReplyTo], "InReplyTo");
        if (mail.References.Count > 0) header.MessageIds("References", mail.References, "References");
        if (mail.AutoSubmitted is { } auto)
        {
            if (auto.Length == 0 || !auto.All(c => c is >= ' ' and < (char)127))
                throw HeaderWriter.Invalid("AutoSubmitted", "ASCII text is required.");
            header.Unstructured("Auto-Submitted", auto, "AutoSubmitted");
        }
        foreach (var (name, value) in mail.ExtraHeaders)
        {
            if (name.Length is 0 or > 70 || !name.All(c => c is > ' ' and < (char)127 and not ':'))
                throw HeaderWriter.Invalid("ExtraHeaders", "a field's name has 1 to 70 ASCII characters without spaces and colons.");
            if (Reserved.Contains(name)) throw HeaderWriter.Invalid("ExtraHeaders", $"{name} has its own member.");
            header.Unstructured(name, value, name);
        }
        header.Tokens("MIME-Version", ["1.0"]);
    }

    static Entity Body(OutboundMail mail)
    {
        var boundaries = new Boundaries(mail.MessageId);
        var body = Entity.OfText("text/plain", mail.Text);
        if (mail.Html is not null)
        {
            var html = Entity.OfText("text/html", mail.Html);
            var shown = Numbered(mail).Where(a => a.Attachment.ContentId is not null).ToList();
            if (shown.Count > 0) html = Entity.Multipart("related", boundaries, [html, .. shown.Select(Entity.OfAttachment)]);
            body = Entity.Multipart("alternative", boundaries, [body, html]);
        }
        var beside = Numbered(mail).Where(a => mail.Html is null || a.Attachment.ContentId is null).ToList();
        return beside.Count == 0 ? body : Entity.Multipart("mixed", boundaries, [body, .. beside.Select(Entity.OfAttachment)]);
    }

    static IEnumerable<(OutboundAttachment Attachment, string Field)> Numbered(OutboundMail mail) =>
        mail.Attachments.Select((a, i) => (a, $"Attachments[{i}]"));

    static void Append(MemoryStream output, string text) => output.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Boundaries hold <c>=_</c>, which occurs neither in quoted-printable nor in base64.</summary>
    sealed class Boundaries(string seed)
    {
        int next;

        public string Take(string salt = "") =>
            "=_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{next++}/{salt}")).AsSpan(0, 12));
    }

    sealed class Entity
    {
        readonly StringBuilder header = new();
        byte[] content = [];
        IReadOnlyList<Entity> children = [];
        string boundary = "";

        public static Entity OfText(string mediaType, string text)
        {
            var entity = new Entity();
            var header = new HeaderWriter(entity.header);
            var (content, encoding) = TransferEncoder.EncodeText(text);
            header.Tokens("Content-Type", [$"{mediaType};", encoding == "7bit" ? "charset=us-ascii" : "charset=utf-8"]);
            header.Tokens("Content-Transfer-Encoding", [encoding]);
            entity.content = content;
            return entity;
        }

        public static Entity OfAttachment((OutboundAttachment, string) numbered)
        {
            var (attachment, field) = numbered;
            var entity = new Entity();
            var header = new HeaderWriter(entity.header);
            CheckMediaType(attachment.ContentType, field);
            if (attachment.Name.Length == 0) throw HeaderWriter.Invalid($"{field}.Name", "a file name is required.");
            var name = HeaderWriter.Parameter("name", attachment.Name, $"{field}.Name");
            var file = HeaderWriter.Parameter("filename", attachment.Name, $"{field}.Name");
            // A message may not be base64 (RFC 2046 section 5.2.1); one that is not 7bit travels as a file.
            var message = attachment.ContentType.StartsWith("message/", StringComparison.OrdinalIgnoreCase);
            var plain = message && TransferEncoder.Is7Bit(attachment.Content.Span);
            var type = message && !plain ? "application/octet-stream" : attachment.ContentType;
            header.Tokens("Content-Type", Separated([type, .. name]));
            header.Tokens("Content-Transfer-Encoding", [plain ? "7bit" : "base64"]);
            header.Tokens("Content-Disposition", Separated([attachment.ContentId is null ? "attachment" : "inline", .. file]));
            if (attachment.ContentId is not null) header.MessageIds("Content-ID", [attachment.ContentId], $"{field}.ContentId");
            entity.content = plain ? attachment.Content.ToArray() : TransferEncoder.Base64(attachment.Content.Span);
            return entity;
        }

        public static Entity Multipart(string subtype, Boundaries boundaries, IReadOnlyList<Entity> children)
        {
            var entity = new Entity { children = children };
            // Only 7bit parts could hold a boundary; the one chosen is not in any of them.
            for (var salt = 0; entity.boundary.Length == 0 || children.Any(c => c.Holds(Encoding.ASCII.GetBytes(entity.boundary))); salt++)
                entity.boundary = boundaries.Take(salt.ToString(System.Globalization.CultureInfo.InvariantCulture));
            new HeaderWriter(entity.header).Tokens("Content-Type", [$"multipart/{subtype};", $"boundary=\"{entity.boundary}\""]);
            return entity;
        }

        public void WriteTo(MemoryStream output)
        {
            Append(output, header.ToString());
            Append(output, "\r\n");
            output.Write(content);
            foreach (var child in children)
            {
                Append(output, $"\r\n--{boundary}\r\n");
                child.WriteTo(output);
            }
            if (children.Count > 0) Append(output, $"\r\n--{boundary}--\r\n");
        }

        bool Holds(byte[] text) => content.AsSpan().IndexOf(text) >= 0 || children.Any(c => c.Holds(text));

        static IEnumerable<string> Separated(string[] tokens) => tokens.Select((t, i) => i < tokens.Length - 1 ? t + ";" : t);

        static bool IsToken(string half) =>
            half.Length is > 0 and <= 100 && half.All(c => char.IsAsciiLetterOrDigit(c) || "!#$&-^_.+".Contains(c));

        static void CheckMediaType(string type, string field)
        {
            var halves = type.Split('/');
            if (halves.Length != 2 || !halves.All(IsToken))
                throw HeaderWriter.Invalid($"{field}.ContentType", "type/subtype without parameters is required.");
            if (halves[0].Equals("multipart", StringComparison.OrdinalIgnoreCase))
                throw HeaderWriter.Invalid($"{field}.ContentType", "an attachment is not a multipart.");
        }
    }
}
