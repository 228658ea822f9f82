using System.Text;

namespace CxPlatform.Mail.Tests;

public class TransferAndCharsetTests
{
    [Theory]
    [InlineData("quoted-printable", "caf=C3=A9", "cafÃ©")]
    [InlineData("quoted-printable", "caf=c3=a9", "cafÃ©")]
    [InlineData("quoted-printable", "soft=\r\nbreak", "softbreak")]
    [InlineData("quoted-printable", "soft=  \r\nbreak", "softbreak")]
    [InlineData("quoted-printable", "soft=\nbreak", "softbreak")]
    [InlineData("quoted-printable", "ends with =", "ends with ")]
    [InlineData("quoted-printable", "a=3Db=XYc=", "a=b=XYc")]
    [InlineData("quoted-printable", "trailing  \r\nspace=20\r\nkept", "trailing\r\nspace \r\nkept")]
    [InlineData("quoted-printable", "=20\t\nx", " \nx")]
    [InlineData("quoted-printable", "\r\n\n", "\r\n\n")]
    [InlineData("base64", "SGVsbG8=", "Hello")]
    [InlineData("base64", "SGVs\r\nbG8=\r\n", "Hello")]
    [InlineData("base64", "SGVsbG8", "Hello")]
    [InlineData("base64", "S G-V*s b!G8", "Hello")]
    [InlineData("base64", "SGVsbG8=IFdvcmxk", "Hello World")]
    [InlineData("base64", "S", "")]
    [InlineData("base64", "====", "")]
    [InlineData("x-uuencode", "begin 644 a.txt\r\n%2&5L;&\\\r\n`\r\nend\r\n", "Hello")]
    [InlineData("x-yenc", "=ybegin line=128 size=3 name=a\r\nk=}l\r\n=yend size=3\r\n", "A\u0013B")]
    [InlineData("base64", "SGVsbG8=\r\nA mailing list's footer!\r\n", "Hello")]
    [InlineData("8bit", "é", "é")]
    [InlineData("7bit", "a=3D", "a=3D")]
    [InlineData("nonsense", "abc", "abc")]
    public void A_transfer_encoding_is_taken_off(string encoding, string content, string expected) =>
        Assert.Equal(expected, Encoding.Latin1.GetString(TransferDecoder.Decode(Encoding.Latin1.GetBytes(content), encoding).Span));

    [Theory]
    [InlineData("utf-8", "C3A9", "é")]
    [InlineData("UTF8", "C3A9", "é")]
    [InlineData("utf-8", "E9", "é")]
    [InlineData("utf-8", "C3A9E9", "é�")]
    [InlineData("iso-8859-1", "E980", "é€")]
    [InlineData("iso-8859-15", "A4", "€")]
    [InlineData("iso-8859-1", "C3A9", "é")]
    [InlineData("us-ascii", "C3A9", "é")]
    [InlineData("us-ascii", "E9", "é")]
    [InlineData(null, "E9", "é")]
    [InlineData(null, "C3A9", "é")]
    [InlineData("", "41", "A")]
    [InlineData("made-up", "E9", "é")]
    [InlineData("windows-1250", "E8", "č")]
    [InlineData("iso-8859-2", "E8", "č")]
    [InlineData("cp1251", "CF", "П")]
    [InlineData("cp850", "81", "ü")]
    [InlineData("macintosh", "8A", "ä")]
    [InlineData("shift_jis", "834E", "ク")]
    [InlineData("euc-jp", "A5AF", "ク")]
    [InlineData("iso-2022-jp", "1B2442252F1B2842", "ク")]
    [InlineData("big5", "A4A4", "中")]
    [InlineData("gbk", "D6D0", "中")]
    [InlineData("gb18030", "D6D0", "中")]
    [InlineData("euc-kr", "B0A1", "가")]
    [InlineData("ks_c_5601-1987", "B0A1", "가")]
    [InlineData("utf-7", "2B414F6B2D", "é")]
    [InlineData("utf-16le", "E900", "é")]
    [InlineData("utf-16be", "00E9", "é")]
    [InlineData("utf-8", "EFBBBF41", "A")]
    public void A_charset_is_decoded(string? charset, string hex, string expected) =>
        Assert.Equal(expected, Charsets.Decode(Convert.FromHexString(hex), charset, new()));

    [Theory]
    [InlineData("This is \nflowed.\nNot this.", false, "This is flowed.\nNot this.")]
    [InlineData("No \nspace", true, "Nospace")]
    [InlineData("> quoted \n> goes on\nmine", false, "> quoted goes on\nmine")]
    [InlineData("> quoted \n>> deeper", false, "> quoted \n>> deeper")]
    [InlineData(" >not a quote\n From me", false, ">not a quote\nFrom me")]
    [InlineData("text \n-- \nsignature", false, "text \n-- \nsignature")]
    [InlineData("last ", false, "last ")]
    [InlineData("", false, "")]
    public void Flowed_text_is_unwrapped(string text, bool deleteSpace, string expected) =>
        Assert.Equal(expected, FlowedText.Unwrap(text, deleteSpace));
}
