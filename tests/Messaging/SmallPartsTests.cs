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

    [Fact]
    public async Task A_blob_that_was_put_lately_is_not_deleted_and_one_that_was_not_is()
    {
        using var folder = new TempFolder();
        var clock = new SteppedTime();
        var blobs = new FolderBlobs(folder.Path, clock);
        var content = Encoding.UTF8.GetBytes("hello");
        var hash = (await blobs.PutAsync(content)).Hash;
        Assert.False(await blobs.DeleteAsync(hash));
        clock.Advance(FolderBlobs.Lately);
        await blobs.PutAsync(new MemoryStream(content));
        Assert.False(await blobs.DeleteAsync(hash));
        clock.Advance(FolderBlobs.Lately);
        await blobs.PutAsync(content);
        Assert.False(await blobs.DeleteAsync(hash));
        clock.Advance(FolderBlobs.Lately);
        Assert.True(await blobs.DeleteAsync(hash));
        Assert.Null(await blobs.OpenAsync(hash));
        Assert.True(await blobs.DeleteAsync(hash));
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_put_and_a_deletion_of_the_same_content_at_the_same_instant_never_leave_the_put_one_missing()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        using var folder = new TempFolder();
        var clock = new SteppedTime();
        var blobs = new FolderBlobs(folder.Path, clock);
        for (var round = 0; round < 300; round++)
        {
            var content = new byte[random.Next(1, 5000)];
            random.NextBytes(content);
            var hash = (await blobs.PutAsync(content)).Hash;
            clock.Advance(FolderBlobs.Lately);
            using var together = new Barrier(3);
            var deletion = Task.Run(async () =>
            {
                together.SignalAndWait();
                await blobs.DeleteAsync(hash);
            });
            var puts = Enumerable.Range(0, 2).Select(n => Task.Run(async () =>
            {
                together.SignalAndWait();
                await (n == 0 ? blobs.PutAsync(content) : blobs.PutAsync(new MemoryStream(content)));
            }));
            await Task.WhenAll([deletion, .. puts]);
            await using var stream = await blobs.OpenAsync(hash);
            Assert.True(stream?.Length == content.Length, $"seed {seed}, round {round}");
        }
    }
}
