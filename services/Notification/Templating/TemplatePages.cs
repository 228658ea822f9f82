using CxPlatform.Messaging;
using CxPlatform.Notifications.Messages;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;

namespace CxPlatform.Notifications.Templating;

/// <summary>The words we use, for people: read as a customer would, changed, published, taken back.</summary>
internal static class TemplatePages
{
    public const string Path = MessagePages.Path + "/templates";

    public static string AddressOf(string name, string language, string brand) => $"{Path}/{name}?language={Uri.EscapeDataString(language)}&brand={Uri.EscapeDataString(brand)}";

    public static void MapTemplatePages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).RequireAuthorization(Policies.Agent).ExcludeFromDescription();
        pages.MapGet("", (TemplateBook book) => Page.Of<TemplateListPage>(new { book.Current.Names, book.Current.Languages }));
        pages.MapGet("/{name}", (string name, string? language, string? brand, int? version, TemplateBook book, Work<NotificationDb> work, HttpContext http, CancellationToken ct) =>
            ShowAsync(name, language ?? Templates.DefaultLanguage, brand ?? "", null, null, book, work, http, ct, version));
        pages.MapPost("/{name}/save", SaveAsync).RequireAuthorization(Policies.Admin).RequireAntiforgery();
        pages.MapPost("/{name}/publish", PublishAsync).RequireAuthorization(Policies.Admin).RequireAntiforgery();
        pages.MapPost("/{name}/unpublish", UnpublishAsync).RequireAuthorization(Policies.Admin).RequireAntiforgery();
    }

    private static async Task<IResult> SaveAsync(string name, HttpContext http, TemplateBook book, Work<NotificationDb> work, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        var words = new TemplateWords(
            form["language"].ToString(), form["subject"].ToString(), form["text"].ToString(), form["html"].ToString(), form["sms"].ToString(), form["brand"].ToString());
        var saved = await work.RunAsync<EditTemplates, Outcome<TemplateVersionRow>>(
            (edit, token) => edit.SaveAsync(name, words, http.User.DisplayName(), token), ct);
        return saved.IsRefused
            ? await ShowAsync(name, words.Language, words.Brand!, saved.Refusal, words, book, work, http, ct)
            : Page.SeeOther(AddressOf(name, words.Language, words.Brand!));
    }

    private static async Task<IResult> PublishAsync(string name, HttpContext http, TemplateBook book, Work<NotificationDb> work, CancellationToken ct)
    {
        var (form, key) = await KeyAsync(http, ct);
        _ = int.TryParse(form["version"], out var version);
        var published = await work.RunAsync<EditTemplates, Outcome<TemplateVersionRow>>((edit, token) => edit.PublishAsync(name, key, version, token), ct);
        return published.IsRefused
            ? await ShowAsync(name, key.Language, key.Brand!, published.Refusal, null, book, work, http, ct)
            : Page.SeeOther(AddressOf(name, key.Language, key.Brand!));
    }

    private static async Task<IResult> UnpublishAsync(string name, HttpContext http, TemplateBook book, Work<NotificationDb> work, CancellationToken ct)
    {
        var (_, key) = await KeyAsync(http, ct);
        var done = await work.RunAsync<EditTemplates, Outcome<Done>>((edit, token) => edit.UnpublishAsync(name, key, token), ct);
        return done.IsRefused
            ? await ShowAsync(name, key.Language, key.Brand!, done.Refusal, null, book, work, http, ct)
            : Page.SeeOther(AddressOf(name, key.Language, key.Brand!));
    }

    private static async Task<(IFormCollection Form, TemplateKey Key)> KeyAsync(HttpContext http, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        return (form, new(form["language"].ToString(), form["brand"].ToString()));
    }

    private static async Task<IResult> ShowAsync(
        string name, string language, string brand, Refusal? refused, TemplateWords? typed, TemplateBook book, Work<NotificationDb> work, HttpContext http, CancellationToken ct,
        int? version = null)
    {
        var templates = book.Current;
        if (!templates.Names.Contains(name))
            return Problems.Of(EditTemplates.NotFound(name));
        var tried = await TemplateEndpoints.TryAsync(book, work, name, new(language, brand), version, ct);
        if (tried.IsRefused)
            return Problems.Of(tried.Refusal);
        templates = tried.Value;
        http.Response.Headers.ContentSecurityPolicy = http.RequestServices.GetRequiredService<PageAssets>().PolicyAroundMails;
        string Source(string part) =>
            templates.Files.GetValueOrDefault(Templates.KeyOf(name, brand, language, part)) ?? templates.Files.GetValueOrDefault(Templates.KeyOf(name, "", language, part))
            ?? templates.Files[Templates.KeyOf(name, "", Templates.DefaultLanguage, part)];
        var samples = Samples.Of(name, language);
        return Page.Of<TemplatePage>(
            new
            {
                Name = name,
                Words = typed ?? new(language, Source("subject"), Source("text"), Source("html"), Source("sms"), brand),
                Preview = samples.Select(sample => templates.All(name, templates.LanguageFor(language, Templates.DefaultLanguage), sample, brand)).ToList(),
                Variables = samples[0].Values.Keys.Order(StringComparer.Ordinal).ToList(),
                Versions = (await TemplateEndpoints.ReadAsync(work, name, language, brand, ct)).ConvertAll(TemplateVersion.Of),
                Languages = templates.Languages,
                Tried = version,
                Refused = refused,
                MayAct = http.User.HasRole(Roles.Admin) || http.User.HasScope(Scopes.Admin),
            },
            refused is null ? StatusCodes.Status200OK : Outcomes.StatusOf(refused));
    }
}
