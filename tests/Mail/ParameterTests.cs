namespace CxPlatform.Mail.Tests;

public class ParameterTests
{
    [Theory]
    [InlineData("text/plain; charset=utf-8", "text/plain", "charset", "utf-8")]
    [InlineData("TEXT/Plain ; Charset = \"UTF-8\" ; format=flowed", "text/plain", "charset", "UTF-8")]
    [InlineData("text/plain; charset=us-ascii (Plain text)", "text/plain", "charset", "us-ascii")]
    [InlineData("text/plain;charset=utf-8;", "text/plain", "charset", "utf-8")]
    [InlineData("text/plain; x; charset=utf-8", "text/plain", "charset", "utf-8")]
    [InlineData("text/plain (a comment; with semicolon); charset=utf-8", "text/plain", "charset", "utf-8")]
    [InlineData("multipart/mixed; boundary=\"a;b\"", "multipart/mixed", "boundary", "a;b")]
    [InlineData("multipart/mixed; boundary=\"never closed", "multipart/mixed", "boundary", "never closed")]
    [InlineData("multipart/mixed; boundary=----=_Part_1.2=3", "multipart/mixed", "boundary", "----=_Part_1.2=3")]
    [InlineData("attachment; filename=my report.pdf", "attachment", "filename", "my report.pdf")]
    [InlineData("attachment; filename=my report (1).pdf; size=5", "attachment", "size", "5")]
    [InlineData("attachment; filename=\"a \\\"b\\\".pdf\"", "attachment", "filename", "a \"b\".pdf")]
    [InlineData("attachment; filename=\"=?utf-8?Q?=C3=BCber.pdf?=\"", "attachment", "filename", "über.pdf")]
    [InlineData("attachment; filename==?utf-8?Q?=C3=BCber.pdf?=", "attachment", "filename", "über.pdf")]
    // RFC 2231
    [InlineData("message/external-body; URL*0=\"ftp://\"; URL*1=\"cs.utk.edu/pub\"", "message/external-body", "url", "ftp://cs.utk.edu/pub")]
    [InlineData("application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", "application/x-stuff", "title", "This is ***fun***")]
    [InlineData("application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2=\"isn't it!\"",
        "application/x-stuff", "title", "This is even more ***fun*** isn't it!")]
    [InlineData("attachment; filename*1*=%BCber; filename*0*=utf-8''%C3", "attachment", "filename", "über")]
    [InlineData("attachment; filename=\"fallback.txt\"; filename*=UTF-8''%C3%BCber.txt", "attachment", "filename", "über.txt")]
    [InlineData("attachment; filename*=iso-8859-1''%FCber.txt", "attachment", "filename", "über.txt")]
    [InlineData("attachment; filename*=%C3%BCber.txt", "attachment", "filename", "über.txt")]
    [InlineData("attachment; filename*=\"utf-8''%C3%BCber.txt\"", "attachment", "filename", "über.txt")]
    [InlineData("attachment; filename*99999999999=x; filename=y", "attachment", "filename", "y")]
    [InlineData("attachment; name", "attachment", "name", null)]
    [InlineData("", "", "x", null)]
    [InlineData(";;;=;=", "", "x", null)]
    public void A_value_and_its_parameters_are_read(string field, string value, string name, string? expected)
    {
        var type = ParameterParser.Parse(field, new());
        Assert.Equal(value, type.Value);
        Assert.Equal(expected, type[name]);
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\Users\\me\\report.pdf", "report.pdf")]
    [InlineData("/", null)]
    [InlineData("plain.txt", "plain.txt")]
    public void A_file_name_has_no_folder(string given, string? expected)
    {
        var mail = Mails.Read($"Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"{given}\"\n\nx");
        Assert.Equal(expected, Assert.Single(mail.Attachments).Name);
    }
}
