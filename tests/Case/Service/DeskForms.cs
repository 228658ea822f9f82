using System.Net;
using System.Text.RegularExpressions;

namespace CxPlatform.Case.Tests.Service;

/// <summary>The forms of a case's page at the desk, as a browser without script sends them.</summary>
internal static partial class DeskForms
{
    public static Task<string> PageAsync(this CaseHost host, string number) => host.Client.GetStringAsync($"/desk/cases/{number}");

    public static async Task FormAsync(this CaseHost host, string number, string what, params (string Name, string Value)[] fields)
    {
        var page = await host.PageAsync(number);
        Assert.Contains($"name=\"do\" value=\"{what}\"", page, StringComparison.Ordinal);
        using var form = new FormUrlEncodedContent(fields
            .Select(field => new KeyValuePair<string, string>(field.Name, field.Value))
            .Append(new("do", what)).Append(new("__RequestVerificationToken", Token().Match(page).Groups[1].Value)));
        using var answer = await host.Client.PostAsync($"/desk/cases/{number}", form);
        // A redirect leads to the page again, and leaves the key behind.
        Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{what}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
