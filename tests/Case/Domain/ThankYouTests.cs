using CxPlatform.Cases.Domain;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>What is a thank-you and nothing else, in the languages of Europe and in Japanese and Turkish.</summary>
public sealed class ThankYouTests
{
    [Theory]
    [InlineData("Thank you so much for your quick help!")]
    [InlineData("Thanks Ada, everything works now. Best regards, Mia")]
    [InlineData("Vielen lieben Dank für die schnelle Hilfe!")]
    [InlineData("Merci beaucoup pour votre aide, bonne journée")]
    [InlineData("Un grand merci à toute l’équipe")]
    [InlineData("Merci à toute l’équipe !")]
    [InlineData("¡Muchas gracias por su ayuda!")]
    [InlineData("Grazie mille, tutto perfetto")]
    [InlineData("Grazie mille per la risposta veloce. Cordiali saluti")]
    [InlineData("Hartelijk bedankt voor uw hulp, fijne dag")]
    [InlineData("Dank je wel!")]
    [InlineData("Muito obrigada pela ajuda, tudo resolvido")]
    [InlineData("Bardzo dziękuję za pomoc, wszystko działa")]
    [InlineData("Tack så mycket för hjälpen!")]
    [InlineData("Mange tak for hjælpen")]
    [InlineData("Tusen takk for hjelpen, alt fungerer nå")]
    [InlineData("Kiitos paljon avusta, kaikki toimii nyt")]
    [InlineData("Moc děkuji za pomoc")]
    [InlineData("Yardımınız için çok teşekkürler")]
    [InlineData("Çok teşekkür ederim, iyi günler")]
    [InlineData("迅速なご対応ありがとうございました。")]
    [InlineData("本当にありがとうございます！")]
    // Whoever signs it, under a name that we do not know.
    [InlineData("Vielen Dank!\n\nViele Grüße\nHans-Peter von Ahlen")]
    [InlineData("Thank you very much!\r\n\r\nBest regards,\r\nMaria José Gómez")]
    [InlineData("Merci beaucoup. Cordialement, Hélène")]
    [InlineData("Danke, LG Sabine")]
    [InlineData("Vielen Dank. Mit freundlichen Grüßen, das Gerät ist immer noch defekt", false)]
    [InlineData("Danke, LG. Es geht wieder nicht", false)]
    [InlineData("Thanks. Best regards, but it is broken", false)]
    [InlineData("Thanks!\nNo", false)]
    // An answer, a but, a number, a wish: somebody looks.
    [InlineData("Tak", false)]
    [InlineData("Ja, danke", false)]
    [InlineData("No gracias", false)]
    [InlineData("Merci, mais ça ne marche pas", false)]
    [InlineData("Danke, aber es geht nicht", false)]
    [InlineData("Grazie, ma non funziona", false)]
    [InlineData("Dziękuję, ale nie działa", false)]
    [InlineData("Tack, men det fungerar inte", false)]
    [InlineData("Tak for svar", false)]
    [InlineData("Kiitos, mutta se ei toimi", false)]
    [InlineData("Děkuji, ale nefunguje", false)]
    [InlineData("Teşekkürler ama çalışmıyor", false)]
    [InlineData("ありがとうございます。いつ届きますか", false)]
    [InlineData("ありがとうございます。でも動きません", false)]
    [InlineData("Thanks, 2 more please", false)]
    [InlineData("Thanks, all works?", false)]
    [InlineData("Merci de me rappeler", false)]
    [InlineData("Everything works", false)]
    [InlineData("", false)]
    public void A_thank_you_thanks_and_says_nothing_else(string text, bool isOne = true) =>
        Assert.Equal(isOne, ThankYou.Is(text, "Mia Berger", "Ada"));
}
