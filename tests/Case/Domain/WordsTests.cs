using CxPlatform.Cases.Domain;

namespace CxPlatform.Case.Tests.Domain;

public sealed class WordsTests
{
    [Theory]
    [InlineData("Kettle", "Hello,\n\nmy kettle does not heat any more. I bought it in May.\n\nBest\nMia",
        "My kettle does not heat any more.")]
    [InlineData("Kettle", "Hi there! My kettle is broken", "My kettle is broken")]
    [InlineData("Kettle", "Dear Sir or Madam,\r\nI would like to\r\nreturn my kettle, please.\r\n",
        "I would like to return my kettle, please.")]
    [InlineData("Kanne", "Sehr geehrte Damen und Herren,\n\nich möchte z. B. die Kanne Nr. 4 tauschen. Danke!",
        "Ich möchte z. B. die Kanne Nr. 4 tauschen.")]
    [InlineData("Kanne", "Guten Tag\nwo bleibt mein Paket?", "Wo bleibt mein Paket?")]
    [InlineData("Kanne", "Hallo Frau Müller, wann haben Sie geöffnet?", "Wann haben Sie geöffnet?")]
    [InlineData("Phone", "Hi, iPhone 12 does not start.", "iPhone 12 does not start.")]
    [InlineData("Re: AW: Order 4711 is late", "", "Order 4711 is late")]
    [InlineData("Order 4711 is late", "Help!!!", "Order 4711 is late")]
    [InlineData("Order", "> you wrote this\nI still wait for my order.", "I still wait for my order.")]
    [InlineData("Bill", "I hope you are well. My bill says 3.50 but it should say 2.50. Why?", "My bill says 3.50 but it should say 2.50.")]
    [InlineData(null, null, "nothing")]
    [InlineData("  ", "\n\n---\n", "nothing")]
    public void The_need_is_the_first_sentence_that_says_something(string? subject, string? text, string expected) =>
        Assert.Equal(expected, NeedSentence.From(subject, text, "nothing"));

    [Fact]
    public void The_need_is_never_a_whole_mail()
    {
        var need = NeedSentence.From("Long", string.Join(' ', Enumerable.Repeat("something and", 200)), "nothing");
        Assert.InRange(need.Length, 100, NeedSentence.MaxLength);
        Assert.EndsWith("…", need, StringComparison.Ordinal);
        Assert.InRange(NeedSentence.From(null, new string('x', 5000) + " y", "nothing").Length, 100, NeedSentence.MaxLength);
    }

    [Theory]
    [InlineData("Thanks!", true)]
    [InlineData("Thank you so much for the quick help.", true)]
    [InlineData("Vielen Dank für die schnelle Antwort!\n\nViele Grüße\nMia Berger", true)]
    [InlineData("Danke, klappt wieder 🙂", true)]
    [InlineData("Super, danke!", true)]
    [InlineData("Perfect, works now", true)]
    [InlineData("Vielen Dank, Aisha!", true)]
    [InlineData("Vielen Dank, Norbert!", false)]
    [InlineData("Thanks, but it still does not work", false)]
    [InlineData("Thanks for nothing", false)]
    [InlineData("Thank you. Can you also send the bill?", false)]
    [InlineData("Danke, aber leider nicht gelöst", false)]
    [InlineData("ok", false)]
    [InlineData("", false)]
    public void A_thank_you_is_told_from_a_wish(string text, bool expected) => Assert.Equal(expected, ThankYou.Is(text, "Mia Berger", "Aisha", null));

    [Theory]
    [InlineData("CX-2026-000123", true)]
    [InlineData("cx-2026-1234567", true)]
    [InlineData("CX-26-000123", false)]
    [InlineData("CX-2026-12345", false)]
    [InlineData("", false)]
    public void A_case_number_is_recognised(string text, bool expected) => Assert.Equal(expected, CaseNumber.IsOne(text));

    [Fact]
    public void Numbers_are_written_for_people() => Assert.Equal("CX-2026-000123", CaseNumber.Format(2026, 123));
}
