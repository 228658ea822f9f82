using System.Collections.Frozen;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Notifications.Domain;

namespace CxPlatform.Notifications.Templating;

/// <summary>What each template is to the one who gets it. One that is not named here tells of something they rely on.</summary>
internal sealed class Weights(IReadOnlyDictionary<string, Weight> configured)
{
    private static readonly FrozenDictionary<string, Weight> Ours = new Dictionary<string, Weight>
    {
        ["acknowledgement"] = Weight.Receipt,
        ["acknowledgement-praise"] = Weight.Receipt,
        ["acknowledgement-unhappy"] = Weight.Receipt,
        ["acknowledgement-joined"] = Weight.Receipt,
        ["reply"] = Weight.Answer,
        ["proposal"] = Weight.Answer,
        ["resolved"] = Weight.Answer,
        // A date that does not hold is worth being woken for: they may be about to leave the house for it.
        ["promise-renegotiated"] = Weight.Urgent,
        ["promise-withdrawn"] = Weight.Urgent,
        ["plan-changed"] = Weight.Urgent,
        // Who keeps the promise is another person; the date stays.
        ["covered"] = Weight.Important,
        ["survey"] = Weight.Update,
        // To whoever is in copy; the same words are an answer to the customer alone.
        [ParticipantAdded.CopyTemplate] = Weight.Update,
    }.ToFrozenDictionary();

    public Weight Of(string template) =>
        configured.TryGetValue(template, out var weight) || Ours.TryGetValue(template, out weight) ? weight : Weight.Important;
}
