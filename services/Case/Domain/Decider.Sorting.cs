using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// What people say of a case, so that it is found: its priority and its tags.
internal static partial class Decider
{
    private const int MostTags = 30;
    private const int TagLength = 50;

    private static Refusal? PriorityChanged(Story story, ChangePriority c)
    {
        if (c.Priority == Priority.Unknown)
            return new("priority-invalid", "must be low, normal, high or urgent.", "priority");
        if (c.Reason is { Length: > LineLength })
            return new("reason-invalid", $"must be at most {LineLength} characters.", "reason");
        return c.Priority == story.Case.Priority ? Nothing : story.Add(new CasePriorityChanged(
            story.Case.Id, c.Priority, story.Case.Priority, c.By.Id, c.By.Name, string.IsNullOrWhiteSpace(c.Reason) ? null : c.Reason.Trim()));
    }

    private static Refusal? TagsChanged(Story story, ChangeTags c)
    {
        var add = c.Add.Select(Tidy).Distinct().ToList();
        var remove = c.Remove.Select(Tidy).Distinct().ToList();
        foreach (var (field, tags) in (ReadOnlySpan<(string, List<string>)>)[("add", add), ("remove", remove)])
            if (tags.FirstOrDefault(tag => !IsTag(tag)) is { } wrong)
                return new(field + "-invalid",
                    $"must be tags of 1 to {TagLength} letters, digits, spaces or - _ . : /; “{Shorten(wrong)}” is none.", field);
        // The platform's own word, by which it knows its own test contacts.
        if (add.Concat(remove).Contains("synthetic"))
            return new("tag-not-allowed", "The tag “synthetic” is the platform's own.", "add");
        var now = story.Case.Tags;
        var added = add.Except(now).Except(remove).ToList();
        var removed = remove.Intersect(now).ToList();
        if (added.Count == 0 && removed.Count == 0)
            return Nothing;
        List<string> after = [.. now.Except(removed), .. added];
        return after.Count > MostTags
            ? new("add-invalid", $"must leave the case with at most {MostTags} tags.", "add")
            : story.Add(new CaseTagsChanged(story.Case.Id, after, added, removed, c.By.Id, c.By.Name));
    }

    private static string Tidy(string tag) =>
        string.Join(' ', tag.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();

    private static bool IsTag(string tag) =>
        tag.Length is > 0 and <= TagLength && tag.All(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_' or '.' or ':' or '/');

    private static string Shorten(string text) => text.Length <= TagLength ? text : text[..TagLength] + "…";
}
