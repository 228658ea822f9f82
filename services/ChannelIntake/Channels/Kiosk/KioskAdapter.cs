using CxPlatform.Contracts;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Kiosk;

/// <summary>What somebody types at a kiosk.</summary>
public sealed record KioskEntry
{
    /// <summary>The filled form's own id: sent twice, it is stored once.</summary>
    public string? Id { get; init; }
    public string? Message { get; init; }

    /// <summary>Where the answer goes: an address or a number. Without it, whoever it is asks with what they take away.</summary>
    public string? Reach { get; init; }
    public string? Name { get; init; }

    public static KioskEntry Of(IFormCollection form) =>
        new() { Id = form["id"], Message = form["message"], Reach = form["reach"], Name = form["name"] };
}

/// <summary>Checks what was typed at a kiosk and makes it an arrival.</summary>
internal sealed class KioskAdapter(ContactIntake intake, IOptions<IntakeOptions> options)
{
    public const int MostText = 10_000;
    private const int MostId = 100;

    public string NewId() => intake.NewId().ToString("n");

    /// <returns>The arrival, or the names of the fields to put right.</returns>
    public (Arrival? Arrival, IReadOnlySet<string> Errors) Read(
        string kiosk, KioskEntry entry, ReadOnlyMemory<byte> raw, string rawType, string pageLanguage)
    {
        var errors = new HashSet<string>();
        if (string.IsNullOrWhiteSpace(entry.Message) || entry.Message.Length > MostText)
            errors.Add("message");
        if (entry.Name?.Length > Limits.Name)
            errors.Add("name");
        var id = intake.NewId();
        // Somebody without an address is nobody else's namesake.
        var from = new Identity(IdentityKind.ExternalId, $"kiosk:{id:n}");
        if (!string.IsNullOrWhiteSpace(entry.Reach))
        {
            var read = Identities.Read(null, entry.Reach, options.Value.DefaultCountryCode, "reach");
            if (read.IsRefused || read.Value.Kind is not (IdentityKind.EmailAddress or IdentityKind.PhoneNumber))
                errors.Add("reach");
            else
                from = read.Value;
        }
        if (errors.Count > 0)
            return (null, errors);
        var text = Clean.Text(entry.Message);
        return (new()
        {
            ContactId = id,
            Channel = Channel.Kiosk,
            ProviderId = $"kiosk:{kiosk}:{Clean.Line(entry.Id, MostId) ?? id.ToString("n")}",
            ReceivedAt = intake.Now,
            From = from,
            Name = Clean.Line(entry.Name, Limits.Name),
            Text = text,
            Language = Language.Guess(text) ?? pageLanguage,
            References = new Dictionary<string, string> { ["kiosk"] = Limits.Cut(kiosk, Limits.ReferenceValue) },
            Raw = raw,
            RawType = rawType,
        }, errors);
    }
}
