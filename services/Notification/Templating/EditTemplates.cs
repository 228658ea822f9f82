using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Templating;

/// <summary>What a template says in one language.</summary>
/// <param name="Language">Two letters.</param>
/// <param name="Brand">For one brand only; empty or absent: for every brand without words of its own.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TemplateWords(string Language, string Subject, string Text, string Html, string Sms, string? Brand = null);

/// <summary>Which words are meant.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TemplateKey(string Language, string? Brand = null);

/// <summary>Saves, publishes and takes back words. A version never changes: what was once sent can be read again, and any version can come back.</summary>
internal sealed partial class EditTemplates(Unit<NotificationDb> unit, TemplateBook book)
{
    private const int Longest = 50_000;

    public static Refusal NotFound(string name) => new("template-not-found", $"There is no template {name}.");

    public static Refusal VersionNotFound(string name, int version) =>
        new("template-version-not-found", $"There is no version {version} of the template {name} in that language and for that brand.");

    /// <summary>Keeps a new version, which nobody gets yet. One that could not be rendered for every event it may be used for is refused.</summary>
    public async Task<Outcome<TemplateVersionRow>> SaveAsync(string name, TemplateWords words, string author, CancellationToken ct)
    {
        if (!book.Current.Names.Contains(name))
            return NotFound(name);
        var brand = words.Brand ?? "";
        var errors = new InputErrors()
            .Check(words.Language is { Length: 2 }, "language", "must be two letters, such as en.")
            .Check(brand.Length == 0 || BrandName().IsMatch(brand), "brand", "must be at most 40 lower-case letters, digits and hyphens.")
            .Required("subject", words.Subject).MaxLength("subject", words.Subject, 500)
            .Required("text", words.Text).MaxLength("text", words.Text, Longest)
            .Required("html", words.Html).MaxLength("html", words.Html, Longest)
            .Required("sms", words.Sms).MaxLength("sms", words.Sms, 2000);
        foreach (var (part, source) in new[] { ("subject", words.Subject), ("text", words.Text), ("html", words.Html), ("sms", words.Sms) })
            errors.Check(source?.Contains('\0', StringComparison.Ordinal) != true, part, "must not hold NUL characters.");
        if (errors.ToRefusal() is { } refusal)
            return refusal;
        var row = new TemplateVersionRow
        {
            Id = Guid.CreateVersion7(unit.Now),
            Name = name,
            Language = words.Language,
            Brand = brand,
            Subject = words.Subject.ReplaceLineEndings("\n"),
            Text = words.Text.ReplaceLineEndings("\n"),
            Html = words.Html.ReplaceLineEndings("\n"),
            Sms = words.Sms.ReplaceLineEndings("\n"),
            Author = author,
            CreatedAt = unit.Now,
        };
        if (Try(await PublishedAsync(row, ct)).Refusal is { } invalid)
            return invalid;
        row.Version = 1 + await Of(name, words.Language, brand).MaxAsync(other => (int?)other.Version, ct) ?? 1;
        unit.Db.TemplateVersions.Add(row);
        return row;
    }

    /// <summary>From now on this version is what people get; an older one as well as the newest.</summary>
    public async Task<Outcome<TemplateVersionRow>> PublishAsync(string name, TemplateKey key, int version, CancellationToken ct)
    {
        var rows = await Of(name, key.Language, key.Brand ?? "").ToListAsync(ct);
        if (rows.Find(other => other.Version == version) is not { } row)
            return VersionNotFound(name, version);
        var (templates, invalid) = Try(await PublishedAsync(row, ct));
        if (invalid is not null)
            return invalid;
        foreach (var other in rows)
            other.Published = other == row;
        unit.OnCommitted(() => book.Use(templates!));
        return row;
    }

    /// <summary>From now on the words that came with the service count again.</summary>
    public async Task<Outcome<Done>> UnpublishAsync(string name, TemplateKey key, CancellationToken ct)
    {
        if (!book.Current.Names.Contains(name))
            return NotFound(name);
        foreach (var row in await Of(name, key.Language, key.Brand ?? "").Where(row => row.Published).ToListAsync(ct))
            row.Published = false;
        var templates = book.With((await unit.Db.TemplateVersions.Where(row => row.Published).ToListAsync(ct)).Where(row => row.Published));
        unit.OnCommitted(() => book.Use(templates));
        return Done.Value;
    }

    private IQueryable<TemplateVersionRow> Of(string name, string language, string brand) =>
        unit.Db.TemplateVersions.Where(row => row.Name == name && row.Language == language && row.Brand == brand);

    private async Task<List<TemplateVersionRow>> PublishedAsync(TemplateVersionRow with, CancellationToken ct) =>
    [
        .. await unit.Db.TemplateVersions.AsNoTracking()
            .Where(row => row.Published && (row.Name != with.Name || row.Language != with.Language || row.Brand != with.Brand)).ToListAsync(ct),
        with,
    ];

    private (Templates? Templates, Refusal? Refusal) Try(List<TemplateVersionRow> published)
    {
        try
        {
            return (book.With(published), null);
        }
        catch (ConfigurationFaultException e)
        {
            var last = published[^1];
            var field = TemplateBook.Parts(last).Select(part => part.Key).FirstOrDefault(key => e.Message.Contains(key, StringComparison.Ordinal))?.Split('.')[^1];
            return (null, new("template-invalid", char.ToUpperInvariant(e.Message[0]) + e.Message[1..], field));
        }
    }

    [GeneratedRegex("^[a-z0-9-]{1,40}$")]
    private static partial Regex BrandName();
}
