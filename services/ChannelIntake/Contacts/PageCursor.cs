using System.Globalization;
using CxPlatform.Messaging;

namespace CxPlatform.Intake.Contacts;

/// <summary>Where a page of contacts, the newest first, ended.</summary>
internal sealed record PageCursor(DateTimeOffset At, Guid Id)
{
    public override string ToString() => $"{Time.ToMicroseconds(At).ToString("x", CultureInfo.InvariantCulture)}-{Id:n}";

    public static PageCursor? Read(string text) =>
        text.Split('-') is [var time, var id]
        && long.TryParse(time, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var micros)
        && micros is >= 0 and < 253_402_300_800_000_000
        && Guid.TryParseExact(id, "n", out var guid)
            ? new(Time.FromMicroseconds(micros), guid)
            : null;
}
