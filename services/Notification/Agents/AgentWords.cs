using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Sending;
using CxPlatform.Notifications.Templating;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Agents;

/// <summary>Puts into words what an agent is told: in their language, with times in their zone.</summary>
internal sealed class AgentWords(TemplateBook book, Links links, IOptions<NotificationOptions> options)
{
    public const string Template = "agent-notice";
    public const string DigestTemplate = "agent-digest";

    /// <summary>What colleagues wrote is quoted so far; the whole is on the desk.</summary>
    private const int LongestDetail = 500;

    /// <param name="What">One line, which says nothing about the customer: the template's <c>sms</c> part.</param>
    /// <param name="Detail">What colleagues wrote about it.</param>
    internal sealed record Said(string What, string? Detail, string Language, Facts Facts);

    public Said Of(Happening happening, KnownAgent agent, KnownAgent? standsInFor, Conversation conversation, DateTimeOffset now)
    {
        var language = Language(agent);
        var when = new When(language, agent.Choices.QuietHours?.TimeZone, conversation.CalendarZone);
        var detail = happening.Detail is { Length: > LongestDetail } text ? text[..(LongestDetail - 1)] + "…" : happening.Detail;
        var facts = Common(agent, conversation.Number, conversation.TeamName, links.Desk($"cases/{conversation.Number}"))
            .Happened(happening, standsInFor?.Name).With("due", happening.Due, when, now);
        var what = book.Current.Sms(Template, language, facts.With("what", "").With("need", "").With("detail", null), conversation.Brand).Sms;
        // Words of an editor's that are older than the kind say nothing of it.
        if (what.Length == 0)
            what = NoticeWords.Of(happening.Kind);
        return new(what, detail, language, facts.With("what", what).With("need", conversation.Need).With("detail", detail));
    }

    public Rendered Mail(Said said, Conversation conversation) => book.Current.Mail(Template, said.Language, said.Facts, conversation.Brand);

    /// <summary>One among others: it says nothing that only the case's own mail may say.</summary>
    public string Item(Said said, Conversation conversation) => $"{said.What} [{conversation.Number}] {links.Desk($"cases/{conversation.Number}")}";

    public Rendered Digest(KnownAgent agent, IReadOnlyList<string> items) =>
        book.Current.Mail(DigestTemplate, Language(agent), Common(agent, null, null, links.Desk("notices")).Digest(items));

    private Facts Common(KnownAgent agent, string? number, string? team, string link) =>
        Facts.Common(number, agent.Name, null, null, team ?? Sender, link).With("choices", links.Desk("notices"));

    /// <summary>Who speaks where no team does.</summary>
    public const string Sender = "CxPlatform";

    private string Language(KnownAgent agent) => book.Current.LanguageFor(agent.Choices.Language, options.Value.Language);
}
