namespace CxPlatform.Intake;

internal static class TimeZones
{
    /// <summary>An IANA zone that this machine knows.</summary>
    public static bool IsKnown(string id) =>
        id.Length <= 60 && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId;
}
