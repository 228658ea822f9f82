using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Testing;

namespace CxPlatform.Messaging.Tests;

public sealed class SmallPartsTests
{
    [Fact]
    public void A_cursor_reads_back_what_it_wrote()
    {
        var cursor = new Cursor(Guid.NewGuid(), 123_456_789);
        Assert.True(Cursor.TryParse(cursor.ToString(), out var read));
        Assert.Equal(cursor, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("zz000000000000000000000000000000ff")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("00000000000000000000000000000000ffffffffffffffff")]
    public void What_is_no_cursor_is_refused(string text) => Assert.False(Cursor.TryParse(text, out _));

    [Fact]
    public void An_enum_word_from_a_newer_version_reads_as_unknown()
    {
        var json = EventTypes.Write(Append.Contact("hello")).Replace("\"api\"", "\"telepathy\"", StringComparison.Ordinal);
        Assert.Equal(Channel.Unknown, ((ContactReceived)EventTypes.Read("contact.received.v1", json)).Channel);
    }

    [Fact]
    public void Microseconds_survive_both_ways()
    {
        var time = Time.Truncate(new DateTimeOffset(2026, 11, 21, 9, 59, 59, TimeSpan.FromHours(2)).AddTicks(1234567));
        Assert.Equal(time, Time.FromMicroseconds(Time.ToMicroseconds(time)));
    }

    [Fact]
    public async Task A_blob_is_found_by_its_content_and_kept_once()
    {
        using var folder = new TempFolder();
        var blobs = new FolderBlobs(folder.Path);
        var content = Encoding.UTF8.GetBytes("hello");

        var one = await blobs.PutAsync(content);
        var two = await blobs.PutAsync(new MemoryStream(content));

        Assert.Equal(one, two);
        Assert.Equal("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", one.Hash);
        Assert.Single(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories));
        await using var stream = await blobs.OpenAsync(one.Hash);
        Assert.NotNull(stream);
        Assert.Null(await blobs.OpenAsync("../../etc/passwd"));
    }
}
