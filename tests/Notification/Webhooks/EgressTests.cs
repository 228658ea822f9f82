using System.Net;
using CxPlatform.Notifications.Webhooks;
using CxPlatform.Notifications.Webhooks.Egress;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notification.Tests.Webhooks;

public sealed class EgressTests
{
    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("192.0.1.1")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.1")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:80b::200e")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    public void A_public_address_may_be_reached(string address) => Assert.True(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.1")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.7")]
    [InlineData("203.0.113.9")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.250")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:2::1")]
    [InlineData("2001:10::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:808:808::1")]
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void An_address_that_is_not_globally_routable_is_refused(string address) => Assert.False(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("https://example.com/hooks")]
    [InlineData("https://example.com:8443/hooks?token=a")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://[2606:4700:4700::1111]/")]
    [InlineData("https://bücher.example/hooks")]
    [InlineData("https://1and1.example/")]
    public void A_good_url_is_taken(string url) => Assert.Null(Rules().FaultOf(url));

    [Theory]
    [InlineData("", "https URL")]
    [InlineData("example.com/hooks", "https URL")]
    [InlineData("/hooks", "https URL")]
    [InlineData("ftp://example.com/", "https URL")]
    [InlineData("file:///etc/passwd", "https URL")]
    [InlineData("https://example.com/a b", "https URL")]
    [InlineData("https://example.com\\@10.0.0.1/", "https URL")]
    [InlineData("http://example.com/", "https")]
    [InlineData("http://127.0.0.1/", "https")]
    [InlineData("https://user@example.com/", "user name")]
    [InlineData("https://user:secret@example.com/", "user name")]
    [InlineData("https://example.com%40127.0.0.1/", "")]
    [InlineData("https://example.com/#part", "fragment")]
    [InlineData("https://example.com:25/", "ports")]
    [InlineData("https://example.com:80/", "ports")]
    [InlineData("https://example.com:0/", "")]
    [InlineData("https://127.0.0.1/", "public address")]
    [InlineData("https://127.1/", "four decimal numbers")]
    [InlineData("https://2130706433/", "four decimal numbers")]
    [InlineData("https://0x7f000001/", "four decimal numbers")]
    [InlineData("https://0x7f.0.0.1/", "four decimal numbers")]
    [InlineData("https://0177.0.0.1/", "four decimal numbers")]
    [InlineData("https://0177.0.0.0x1/", "four decimal numbers")]
    [InlineData("https://127.0.0.1./", "")]
    [InlineData("https://%31%32%37.0.0.1/", "")]
    [InlineData("https://①②⑦.⓪.⓪.①/", "")]
    [InlineData("https://localhost/", "public address")]
    [InlineData("https://LOCALHOST./", "public address")]
    [InlineData("https://app.localhost/", "public address")]
    [InlineData("https://[::1]/", "public address")]
    [InlineData("https://[::ffff:127.0.0.1]/", "public address")]
    [InlineData("https://[::ffff:7f00:1]/", "public address")]
    [InlineData("https://[64:ff9b::a00:1]/", "public address")]
    [InlineData("https://[fe80::1%25eth0]/", "")]
    [InlineData("https://169.254.169.254/latest/meta-data", "public address")]
    public void A_bad_url_is_refused_with_the_rule(string url, string rule)
    {
        var fault = Rules().FaultOf(url);
        Assert.NotNull(fault);
        Assert.Contains(rule, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void In_development_the_loopback_is_reached_by_http_and_nothing_else_is()
    {
        var rules = Rules(development: true);
        Assert.Null(rules.FaultOf("http://127.0.0.1:5000/hooks"));
        Assert.Null(rules.FaultOf("http://localhost:5000/hooks"));
        Assert.Null(rules.FaultOf("http://[::1]:5000/hooks"));
        Assert.NotNull(rules.FaultOf("http://10.0.0.1/"));
        Assert.NotNull(rules.FaultOf("http://example.com/"));
    }

    [Fact]
    public void An_operator_allows_networks_ports_and_http_for_a_host()
    {
        var rules = Rules(options =>
        {
            options.Networks.Add("10.20.0.0/16");
            options.Networks.Add("fd00:1::/64");
            options.Ports.Add(9443);
            options.HttpHosts.Add("receiver.internal");
        });
        Assert.Null(rules.FaultOf("https://10.20.1.1:9443/"));
        Assert.NotNull(rules.FaultOf("https://10.21.1.1:9443/"));
        Assert.NotNull(rules.FaultOf("https://example.com/"));
        Assert.Null(rules.FaultOf("http://receiver.internal:8080/hooks"));
        Assert.NotNull(rules.FaultOf("http://other.internal/hooks"));
        Assert.True(rules.Allows(IPAddress.Parse("::ffff:10.20.0.1")));
        Assert.True(rules.Allows(IPAddress.Parse("fd00:1::5")));
        Assert.False(rules.Allows(IPAddress.Parse("fd00:2::5")));
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("private")]
    public void Settings_that_say_nothing_are_refused_at_the_start(string network)
    {
        var options = new WebhookOptions();
        options.Networks.Add(network);
        options.HttpHosts.Add("http://x");
        options.Ports.Add(0);
        Assert.Equal(3, new WebhookOptionsRules().Validate(null, options).Failures!.Count());
    }

    [Fact]
    public async Task A_name_that_comes_to_lead_inside_is_refused_at_the_connect_and_every_address_of_it_counts()
    {
        await using var receiver = await Receiver.StartAsync();
        var answers = new Queue<IPAddress[]>(
        [
            [IPAddress.Parse("127.0.0.1")],                              // allowed by the operator, reached
            [IPAddress.Parse("10.0.0.1")],                               // the same name, a moment later
            [IPAddress.Parse("127.0.0.1"), IPAddress.Parse("10.0.0.1")], // a good one first
            [],
        ]);
        var asked = 0;
        using var client = new EgressClient(
            Rules(options =>
            {
                options.Networks.Add("127.0.0.0/8");
                options.HttpHosts.Add("rebind.example");
            }),
            (host, _) =>
            {
                Assert.Equal("rebind.example", host);
                asked++;
                return Task.FromResult(answers.Dequeue());
            });
        async Task<HttpResponseMessage> PostAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://rebind.example:{receiver.Port}/") { Content = new StringContent("""{"type":"x"}""") };
            request.Headers.Add("webhook-timestamp", "1");
            // Every request makes its connection anew.
            request.Headers.ConnectionClose = true;
            return await client.SendAsync(request, CancellationToken.None);
        }
        using (var response = await PostAsync())
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        for (var i = 0; i < 3; i++)
            Assert.IsType<EgressRefusedException>((await Assert.ThrowsAsync<HttpRequestException>(PostAsync)).InnerException);
        Assert.Equal(4, asked);
        Assert.Single(receiver.All);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("cx:p%40ss@", "Basic Y3g6cEBzcw==")]
    public async Task With_a_proxy_everything_goes_through_it_and_no_name_is_resolved_here(string user, string? shown)
    {
        await using var proxy = await Receiver.StartAsync();
        proxy.Answer = (_, context) =>
        {
            context.Response.Headers.ProxyAuthenticate = "Basic realm=\"way out\"";
            return Receiver.Status(context, context.Request.Headers.ProxyAuthorization.SingleOrDefault() == shown ? 204 : 407);
        };
        using var client = new EgressClient(
            Rules(options =>
            {
                options.Proxy = new($"http://{user}127.0.0.1:{proxy.Port}");
                options.HttpHosts.Add("receiver.internal");
            }),
            (_, _) => throw new InvalidOperationException("Names are the proxy's."));
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://receiver.internal/hooks") { Content = new StringContent("""{"type":"x"}""") };
        request.Headers.Add("webhook-timestamp", "1");
        using var response = await client.SendAsync(request, CancellationToken.None);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.NotEmpty(proxy.All);
    }

    private static EgressRules Rules(Action<WebhookOptions>? configure = null, bool development = false)
    {
        var options = new WebhookOptions();
        configure?.Invoke(options);
        return new(Options.Create(options), new Environment { EnvironmentName = development ? Environments.Development : Environments.Production });
    }

    private sealed class Environment : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "";

        public string ApplicationName { get; set; } = "";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
