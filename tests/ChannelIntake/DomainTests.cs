using CxPlatform.Contracts;
using CxPlatform.Intake;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class DomainTests
{
    [Theory]
    [InlineData(" Erika.Muster@Example.COM ", "erika.muster@example.com")]
    [InlineData("<erika@example.com>", "erika@example.com")]
    [InlineData("mailto:erika@example.com", "erika@example.com")]
    [InlineData("erika@Bücher.example", "erika@xn--bcher-kva.example")]
    [InlineData("erika@bu\u0308cher.example", "erika@xn--bcher-kva.example")]
    [InlineData("erika@example.com.", "erika@example.com")]
    [InlineData("a+b@example.com", "a+b@example.com")]
    [InlineData("a@[192.0.2.1]", "a@[192.0.2.1]")]
    [InlineData("erika", null)]
    [InlineData("@example.com", null)]
    [InlineData("erika@", null)]
    [InlineData("eri ka@example.com", null)]
    [InlineData("erika@exa mple.com", null)]
    [InlineData("erika@example..com", null)]
    [InlineData("erika@.com", null)]
    public void An_address_has_one_spelling(string written, string? spelling) => Assert.Equal(spelling, Identities.Address(written));

    [Theory]
    [InlineData("+49 30 1234567", null, "+49301234567")]
    [InlineData("+49 (0)30 / 123-45.67", null, "+49301234567")]
    [InlineData("0049 30 1234567", null, "+49301234567")]
    [InlineData("tel:+15005550006", null, "+15005550006")]
    [InlineData("030 1234567", "49", "+49301234567")]
    [InlineData("30 1234567", "49", "+49301234567")]
    [InlineData("030 1234567", null, null)]
    [InlineData("+0 12345678", null, null)]
    [InlineData("+49 30", null, null)]
    [InlineData("+1234567890123456", null, null)]
    [InlineData("call me", "49", null)]
    public void A_phone_number_has_one_spelling(string written, string? countryCode, string? spelling) =>
        Assert.Equal(spelling, Identities.Phone(written, countryCode));

    [Theory]
    [InlineData("Re: [CX-2026-000123] Paket", "CX-2026-000123")]
    [InlineData("cx-2026-000123", "CX-2026-000123")]
    [InlineData("ABCX-2026-000123", null)]
    [InlineData("CX-2026-123", null)]
    [InlineData("CX-2026-0001234567890", null)]
    [InlineData(null, null)]
    public void A_case_number_is_found_in_a_subject(string? subject, string? number) => Assert.Equal(number, CaseNumber.Find(subject));

    [Theory]
    [InlineData("Hello, where is my order? I have been waiting for two weeks.", "en")]
    [InlineData("Guten Tag, mein Paket ist noch nicht da. Bitte melden Sie sich.", "de")]
    [InlineData("Bonjour, je n'ai pas reçu ma commande et je voudrais être remboursé.", "fr")]
    [InlineData("Hola, todavía no he recibido mi pedido. ¿Cuándo llega, por favor?", "es")]
    [InlineData("ok", null)]
    [InlineData("4711 / 0815", null)]
    [InlineData("", null)]
    public void A_language_is_guessed_from_small_words(string text, string? language) => Assert.Equal(language, Language.Guess(text));

    [Fact]
    public void A_text_is_cut_between_characters()
    {
        Assert.Equal("ab", Limits.Cut("ab😀", 3));
        Assert.Equal("aä", Limits.CutBytes("aä😀", 6));
        Assert.Equal("aä😀", Limits.CutBytes("aä😀", 7));
    }

    [Fact]
    public void Text_that_no_database_takes_is_cleaned() => Assert.Equal("a\nb\ufffdc😀", Clean.Text("a\r\nb\ud800c\0😀"));

    [Fact]
    public void A_kind_that_fits_neither_an_address_nor_a_number_must_be_stated()
    {
        Assert.Equal("from.value", Identities.Read(null, "K-4711", null, "from.value").Refusal?.Field);
        Assert.Equal(new(IdentityKind.ExternalId, "K-4711"), Identities.Read(IdentityKind.ExternalId, " K-4711 ", null, "from.value")
            .Value);
        Assert.Equal(new(IdentityKind.Handle, "@erika"), Identities.Read(IdentityKind.Handle, "@Erika", null, "from.value").Value);
    }
}
