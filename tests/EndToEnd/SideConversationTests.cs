using CxPlatform.Testing;

namespace CxPlatform.EndToEnd.Tests;

/// <summary>A supplier is asked by mail, answers by mail, and the customer hears what Aisha makes of it: through all services.</summary>
public sealed class SideConversationTests
{
    [Fact]
    public async Task A_suppliers_answer_ends_the_wait_and_no_word_of_it_reaches_the_customer()
    {
        await using var platform = await Platform.StartAsync(Topology.AllInOne);
        var (_, aisha) = await platform.HireAsync("Aisha");
        await platform.SendMailAsync("""
            From: Greta Klein <greta@kunde.example>
            To: support@localhost
            Subject: Kettle
            Message-ID: <kettle-1@kunde.example>
            Date: Fri, 20 Nov 2026 15:55:00 +0100

            The lid of my kettle is broken. Do you have another one?
            """);
        var number = (await platform.CaseAboutAsync("lid", found => found.TryGetProperty("ownerName", out _))).GetProperty("number").GetString();
        var status = People.StatusLink((await platform.MailToAsync("greta@kunde.example")).Text);
        await platform.PostAsync($"/v1/cases/{number}/side-conversations", new
        {
            to = "Lids Ltd <orders@lids.example>",
            subject = "Lid 7",
            text = "Is the lid for kettle 7 in stock?",
            awaited = "the manufacturer of the lid",
        });
        var asked = await platform.MailToAsync("orders@lids.example");
        Assert.DoesNotContain("greta", asked.Text + asked.HtmlBody, StringComparison.OrdinalIgnoreCase);
        using var browser = new HttpClient();
        Assert.Contains("the manufacturer of the lid", await browser.GetStringAsync(new Uri(status)), StringComparison.Ordinal);

        var answer = Assert.Single(asked.ReplyTo).Address;
        await platform.SendMailAsync($"""
            From: Lids Ltd <orders@lids.example>
            To: {answer}
            Subject: Automatic reply: Lid 7
            Auto-Submitted: auto-replied
            Message-ID: <lid-1@lids.example>
            In-Reply-To: {asked.MessageId}

            We are closed until noon.
            """);
        await platform.SendMailAsync($"""
            From: Lids Ltd <orders@lids.example>
            To: {answer}
            Subject: Re: Lid 7
            Message-ID: <lid-2@lids.example>
            In-Reply-To: {asked.MessageId}

            Three in stock, purchase price 2.40.
            """);
        await platform.CaseAboutAsync("lid", found => found.GetProperty("status").GetString() == "inProgress"
            && found.GetProperty("sideConversations")[0].GetProperty("isAnswered").GetBoolean());
        var side = (await platform.GetAsync($"/v1/cases/{number}/side-conversations")).GetProperty("items")[0];
        Assert.Equal(["none", "autoReply", "none"], side.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("automatic").GetString()));

        await platform.PostAsync($"/v1/cases/{number}/side-conversations/{side.GetProperty("id").GetString()}/messages", new { text = "One, please." });
        var ordered = await platform.MailToAsync("orders@lids.example", mail => mail.Subject == "Re: Lid 7");
        Assert.Equal("lid-2@lids.example", Assert.Single(ordered.InReplyTo).Trim('<', '>'));
        await platform.PostAsync($"/v1/cases/{number}/replies", new { text = "A new lid is on its way to you." });
        await platform.MailToAsync("greta@kunde.example", mail => mail.Text.Contains("new lid", StringComparison.Ordinal));

        var token = answer[(answer.IndexOf('+') + 1)..answer.IndexOf('@')];
        var told = platform.Mails().Where(mail => mail.To.Any(to => to.Address == "greta@kunde.example"))
            .Select(mail => $"{mail.Text} {mail.HtmlBody} {string.Join(' ', mail.ReplyTo)} {string.Join(' ', mail.References)}")
            .Append(await browser.GetStringAsync(new Uri(status))).Append(await browser.GetStringAsync(new Uri(status + ".json")));
        string[] secrets = ["2.40", "lids.example", "in stock", "closed until noon", token];
        Assert.All(told, seen => Assert.All(secrets, secret => Assert.DoesNotContain(secret, seen, StringComparison.OrdinalIgnoreCase)));
        // What was seen beside is no contact of the customer's, and nobody was thanked for writing.
        Assert.Single((await platform.GetAsync("/v1/cases")).GetProperty("items").EnumerateArray());
        Assert.Equal(2, platform.Mails().Count(mail => mail.To.Any(to => to.Address == "orders@lids.example")));
    }
}
