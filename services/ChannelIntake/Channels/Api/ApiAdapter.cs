using System.Net.Http.Headers;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Api;

/// <summary>Checks a contact that came as JSON, all of it at once, and makes it an arrival.</summary>
internal sealed class ApiAdapter(ContactIntake intake, IBlobs blobs, IOptions<IntakeOptions> options)
{
    // Clocks differ; a contact from minutes ahead is a mistake.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <summary>The arrival, or everything that is wrong with the request.</summary>
    public async Task<(Arrival? Arrival, InputErrors Errors)> ReadAsync(
        ContactRequest request, ReadOnlyMemory<byte> raw, CancellationToken ct)
    {
        var errors = new InputErrors();
        var from = Identities.Read(request.From.Kind, request.From.Value, options.Value.DefaultCountryCode, "from.value");
        if (from.IsRefused)
            errors.Add("from.value", from.Refusal.Detail);
        CheckTexts(request, errors);
        CheckLists(request, errors);
        var number = request.CaseNumber is null ? null : CaseNumber.Read(request.CaseNumber);
        errors.Check(request.CaseNumber is null || number is not null, "caseNumber", "must be a case number such as CX-2026-000123.");
        errors.Check(
            request.ReceivedAt is null || request.ReceivedAt <= intake.Now + ClockTolerance, "receivedAt", "must not be in the future.");
        errors.Check(
            request.Visibility is null or Visibility.Customer || (request.Visibility == Visibility.World && request.Channel == Channel.Social),
            "visibility", "must be customer, or world for a post on the channel social.");
        var files = Decode(request.Attachments ?? [], errors);
        if (errors.Any)
            return (null, errors);

        var id = intake.NewId();
        return (new()
        {
            ContactId = id,
            Channel = request.Channel ?? Channel.Api,
            ProviderId = request.ProviderId?.Trim() ?? id.ToString(),
            ReceivedAt = Time.Truncate(request.ReceivedAt ?? intake.Now),
            From = from.Value!,
            Name = Blank(request.From.Name),
            To = Blank(request.To),
            Subject = Blank(request.Subject),
            Text = request.Text,
            Language = request.Language,
            TimeZone = request.TimeZone,
            Kind = request.Kind,
            Priority = request.Priority,
            IsPublic = request.Visibility == Visibility.World,
            References = request.References ?? new Dictionary<string, string>(),
            Tags = request.Tags ?? [],
            Evidence = Evidence(number, request.CaseId),
            Attachments = await StoreAsync(files, ct),
            Raw = raw,
            RawType = "application/json",
        }, errors);
    }

    private static void CheckTexts(ContactRequest request, InputErrors errors)
    {
        errors.Check(request.ProviderId is null || request.ProviderId.Trim().Length is > 0 and <= Limits.ProviderId,
            "providerId", $"must be 1 to {Limits.ProviderId} characters.");
        CheckLine(errors, "from.name", request.From.Name, Limits.Name);
        CheckLine(errors, "providerId", request.ProviderId, int.MaxValue);
        CheckLine(errors, "to", request.To, Limits.Name);
        CheckLine(errors, "subject", request.Subject, Limits.Subject);
        errors.MaxLength("text", request.Text, Limits.Text);
        errors.Check(!request.Text.Contains('\0', StringComparison.Ordinal), "text", "must not contain NUL characters.");
        // An empty text is a contact when something else says what it is about.
        errors.Check(
            !string.IsNullOrWhiteSpace(request.Text)
                || !string.IsNullOrWhiteSpace(request.Subject)
                || request.Attachments is { Count: > 0 },
            "text", "is required unless there is a subject or an attachment.");
        errors.Check(
            request.Language is null || Language.IsTag(request.Language),
            "language", "must be a language tag (BCP 47), such as de or pt-BR.");
        errors.Check(
            request.TimeZone is null || TimeZones.IsKnown(request.TimeZone),
            "timeZone", "must be an IANA time zone, such as Europe/Berlin.");
    }

    private static void CheckLists(ContactRequest request, InputErrors errors)
    {
        errors.Check(
            request.References is null || request.References.Count <= Limits.References,
            "references", $"must be at most {Limits.References}.");
        foreach (var (key, value) in request.References ?? new Dictionary<string, string>())
        {
            errors.Check(key.Length is > 0 and <= Limits.ReferenceKey && !key.Any(char.IsControl), "references",
                $"must have names of 1 to {Limits.ReferenceKey} characters without control characters.");
            CheckLine(errors, "references", value, Limits.ReferenceValue);
        }
        errors.Check(request.Tags is null || request.Tags.Count <= Limits.Tags, "tags", $"must be at most {Limits.Tags}.");
        foreach (var tag in request.Tags ?? [])
            errors.Check(tag is { Length: > 0 and <= Limits.Tag } && !tag.Any(char.IsControl), "tags",
                $"must be 1 to {Limits.Tag} characters each, without control characters.");
        errors.Check(
            request.Attachments is null || request.Attachments.Count <= Limits.Attachments,
            "attachments", $"must be at most {Limits.Attachments}.");
    }

    private static void CheckLine(InputErrors errors, string field, string? value, int max)
    {
        errors.MaxLength(field, value, max);
        errors.Check(value is null || !value.Any(char.IsControl), field, "must be one line without control characters.");
    }

    private static List<(string Name, string Type, byte[] Content)> Decode(
        IReadOnlyList<ContactRequest.File> attachments, InputErrors errors)
    {
        var files = new List<(string, string, byte[])>();
        for (var i = 0; i < attachments.Count && i < Limits.Attachments; i++)
        {
            var file = attachments[i];
            errors.Required($"attachments[{i}].name", file.Name);
            CheckLine(errors, $"attachments[{i}].name", file.Name, Limits.Name);
            var type = file.ContentType ?? "application/octet-stream";
            errors.Check(type.Length <= Limits.Name && MediaTypeHeaderValue.TryParse(type, out _), $"attachments[{i}].contentType",
                "must be a media type such as image/png.");
            var content = new byte[Math.Max(0, file.ContentBase64.Length / 4 * 3 + 3)];
            if (!Convert.TryFromBase64String(file.ContentBase64, content, out var length))
                errors.Add($"attachments[{i}].contentBase64", "must be base64.");
            else if (length > Limits.Attachment)
                errors.Add($"attachments[{i}].contentBase64", $"must be at most {Limits.Attachment} bytes when decoded.");
            else
                files.Add((file.Name, type, content[..length]));
        }
        return files;
    }

    private async Task<IReadOnlyList<Attachment>> StoreAsync(List<(string Name, string Type, byte[] Content)> files, CancellationToken ct)
    {
        var attachments = new List<Attachment>(files.Count);
        foreach (var (name, type, content) in files)
            attachments.Add(new(name, type, content.Length, (await blobs.PutAsync(content, ct)).Hash));
        return attachments;
    }

    private static List<Evidence> Evidence(string? number, Guid? caseId)
    {
        var evidence = new List<Evidence>();
        if (caseId is { } id)
            evidence.Add(new(EvidenceKind.Explicit, number ?? id.ToString(), id));
        else if (number is not null)
            evidence.Add(new(EvidenceKind.Explicit, number));
        return evidence;
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
