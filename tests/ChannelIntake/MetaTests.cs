using System.Net;
using System.Security.Cryptography;
using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class MetaTests
{
    private const string Secret = "app-secret";

    private static Task<IntakeHost> StartAsync() => IntakeHost.StartAsync(
        Database.Sqlite, "--Cx:Intake:Meta:AppSecret=" + Secret, "--Cx:Intake:Meta:VerifyToken=open sesame");

    private static async Task<HttpResponseMessage> PostAsync(IntakeHost host, string body, string? signature = null)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/channels/meta") { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new("application/json");
        // One key for several messages must not make them one.
        request.Headers.Add("Idempotency-Key", "batch");
        request.Headers.TryAddWithoutValidation(
            "X-Hub-Signature-256",
            signature ?? "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), bytes)));
        return await host.Anonymous.SendAsync(request);
    }

    private static string Whatsapp(params string[] messages) => $$$"""
        {"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"field":"messages","value":{
          "messaging_product":"whatsapp","metadata":{"display_phone_number":"4930123456","phone_number_id":"106540352242922"},
          "contacts":[{"profile":{"name":"Erika Muster"},"wa_id":"4915112345678"}],
          "messages":[{{{string.Join(',', messages)}}}]}}]},
         {"id":"102290129340398","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",
          "metadata":{"display_phone_number":"4930123456","phone_number_id":"106540352242922"},
          "statuses":[{"id":"wamid.OURS","status":"delivered","timestamp":"1790000000","recipient_id":"4915112345678"}]}}]}]}
        """;

    private static string Message(string id, string type, string content) =>
        $$"""{"from":"4915112345678","id":"wamid.{{id}}","timestamp":"1790000000","type":"{{type}}","{{type}}":{{content}}}""";

    [Fact]
    public async Task The_address_is_verified_with_the_token_and_no_other()
    {
        await using var host = await StartAsync();
        const string Ask = "/v1/channels/meta?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=";
        Assert.Equal("1158201444", await host.Anonymous.GetStringAsync(Ask + "open%20sesame"));
        using var wrong = await host.Anonymous.GetAsync(Ask + "close");
        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
    }

    [Fact]
    public async Task Every_message_of_a_batch_is_a_contact_once_and_a_receipt_is_none()
    {
        await using var host = await StartAsync();
        var batch = Whatsapp(
            Message("1", "text", """{"body":"Wo ist mein Paket?"}"""),
            Message("2", "image", """{"caption":"So sah es aus","mime_type":"image/jpeg","sha256":"x","id":"MEDIA1"}"""),
            Message("3", "document", """{"filename":"rechnung.pdf","mime_type":"application/pdf","sha256":"x","id":"MEDIA2"}"""),
            Message("4", "location", """{"latitude":52.52,"longitude":13.405,"name":"Alexanderplatz"}"""),
            Message("5", "interactive", """{"type":"button_reply","button_reply":{"id":"y","title":"Ja, bitte"}}"""),
            Message("6", "reaction", """{"message_id":"wamid.OURS","emoji":"👍"}"""),
            Message("7", "hologram", "null"));
        for (var i = 0; i < 2; i++)
        {
            using var answer = await PostAsync(host, batch);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        }
        var contacts = new List<ContactReceived>();
        foreach (var contact in (await host.ContactsOfAsync("+4915112345678")).OrderBy(contact => (string)contact!["providerId"]!))
            contacts.Add(await host.EventAsync<ContactReceived>("contact/" + contact!["contactId"]));
        Assert.Equal(
            ["Wo ist mein Paket?", "So sah es aus", "[rechnung.pdf]", "Alexanderplatz\n52.52, 13.405", "Ja, bitte", "👍", "[hologram]"],
            contacts.Select(contact => contact.Text));
        Assert.All(contacts, contact => Assert.Equal(
            (Channel.Whatsapp, "Erika Muster", "+4930123456", DateTimeOffset.FromUnixTimeSeconds(1_790_000_000)),
            (contact.Channel, contact.CustomerName, contact.To, contact.ReceivedAt)));
        Assert.Equal("MEDIA1", contacts[1].References["media0"]);
        Assert.Equal([5], Enumerable.Range(0, 7).Where(n => contacts[n].Automatic != Automatic.None));
        Assert.Equal(7, await host.CountAsync("select count(*) from contacts"));
    }

    [Fact]
    public async Task Messenger_and_Instagram_messages_are_contacts_and_our_own_echoes_are_not()
    {
        await using var host = await StartAsync();
        const string Messaging = """
            [{"sender":{"id":"24"},"recipient":{"id":"9"},"timestamp":1790000000123,"message":{"mid":"m_1","text":"Hallo?"}},
             {"sender":{"id":"24"},"recipient":{"id":"9"},"timestamp":1790000001123,"message":{"mid":"m_2",
              "attachments":[{"type":"image","payload":{"url":"https://cdn.example/1.jpg"}}]}},
             {"sender":{"id":"24"},"recipient":{"id":"9"},"timestamp":1790000002123,"postback":{"mid":"m_3","title":"Start","payload":"GO"}},
             {"sender":{"id":"9"},"recipient":{"id":"24"},"timestamp":1790000003123,"message":{"mid":"m_4","text":"Ours","is_echo":true}},
             {"sender":{"id":"24"},"recipient":{"id":"9"},"delivery":{"mids":["m_4"],"watermark":1790000003123}},
             {"sender":{"id":"24"},"recipient":{"id":"9"},"timestamp":1790000004123,"read":{"watermark":1790000003123}}]
            """;
        foreach (var product in (string[])["page", "instagram"])
        {
            // Ids are of the product's own making: the same one elsewhere would be another message.
            var messaging = product == "page" ? Messaging : Messaging.Replace("m_", "ig_", StringComparison.Ordinal);
            using var answer = await PostAsync(
                host, $$"""{"object":"{{product}}","entry":[{"id":"9","time":1790000005000,"messaging":{{messaging}}}]}""");
            Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        }
        Assert.Equal(3, (await host.ContactsOfAsync("messenger:24", "Handle")).Count);
        var contacts = await host.ContactsOfAsync("instagram:24", "Handle");
        Assert.Equal(["Start", "[image]", "Hallo?"], contacts.Select(contact => (string)contact!["text"]!));
        Assert.Equal("https://cdn.example/1.jpg", (string)contacts[1]!["references"]!["media0"]!);
    }

    [Fact]
    public async Task Comments_on_the_pages_posts_are_public_contacts_and_who_goes_on_in_Messenger_goes_on_with_the_case()
    {
        await using var host = await StartAsync();
        static string Change(string verb, string comment, string content, string item = "comment", string from = "24") => $$$"""
            {"field":"feed","value":{"item":"{{{item}}}","verb":"{{{verb}}}","comment_id":"{{{comment}}}","post_id":"9_1","parent_id":"9_1","created_time":1790000000,
             "from":{"id":"{{{from}}}","name":"Erika Muster"},"post":{"permalink_url":"https://www.facebook.com/9/posts/1","id":"9_1"}{{{content}}}}}
            """;
        var batch = $$$"""
            {"object":"page","entry":[{"id":"9","time":1790000005,"changes":[
              {{{Change("add", "1_1", ""","message":"Euer Kessel leckt!" """)}}},
              {{{Change("edited", "1_1", ""","message":"Euer Kessel leckt noch immer!" """)}}},
              {{{Change("add", "1_2", ""","photo":"https://cdn.example/1.jpg" """)}}},
              {{{Change("remove", "1_2", "")}}},
              {{{Change("add", "1_3", ""","message":"Our own" """, from: "9")}}},
              {{{Change("add", "1_4", "", item: "reaction")}}},
              {"field":"feed","value":null},{"field":"ratings","value":{"item":"comment","verb":"add"}}]},
             {"id":"9","time":1790000006,"messaging":[{"sender":{"id":"24"},"recipient":{"id":"9"},"timestamp":1790000006000,"message":{"mid":"m_9","text":"Nun hier."}}]}]}
            """;
        for (var i = 0; i < 2; i++)
        {
            using var answer = await PostAsync(host, batch);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        }
        var contacts = new List<ContactReceived>();
        foreach (var contact in await host.ContactsOfAsync("messenger:24", "Handle"))
            contacts.Add(await host.EventAsync<ContactReceived>("contact/" + contact!["contactId"]));
        Assert.Equal(
            ["Euer Kessel leckt noch immer! World", "Euer Kessel leckt! World", "Nun hier. ", "[photo] World"],
            contacts.Select(contact => $"{contact.Text} {contact.Visibility}").Order(StringComparer.Ordinal));
        Assert.All(contacts, contact => Assert.Equal((Channel.Social, "9"), (contact.Channel, contact.To)));
        // One customer, and the same evidence: Case joins them.
        Assert.Single(contacts.Select(contact => (contact.CustomerId, Assert.Single(contact.Evidence).Value)).Distinct());
        var first = contacts.Single(contact => contact.Text == "Euer Kessel leckt!");
        Assert.Equal(("Erika Muster", DateTimeOffset.FromUnixTimeSeconds(1_790_000_000)), (first.CustomerName, first.ReceivedAt));
        Assert.Equal("https://www.facebook.com/9/posts/1", first.References["post"]);
        Assert.Equal(0, await host.CountAsync("select count(*) from arrivals where fault is not null"));
    }

    [Fact]
    public async Task A_body_that_was_changed_is_refused_and_so_is_everything_before_the_secret_is_set()
    {
        await using var host = await StartAsync();
        var batch = Whatsapp(Message("9", "text", """{"body":"x"}"""));
        foreach (var wrong in (string[])["sha256=" + new string('0', 64), "sha1=0", "sha256=zz", ""])
        {
            using var answer = await PostAsync(host, batch, wrong);
            Assert.Equal("signature-invalid", (string)(await IntakeHost.JsonAsync(answer, 401))["code"]!);
        }
        Assert.Equal(0, await host.CountAsync("select count(*) from contacts"));
        using var early = await PostAsync(await IntakeHost.SharedAsync(Database.Sqlite), batch);
        Assert.Equal("channel-not-configured", (string)(await IntakeHost.JsonAsync(early, 503))["code"]!);
    }

    [Fact]
    public async Task What_is_signed_and_makes_no_sense_is_kept_and_what_makes_sense_beside_it_is_stored()
    {
        await using var host = await StartAsync();
        foreach (var body in (string[])
            [
                "[]", "1", "{\"object\":", "{\"entry\":{}}", "{\"object\":\"page\",\"entry\":[null,{\"messaging\":[1,{}]}]}",
                Whatsapp("""{"id":7,"from":null}""", "null", """{"id":"wamid.X","from":"not a number","type":[],"timestamp":"99999999999999999999"}"""),
                Whatsapp(Message("10", "text", """{"body":"\ud800"}""")),
            ])
        {
            using var answer = await PostAsync(host, body);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, body + await answer.Content.ReadAsStringAsync());
        }
        Assert.Equal(2, await host.CountAsync("select count(*) from contacts"));
        Assert.Equal(5, await host.CountAsync("select count(*) from arrivals where fault is not null"));
        var view = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)view["balanced"]!, view.ToJsonString());
        Assert.Equal([4, 1], view["channels"]!.AsArray().Select(channel => (int)channel!["failed"]!));
        Assert.Equal(1, (int)view["channels"]![0]!["ignored"]!);
    }
}
