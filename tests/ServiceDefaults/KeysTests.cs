using System.Security.Cryptography;
using CxPlatform.Testing;
using Microsoft.AspNetCore.DataProtection;

namespace CxPlatform.ServiceDefaults.Tests;

public sealed class KeysTests
{
    private static readonly byte[] Old = [.. Enumerable.Repeat((byte)7, 32)];
    private static readonly byte[] New = [.. Enumerable.Repeat((byte)9, 32)];
    private readonly SteppedTime _clock = new();
    private readonly Guid _case = Guid.CreateVersion7();

    private Tokens Tokens(params byte[][] keys) => new(new MasterKey(keys.FirstOrDefault() ?? New, keys.Skip(1)), _clock);

    [Fact]
    public void A_status_link_names_its_case_generation_and_expiry()
    {
        var expiry = _clock.GetUtcNow().AddDays(30);
        var token = Tokens().StatusLink(_case, 3, expiry);

        Assert.True(Tokens().TryReadStatusLink(token, out var link));
        Assert.Equal(new StatusLink(_case, 3, expiry, false), link);
        Assert.Equal(52, token.Length);
    }

    [Fact]
    public void A_status_link_past_its_expiry_is_refused_and_known_to_be_old()
    {
        var token = Tokens().StatusLink(_case, 0, _clock.GetUtcNow().AddMinutes(5));
        _clock.Advance(TimeSpan.FromMinutes(5));

        Assert.False(Tokens().TryReadStatusLink(token, out var link));
        Assert.True(link.IsExpired);
        Assert.Equal(_case, link.CaseId);
    }

    [Fact]
    public void A_status_link_with_any_character_changed_is_refused()
    {
        var token = Tokens().StatusLink(_case, 0, _clock.GetUtcNow().AddDays(1));
        for (var i = 0; i < token.Length; i++)
        {
            var changed = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.False(Tokens().TryReadStatusLink(changed, out var link), $"position {i}");
            Assert.Equal(default, link);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("aGVsbG8")]
    [InlineData("not a token at all, and much longer than any token that was ever given to anybody by this installation, is it not? yes")]
    public void What_is_no_token_is_refused(string? text)
    {
        Assert.False(Tokens().TryReadStatusLink(text, out _));
        Assert.False(Tokens().TryReadSurveyLink(text, out _));
        Assert.False(Tokens().TryReadReplyToken(text, out _));
        Assert.False(Tokens().TryReadMessageId(text, out _, out _));
    }

    [Fact]
    public void A_survey_link_names_its_survey_and_case()
    {
        var survey = Guid.CreateVersion7();
        var token = Tokens().SurveyLink(survey, _case, _clock.GetUtcNow().AddDays(14));

        Assert.True(Tokens().TryReadSurveyLink(token, out var link));
        Assert.Equal((survey, _case), (link.SurveyId, link.CaseId));
        Assert.False(Tokens().TryReadStatusLink(token, out _));
    }

    [Fact]
    public void A_reply_token_fits_an_address_and_survives_a_change_of_case()
    {
        var token = Tokens().ReplyToken(_case);

        Assert.True(("case+" + token).Length <= 64);
        Assert.Matches("^[a-z2-7]+$", token);
        Assert.True(Tokens().TryReadReplyToken(token.ToUpperInvariant(), out var read));
        Assert.Equal(_case, read);
        Assert.Equal(token, Tokens().ReplyToken(_case));
    }

    [Fact]
    public void A_message_id_leads_back_to_message_and_case()
    {
        var message = Guid.CreateVersion7();
        var id = Tokens().MessageId(message, _case, "help.example.com");

        Assert.Matches("^<[a-z2-7]+@help.example.com>$", id);
        foreach (var form in new[] { id, id.Trim('<', '>'), id.ToUpperInvariant(), $" {id} " })
        {
            Assert.True(Tokens().TryReadMessageId(form, out var readMessage, out var readCase), form);
            Assert.Equal((message, _case), (readMessage, readCase));
        }
    }

    [Fact]
    public void The_address_of_a_side_conversation_is_never_taken_for_the_cases_own_nor_the_other_way_round()
    {
        var token = Tokens().SideToken(_case, 255);
        Assert.Matches("^[a-z2-7]{45}$", token);
        Assert.True(Tokens().TryReadSideToken(token.ToUpperInvariant(), out var read, out var ordinal));
        Assert.Equal((_case, 255), (read, ordinal));
        Assert.False(Tokens().TryReadReplyToken(token, out _));
        Assert.False(Tokens().TryReadSideToken(Tokens().ReplyToken(_case), out _, out _));
        Assert.False(Tokens(Old).TryReadSideToken(token, out _, out _));
        Assert.NotEqual(token, Tokens().SideToken(_case, 1));
    }

    [Fact]
    public void A_foreign_message_id_is_not_ours()
    {
        Assert.False(Tokens().TryReadMessageId("<CAF+abc=xyz@mail.gmail.com>", out _, out _));
        Assert.False(Tokens(Old).TryReadMessageId(Tokens().MessageId(Guid.NewGuid(), _case, "a.example"), out _, out _));
    }

    [Fact]
    public void After_a_change_of_the_master_key_what_the_previous_one_signed_is_still_read()
    {
        var expiry = _clock.GetUtcNow().AddDays(1);
        var link = Tokens(Old).StatusLink(_case, 0, expiry);
        var secret = new Secrets(new MasterKey(Old)).Protect("s3cret", "twilio");

        Assert.True(Tokens(New, Old).TryReadStatusLink(link, out _));
        Assert.False(Tokens(New).TryReadStatusLink(link, out _));
        Assert.Equal("s3cret", new Secrets(new MasterKey(New, Old)).Unprotect(secret, "twilio"));
        Assert.NotEqual(link, Tokens(New, Old).StatusLink(_case, 0, expiry));
    }

    [Fact]
    public void A_protected_secret_opens_for_its_own_purpose_only()
    {
        var secrets = new Secrets(new MasterKey(New));
        var stored = secrets.Protect("s3cret", "twilio");

        Assert.Equal("s3cret", secrets.Unprotect(stored, "twilio"));
        Assert.NotEqual(stored, secrets.Protect("s3cret", "twilio"));
        Assert.Throws<CryptographicException>(() => secrets.Unprotect(stored, "webhook"));
        Assert.Throws<CryptographicException>(() => secrets.Unprotect("c29tZXRoaW5n", "twilio"));
        Assert.Throws<CryptographicException>(() => secrets.Unprotect("not base64url!", "twilio"));
    }

    [Fact]
    public void What_one_service_protects_another_reads()
    {
        IDataProtector Protector(params string[] purposes) => new MasterKeyDataProtection(new MasterKey(New)).CreateProtector(purposes);
        var cookie = Protector("cookies", "v2").Protect("agent");

        Assert.Equal("agent", Protector("cookies", "v2").Unprotect(cookie));
        Assert.ThrowsAny<CryptographicException>(() => Protector("cookies/v2").Unprotect(cookie));
    }

    [Fact]
    public void An_embedded_host_makes_its_master_key_once_and_for_its_owner_alone()
    {
        using var folder = new TempFolder();
        var topology = new CxTopology(CxTopology.AllModules, folder.Path, false, false, []);

        var first = MasterKey.Load(new PlatformOptions(), topology, production: false);
        var second = MasterKey.Load(new PlatformOptions(), topology, production: false);

        Assert.Equal(first.KeyFor("x"), second.KeyFor("x"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["master.key"]));
    }

    [Theory]
    [InlineData("not base64!", "is not base64")]
    [InlineData("c2hvcnQ=", "at least 32")]
    [InlineData(null, "Cx:MasterKey is missing")]
    public void A_wrong_master_key_stops_a_service_with_a_sentence(string? key, string sentence)
    {
        var topology = new CxTopology(["case"], "/nowhere", true, true, ["case"]);
        var fault = Assert.Throws<ConfigurationFaultException>(() => MasterKey.Load(new PlatformOptions { MasterKey = key }, topology, production: true));
        Assert.Contains(sentence, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Base32_reads_what_it_wrote_and_nothing_ambiguous()
    {
        for (var length = 0; length < 64; length++)
        {
            var bytes = RandomNumberGenerator.GetBytes(length);
            Assert.True(Base32.TryDecode(Base32.Encode(bytes), out var read));
            Assert.Equal(bytes, read);
        }
        Assert.Equal("mzxw6ytboi", Base32.Encode("foobar"u8));
        Assert.False(Base32.TryDecode("mzxw6ytboj", out _));
        Assert.False(Base32.TryDecode("0189", out _));
    }
}
