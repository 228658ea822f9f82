using System.Globalization;

namespace CxPlatform.Cases.CallBacks;

/// <summary>A booked call for the customer's calendar (iCalendar, RFC 5545). Its id is the case's, so that one that moved replaces
/// the one before.</summary>
internal static class CallBackFile
{
    public static string Of(CallBackView.Call call, string title, string number, DateTimeOffset now) => string.Join(
        "\r\n",
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//CxPlatform//Calls//EN", "METHOD:PUBLISH", "BEGIN:VEVENT",
        $"UID:call-{number}", $"DTSTAMP:{Utc(now)}", $"SEQUENCE:{now.ToUnixTimeSeconds()}", $"DTSTART:{Utc(call.From)}", $"DTEND:{Utc(call.To)}",
        $"SUMMARY:{title} ({number})", "END:VEVENT", "END:VCALENDAR", "");

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
