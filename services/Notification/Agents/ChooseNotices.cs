using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Templating;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Notifications.Agents;

/// <summary>An agent says how they want to hear of things. It counts from the next event on.</summary>
internal sealed class ChooseNotices(Unit<NotificationDb> unit, TemplateBook book)
{
    public async Task<Outcome<AgentChoices>> HandleAsync(Guid agentId, AgentChoices choices, CancellationToken ct)
    {
        var languages = book.Current.Languages;
        var errors = new InputErrors().Check(choices.Language is null || languages.Contains(choices.Language), "language", $"must be one of {string.Join(", ", languages)}.");
        if (choices.QuietHours is { } quiet)
            errors.Check(When.IsZone(quiet.TimeZone), "quietHours.timeZone", "must be an IANA time zone, such as Europe/Berlin.")
                .Check(quiet.From != quiet.Until, "quietHours.until", "must differ from quietHours.from: for no mail at all there are the ways.");
        if (errors.ToRefusal() is { } refusal)
            return refusal;
        (await unit.Db.DeskOfAsync(agentId, ct)).Choices = JsonSerializer.Serialize(choices, EventTypes.Json);
        return choices.Complete();
    }
}
