using CxPlatform.Notifications.Templating;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Notifications.Messages;

internal sealed record TemplateSummary(string Name, IReadOnlyList<string> Languages, IReadOnlyList<string> Variables);

/// <param name="Language">Two letters; <c>en</c> by default.</param>
/// <param name="Sample">Which of the template's samples: 0 is the fullest.</param>
internal sealed record PreviewRequest(string? Language = null, int Sample = 0);

internal sealed record TemplatePreview(string Name, string Language, string Subject, string Text, string Html, string Sms, int Samples);

internal static class TemplateEndpoints
{
    public static void MapTemplates(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/templates").WithTags("Templates").WithGroupName(NotificationModule.Name).RequireAuthorization(Policies.CasesRead);
        group.MapGet("/", (Templates templates) => TypedResults.Ok(templates.Names.Select(name => Summary(templates, name)).ToList()))
            .WithName("ListTemplates").WithSummary("The words we use, with what they may speak of.");
        group.MapPost("/{name}/preview", Preview)
            .WithName("PreviewTemplate").WithSummary("A template as a customer would read it, with believable facts.").Produces<TemplatePreview>();
    }

    private static IResult Preview(string name, PreviewRequest request, Templates templates)
    {
        if (!templates.Names.Contains(name))
            return Problems.Of(StatusCodes.Status404NotFound, "template-not-found", $"There is no template {name}. There are: {string.Join(", ", templates.Names)}.");
        var language = request.Language ?? Templates.DefaultLanguage;
        var samples = Samples.Of(name, language);
        var errors = new InputErrors()
            .Check(templates.Languages.Contains(language), "language", $"must be one of {string.Join(", ", templates.Languages)}.")
            .Check(request.Sample >= 0 && request.Sample < samples.Count, "sample", $"must be 0 to {samples.Count - 1}.");
        if (errors.Any)
            return errors.ToHttp();
        var rendered = templates.All(name, language, samples[request.Sample]);
        return TypedResults.Ok(new TemplatePreview(name, language, rendered.Subject, rendered.Text, rendered.Html, rendered.Sms, samples.Count));
    }

    private static TemplateSummary Summary(Templates templates, string name) =>
        new(name, templates.Languages, [.. Samples.Of(name, Templates.DefaultLanguage)[0].Values.Keys.Order(StringComparer.Ordinal)]);
}
