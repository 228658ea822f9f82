using System.Text;
using System.Text.Json;
using CxPlatform.Testing;

namespace CxPlatform.Client.Tests;

public sealed class WebhookVerifierTests
{
    // Published with the libraries of Standard Webhooks.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Timestamp = "1614265330";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static readonly byte[] Body = """{"test": 2432232314}"""u8.ToArray();
    private static readonly SteppedTime Clock = new(DateTimeOffset.FromUnixTimeSeconds(1614265330));

    [Fact]
    public void The_published_request_is_genuine() => Assert.Null(new WebhookVerifier(Clock, Secret).FaultOf(Body, Id, Timestamp, Signature));

    [Fact]
    public async Task What_npms_standardwebhooks_signs_is_genuine_and_nothing_that_differs_from_it()
    {
        await NodeTools.InstallAsync("standardwebhooks@1.0.0");
        var seed = Environment.TickCount;
        using var node = NodeTools.Start("node", Repository.PathOf("tests/Client/sign-webhooks.cjs"), "64", $"{seed}");
        node.StandardInput.Close();
        var lines = (await node.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length == 64, await node.StandardError.ReadToEndAsync());
        foreach (var line in lines)
        {
            var signed = JsonSerializer.Deserialize<Signed>(line, JsonSerializerOptions.Web)!;
            var verifier = new WebhookVerifier(new SteppedTime(DateTimeOffset.FromUnixTimeSeconds(1795692030)), signed.Secret);
            var body = Encoding.UTF8.GetBytes(signed.Body);
            Assert.True(verifier.FaultOf(body, signed.Id, signed.Timestamp, signed.Signature) is null, $"seed {seed}: {line}");
            Assert.True(verifier.FaultOf([.. body, (byte)' '], signed.Id, signed.Timestamp, signed.Signature) is not null, $"seed {seed}: {line}");
        }
    }

    [Theory]
    [InlineData(Id + "x", Timestamp, Signature, "No signature is right.")]
    [InlineData(Id, "1614265331", Signature, "No signature is right.")]
    [InlineData(Id, Timestamp, "v1,Z0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "No signature is right.")]
    [InlineData(Id, Timestamp, "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "No signature is right.")]
    [InlineData(Id, Timestamp, "v1,g0hM9SsE+OTPJTGt", "No signature is right.")]
    [InlineData(Id, Timestamp, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OFnMGhNOVNzRQ==", "No signature is right.")]
    [InlineData(Id, Timestamp, "v1,not base64", "No signature is right.")]
    [InlineData(Id, "1614265029", Signature, "webhook-timestamp is too old.")]
    [InlineData(Id, "1614265631", Signature, "webhook-timestamp is in the future.")]
    [InlineData(Id, "9223372036854775807", Signature, "webhook-timestamp is in the future.")]
    [InlineData(Id, "yesterday", Signature, "webhook-timestamp is no time.")]
    [InlineData(Id, "-1614265330", Signature, "webhook-timestamp is no time.")]
    [InlineData(null, Timestamp, Signature, "webhook-id, webhook-timestamp and webhook-signature are needed.")]
    [InlineData(Id, Timestamp, "", "webhook-id, webhook-timestamp and webhook-signature are needed.")]
    public void What_is_not_genuine_is_told_why(string? id, string? timestamp, string? signature, string fault) =>
        Assert.Equal(fault, new WebhookVerifier(Clock, Secret).FaultOf(Body, id, timestamp, signature));

    [Fact]
    public void During_a_rotation_either_side_may_know_both_secrets()
    {
        const string other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        Assert.Null(new WebhookVerifier(Clock, other, Secret).FaultOf(Body, Id, Timestamp, Signature));
        Assert.Null(new WebhookVerifier(Clock, Secret).FaultOf(Body, Id, Timestamp, "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= v1a,unknown " + Signature));
        Assert.NotNull(new WebhookVerifier(Clock, other).FaultOf(Body, Id, Timestamp, Signature));
    }

    [Fact]
    public void A_secret_that_is_none_is_refused_at_once()
    {
        Assert.Throws<ArgumentException>(() => new WebhookVerifier());
        Assert.Throws<ArgumentException>(() => new WebhookVerifier("whsec_"));
        Assert.Throws<ArgumentException>(() => new WebhookVerifier("whsec_this is no base64"));
    }

    private sealed record Signed(string Secret, string Id, string Timestamp, string Body, string Signature);
}
