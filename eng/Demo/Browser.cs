using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace CxPlatform.Demo;

/// <summary>A customer's browser: opens links, keeps cookies, fills in forms. No key, no script.</summary>
internal sealed class Browser(Uri platform) : IDisposable
{
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = true, CookieContainer = new CookieContainer() })
    {
        BaseAddress = platform,
        Timeout = TimeSpan.FromSeconds(30),
    };

    public async Task<IHtmlDocument> OpenAsync(string link) => await ReadAsync(link, await _http.GetAsync(Reachable(link)));

    /// <summary>Sends a form as a browser would: its hidden fields, what is selected, and what the customer fills in.</summary>
    public async Task<IHtmlDocument> SubmitAsync(
        string page, IHtmlFormElement form, IHtmlElement? button, params (string Name, string Value)[] filledIn)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var element in form.Elements.OfType<IHtmlElement>())
        {
            var name = element.GetAttribute("name");
            if (string.IsNullOrEmpty(name) || element.HasAttribute("disabled") || filledIn.Any(field => field.Name == name))
                continue;
            if (element is IHtmlButtonElement or IHtmlInputElement { Type: "submit" }
                || element is IHtmlInputElement { Type: "radio" or "checkbox", IsChecked: false })
                continue;
            fields.Add(new(name, element switch
            {
                IHtmlInputElement input => input.Value,
                IHtmlTextAreaElement area => area.Value,
                IHtmlSelectElement select => select.Value ?? "",
                _ => "",
            }));
        }
        if (button?.GetAttribute("name") is { Length: > 0 } pressed)
            fields.Add(new(pressed, button.GetAttribute("value") ?? ""));
        fields.AddRange(filledIn.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)));
        var action = (button?.GetAttribute("formaction") ?? form.GetAttribute("action")) is { Length: > 0 } given ? given : page;
        using var content = new FormUrlEncodedContent(fields);
        return await ReadAsync(action, await _http.PostAsync(Reachable(action), content));
    }

    public void Dispose() => _http.Dispose();

    // A link names the public address; here it is opened at the address that this program was given.
    private static Uri Reachable(string link) =>
        Uri.TryCreate(link, UriKind.Absolute, out var absolute) && absolute.Scheme.StartsWith("http", StringComparison.Ordinal)
            ? new Uri(absolute.PathAndQuery, UriKind.Relative)
            : new Uri(link, UriKind.Relative);

    private static async Task<IHtmlDocument> ReadAsync(string what, HttpResponseMessage response)
    {
        using (response)
        {
            var html = await response.Content.ReadAsStringAsync();
            var document = await new HtmlParser().ParseDocumentAsync(html);
            if (response.IsSuccessStatusCode)
                return document;
            var reason = document.QuerySelector("main")?.TextContent.Trim() ?? html;
            throw new StoryException($"The page {Scene.Short(what)} was answered {(int)response.StatusCode}: {reason}");
        }
    }
}
