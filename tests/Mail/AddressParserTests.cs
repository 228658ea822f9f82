namespace CxPlatform.Mail.Tests;

public class AddressParserTests
{
    [Theory]
    // RFC 5322 appendix A
    [InlineData("John Doe <jdoe@machine.example>", "John Doe|jdoe@machine.example")]
    [InlineData("\"Joe Q. Public\" <john.q.public@example.com>", "Joe Q. Public|john.q.public@example.com")]
    [InlineData("Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>", "Mary Smith|mary@x.test, |jdoe@example.org, Who?|one@y.test")]
    [InlineData("<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>", "|boss@nil.test, Giant; \"Big\" Box|sysservices@example.net")]
    [InlineData("A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;", "Ed Jones|c@a.test, |joe@where.test, John|jdoe@one.test")]
    [InlineData("Undisclosed recipients:;", "")]
    [InlineData("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "Pete|pete@silly.test")]
    [InlineData("A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n joe@example.org,\r\n John <jdoe@one.test> (my dear friend); (the end of the group)",
        "Chris Jones|c@public.example, |joe@example.org, John|jdoe@one.test")]
    [InlineData("(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", "")]
    [InlineData("Joe Q. Public <john.q.public@example.com>", "Joe Q. Public|john.q.public@example.com")]
    [InlineData("Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example", "Mary Smith|mary@example.net, |jdoe@test.example")]
    // what would turn the direction of writing
    [InlineData("\"Bank \u202emoc.live@rekcatta\" <a@example.com>", "Bank moc.live@rekcatta|a@example.com")]
    [InlineData("=?utf-8?q?=E2=80=AE=E2=81=A6Jane?= <a@example.com>, =?utf-8?q?=E2=80=8F?= <b@example.com>", "Jane|a@example.com, |b@example.com")]
    // forms that mail programs write
    [InlineData("jane@example.com (Jane Doe)", "Jane Doe|jane@example.com")]
    [InlineData("Doe, Jane <jane@example.com>", "Doe, Jane|jane@example.com")]
    [InlineData("Doe, Jane <jane@example.com>, Roe, Richard <r@example.com>", "Doe, Jane|jane@example.com, Roe, Richard|r@example.com")]
    [InlineData("\"Doe, Jane\" <jane@example.com>", "Doe, Jane|jane@example.com")]
    [InlineData("a@x.test; b@x.test", "|a@x.test, |b@x.test")]
    [InlineData("a@x.test b@x.test", "|a@x.test, |b@x.test")]
    [InlineData("Jane <jane@example.com", "Jane|jane@example.com")]
    [InlineData("Jane <jane@example.com, Bob <bob@example.com>", "Jane|jane@example.com, Bob|bob@example.com")]
    [InlineData("\"Jane <jane@example.com>", "Jane|jane@example.com")]
    [InlineData("Jane \"J\" Doe <jane@example.com>", "Jane J Doe|jane@example.com")]
    [InlineData("'Jane Doe' <jane@example.com>", "Jane Doe|jane@example.com")]
    [InlineData("'jane@example.com'", "|jane@example.com")]
    [InlineData("\"jane@example.com\" <jane@example.com>", "|jane@example.com")]
    [InlineData("<mailto:jane@example.com>", "|jane@example.com")]
    [InlineData("mailto:jane@example.com", "|jane@example.com")]
    [InlineData("<<jane@example.com>>", "|jane@example.com")]
    [InlineData("Jane < jane@example.com >", "Jane|jane@example.com")]
    [InlineData("Jane <jane @ example.com>", "Jane|jane@example.com")]
    [InlineData("jane @ example.com", "|jane@example.com")]
    [InlineData("\"john doe\"@example.com", "|\"john doe\"@example.com")]
    [InlineData("J <\"john doe\"@example.com>", "J|\"john doe\"@example.com")]
    [InlineData("J <\"john\"@example.com>", "J|john@example.com")]
    [InlineData("a@[192.0.2.1]", "|a@[192.0.2.1]")]
    [InlineData("a@[IPv6:2001:db8::1]", "|a@[IPv6:2001:db8::1]")]
    [InlineData("root", "|root")]
    [InlineData("<root>", "|root")]
    [InlineData("root (Cron Daemon)", "Cron Daemon|root")]
    [InlineData("Jane Doe", "")]
    [InlineData("", "")]
    [InlineData("<>", "")]
    [InlineData(",,;,", "")]
    [InlineData("=?utf-8?Q?J=C3=B6rg_M=C3=BCller?= <j@example.com>", "Jörg Müller|j@example.com")]
    [InlineData("\"=?utf-8?Q?J=C3=B6rg?=\" <j@example.com>", "Jörg|j@example.com")]
    [InlineData("=?utf-8?Q?M=C3=BCller,_J=C3=B6rg?= <j@example.com>", "Müller, Jörg|j@example.com")]
    [InlineData("=?utf-8?Q?Doe,_J?= <j@example.com>, k@example.com", "Doe, J|j@example.com, |k@example.com")]
    [InlineData("=?utf-8?B?SsO2cmc=?= =?utf-8?B?IE3DvGxsZXI=?= <j@example.com>", "Jörg Müller|j@example.com")]
    [InlineData("=?utf-8?Q?Jane_<jane@example.com>?=", "Jane|jane@example.com")]
    [InlineData("user@sub.example.com.", "|user@sub.example.com")]
    public void An_address_field_is_read(string field, string expected) =>
        Assert.Equal(expected, string.Join(", ", MailAddress.ParseList(field).Select(a => $"{a.Name}|{a.Address}")));

    [Fact]
    public void Addresses_with_unicode_are_kept()
    {
        var mail = Mails.Read($"From: {Mails.Utf8AsBytes("Jörg <jörg@müller.example>")}\n\nx");
        Assert.Equal(new MailAddress("Jörg", "jörg@müller.example"), Assert.Single(mail.From));
    }

    [Theory]
    [InlineData("<>", "")]
    [InlineData(" < > ", "")]
    [InlineData("<bounce+1@example.com>", "bounce+1@example.com")]
    [InlineData("bounce@example.com", "bounce@example.com")]
    [InlineData("", null)]
    public void The_return_path_tells_the_null_path_from_none(string field, string? expected) =>
        Assert.Equal(expected, Mails.Read($"Return-Path: {field}\n\nx").ReturnPath);
}
