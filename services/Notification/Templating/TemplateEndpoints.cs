using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Templating;

internal sealed record TemplateSummary(string Name, IReadOnlyList<string> Languages, IReadOnlyList<string> Variables);

/// <param name="Language">Two letters; <c>en</c> by default.</param>
/// <param name="Sample">Which of the template's samples: 0 is the fullest.</param>
/// <param name="Brand">As a customer of that brand reads it.</param>
/// <param name="Version">As it would read once that version of the language and brand is published; what is in use when absent.</param>
internal sealed record PreviewRequest(string? Language = null, int Sample = 0, string? Brand = null, int? Version = null);

internal sealed record TemplatePreview(string Name, string Language, string Subject, string Text, string Html, string Sms, int Samples);

/// <summary>A version of a template's words.</summary>
public sealed record TemplateVersion(
    int Version, string Language, string Brand, bool Published, string Author, DateTimeOffset CreatedAt, string Subject, string Text, string Html, string Sms)
{
    internal static TemplateVersion Of(TemplateVersionRow row) => new(
        row.Version, row.Language, row.Brand, row.Published, row.Author, row.CreatedAt, row.Subject, row.Text, row.Html, row.Sms);
}

internal static class TemplateEndpoints
{
    public static void MapTemplates(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/templates").WithTags("Templates").WithGroupName(NotificationModule.Name).RequireAuthorization(Policies.CasesRead);
        group.MapGet("/", (TemplateBook book) => TypedResults.Ok(book.Current.Names.Select(name => Summary(book.Current, name)).ToList()))
            .WithName("ListTemplates").WithSummary("The words we use, with what they may speak of.");
        group.MapPost("/{name}/preview", PreviewAsync)
            .WithName("PreviewTemplate").WithSummary("A template as a customer would read it, with believable facts.").Produces<TemplatePreview>();
        group.MapGet("/{name}/versions", VersionsAsync)
            .WithName("ListTemplateVersions").WithSummary("What editors saved for a template, the newest first.").Produces<IReadOnlyList<TemplateVersion>>();
        group.MapPost("/{name}/versions", SaveAsync).RequireAuthorization(Policies.Admin)
            .WithName("SaveTemplateVersion").WithSummary("Keeps new words, checked against everything they may be used for; nobody gets them before they are published.")
            .Produces<TemplateVersion>(StatusCodes.Status201Created);
        group.MapPost("/{name}/versions/{version:int}/publish", PublishAsync).RequireAuthorization(Policies.Admin)
            .WithName("PublishTemplateVersion").WithSummary("From now on people get this version, be it the newest or an old one.").Produces<TemplateVersion>();
        group.MapPost("/{name}/unpublish", UnpublishAsync).RequireAuthorization(Policies.Admin)
            .WithName("UnpublishTemplate").WithSummary("From now on the words count that came with the service.").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> PreviewAsync(string name, PreviewRequest request, TemplateBook book, Work<NotificationDb> work, CancellationToken ct)
    {
        var templates = book.Current;
        if (!templates.Names.Contains(name))
            return Problems.Of(StatusCodes.Status404NotFound, "template-not-found", $"There is no template {name}. There are: {string.Join(", ", templates.Names)}.");
        var language = request.Language ?? Templates.DefaultLanguage;
        var tried = await TryAsync(book, work, name, new(language, request.Brand), request.Version, ct);
        if (tried.IsRefused)
            return Problems.Of(tried.Refusal);
        templates = tried.Value;
        var samples = Samples.Of(name, language);
        var errors = new InputErrors()
            .Check(templates.Languages.Contains(language), "language", $"must be one of {string.Join(", ", templates.Languages)}.")
            .Check(request.Sample >= 0 && request.Sample < samples.Count, "sample", $"must be 0 to {samples.Count - 1}.");
        if (errors.Any)
            return errors.ToHttp();
        var rendered = templates.All(name, language, samples[request.Sample], request.Brand ?? "");
        return TypedResults.Ok(new TemplatePreview(name, language, rendered.Subject, rendered.Text, rendered.Html, rendered.Sms, samples.Count));
    }

    /// <summary>The words in use, or as they would be with a version published.</summary>
    internal static async Task<Outcome<Templates>> TryAsync(
        TemplateBook book, Work<NotificationDb> work, string name, TemplateKey key, int? version, CancellationToken ct)
    {
        if (version is null)
            return book.Current;
        var rows = await work.ReadAsync((db, token) => db.TemplateVersions.Where(row => row.Published || (row.Name == name && row.Version == version)).ToListAsync(token), ct);
        bool IsMeant(TemplateVersionRow row) => row.Name == name && row.Language == key.Language && row.Brand == (key.Brand ?? "");
        if (rows.Find(row => IsMeant(row) && row.Version == version) is not { } meant)
            return EditTemplates.VersionNotFound(name, version.Value);
        try
        {
            return book.With(rows.Where(row => row.Published && !IsMeant(row)).Append(meant));
        }
        catch (ConfigurationFaultException e)
        {
            return new Refusal("template-invalid", char.ToUpperInvariant(e.Message[0]) + e.Message[1..], "version");
        }
    }

    private static async Task<IResult> VersionsAsync(string name, TemplateBook book, Work<NotificationDb> work, CancellationToken ct, string? language = null, string? brand = null) =>
        book.Current.Names.Contains(name)
            ? TypedResults.Ok((await ReadAsync(work, name, language, brand, ct)).ConvertAll(TemplateVersion.Of))
            : Problems.Of(EditTemplates.NotFound(name));

    internal static Task<List<TemplateVersionRow>> ReadAsync(Work<NotificationDb> work, string name, string? language, string? brand, CancellationToken ct) => work.ReadAsync(
        (db, token) => db.TemplateVersions.Where(row => row.Name == name && (language == null || row.Language == language) && (brand == null || row.Brand == brand))
            .OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Version).Take(200).ToListAsync(token),
        ct);

    private static Task<IResult> SaveAsync(string name, TemplateWords words, HttpContext http, Work<NotificationDb> work, CancellationToken ct) =>
        work.RunAsync<EditTemplates, Outcome<TemplateVersionRow>>((edit, token) => edit.SaveAsync(name, words, http.User.DisplayName(), token), ct)
            .ToHttp(row => TypedResults.Created($"/v1/templates/{name}/versions", TemplateVersion.Of(row)));

    private static Task<IResult> PublishAsync(string name, int version, TemplateKey key, Work<NotificationDb> work, CancellationToken ct) =>
        work.RunAsync<EditTemplates, Outcome<TemplateVersionRow>>((edit, token) => edit.PublishAsync(name, key, version, token), ct)
            .ToHttp(row => TypedResults.Ok(TemplateVersion.Of(row)));

    private static Task<IResult> UnpublishAsync(string name, TemplateKey key, Work<NotificationDb> work, CancellationToken ct) =>
        work.RunAsync<EditTemplates, Outcome<Done>>((edit, token) => edit.UnpublishAsync(name, key, token), ct).ToHttp();

    private static TemplateSummary Summary(Templates templates, string name) =>
        new(name, templates.Languages, [.. Samples.Of(name, Templates.DefaultLanguage)[0].Values.Keys.Order(StringComparer.Ordinal)]);
}
