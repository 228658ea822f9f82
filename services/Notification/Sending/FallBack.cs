using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Sending;

/// <summary>What can never be delivered goes another way, if there is one.</summary>
internal static class FallBack
{
    /// <summary>The message on its next way; null when there is none.</summary>
    /// <param name="failed">The row that could not be delivered, or as much of it as is known.</param>
    /// <param name="content">What it says.</param>
    public static MessageRow? Of(MessageRow failed, MessageContent content, DateTimeOffset now)
    {
        if (content.Otherwise.Count == 0)
            return null;
        var way = content.Otherwise[0];
        return new()
        {
            Id = way.Id,
            EventId = failed.EventId,
            Recipient = way.Address,
            Template = failed.Template,
            CaseId = failed.CaseId,
            CustomerId = failed.CustomerId,
            Channel = way.Channel,
            Weight = failed.Weight,
            Automatic = way.Content.AutoSubmitted is not null,
            State = MessageState.Pending,
            Due = now,
            Content = JsonSerializer.Serialize(way.Content with { Otherwise = [.. content.Otherwise.Skip(1)] }, EventTypes.Json),
            CreatedAt = now,
            CorrelationId = failed.CorrelationId,
            Trace = failed.Trace,
        };
    }

    public static MessageRow? Of(OutgoingMessage failed, DateTimeOffset now) => Of(
        new()
        {
            EventId = failed.EventId,
            Template = failed.Template,
            CaseId = failed.CaseId,
            CustomerId = failed.CustomerId,
            Weight = failed.Weight,
            CorrelationId = failed.CorrelationId,
            Trace = failed.Trace,
        },
        failed.Content, now);

    /// <summary>The reason, and what happens instead.</summary>
    public static string Reason(string reason, MessageRow? next) => next is null ? reason : $"{reason.TrimEnd('.')}; it goes {Words(next.Channel)} instead.";

    private static string Words(Channel channel) => channel switch
    {
        Channel.Sms => "by SMS",
        Channel.Whatsapp => "by WhatsApp",
        Channel.Social => "by direct message",
        _ => "by mail to another address",
    };
}
