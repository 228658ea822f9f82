using System.Text;

namespace CxPlatform.Mail.Tests;

static class Mails
{
    /// <summary>Reads a message given as text with any line ends; characters up to 255 stand for bytes.</summary>
    public static InboundMail Read(string message) => MimeReader.Read(Bytes(message));

    public static byte[] Bytes(string message) => Encoding.Latin1.GetBytes(message.ReplaceLineEndings("\r\n"));

    public static string Utf8AsBytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    public static OutboundMail Outbound(string subject = "Hello", string text = "Hello") => new()
    {
        From = new("Support", "support@example.org"),
        To = [new("Jane Doe", "jane@example.com")],
        Subject = subject,
        Date = new DateTimeOffset(2025, 11, 20, 9, 30, 0, TimeSpan.FromHours(1)),
        MessageId = "m1@example.org",
        Text = text,
    };
}
