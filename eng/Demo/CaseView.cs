using System.Globalization;
using System.Text.Json.Nodes;

namespace CxPlatform.Demo;

/// <summary>A case as the API shows it, in the words of a terminal.</summary>
internal static class CaseView
{
    public static string Who(this JsonNode c) => c.Text("ownerName") is { Length: > 0 } owner ? owner : c.Text("teamName");

    public static bool IsTold(this JsonNode c) => c.Text("acknowledgedAt").Length > 0;

    /// <summary>Seconds from the contact to our answer.</summary>
    public static string AcknowledgedIn(this JsonNode c) =>
        c.Time("acknowledgedAt") is { } told && c.Time("openedAt") is { } opened
            ? $"{(told - opened).TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)} s"
            : "";

    public static void Show(this Narrator tell, JsonNode c)
    {
        tell.Fact("understood", c.Text("need"));
        tell.Fact("read as", $"{c.Text("kind")}, {c.Text("category")}, priority {c.Text("priority")}, {c.Text("feeling")}");
        tell.Fact("given to", $"{c.Who()}, queue {c.Text("queueName")}");
        if (c["reasons"] is JsonArray { Count: > 0 } reasons)
            tell.Fact("because", string.Join("; ", reasons.Take(4).Select(reason => $"{reason}".TrimEnd('.'))));
    }
}
