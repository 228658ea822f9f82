using System.Security.Cryptography;
using System.Text;

namespace CxPlatform.ChannelIntake.Tests;

/// <summary>Sends callbacks as Twilio does. The signature is written out as its documentation has it, apart from the code under test.</summary>
internal static class Twilio
{
    public const string Token = "12345";
    public const string Setting = "--Cx:Intake:Twilio:AuthToken=" + Token;

    public static string Sign(string url, Dictionary<string, string> fields)
    {
        var text = url + string.Concat(fields.Keys.Order(StringComparer.Ordinal).Select(key => key + fields[key]));
#pragma warning disable CA5350 // Twilio's choice.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(Token), Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
    }

    public static Task<HttpResponseMessage> PostSignedAsync(this IntakeHost host, string path, Dictionary<string, string> fields) =>
        host.PostTwilioAsync(path, fields, Sign("https://help.example.com" + path, fields));

    public static async Task<HttpResponseMessage> PostTwilioAsync(
        this IntakeHost host, string path, Dictionary<string, string> fields, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new FormUrlEncodedContent(fields);
        if (signature is not null)
            request.Headers.Add("X-Twilio-Signature", signature);
        return await host.Anonymous.SendAsync(request);
    }
}
