using CxPlatform.Messaging;

namespace CxPlatform.Notifications.Webhooks.Events;

/// <summary>A case event on its way to integrators.</summary>
internal sealed record OutgoingEvent(long Seq, Guid Id, string Stream, string Type, DateTimeOffset Time, CaseFacts Facts, ReadOnlyMemory<byte> Body)
{
    public const string StreamPrefix = "case/";

    public static string StreamOf(Guid caseId) => StreamPrefix + caseId;

    public static Guid CaseOf(string stream) => Guid.Parse(stream.AsSpan(StreamPrefix.Length));
}
