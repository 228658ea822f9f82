using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

/// <summary>Whom a mail was sent to beside us: kept with the contact, told to the case.</summary>
public sealed class InCopyTests
{
    private static readonly Guid Case = Guid.Parse("01980000-0000-7000-8000-000000000001");

    private static string Address(string name = "erika") => $"{name}-{Guid.NewGuid():n}@customer.example";

    /// <summary>What a mail to our support, with these fields, is understood as: the addresses.</summary>
    private static async Task<string[]> InCopyAsync(string fields, string query = "")
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes((fields + "\nSubject: x\n\nHello, it is broken.").ReplaceLineEndings("\r\n")));
        content.Headers.ContentType = new("message/rfc822");
        using var response = await host.Client.PostAsync("/v1/channels/email/preview" + query, content);
        return [.. (await IntakeHost.JsonAsync(response, 200))["inCopy"]!.AsArray().Select(person => (string)person!["address"]!)];
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Whom_a_mail_went_to_beside_us_is_told_and_erased_with_it(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var (from, ivo, una) = (Address(), Address("ivo"), Address("Una"));
        var knownAs = (string)(await host.AcceptMailAsync($"From: {ivo}\nSubject: x\n\nHello"))["customerId"]!;
        var answer = await host.AcceptMailAsync($"""
            From: Erika <{from}>
            To: Support <support@help.example.com>, =?utf-8?Q?Ivo_M=C3=BCller?= <{ivo}>
            Cc: {una.ToUpperInvariant()}, "{from}" <{from}>, noreply@shop.example
            Subject: Kettle

            Hello, it is broken.
            """);
        var stream = "contact/" + answer["contactId"];
        var contact = await host.EventAsync<ContactReceived>(stream);
        Assert.Equal([new(ivo, "Ivo Müller", Guid.Parse(knownAs)), new PersonInCopy(una.ToLowerInvariant())], contact.Cc);
        var page = (await host.ContactsOfAsync(from))[0]!;
        Assert.Equal(2, page["inCopy"]!.AsArray().Count);

        using (var erased = await host.Client.DeleteAsync("/v1/customers/" + answer["customerId"]))
            Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        var left = string.Concat((await host.StreamAsync(stream)).Select(e => e.Data))
            + string.Concat(await host.ColumnAsync($"select document from contacts where lower(cast(id as text)) = '{answer["contactId"]}'"));
        Assert.DoesNotContain(una, left, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Ivo", left, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_further_address_of_the_customer_is_nobody_else_also_when_the_mail_was_held()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        var (from, private_, ivo) = (Address(), Address("private"), Address("ivo"));
        var customer = (await host.AcceptMailAsync($"From: {from}\nSubject: x\n\nHello"))["customerId"];
        using (var added = await host.Client.PutAsJsonAsync($"/v1/customers/{customer}/identities", new { value = private_ }))
            Assert.True(added.IsSuccessStatusCode);
        var mail = $"From: {from}\nCc: {private_}, {ivo}\nSubject: y\n\nHello again";
        var told = await host.AcceptMailAsync(mail);
        Assert.Equal([new PersonInCopy(ivo)], (await host.EventAsync<ContactReceived>("contact/" + told["contactId"])).Cc);

        using (var rule = await host.Client.PutAsJsonAsync("/v1/intake/senders/" + from, new { verdict = "block", note = "why" }))
            Assert.Equal(HttpStatusCode.NoContent, rule.StatusCode);
        var held = (await host.AcceptMailAsync(mail.Replace("again", "once more", StringComparison.Ordinal)))["contactId"];
        Assert.Empty(await host.StreamAsync("contact/" + held));
        using (var released = await host.Client.PostAsJsonAsync($"/v1/contacts/{held}/release", new { }))
            Assert.Equal(HttpStatusCode.NoContent, released.StatusCode);
        Assert.Equal([new PersonInCopy(ivo)], (await host.EventAsync<ContactReceived>("contact/" + held)).Cc);
    }

    [Theory]
    [InlineData("From: a@x.example\nTo: support@help.example.com", "")]
    [InlineData("From: a@x.example\nTo: b@y.example", "")]
    // Which of these is ours, nobody says; that somebody in Cc is not, is likely.
    [InlineData("From: a@x.example\nTo: b@y.example, c@y.example\nCc: d@y.example", "d@y.example")]
    [InlineData("From: a@x.example\nTo: b@y.example, SUPPORT+tag@Help.Example.com\nCc: d@z.example", "b@y.example d@z.example")]
    [InlineData("From: a@x.example\nTo: b@y.example\nCc: support@help.example.com, anybody@help.example.com", "b@y.example")]
    // Where the servers say that it went is ours, and who is there works here.
    [InlineData("From: a@x.example\nDelivered-To: help@shop.example\nTo: help@shop.example, b@y.example\nCc: boss@shop.example", "b@y.example")]
    [InlineData("From: a@x.example\nDelivered-To: ourshop@gmail.com\nTo: ourshop@gmail.com\nCc: friend@gmail.com", "friend@gmail.com")]
    // The sender, however they wrote themselves down, and where they want the answer.
    [InlineData("From: a@x.example\nSender: s@x.example\nReply-To: r@x.example, q@x.example\nTo: help@help.example.com\nCc: A@X.example, s@x.example, r@x.example, q@x.example, b@x.example", "b@x.example")]
    [InlineData("From: a@x.example\nTo: help@help.example.com\nCc: b@y.example, B <b@Y.example>, c@bücher.example, nobody, @, x@", "b@y.example c@xn--bcher-kva.example")]
    [InlineData("From: a@x.example\nTo: help@help.example.com\nCc: Friends: b@y.example, c@y.example;, undisclosed-recipients:;", "b@y.example c@y.example")]
    [InlineData("From: a@x.example\nTo: help@help.example.com\nCc: no-reply@y.example, orders-noreply@y.example, do.not.reply@y.example, MAILER-DAEMON@y.example, bounces+7=a@y.example, dev-request@y.example, all@lists.y.example, team@googlegroups.com, noreen@y.example", "noreen@y.example")]
    // A machine's message is not about who reads along.
    [InlineData("From: a@x.example\nAuto-Submitted: auto-replied\nTo: help@help.example.com\nCc: b@y.example", "")]
    [InlineData("From: a@x.example\nList-Id: <l.y.example>\nPrecedence: list\nTo: help@help.example.com\nCc: b@y.example", "")]
    public async Task People_are_told_from_ourselves_the_sender_and_machines(string fields, string addresses) =>
        Assert.Equal(addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries), await InCopyAsync(fields));

    [Fact]
    public async Task An_address_that_names_a_case_is_ours_wherever_it_is_and_the_envelope_says_which_is_too()
    {
        var token = (await IntakeHost.SharedAsync(Database.Sqlite)).Services.GetRequiredService<Tokens>().ReplyToken(Case);
        Assert.Equal(["b@y.example"], await InCopyAsync($"From: a@x.example\nTo: b@y.example\nCc: case+{token}@mail.shop.example, x@mail.shop.example"));
        Assert.Equal(["b@y.example"], await InCopyAsync("From: a@x.example\nTo: hello@shop.example, b@y.example", "?recipient=Hello@shop.example"));
    }

    [Fact]
    public async Task Of_a_crowd_the_first_twenty_are_kept()
    {
        var crowd = Enumerable.Range(0, 500).Select(i => $"p{i}@y.example").ToList();
        Assert.Equal(crowd.Take(20), await InCopyAsync($"From: a@x.example\nTo: help@help.example.com\nCc: {string.Join(",\n ", crowd)}"));
    }

    [Fact]
    public async Task Configured_mailboxes_are_ours()
    {
        await using var host = await IntakeHost.StartAsync(
            Database.Sqlite, "--Cx:Intake:OwnAddresses:0=shop.example", "--Cx:Intake:OwnAddresses:1=@second.example", "--Cx:Mail:Domain=gmail.com", "--Cx:Mail:From=ourshop",
            "--Cx:Intake:Smtp:Recipients:0=Desk@Third.example");
        var mail = $"From: {Address()}\nTo: ourshop+x@gmail.com, a@shop.example\nCc: friend@gmail.com, b@second.example, desk@third.example, c@third.example\nSubject: x\n\nHello";
        var id = (await host.AcceptMailAsync(mail))["contactId"];
        Assert.Equal(["friend@gmail.com"], (await host.EventAsync<ContactReceived>("contact/" + id)).Cc.Select(person => person.Address));
    }

    [Theory]
    [InlineData("noreply", true)]
    [InlineData("No_Reply", true)]
    [InlineData("newsletter.noreply", true)]
    [InlineData("donotreply+4711", true)]
    [InlineData("nicht-antworten", true)]
    [InlineData("nepasrepondre", true)]
    [InlineData("auto-confirm", true)]
    [InlineData("bounce", true)]
    [InlineData("owner-announce", true)]
    [InlineData("announce-owner", true)]
    [InlineData("postmaster", true)]
    [InlineData("noah.reply", false)]
    [InlineData("reply", false)]
    [InlineData("nora", false)]
    [InlineData("auto", false)]
    [InlineData("bouncer", false)]
    [InlineData("owner", false)]
    [InlineData("request", false)]
    public void A_machine_is_known_by_its_name(string local, bool machine) => Assert.Equal(machine, Machines.Has(local + "@y.example"));
}
