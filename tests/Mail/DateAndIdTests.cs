namespace CxPlatform.Mail.Tests;

public class DateAndIdTests
{
    [Theory]
    [InlineData("Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T09:55:06-06:00")]
    [InlineData("Tue, 1 Jul 2003 10:52:37 +0200", "2003-07-01T10:52:37+02:00")]
    [InlineData("Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)", "1969-02-13T23:32:00-03:30")]
    [InlineData("21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06+00:00")]
    [InlineData("21 Nov 25 09:55:06 EST", "2025-11-21T09:55:06-05:00")]
    [InlineData("Mon, 24 Nov 2025 10:00:00", "2025-11-24T10:00:00+00:00")]
    [InlineData("Mon, 24 Nov 2025 10:00:00 GMT+0100", "2025-11-24T10:00:00+00:00")]
    [InlineData("Mon, 24 Nov 2025 10:00:00 +01:00", "2025-11-24T10:00:00+01:00")]
    [InlineData("Mon, 24 Nov 2025 23:59:60 +0000", "2025-11-24T23:59:59+00:00")]
    [InlineData("Mon, 24 November 2025 10:00:00 +0000", "2025-11-24T10:00:00+00:00")]
    [InlineData("Mon Nov 24 10:00:00 2025", "2025-11-24T10:00:00+00:00")]
    [InlineData("Mon Nov 24 10:00:00 CET 2025", "2025-11-24T10:00:00+01:00")]
    [InlineData("24-Nov-2025 10:00:00 +0000", "2025-11-24T10:00:00+00:00")]
    [InlineData("2025-11-24T10:00:00Z", "2025-11-24T10:00:00+00:00")]
    [InlineData("2025-11-24 10:00:00 +0100", "2025-11-24T10:00:00+01:00")]
    [InlineData("24 Nov 2025 1:05 PM", "2025-11-24T13:05:00+00:00")]
    [InlineData("Mon, 24 Nov 2025 10:00:00 +9900", "2025-11-24T10:00:00+00:00")]
    [InlineData("31 Feb 2025 10:00:00 +0000", null)]
    [InlineData("24 Nov 2025 25:00:00 +0000", "2025-11-24T00:00:00+00:00")]
    [InlineData("1 Jan 0001 00:00:00 +1400", null)]
    [InlineData("31 Dec 9999 23:59:59 -1400", null)]
    [InlineData("10:00", null)]
    [InlineData("10:00-05:00", null)]
    [InlineData("yesterday", null)]
    [InlineData("", null)]
    public void A_date_is_read(string field, string? expected) =>
        Assert.Equal(expected, DateParser.Parse(field)?.ToString("yyyy-MM-ddTHH:mm:sszzz",
            System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("<a@b>", "a@b")]
    [InlineData("<a@b> <c@d>", "a@b c@d")]
    [InlineData("<a@b><c@d>", "a@b c@d")]
    [InlineData("<a@b>,\r\n\t<c@d>", "a@b c@d")]
    [InlineData("Your message of Monday <a@b>", "a@b")]
    [InlineData("<a\r\n @b>", "a@b")]
    [InlineData("<<a@b>>", "a@b")]
    [InlineData("a@b", "a@b")]
    [InlineData("a@b c@d", "a@b c@d")]
    [InlineData("<a@b", "a@b")]
    [InlineData("no-at-sign", "no-at-sign")]
    [InlineData("<>", "")]
    [InlineData("", "")]
    public void Message_ids_are_read(string field, string expected) => Assert.Equal(expected, string.Join(' ', MessageIds.Parse(field)));
}
