namespace CxPlatform.Mail.Tests;

public class EncodedWordTests
{
    [Theory]
    [InlineData("plain", "plain")]
    // RFC 2047 section 8
    [InlineData("=?ISO-8859-1?Q?a?=", "a")]
    [InlineData("=?ISO-8859-1?Q?a?= b", "a b")]
    [InlineData("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab")]
    [InlineData("=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=", "ab")]
    [InlineData("=?ISO-8859-1?Q?a?=\t =?ISO-8859-1?Q?b?=", "ab")]
    [InlineData("=?ISO-8859-1?Q?a_b?=", "a b")]
    [InlineData("=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b")]
    [InlineData("=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore")]
    [InlineData("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße")]
    [InlineData("=?utf-8?b?R3LDvMOfZQ==?=", "Grüße")]
    [InlineData("=?utf-8?b?R3LDvMOfZQ?=", "Grüße")]
    // characters cut in two between words
    [InlineData("=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3?= =?UTF-8?Q?=9Fe?=", "Grüße")]
    [InlineData("=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", "Grüße")]
    [InlineData("=?utf-8?B?R3LDvM?= =?utf-8?B?OfZQ==?=", "Grüße")]
    [InlineData("=?utf-8?B?R3LD?= =?utf-8?Q?=BC?=", "Grü")]
    [InlineData("=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=", "テスト")]
    [InlineData("=?gb2312?B?1tDOxA==?=", "中文")]
    [InlineData("=?koi8-r?B?8NLJ18XU?=", "Привет")]
    [InlineData("=?windows-1251?Q?=CF=F0=E8=E2=E5=F2?=", "Привет")]
    // broken forms
    [InlineData("a=?utf-8?Q?b?=c", "abc")]
    [InlineData("=?utf-8?Q?with space?=", "with space")]
    [InlineData("=?utf-8?Q?never_closed", "never closed")]
    [InlineData("=?utf-8?Q?never?closed and more", "never?closed and more")]
    [InlineData("=?utf-8?B?R3LDvMOfZQ==", "Grüße")]
    [InlineData("=?utf-8?B?no base64", "=?utf-8?B?no base64")]
    [InlineData("=?utf-8?Q?lost =?utf-8?Q?found?=", "lostfound")]
    [InlineData("=?utf-8?Q?Where_is_it?=3F?= Hello", "Where is it?? Hello")]
    [InlineData("=?utf-8?Q?=C3=A9?=20 years", "é20 years")]
    [InlineData("=??Q?caf=C3=A9?=", "café")]
    [InlineData("=?x-unknown?B?z/Do4uXy?=", "Привет")]
    [InlineData("=?utf-8?X?text?=", "=?utf-8?X?text?=")]
    [InlineData("=?no-such-charset?Q?caf=E9?=", "café")]
    [InlineData("=?no-such-charset?Q?caf=C3=A9?=", "café")]
    [InlineData("=?utf-8?Q?100=25_=3D_all=ZZ?=", "100% = all=ZZ")]
    [InlineData("=?utf-8?Q??=", "")]
    [InlineData("Re: =?utf-8?Q?=C3=84rger?= mit Nr. 5", "Re: Ärger mit Nr. 5")]
    [InlineData("=?", "=?")]
    [InlineData("=?=", "=?=")]
    [InlineData("?=", "?=")]
    [InlineData("1 =? 2 ?= 3", "1 =? 2 ?= 3")]
    public void Encoded_words_are_decoded(string raw, string expected) => Assert.Equal(expected, EncodedWords.Decode(raw));

    [Fact]
    public void A_folded_subject_is_one_line()
    {
        var mail = Mails.Read("Subject: =?utf-8?Q?first=20?=\n =?utf-8?Q?second?=\n\tthird\n\nx");
        Assert.Equal("first second third", mail.Subject);
    }

    [Fact]
    public void Encoded_line_ends_and_NUL_in_a_subject_do_not_leave_the_line() =>
        Assert.Equal("a Bcc: x", Mails.Read("Subject: =?utf-8?Q?a=0ABcc:_x=00?=\n\nx").Subject);
}
