using CxPlatform.Cases.Domain;

namespace CxPlatform.Case.Tests.Domain;

public sealed class MentionTests
{
    private static readonly Colleague Anna = new(Guid.CreateVersion7(), "Anna Berger", "anna.berger@desk.example");
    private static readonly Colleague AnnaToo = new(Guid.CreateVersion7(), "Anna Berger-Klein", "abk@desk.example");
    private static readonly Colleague Ben = new(Guid.CreateVersion7(), "Ben", null);
    private static readonly Colleague Jose = new(Guid.CreateVersion7(), "José Núñez", "jose@desk.example");
    private static readonly Colleague[] Everybody = [Anna, AnnaToo, Ben, Jose];

    [Theory]
    [InlineData("@Anna Berger please have a look", "Anna Berger")]
    [InlineData("ask @anna berger, or @Ben.", "Anna Berger,Ben")]
    [InlineData("@Anna Berger-Klein knows", "Anna Berger-Klein")]
    [InlineData("@AnnaBerger: see above", "Anna Berger")]
    [InlineData("(@anna.berger)", "Anna Berger")]
    [InlineData("@abk?", "Anna Berger-Klein")]
    [InlineData("@José weiß es, @josé núñez auch", "José Núñez")]
    [InlineData("@ben and again @Ben", "Ben")]
    [InlineData("@Benedict is another", "")]
    [InlineData("@Anna could be two", "")]
    [InlineData("write to ben@Ben or maria@anna.berger", "")]
    [InlineData("Ben is not called", "")]
    [InlineData("@", "")]
    [InlineData("@ben-jamin and @ben.example", "")]
    [InlineData("@Ben-", "Ben")]
    public void A_note_calls_whom_it_names_after_the_sign(string text, string names) =>
        Assert.Equal(names, string.Join(',', Mentions.Find(text, Everybody).Select(id => Everybody.Single(one => one.Id == id).Name)));

    [Fact]
    public void Two_of_one_name_are_both_called()
    {
        var other = Ben with { Id = Guid.CreateVersion7() };
        Assert.Equal([Ben.Id, other.Id], Mentions.Find("@Ben", [Ben, other]));
    }

    [Fact]
    public void Nothing_is_called_where_there_is_no_sign() => Assert.False(Mentions.MayBeIn("Hello Ben"));
}
