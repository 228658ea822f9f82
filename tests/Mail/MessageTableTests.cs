using System.Globalization;

namespace CxPlatform.Mail.Tests;

/// <summary>
/// Messages as the programs of the world send them, in tables. A table's expectations were read by a person before they were written down.
/// </summary>
public class MessageTableTests
{
    public static TheoryData<string, string, string> Messages => Tables.Cases("messages.txt");
    public static TheoryData<string, string, string> Bounces => Tables.Cases("bounces.txt");
    public static TheoryData<string, string, string> Automatic => Tables.Cases("automatic.txt");
    public static TheoryData<string, string> Senders => Tables.Pairs("senders.txt");
    public static TheoryData<string, string> Subjects => Tables.Pairs("subjects.txt");

    [Theory]
    [MemberData(nameof(Messages))]
    public void Text_and_files_are_what_was_sent(string name, string message, string expected)
    {
        Assert.NotEmpty(name);
        var mail = MimeReader.Read(Tables.Bytes(message));
        var files = mail.Attachments.Select(a =>
            string.Create(CultureInfo.InvariantCulture, $"\nfile: {a.Name ?? "-"}, {a.ContentType}, {a.Size}{(a.Inline ? ", inline" : "")}"));
        Assert.Equal(expected, (mail.Text.TrimEnd() + string.Concat(files)).Trim('\n'));
    }

    [Theory]
    [MemberData(nameof(Bounces))]
    public void A_report_names_whom_it_is_about_and_whether_they_can_be_reached_again(string name, string message, string expected)
    {
        Assert.NotEmpty(name);
        var mail = MimeReader.Read(Tables.Bytes(message));
        var recipients = DeliveryStatus.Read(mail)?.Recipients.Select(r => $" {r.Address} {r.Action} {r.Status} {(r.Hard ? "hard" : "soft")}") ?? [];
        Assert.Equal(expected, $"{AutomaticMail.Classify(mail)}{string.Join(';', recipients)}");
    }

    [Theory]
    [MemberData(nameof(Automatic))]
    public void Programs_are_told_from_people(string name, string message, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, AutomaticMail.Classify(MimeReader.Read(Tables.Bytes(message))).ToString());
    }

    [Theory]
    [MemberData(nameof(Senders))]
    public void A_sender_is_read_however_it_is_written(string field, string expected) =>
        Assert.Equal(expected, string.Join(" | ", MimeReader.Read(Tables.Bytes($"From: {field}\n\nx")).From));

    [Theory]
    [MemberData(nameof(Subjects))]
    public void A_subject_is_read_however_it_is_written(string field, string expected) =>
        Assert.Equal(expected, MimeReader.Read(Tables.Bytes($"Subject: {field}\n\nx")).Subject);
}
