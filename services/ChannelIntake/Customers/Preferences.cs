using System.Text.Json;
using System.Text.Json.Serialization;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Intake.Customers;

/// <summary>How a customer wants to be spoken to.</summary>
/// <param name="Channel">Where they want to hear from us; absent: where they wrote.</param>
/// <param name="Language">BCP 47; absent: not known.</param>
/// <param name="QuietHours">When they do not want to be disturbed.</param>
/// <param name="DoNotContact">They want to hear nothing but answers to what they ask.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Preferences(
    Channel? Channel = null, string? Language = null, QuietHours? QuietHours = null, bool DoNotContact = false)
{
    public static Preferences Of(CustomerRow row) =>
        (row.Preferences is null ? new() : JsonSerializer.Deserialize<Preferences>(row.Preferences, EventTypes.Json)!) with
        {
            Language = row.Language,
        };
}

/// <summary>Puts a customer's preferences, all of them.</summary>
internal sealed class ChangePreferences(Unit<IntakeDb> unit)
{
    // Where a message of ours can go.
    public static readonly IReadOnlyList<Channel> Reachable =
        [Channel.Email, Channel.Sms, Channel.Whatsapp, Channel.Social, Channel.Chat, Channel.Voice, Channel.Letter];

    public async Task<Outcome<Preferences>> HandleAsync(Guid id, Preferences wanted, CancellationToken ct)
    {
        var errors = new InputErrors()
            .Check(wanted.Channel is null || Reachable.Contains(wanted.Channel.Value), "channel",
                $"must be one of {string.Join(", ", Reachable.Select(Words.Of))}.")
            .Check(string.IsNullOrEmpty(wanted.Language) || Intake.Language.IsTag(wanted.Language), "language",
                "must be a language tag (BCP 47), such as de or pt-BR.");
        if (wanted.QuietHours is { } quiet)
            errors.Check(TimeZones.IsKnown(quiet.TimeZone), "quietHours.timeZone", "must be an IANA time zone, such as Europe/Berlin.")
                .Check(quiet.From != quiet.Until, "quietHours.until",
                    "must differ from quietHours.from: for all day and night there is doNotContact.");
        if (errors.ToRefusal() is { } refusal)
            return refusal;
        if (!(await Merges.LockAsync(unit.Db, [id], ct)).TryGetValue(id, out var customer))
            return CustomerRefusals.NotFound;
        if (CustomerRefusals.UnlessCurrent(customer) is { } notCurrent)
            return notCurrent;

        var language = string.IsNullOrEmpty(wanted.Language) ? null : wanted.Language;
        var kept = wanted with { Language = null };
        var json = kept == new Preferences() ? null : JsonSerializer.Serialize(kept, EventTypes.Json);
        if ((json, language) != (customer.Preferences, customer.Language))
        {
            (customer.Preferences, customer.Language) = (json, language);
            await CustomerFacts.TellAsync(unit, [id], ct);
        }
        return Preferences.Of(customer);
    }
}
