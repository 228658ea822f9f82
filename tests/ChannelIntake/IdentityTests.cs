using CxPlatform.Contracts;
using CxPlatform.Intake;
using CxPlatform.Intake.Customers;

namespace CxPlatform.ChannelIntake.Tests;

/// <summary>However an identity is written, it is one.</summary>
public sealed class IdentityTests
{
    [Theory]
    [InlineData("ERIKA@EXAMPLE.COM", "erika@example.com")]
    [InlineData("erika\uff20example.com", "erika@example.com")]
    [InlineData("erika@ex\u00adample.com", "erika@example.com")]
    [InlineData("\u200berika@example.com\ufeff", "erika@example.com")]
    [InlineData("\u202aerika@example.com\u202c", "erika@example.com")]
    [InlineData("erika@BÜCHER.example", "erika@xn--bcher-kva.example")]
    [InlineData("erika@XN--BCHER-KVA.example", "erika@xn--bcher-kva.example")]
    [InlineData("erika@例え。テスト", "erika@xn--r8jz45g.xn--zckzah")]
    [InlineData("u\u0308ml@example.com", "\u00fcml@example.com")]
    [InlineData("\u00dcML@example.com", "\u00fcml@example.com")]
    [InlineData("\"erika.muster\"@example.com", "erika.muster@example.com")]
    [InlineData("\"erika muster\"@example.com", "\"erika muster\"@example.com")]
    [InlineData("erika+orders@example.com", "erika+orders@example.com")]
    [InlineData("er.i.ka@gmail.com", "er.i.ka@gmail.com")]
    [InlineData("erika@[2001:db8::1]", "erika@[2001:db8::1]")]
    [InlineData("erika@localhost", "erika@localhost")]
    [InlineData("erika@-", null)]
    [InlineData("erika@exam\u0000ple.com", "erika@example.com")]
    [InlineData("erika@a/b.com", null)]
    [InlineData("\ud800@", null)]
    public void An_address_is_one_however_it_is_written(string written, string? spelling) =>
        Assert.Equal(spelling, Identities.Address(written));

    [Theory]
    [InlineData("+49 30 1234567", "49", "+49301234567")]
    [InlineData("+49 (0) 30 1234567", "49", "+49301234567")]
    [InlineData("+49 030 1234567", null, "+49301234567")]
    [InlineData("(+49) 30 1234567", null, "+49301234567")]
    [InlineData("(030) 123 45 67", "49", "+49301234567")]
    [InlineData("(0)30 1234567", "49", "+49301234567")]
    [InlineData("00 49 30 1234567", "49", "+49301234567")]
    [InlineData("0049(0)301234567", null, "+49301234567")]
    [InlineData("＋４９ ３０ １２３４５６７", null, "+49301234567")]
    [InlineData("+٤٩ ٣٠ ١٢٣٤٥٦٧", null, "+49301234567")]
    [InlineData("+49\u00a030\u202f123\u20114567", null, "+49301234567")]
    [InlineData("\u202a+49 30 1234567\u202c", null, "+49301234567")]
    [InlineData("030/1234567 Durchwahl 12", "49", "+49301234567")]
    [InlineData("+1 500 555 0006 ext. 12", null, "+15005550006")]
    [InlineData("+1 500 555 0006 x12", null, "+15005550006")]
    [InlineData("+1 500 555 0006 #12", null, "+15005550006")]
    [InlineData("+1 500 555 0006,,12", null, "+15005550006")]
    [InlineData("tel:+1-500-555-0006;ext=12", null, "+15005550006")]
    [InlineData("(500) 555-0006", "1", "+15005550006")]
    [InlineData("1-500-555-0006", "1", "+15005550006")]
    [InlineData("011 49 30 1234567", "1", "+49301234567")]
    [InlineData("0011 49 30 1234567", "61", "+49301234567")]
    [InlineData("0412 345 678", "61", "+61412345678")]
    [InlineData("06 1234 5678", "39", "+390612345678")]
    [InlineData("+39 06 1234 5678", null, "+390612345678")]
    [InlineData("06 1 234 5678", "36", "+3612345678")]
    [InlineData("8 (495) 123-45-67", "7", "+74951234567")]
    [InlineData("800 555 35 35", "7", "+78005553535")]
    [InlineData("+44 (0)20 7946 0018", null, "+442079460018")]
    [InlineData("020 7946 0018", "44", "+442079460018")]
    [InlineData("030 1234567", null, null)]
    [InlineData("112", "49", null)]
    [InlineData("+49 30 12+34567", null, null)]
    [InlineData("1-800-FLOWERS", "1", null)]
    [InlineData("+", "49", null)]
    [InlineData("", "49", null)]
    [InlineData("+12345678901234567890", null, null)]
    public void A_phone_number_is_one_however_it_is_written(string written, string? countryCode, string? spelling) =>
        Assert.Equal(spelling, Identities.Phone(written, countryCode));

    [Theory]
    [InlineData(IdentityKind.Handle, "Instagram:@Erika", "instagram:erika")]
    [InlineData(IdentityKind.Handle, "@Erika", "@erika")]
    [InlineData(IdentityKind.Handle, "u\u0308ml", "\u00fcml")]
    [InlineData(IdentityKind.ExternalId, " K-4711a ", "K-4711a")]
    public void A_handle_has_no_case_and_an_external_id_keeps_it(IdentityKind kind, string written, string spelling) =>
        Assert.Equal(new Identity(kind, spelling), Identities.Named(kind, written));

    [Theory]
    [InlineData(null, "Erika", "Erika")]
    [InlineData("Erika", "Erika Muster", "Erika Muster")]
    [InlineData("E. Muster", "Erika Muster", "Erika Muster")]
    [InlineData("Erika Muster", "Erika", "Erika Muster")]
    [InlineData("Erika Muster", "Dr. Erika Muster", "Dr. Erika Muster")]
    [InlineData("ERIKA MUSTER", "Erika Muster", "Erika Muster")]
    [InlineData("Erika Muster", "erika muster", "Erika Muster")]
    [InlineData("Erika Muster", "Max Muster", "Erika Muster")]
    [InlineData("Erika", "Somebody else", "Erika")]
    [InlineData("Jürgen", "Jurgen Groß", "Jurgen Groß")]
    [InlineData("info", "Erika Muster", "Erika Muster")]
    [InlineData("Erika", "Info", "Erika")]
    [InlineData("user4711", "Erika", "Erika")]
    [InlineData(null, "erika@example.com", null)]
    [InlineData(null, "  ", null)]
    [InlineData(null, "4711", null)]
    [InlineData(null, "'Erika Muster'", "Erika Muster")]
    [InlineData(null, "Muster, Erika", "Erika Muster")]
    [InlineData(null, "Example, Inc.", "Example, Inc.")]
    [InlineData(null, "Erika Muster via Forum", "Erika Muster")]
    [InlineData(null, "Эрика", "Эрика")]
    [InlineData("山田", "山田 太郎", "山田 太郎")]
    public void A_better_name_replaces_a_worse_one_and_another_name_never_does(string? known, string? offered, string? kept) =>
        Assert.Equal(kept, Names.Better(known, offered));

    [Theory]
    [InlineData("Jürgen  Groß-Müller", " jurgen gross muller")]
    [InlineData("O'Neill", " oneill")]
    [InlineData("Łukasz", " lukasz")]
    [InlineData("!!!", null)]
    [InlineData(null, null)]
    public void A_name_is_found_by_the_start_of_any_word_with_or_without_accents(string? name, string? key) =>
        Assert.Equal(key, Names.KeyOf(name));

    [Theory]
    [InlineData("gmail.com", true)]
    [InlineData("web.de", true)]
    [InlineData("example.com", false)]
    public void Free_mail_is_nobodys_organisation(string domain, bool free) => Assert.Equal(free, FreeMail.Has(domain));

    [Fact]
    public void Addresses_and_numbers_are_found_in_a_signature() => Assert.Equal(
        [
            new Identity(IdentityKind.EmailAddress, "erika@work.example"), new Identity(IdentityKind.PhoneNumber, "+49301234567"),
            new Identity(IdentityKind.PhoneNumber, "+15005550006"),
        ],
        Suggestions.IdentitiesIn("Regards,\nErika Muster <Erika@Work.example>, Tel. 030 / 12345-67 or +1 (500) 555-0006, order 4711.", "49"));

    [Fact]
    public void Reading_identities_and_names_never_fails()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        const string Alphabet = "aZ9@.+-()[]<>\":;,xX#/ \u0000\ud800\udc00\u0308\u200b\uff10\uff20\u0661ßÜ例。";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(0, 40)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            try
            {
                // What was read once reads the same again.
                if (Identities.Address(text) is { } address)
                    Assert.Equal(address, Identities.Address(address));
                if (Phones.Read(text, "49") is { } phone)
                    Assert.Equal(phone, Phones.Read(phone, "49"));
                _ = Identities.Named(IdentityKind.Handle, text);
                _ = Names.KeyOf(Names.Better("Erika", text));
                _ = Suggestions.IdentitiesIn(text, "49").Count();
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, input {i}: {System.Text.Json.JsonSerializer.Serialize(text)}: {e}");
            }
        }
    }
}
