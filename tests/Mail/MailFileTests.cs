using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace CxPlatform.Mail.Tests;

public class MailFileTests
{
    const int Megabytes = 60;

    [Fact]
    public void A_large_message_is_read_and_its_attachment_copied_in_little_memory()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "large.eml");
        using (var file = File.Create(path)) new LargeMail().CopyTo(file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var mail = MailFile.Open(path);
        Assert.Equal("large", mail.Mail.Subject);
        Assert.Equal("see the file", mail.Mail.Text);
        var attachment = Assert.Single(mail.Mail.Attachments);
        Assert.Equal("large.bin", attachment.Name);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var content = attachment.OpenContent())
        {
            var buffer = new byte[32 * 1024];
            while (content.Read(buffer) is var read and > 0) hash.AppendData(buffer.AsSpan(0, read));
        }
        Assert.Equal(Megabytes * 1_000_000, attachment.Size);
        // All that was ever allocated, whether collected since or not.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.Equal(LargeMail.ContentHash(), hash.GetHashAndReset());
    }

    [Fact]
    public async Task What_is_received_leaves_no_file_behind()
    {
        using var folder = new TempFolder();
        using (var mail = await MailFile.ReceiveAsync(new LargeMail(), folder.Path))
            Assert.Equal(Megabytes * 1_000_000, Assert.Single(mail.Mail.Attachments).Size);
        using (var empty = await MailFile.ReceiveAsync(Stream.Null, folder.Path)) Assert.Equal("", empty.Mail.Text);
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public void A_file_is_read_where_it_is()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "mail.eml");
        File.WriteAllBytes(path, Mails.Bytes("Subject: a\n\nb"));
        using var mail = MailFile.Open(path);
        Assert.Equal("a", mail.Mail.Subject);
        Assert.Equal(File.ReadAllBytes(path), mail.Raw.ToArray());
    }

    /// <summary>Lines of every length, so that pieces end anywhere within them.</summary>
    [Theory]
    [InlineData("base64")]
    [InlineData("quoted-printable")]
    [InlineData("x-uuencode")]
    [InlineData("x-yenc")]
    [InlineData("8bit")]
    public void Content_read_in_pieces_is_the_content_read_at_once(string encoding)
    {
        var random = new Random(4711);
        var raw = new byte[700_000];
        for (var i = 0; i < raw.Length; i++)
            raw[i] = (byte)(random.Next(90) == 0 ? '\n' : random.Next(40) == 0 ? '=' : random.Next(' ', 'a'));
        "begin 644 a\n"u8.CopyTo(raw);
        // One line that is longer than a piece.
        raw.AsSpan(300_000, 200_000).Replace((byte)'\n', (byte)'x');
        using var stream = new DecodedStream(raw, encoding);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        Assert.True(TransferDecoder.Decode(raw, encoding).Span.SequenceEqual(copy.GetBuffer().AsSpan(0, (int)copy.Length)));
    }

    sealed class TempFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("cx-mail").FullName;
        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    /// <summary>A message with an attachment that is written while it is read, so that nobody ever holds it.</summary>
    sealed class LargeMail : Stream
    {
        const int PerLine = 60;
        const int LineLength = 82;
        static readonly byte[] Head = Mails.Bytes("""
            Subject: large
            Content-Type: multipart/mixed; boundary=b

            --b

            see the file
            --b
            Content-Type: application/octet-stream; name=large.bin
            Content-Transfer-Encoding: base64


            """);

        static readonly byte[] Tail = "--b--\r\n"u8.ToArray();
        readonly byte[] content = new byte[PerLine], line = new byte[LineLength];
        long position;

        static void Fill(Span<byte> content, long number)
        {
            for (var i = 0; i < PerLine; i++) content[i] = (byte)(number * 31 + i * 7 + (number >> 8));
        }

        public static byte[] ContentHash()
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var content = new byte[PerLine];
            for (var number = 0L; number < Megabytes * 1_000_000 / PerLine; number++)
            {
                Fill(content, number);
                hash.AppendData(content);
            }
            return hash.GetHashAndReset();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            const long body = Megabytes * 1_000_000L / PerLine * LineLength;
            var at = position - Head.Length;
            ReadOnlySpan<byte> source;
            if (at < 0) source = Head.AsSpan((int)position);
            else if (at < body)
            {
                if (at % LineLength == 0)
                {
                    Fill(content, at / LineLength);
                    Base64.EncodeToUtf8(content, line, out _, out _);
                    (line[80], line[81]) = ((byte)'\r', (byte)'\n');
                }
                source = line.AsSpan((int)(at % LineLength));
            }
            else source = Tail.AsSpan((int)Math.Min(Tail.Length, at - body));
            count = Math.Min(count, source.Length);
            source[..count].CopyTo(buffer.AsSpan(offset));
            position += count;
            return count;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => position; set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
