using Xunit.Abstractions;

namespace CxPlatform.Mail.Tests;

public class MailFuzzTests(ITestOutputHelper output)
{
    /// <summary>Other messages every time; <c>./cx bench fuzz</c> reads a million.</summary>
    [Fact]
    public void No_damaged_message_throws_or_costs_without_bound()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"The first number is {seed}.");
        for (var i = 0; i < 2_000; i++)
        {
            var number = unchecked(seed + i);
            try
            {
                var cost = MailFuzz.Read(MailFuzz.Message(number));
                Assert.True(cost.Allocated < MailFuzz.MostBytes + MailFuzz.MostBytesPerByte * cost.Length, $"Message {number} costs {cost}.");
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Message {number}: {e}");
            }
        }
    }
}
