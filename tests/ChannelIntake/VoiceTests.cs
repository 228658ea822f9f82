using System.Net;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Testing;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class VoiceTests
{
    private const string Path = "/v1/channels/voice/twilio";
    private const string Caller = "+4915112345678";

    private static Dictionary<string, string> Call(string status, string? duration = null)
    {
        var fields = new Dictionary<string, string>
        {
            ["CallSid"] = "CA1",
            ["AccountSid"] = "AC00000000000000000000000000000000",
            ["From"] = Caller,
            ["To"] = "+493012345",
            ["CallStatus"] = status,
            ["ApiVersion"] = "2010-04-01",
            ["Direction"] = "inbound",
            ["CallerCountry"] = "DE",
            ["Timestamp"] = "Wed, 25 Nov 2026 10:00:00 +0000",
            ["CallbackSource"] = "call-progress-events",
            ["SequenceNumber"] = "3",
        };
        if (duration is not null)
            (fields["CallDuration"], fields["Duration"]) = (duration, "1");
        return fields;
    }

    // As documented, it does not say who called.
    private static readonly Dictionary<string, string> Recording = new()
    {
        ["AccountSid"] = "AC00000000000000000000000000000000",
        ["CallSid"] = "CA1",
        ["RecordingSid"] = "RE1",
        ["RecordingUrl"] = "https://api.twilio.com/2010-04-01/Accounts/AC0/Recordings/RE1",
        ["RecordingStatus"] = "completed",
        ["RecordingDuration"] = "34",
        ["RecordingChannels"] = "1",
        ["RecordingSource"] = "RecordVerb",
    };

    private static readonly Dictionary<string, string> Transcript = new()
    {
        ["AccountSid"] = "AC00000000000000000000000000000000",
        ["CallSid"] = "CA1",
        ["From"] = Caller,
        ["To"] = "+493012345",
        ["TranscriptionSid"] = "TR1",
        ["TranscriptionStatus"] = "completed",
        ["TranscriptionText"] = "Please call me back about the watch.",
        ["RecordingSid"] = "RE1",
        ["RecordingUrl"] = "https://api.twilio.com/2010-04-01/Accounts/AC0/Recordings/RE1",
        ["CallStatus"] = "completed",
        ["Direction"] = "inbound",
    };

    private static async Task PostAsync(IntakeHost host, params Dictionary<string, string>[] callbacks)
    {
        foreach (var fields in callbacks)
        {
            using var answer = await host.PostSignedAsync(Path, fields);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_call_its_recording_and_its_transcript_are_on_one_case_and_found_by_the_callers_number(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database, Twilio.Setting);
        var call = Call("completed", "125");
        await PostAsync(host, Call("initiated"), Call("ringing"), Call("in-progress"), call, call, Recording, Recording, Transcript);
        var contacts = await host.ContactsOfAsync("+49 151 12345678");
        Assert.Equal(3, contacts.Count);
        var received = new Dictionary<string, ContactReceived>();
        foreach (var contact in contacts)
        {
            var e = await host.EventAsync<ContactReceived>("contact/" + contact!["contactId"]);
            received[e.ProviderId] = e;
        }
        Assert.Equal("Call from +4915112345678, 2 min 5 s.", received["CA1"].Text);
        Assert.Equal("125", received["CA1"].References["callDuration"]);
        Assert.Empty(received["CA1"].Evidence);
        var onItsCase = new Evidence(EvidenceKind.Explicit, "CA1", received["CA1"].ContactId);
        Assert.Equal(onItsCase, Assert.Single(received["CA1/RE1"].Evidence));
        Assert.Equal(Recording["RecordingUrl"], received["CA1/RE1"].References["recording"]);
        Assert.Equal("Recording of the call, 34 s.", received["CA1/RE1"].Text);
        Assert.Equal(onItsCase, Assert.Single(received["CA1/TR1"].Evidence));
        Assert.Equal("Please call me back about the watch.", received["CA1/TR1"].Text);
    }

    [Fact]
    public async Task A_recording_that_comes_before_its_call_is_where_the_call_goes()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Twilio.Setting);
        await PostAsync(host, Recording, Call("completed", "40"), Transcript);
        var first = await host.ReceivedAsync("CA1", "ExternalId");
        var onItsCase = new Evidence(EvidenceKind.Explicit, "CA1", first.ContactId);
        var contacts = await host.ContactsOfAsync(Caller);
        Assert.Equal(2, contacts.Count);
        foreach (var contact in contacts)
            Assert.Equal(onItsCase, Assert.Single((await host.EventAsync<ContactReceived>("contact/" + contact!["contactId"])).Evidence));
    }

    [Theory]
    [InlineData(Database.Sqlite, 1)]
    [InlineData(Database.Postgres, 1)]
    [InlineData(Database.Postgres, 2)]
    public async Task Callbacks_of_one_call_at_the_same_instant_open_one_case(Database database, int processes)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var connection = database == Database.Postgres ? await (await PostgresServer.SharedAsync()).CreateDatabaseAsync("intake") : null;
        var hosts = new List<IntakeHost>();
        for (var i = 0; i < processes; i++)
            hosts.Add(await IntakeHost.StartOnAsync(connection, Twilio.Setting));
        const int Calls = 12;
        var callbacks = Enumerable.Range(0, Calls).SelectMany(call => new[] { Call("completed", "40"), Recording, Transcript }.Select(fields =>
            new Dictionary<string, string>(fields) { ["CallSid"] = $"CA{call}" })).ToArray();
        for (var round = 0; round < 2; round++)
        {
            random.Shuffle(callbacks);
            await Task.WhenAll(callbacks.Select(fields => PostAsync(hosts[random.Next(processes)], fields)));
        }

        var host = hosts[0];
        var told = new List<ContactReceived>();
        // In the order of the log, which is that in which the case service hears of them.
        foreach (var stream in await host.ColumnAsync("select stream from events where type = 'contact.received.v1' order by position"))
            told.Add(await host.EventAsync<ContactReceived>(stream));
        Assert.Equal(Calls * 3, told.Count);
        foreach (var call in told.GroupBy(contact => contact.ProviderId.Split('/')[0]))
        {
            var first = call.First();
            Assert.True(first.Evidence.Count == 0, $"seed {seed}: {call.Key}");
            Assert.All(call.Skip(1), contact => Assert.True(
                contact.Evidence is [{ Kind: EvidenceKind.Explicit } evidence] && evidence.CaseId == first.ContactId, $"seed {seed}: {call.Key}"));
        }
        var view = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)view["balanced"]!, $"seed {seed}: {view.ToJsonString()}");
        foreach (var each in hosts)
            await each.DisposeAsync();
    }

    [Theory]
    [InlineData("no-answer")]
    [InlineData("busy")]
    [InlineData("canceled")]
    public async Task A_call_that_nobody_took_is_a_contact(string status)
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Twilio.Setting);
        await PostAsync(host, Call(status));
        var contact = await host.ReceivedAsync(Caller);
        Assert.Equal(("Missed call", "Missed call from +4915112345678."), (contact.Subject, contact.Text));
        Assert.Equal(Channel.Voice, contact.Channel);
    }

    [Fact]
    public async Task Callers_without_a_number_are_not_taken_for_one_person()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Twilio.Setting);
        var (one, other) = (Call("no-answer"), Call("no-answer"));
        (one["From"], other["From"], other["CallSid"]) = ("anonymous", "+266696687", "CA2");
        await PostAsync(host, one, other);
        Assert.Equal(2, await host.CountAsync("select count(*) from customers"));
        Assert.Equal("Missed call from a hidden number.", (await host.ReceivedAsync("CA2", "ExternalId")).Text);
    }

    [Fact]
    public async Task A_call_that_we_made_and_one_with_a_wrong_signature_are_no_contacts()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Twilio.Setting);
        var ours = Call("completed", "10");
        ours["Direction"] = "outbound-dial";
        await PostAsync(host, ours);
        using var forged = await host.PostTwilioAsync(Path, Call("completed", "10"), Twilio.Sign("https://evil.example" + Path, ours));
        Assert.Equal(HttpStatusCode.Unauthorized, forged.StatusCode);
        Assert.Equal(0, await host.CountAsync("select count(*) from contacts"));
    }
}
